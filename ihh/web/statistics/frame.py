"""What all pages of the figures share: who may read, the rooms, the choice of the period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ihh import clock
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import text
from ihh.domain.statistics.comparing import awaited, comes_on, neighbour
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span, parse, single
from ihh.models.account import Role
from ihh.presentation import figure_words as words
from ihh.presentation import languages
from ihh.presentation.access import staff
from ihh.presentation.formats import long_date
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.statistics.published import released
from ihh.web.staff import READ_STATISTICS, user_menu
from ihh.web.statistics.asked import (
    SEPARATOR,
    Against,
    Asked,
    Compare,
    earlier,
    is_open_day,
    not_compared,
)
from ihh.web.statistics.kept import query_here

blueprint = Blueprint("statistics", __name__)

READERS = staff(*READ_STATISTICS)
READERS_AND_CLERKS = staff(*READ_STATISTICS, Role.CLERK)

RECENT = 13
"""Periods a trend and the menu of periods go back: a year, and the same month again."""

OF_THE_PERIOD = ("span", "kind", "from", "to", "compare", "lang")
"""Names in a query that the frame reads; all others are the page's own."""


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    is_current: bool = False


@dataclass(frozen=True)
class Picker:
    """The menus of period and comparison."""

    label: str
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    before: Link | None
    after: Link | None
    awaited: str
    """Which newer month is not there yet, and when it comes; else empty."""
    compare: tuple[Link, ...]
    compare_label: str
    others: tuple[tuple[str, str, bool], ...]
    """Any other period of the kind to compare with; none where days are shown, of which one is typed."""
    against: str
    """The period chosen to compare with; empty where none is."""
    kept: tuple[tuple[str, str], ...]
    """Choices of the page that the form carries along."""
    kinds: tuple[tuple[str, str, bool], ...]
    typed: Mapping[str, str]
    """First and last day as typed, or of the span shown."""


def page(template: str, asked: Asked | None = None, **context: Any) -> ResponseReturnValue:
    """A page of the figures in its frame; its status says whether the query was understood."""
    shared = {
        "user": user_menu(),
        "nav": _rooms(asked),
        "languages": [{**entry, "href": _here(lang=entry["code"])} for entry in languages.menu()],
        "asked": asked,
        "words": words,
        "Measure": Measure,
        "small_cell": current_house().figures.small_cell,
        "picker": picker(asked) if asked else None,
        "not_compared": not_compared(asked) if asked else "",
        "kept_query": query_here(asked),
    }
    html = render_template(f"statistics/{template}", **(shared | context))
    return html, asked.status if asked else 200


def is_clerk() -> bool:
    return bool(current_user.role == Role.CLERK)


def check_own_agency(agency_id: str) -> None:
    """Refuses `not_your_agency` to clerks of another."""
    if is_clerk() and agency_id not in readable_agencies():
        raise Refusal(Code.NOT_YOUR_AGENCY)


def readable_agencies() -> list[str]:
    """Agencies whose own view the signed-in account may open, in the house's order."""
    house = current_house()
    if is_clerk():
        return [agency.id for agency in house.agencies if agency.id == current_user.agency_id]
    serving = {service.agency for service in house.services if service.is_in_house}
    return [agency.id for agency in house.agencies if agency.id in serving]


def agency_name(agency_id: str) -> str:
    agency = current_house().agency.get(agency_id)
    return text(agency.name, text_language()) if agency else agency_id


def _rooms(asked: Asked | None) -> list[dict[str, Any]]:
    query: dict[str, Any] = {**asked.query} if asked else {}
    rooms: list[tuple[str, str, dict[str, Any]]]
    if is_clerk():
        rooms = [
            ("statistics.agency_view", _("Our figures"), {"agency_id": str(current_user.agency_id), **query}),
            ("comments.show_of_agency", _("Comments"), {"agency_id": str(current_user.agency_id)}),
        ]
    else:
        rooms = [
            ("statistics.show", _("Statistics"), query),
            ("statistics.breakdown", _("Tables"), query),
            ("statistics.accuracy", _("Estimates"), query),
            ("statistics.live_day", _("Today"), {}),
        ]
    rooms.append(("statistics.catalogue", _("How it is counted"), {}))
    return [
        {"label": label, "href": url_for(name, **given), "is_current": request.endpoint == name}
        for name, label, given in rooms
    ]


def _own_query() -> dict[str, Any]:
    return {name: given for name, given in request.args.lists() if name not in OF_THE_PERIOD}


def _here(**changes: str) -> str:
    """This page with another value in its query."""
    given = {name: found for name, found in request.args.lists() if name != "lang"}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **given, **changes})


def here_with(asked: Asked, **changes: str | list[str] | None) -> str:
    """This page for another span or comparison, other choices kept; None leaves a choice out."""
    query = {**_own_query(), **asked.query, **changes}
    if isinstance(asked.compare, Against) and "compare" not in changes and not _is_of_kind(asked, query):
        del query["compare"]
    given = {name: found for name, found in query.items() if found not in (None, "")}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **given})


def _is_of_kind(asked: Asked, query: Mapping[str, Any]) -> bool:
    """Whether the span of a query can be compared with the period chosen for the one shown."""
    first = parse(str(query["span"]).partition(SEPARATOR)[0]) if query.get("span") else None
    return isinstance(asked.compare, Against) and first is not None and first.kind is asked.compare.first.kind


def picker(asked: Asked) -> Picker:
    span, kinds, typed = asked.span, asked.kinds, _typed(asked)
    compare = tuple(
        Link(label, here_with(asked, compare=value.value), asked.compare is value)
        for value, label in _compare_names().items()
    )
    return Picker(
        label=words.span_text(span) if span else _("Period"),
        groups=tuple(_offered(asked, kind) for kind in (PeriodKind.MONTH, PeriodKind.YEAR) if kind in kinds),
        before=_neighbour(asked, -1),
        after=_neighbour(asked, 1),
        awaited=_awaited(asked),
        compare=compare,
        compare_label=next((link.label for link in compare if link.is_current), _against_name(asked)),
        others=_others(asked),
        against=asked.compare.value if isinstance(asked.compare, Against) else "",
        kept=_kept(asked),
        kinds=tuple((kind.value, kind_name(kind), kind.value == typed["kind"]) for kind in kinds),
        typed=typed,
    )


def kind_name(kind: PeriodKind) -> str:
    return {
        PeriodKind.DAY: _("Days"),
        PeriodKind.WEEK: _("Weeks"),
        PeriodKind.MONTH: _("Months"),
        PeriodKind.YEAR: _("Years"),
    }[kind]


def _compare_names() -> dict[Compare, str]:
    return {
        Compare.PREVIOUS: _("Against the period before"),
        Compare.YEAR: _("Against a year earlier"),
        Compare.NONE: _("No comparison"),
    }


def _against_name(asked: Asked) -> str:
    if not isinstance(asked.compare, Against):
        return ""
    return _("Against %(period)s", period=words.period_text(asked.compare.first))


def _others(asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    """Released periods of the kind that is shown, the newest first."""
    if asked.span is None or asked.span.kind is PeriodKind.DAY:
        return ()
    return tuple(
        (period.code, words.period_text(period), period.code == asked.compare.value)
        for period in reversed(released(asked.span.kind))
        if period != asked.span.first
    )


def _offered(asked: Asked, kind: PeriodKind) -> tuple[str, tuple[Link, ...]]:
    links = [
        Link(words.period_text(period), here_with(asked, span=period.code), asked.span == single(period))
        for period in reversed(released(kind)[-RECENT:])
    ]
    return kind_name(kind), tuple(links)


def _neighbour(asked: Asked, step: int) -> Link | None:
    if asked.span is None or not asked.span.is_single:
        return None
    period = neighbour(asked.span.first, step, is_open=is_open_day)
    if period not in released(period.kind):
        return None
    return Link(words.period_text(period), here_with(asked, span=period.code))


def _awaited(asked: Asked) -> str:
    """To whoever looks at the newest figures: on 1 December those of November are not there yet."""
    if asked.span is None or not asked.span.is_single:
        return ""
    house = current_house()
    shown, months = asked.span.first, released(PeriodKind.MONTH)
    days = [] if months else released(PeriodKind.DAY)
    month = awaited(shown, months, first=days[0].start if days else shown.start)
    if month is None:
        return ""
    today = local_day(clock.now(), timezone=house.timezone)
    day = comes_on(month, feedback_days=house.limits.feedback_days, today=today)
    if day is None:
        return _("The figures of %(period)s are still being counted.", period=words.period_text(month))
    return _(
        "The figures of %(period)s are not published yet. They come on %(day)s.",
        period=words.period_text(month),
        day=long_date(day),
    )


def _kept(asked: Asked) -> tuple[tuple[str, str], ...]:
    own = [(name, value) for name, found in _own_query().items() for value in found]
    if asked.compare is not Compare.PREVIOUS:
        own.append(("compare", asked.compare.value))
    return tuple(own)


def _typed(asked: Asked) -> dict[str, str]:
    given = asked.typed or {}
    if asked.fault and (given.get("from") or given.get("to")):
        kind = given.get("kind", "")
        known = kind if kind in list(PeriodKind) else PeriodKind.MONTH.value
        return {"kind": known, "from": given.get("from", ""), "to": given.get("to", "")}
    if asked.span is None:
        return {"kind": PeriodKind.MONTH.value, "from": "", "to": ""}
    return {
        "kind": asked.span.kind.value,
        "from": asked.span.first.start.isoformat(),
        "to": asked.span.last.last.isoformat(),
    }


def months_before(span: Span, count: int = RECENT) -> Span:
    """`count` periods up to the span's last, however many of them are released."""
    return Span(earlier(span.last, count - 1), span.last)
