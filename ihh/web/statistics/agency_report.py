"""The monthly report of one agency, of its own rows: for its clerks and for those who read all figures."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Period, PeriodKind, single
from ihh.presentation.access import access
from ihh.presentation.figure_words import period_text
from ihh.services.statistics.of_agency import of_agency, row_of
from ihh.services.statistics.published import released
from ihh.web.statistics import said
from ihh.web.statistics.agency import plots, services, weekdays
from ihh.web.statistics.frame import READERS_AND_CLERKS, agency_name, blueprint, check_own_agency, page
from ihh.web.statistics.report import key_figures, month_of, neighbours, printed_on
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
    Measure.SERVICE_P90,
    Measure.NO_SHOW,
    Measure.ABANDONED,
    Measure.LATE,
    Measure.CSAT,
    Measure.ANSWERS,
    Measure.RESPONSE_RATE,
    Measure.EFFORT,
    Measure.CAPACITY_USED,
    Measure.ESTIMATE_ERROR,
)
"""Those that are counted by agency."""


@blueprint.get("/statistics/agency/<agency_id>/report/<month>")
@access(READERS_AND_CLERKS)
def agency_monthly(agency_id: str, month: str) -> ResponseReturnValue:
    """Refuses `not_your_agency` to clerks of another, `not_found` for what is no released month or agency."""
    check_own_agency(agency_id)
    period = month_of(month)
    found = of_agency(single(period), agency_id)
    row = row_of(found)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    before, year_before = (_row(other, agency_id) for other in (period.previous, period.year_before))
    return page(
        "agency_report.html",
        name=agency_name(agency_id),
        title=period_text(period),
        span=single(period),
        headline=said.agency_headline(row),
        counted=said.counted(row),
        key_figures=key_figures(row, before, year_before, KEY_FIGURES),
        compared=(
            period_text(period.previous) if before else None,
            period_text(period.year_before) if year_before else None,
        ),
        plots=plots(found, agency_id),
        services=services(found),
        weekdays=weekdays(found),
        printed_on=printed_on(),
        is_synthetic=found.is_synthetic,
        back=url_for("statistics.agency_view", agency_id=agency_id, span=period.code),
        months=[(period_text(other), _href(other, agency_id)) for other in neighbours(period)],
        views=saved_views(),
    )


def _row(period: Period, agency_id: str) -> Row | None:
    if period not in released(PeriodKind.MONTH):
        return None
    return row_of(of_agency(single(period), agency_id))


def _href(period: Period, agency_id: str) -> str:
    return url_for("statistics.agency_monthly", agency_id=agency_id, month=period.code)
