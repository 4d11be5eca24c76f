"""Statistics: did it work? The figures of a period, and the same as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.daytime import local_day
from ihh.domain.errors import Refusal
from ihh.domain.kpi import Measure
from ihh.domain.report import Dimension
from ihh.models.account import Role
from ihh.presentation import figure_words as words
from ihh.presentation import languages
from ihh.presentation.access import access, staff
from ihh.presentation.csv_files import Flavour, export
from ihh.services.house import current_house
from ihh.services.reports import Report, report
from ihh.web.staff import user_menu
from ihh.web.statistics_plots import hour_plot, level_bars
from ihh.web.statistics_words import (
    counted,
    definitions,
    fixed_periods,
    headline,
    more_figures,
    period_text,
    tiles,
)

blueprint = Blueprint("statistics", __name__)

READERS = staff(Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)

TABLE = (
    Measure.CUSTOMERS,
    Measure.SERVICE_EVENTS,
    Measure.WAIT_MEDIAN,
    Measure.WAIT_P90,
    Measure.WITHIN_LEVEL,
)
"""Columns of the page's table; the export has them all."""

BROWSED = (Dimension.AGENCY, Dimension.SERVICE, Dimension.CHANNEL, Dimension.LANGUAGE)


@dataclass(frozen=True)
class Asked:
    """The period a reader asked for, as typed and as understood."""

    first: date
    last: date
    by: Dimension
    typed: tuple[str, str]
    is_understood: bool


@blueprint.get("/statistics")
@access(READERS)
def show() -> ResponseReturnValue:
    now = clock.now()
    asked = _asked(now)
    try:
        found = report(asked.first, asked.last, now=now)
    except Refusal:
        today = _today(now)
        asked = Asked(today, today, asked.by, asked.typed, False)
        found = report(today, today, now=now)
    page = render_template("statistics/statistics.html", **_page(found, asked, _today(now)))
    return page, 200 if asked.is_understood else 422


@blueprint.get("/statistics/export.csv")
@access(READERS)
def export_csv() -> ResponseReturnValue:
    """The figures of the period asked for, as a file; with a period that is none, the refusal's page."""
    now = clock.now()
    asked = _asked(now)
    given = request.args.get("flavour", "")
    flavour = Flavour(given) if given in list(Flavour) else Flavour.RFC4180
    content = export(report(asked.first, asked.last, now=now), list(Dimension), flavour)
    mark = "demo-" if current_app.config["IHH"].is_demo else ""
    name = f"{mark}statistics-{asked.first}-{asked.last}.csv"
    return Response(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _asked(now: datetime) -> Asked:
    """Today by default; of two days the one that was left out is the other."""
    today = _today(now)
    typed = (request.args.get("from", "").strip(), request.args.get("to", "").strip())
    by = request.args.get("by", "")
    dimension = Dimension(by) if by in BROWSED else Dimension.AGENCY
    try:
        first = date.fromisoformat(typed[0] or typed[1] or today.isoformat())
        last = date.fromisoformat(typed[1] or first.isoformat())
    except ValueError:
        return Asked(today, today, dimension, typed, False)
    return Asked(first, last, dimension, typed, True)


def _today(now: datetime) -> date:
    return local_day(now, timezone=current_house().timezone)


def _page(found: Report, asked: Asked, today: date) -> dict[str, Any]:
    period: dict[str, Any] = {"from": found.first.isoformat(), "to": found.last.isoformat()}
    agencies = found.tables[Dimension.AGENCY]
    house = current_house()

    def link(**changes: str) -> str:
        return url_for("statistics.show", **(period | {"by": asked.by.value} | changes))

    return {
        "user": user_menu(),
        "nav": [{"label": _("Statistics"), "href": url_for("statistics.show"), "is_current": True}],
        "languages": [{**entry, "href": link(lang=entry["code"])} for entry in languages.menu()],
        "asked": asked,
        "period": period_text(found.first, found.last),
        "fixed_periods": [(label, link(**span)) for label, span in fixed_periods(today)],
        "typed": asked.typed if not asked.is_understood else (period["from"], period["to"]),
        "exports": [
            (flavour.value, url_for("statistics.export_csv", **period, flavour=flavour.value))
            for flavour in Flavour
        ],
        "headline": headline(found),
        "counted": counted(found),
        "tiles": tiles(found),
        "hours": hour_plot(found.tables[Dimension.HOUR]),
        "bars": level_bars(agencies),
        "total": found.total,
        "table": found.tables[asked.by],
        "columns": TABLE,
        "browse": [(words.dimension_name(one), link(by=one.value), one is asked.by) for one in BROWSED],
        "more_figures": more_figures(),
        "definitions": definitions(),
        "figures": house.figures,
        "grace_min": house.policy.no_show_grace_min,
        "words": words,
        "Measure": Measure,
    }
