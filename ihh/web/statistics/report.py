"""The monthly report: one page that prints to a clean PDF, with its definitions in footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Period, PeriodKind, Span, parse, single
from ihh.presentation.access import access
from ihh.presentation.figure_words import amount_text, period_text
from ihh.presentation.formats import long_date
from ihh.services.house import current_house
from ihh.services.statistics.of_agency import agency_of
from ihh.services.statistics.published import Published, published, released, series
from ihh.web.statistics import said
from ihh.web.statistics.dashboard import TABLES, days_open
from ihh.web.statistics.definitions import Entry, entry
from ihh.web.statistics.frame import READERS, blueprint, months_before, page
from ihh.web.statistics.grids import Grid, grid
from ihh.web.statistics.marks import targets
from ihh.web.statistics.plots import LEVELS, Plot, heat, hours, level_heads, levels, shares, trend
from ihh.web.statistics.views import saved_views

KEY_FIGURES = (
    Measure.VISITS,
    Measure.CUSTOMERS,
    Measure.SERVICE_EVENTS,
    Measure.ONE_VISIT,
    Measure.WITHIN_LEVEL,
    Measure.WALK_IN_WAIT_MEDIAN,
    Measure.WALK_IN_WAIT_P90,
    Measure.BOOKED_WAIT_MEDIAN,
    Measure.BOOKED_WAIT_P90,
    Measure.SERVICE_MEDIAN,
    Measure.IN_HOUSE_MEDIAN,
    Measure.NO_SHOW,
    Measure.ABANDONED,
    Measure.LATE,
    Measure.CSAT,
    Measure.ANSWERS,
    Measure.RESPONSE_RATE,
    Measure.EFFORT,
    Measure.ONLINE_SHARE,
    Measure.WALK_IN_SHARE,
    Measure.CAPACITY_USED,
    Measure.SOFTLANDING_WITHIN,
    Measure.REMOTE_VIDEO_SHARE,
)


@dataclass(frozen=True)
class KeyFigure:
    number: int
    """Of its footnote."""
    measure: Measure
    label: str
    now: Cell
    previous: Cell | None
    year_before: Cell | None
    change: said.Change | None
    """Since the month before."""
    year_change: said.Change | None
    """Since a year earlier."""
    target: str
    is_met: bool | None
    note: Entry


@blueprint.get("/statistics/report/<month>")
@access(READERS)
def monthly(month: str) -> ResponseReturnValue:
    """Refuses `not_found` for what is no month, or none that is released."""
    period = month_of(month)
    found = published(single(period), [*TABLES, "service"])
    before, year_before = (_total(other) for other in (period.previous, period.year_before))
    return page(
        "report.html",
        title=period_text(period),
        span=single(period),
        headline=said.headline(found.total, found.tables["agency"].rows),
        counted=said.counted(found.total, days_open(single(period))),
        key_figures=key_figures(found.total, before, year_before),
        compared=(
            period_text(period.previous) if before else None,
            period_text(period.year_before) if year_before else None,
        ),
        plots=_plots(found),
        services=_services(found),
        printed_on=printed_on(),
        is_synthetic=found.is_synthetic,
        months=_months(period),
        views=saved_views(),
    )


def month_of(code: str) -> Period:
    """A month by its code. Refuses `not_found` for what is none."""
    try:
        period = parse(code)
    except (ValueError, OverflowError):
        raise Refusal(Code.NOT_FOUND) from None
    if period.kind is not PeriodKind.MONTH:
        raise Refusal(Code.NOT_FOUND)
    return period


def _total(period: Period) -> Row | None:
    if period not in released(PeriodKind.MONTH):
        return None
    return published(single(period), ["total"]).total


def key_figures(
    now: Row, before: Row | None, year_before: Row | None, measures: Sequence[Measure] = KEY_FIGURES
) -> list[KeyFigure]:
    """Figures of a month beside those of the month before and a year earlier, where these are published."""
    goals = targets()
    tiles = {tile.measure: tile for tile in said.tiles(measures, now, before)}
    return [
        KeyFigure(
            number,
            measure,
            tiles[measure].label,
            now.cells[measure],
            before.cells[measure] if before else None,
            year_before.cells[measure] if year_before else None,
            tiles[measure].change,
            said.change_of(measure, now.cells[measure], year_before.cells[measure]) if year_before else None,
            amount_text(measure, goals[measure]) if measure in goals else "",
            tiles[measure].is_met,
            entry(measure),
        )
        for number, measure in enumerate(measures, 1)
    ]


def _plots(found: Published) -> dict[str, Plot]:
    tables, span = found.tables, months_before(found.span)
    return {
        "hours": hours(tables["hour"]),
        "heat": heat(tables["weekday.hour"].rows, (0, 1)),
        "levels": levels(tables["agency"], total=found.total),
        "channels": shares(tables["channel"], "channels", _("How they came")),
        "languages": shares(tables["language"], "languages", _("Languages")),
        "trend": trend(series(Span(span.first, span.last), "total")),
    }


def _services(found: Published) -> Grid:
    """Services in the order of their agencies, without those nobody could have come for."""
    shown = found.tables["service"]
    return grid(
        shown,
        LEVELS,
        keep=lambda row: bool(agency_of(row.values[0])) and row.cells[Measure.VISITS].amount != 0,
        heads=level_heads(),
    )


def _months(period: Period) -> list[tuple[str, str]]:
    return [
        (period_text(other), url_for("statistics.monthly", month=other.code)) for other in neighbours(period)
    ]


def neighbours(period: Period) -> list[Period]:
    """The month before and the next, where they are released."""
    known = set(released(PeriodKind.MONTH))
    return [other for other in (period.previous, period.next) if other in known]


def printed_on() -> str:
    return long_date(local_day(clock.now(), timezone=current_house().timezone))
