"""What a saved view is made of: a page and the choices that led to what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for

from ihh.domain.statistics.periods import PeriodKind
from ihh.web.statistics.asked import Asked, newest_span

OF_EVERY_PAGE = ("span", "compare")


@dataclass(frozen=True)
class Page:
    endpoint: str
    own: tuple[str, ...] = ()
    """Names in its query besides period and comparison."""
    is_of_agency: bool = False
    is_report: bool = False
    """Its month stands in the address."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*OF_EVERY_PAGE, *self.own, *(("agency",) if self.is_of_agency else ()))


PAGES = {
    "dashboard": Page("statistics.show"),
    "tables": Page("statistics.breakdown", ("by", "only", "about")),
    "estimates": Page("statistics.accuracy"),
    "agency": Page("statistics.agency_view", is_of_agency=True),
    "report": Page("statistics.monthly", is_report=True),
    "agency-report": Page("statistics.agency_monthly", is_of_agency=True, is_report=True),
}


def query_here(asked: Asked | None) -> str:
    """The view of the page that is being shown; empty where it cannot be saved."""
    name = next((name for name, page in PAGES.items() if page.endpoint == request.endpoint), "")
    if not name:
        return ""
    in_path = request.view_args or {}
    pairs = [("page", name), *(asked.query if asked else {}).items()]
    pairs += [("span", in_path["month"])] if "month" in in_path else []
    pairs += [("agency", in_path["agency_id"])] if "agency_id" in in_path else []
    pairs += [(own, value) for own in PAGES[name].own for value in request.args.getlist(own)]
    return urlencode(pairs)


def sane(query: str, *, is_newest: bool) -> str:
    """Only what a view may hold; without its span it is always of the newest period."""
    name, _page, pairs = _parts(query)
    kept = [(key, value) for key, value in pairs if not (is_newest and key == "span")]
    return urlencode([("page", name), *kept])


def href(query: str) -> str:
    """The page that the view is of; its query is checked there as any other is."""
    _name, page, pairs = _parts(query)
    given: dict[str, Any] = {key: _values(pairs, key) for key in dict(pairs)}
    if page.is_of_agency:
        given["agency_id"] = given.pop("agency")[0]
    if page.is_report:
        months = given.pop("span", None) or _newest_month()
        if not months:
            return url_for(PAGES["dashboard"].endpoint)
        given["month"] = months[0]
    return url_for(page.endpoint, **given)


def _parts(query: str) -> tuple[str, Page, list[tuple[str, str]]]:
    """The page, and its choices. What names no page is of the dashboard, with an agency of that agency's."""
    pairs = parse_qsl(query)
    has_agency = any(key == "agency" for key, _value in pairs)
    name = dict(pairs).get("page", "agency" if has_agency else "dashboard")
    page = PAGES.get(name)
    if page is None or (page.is_of_agency and not has_agency):
        name, page = "dashboard", PAGES["dashboard"]
    return name, page, [(key, value) for key, value in pairs if key in page.names]


def _values(pairs: Iterable[tuple[str, str]], key: str) -> list[str]:
    return [value for name, value in pairs if name == key]


def _newest_month() -> list[str]:
    """Its code; nothing where no month is released yet."""
    newest = newest_span((PeriodKind.MONTH,))
    return [newest.code] if newest else []
