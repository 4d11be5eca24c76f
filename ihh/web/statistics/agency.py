"""One agency: its services, hours, weekdays, and whom it serves. Its own clerks may read it too."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.presentation.access import access
from ihh.presentation.figure_words import span_text
from ihh.services.house import current_house
from ihh.services.statistics.of_agency import of_agency, row_of
from ihh.services.statistics.published import Published, series
from ihh.web.statistics import said
from ihh.web.statistics.asked import asked, compared_with
from ihh.web.statistics.downloads import offered_of_agency
from ihh.web.statistics.frame import (
    READERS_AND_CLERKS,
    Link,
    agency_name,
    blueprint,
    check_own_agency,
    here_with,
    months_before,
    page,
    readable_agencies,
)
from ihh.web.statistics.grids import Grid, grid
from ihh.web.statistics.plots import LEVELS, Plot, heat, hours, level_heads, shares, trend
from ihh.web.statistics.views import saved_views

KINDS = (PeriodKind.MONTH, PeriodKind.YEAR)
ANSWERS = (
    Measure.SERVICE_EVENTS,
    Measure.WITHIN_LEVEL,
    Measure.WALK_IN_WAIT_MEDIAN,
    Measure.BOOKED_WAIT_MEDIAN,
    Measure.CSAT,
    Measure.NO_SHOW,
)


@blueprint.get("/statistics/agency/<agency_id>")
@access(READERS_AND_CLERKS)
def agency_view(agency_id: str) -> ResponseReturnValue:
    """Refuses `not_your_agency` to clerks of another, `not_found` where there is no such agency."""
    check_own_agency(agency_id)
    chosen = asked(request.args, KINDS)
    if chosen.span is None:
        if agency_id not in current_house().agency:
            raise Refusal(Code.NOT_FOUND)
        return page("nothing_yet.html", chosen, views=[])
    found = of_agency(chosen.span, agency_id)
    row = row_of(found)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    other = compared_with(chosen.span, chosen.compare)
    before = row_of(of_agency(other, agency_id)) if other else None
    return page(
        "agency.html",
        chosen,
        name=agency_name(agency_id),
        headline=said.agency_headline(row),
        counted=said.counted(row),
        period=span_text(chosen.span),
        compared=span_text(other) if other and before else None,
        tiles=[said.tiles(ANSWERS, row, before)],
        services=services(found),
        weekdays=weekdays(found),
        plots=plots(found, agency_id),
        agencies=_others(agency_id, here_with(chosen)),
        is_synthetic=found.is_synthetic,
        exports=offered_of_agency(chosen.span, agency_id),
        views=saved_views(),
        agency_id=agency_id,
        month=chosen.span.code if _is_month(chosen.span) else None,
    )


def _is_month(span: Span) -> bool:
    return span.is_single and span.kind is PeriodKind.MONTH


def services(found: Published) -> Grid:
    return grid(found.tables["service"], LEVELS, heads=level_heads())


def weekdays(found: Published) -> Grid:
    shown = found.tables["agency.weekday"]
    return grid(shown, LEVELS, without=shown.table.dimensions[:1], heads=level_heads())


def plots(found: Published, agency_id: str) -> dict[str, Plot]:
    """Of an agency's own rows."""
    tables = found.tables
    return {
        "hours": hours(tables["agency.hour"]),
        "heat": heat(tables["agency.weekday.hour"].rows, (1, 2)),
        "channels": shares(tables["agency.channel"], "channels", _("How they came")),
        "languages": shares(tables["agency.language"], "languages", _("Languages")),
        "purposes": shares(tables["agency.customer_type"], "purposes", _("Purpose")),
        "trend": trend(series(months_before(found.span), "agency", values=(agency_id,))),
    }


def _others(agency_id: str, here: str) -> list[Link]:
    """The same page of the other agencies."""
    return [
        Link(
            agency_name(other),
            here.replace(f"/agency/{agency_id}", f"/agency/{other}", 1),
            other == agency_id,
        )
        for other in readable_agencies()
    ]
