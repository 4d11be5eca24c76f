"""One agency: its services, hours, weekdays, and whom it serves. Its own clerks may read it too."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.presentation.access import access
from ihh.presentation.figure_words import span_text
from ihh.services.house import current_house
from ihh.services.statistics.published import Published, Shown, published, series
from ihh.web.statistics import said
from ihh.web.statistics.asked import asked, compared_with
from ihh.web.statistics.downloads import offered
from ihh.web.statistics.frame import (
    READERS_AND_CLERKS,
    Link,
    agency_name,
    blueprint,
    here_with,
    is_clerk,
    months_before,
    page,
    readable_agencies,
)
from ihh.web.statistics.grids import Grid, grid
from ihh.web.statistics.plots import LEVELS, Plot, heat, hours, level_heads, shares, trend
from ihh.web.statistics.views import saved_views

TABLES = (
    "agency",
    "service",
    "agency.hour",
    "agency.weekday",
    "agency.weekday.hour",
    "agency.channel",
    "agency.language",
    "agency.customer_type",
)
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
    if is_clerk() and agency_id not in readable_agencies():
        raise Refusal(Code.NOT_YOUR_AGENCY)
    chosen = asked(request.args, KINDS)
    if chosen.span is None:
        if agency_id not in current_house().agency:
            raise Refusal(Code.NOT_FOUND)
        return page("nothing_yet.html", chosen, views=[])
    found = published(chosen.span, TABLES)
    row = _row_of(found, agency_id)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    other = compared_with(chosen.span, chosen.compare)
    before = _row_of(published(other, ["agency"]), agency_id) if other else None
    return page(
        "agency.html",
        chosen,
        name=agency_name(agency_id),
        headline=said.agency_headline(row),
        counted=said.counted(row),
        period=span_text(chosen.span),
        compared=span_text(other) if other and before else None,
        tiles=[said.tiles(ANSWERS, row, before)],
        services=_services(found.tables["service"], agency_id),
        weekdays=_weekdays(found.tables["agency.weekday"], agency_id),
        plots=_plots(found, agency_id, chosen.span),
        agencies=_others(agency_id, here_with(chosen)),
        is_synthetic=found.is_synthetic,
        exports=offered(chosen.span, TABLES) if not is_clerk() else (),
        views=saved_views(),
        agency_id=agency_id,
    )


def _row_of(found: Published, agency_id: str) -> Row | None:
    return next((row for row in found.tables["agency"].rows if row.values == (agency_id,)), None)


def agency_of(service_id: str) -> str:
    """As the house has it; of a service that it no longer has, as the id says."""
    service = current_house().service.get(service_id)
    return service.agency if service else service_id.partition(".")[0]


def _services(shown: Shown, agency_id: str) -> Grid:
    return grid(shown, LEVELS, keep=lambda row: agency_of(row.values[0]) == agency_id, heads=level_heads())


def _weekdays(shown: Shown, agency_id: str) -> Grid:
    return grid(
        shown,
        LEVELS,
        keep=lambda row: row.values[0] == agency_id,
        without=shown.table.dimensions[:1],
        heads=level_heads(),
    )


def _plots(found: Published, agency_id: str, span: Span) -> dict[str, Plot]:
    def is_own(row: Row) -> bool:
        return row.values[0] == agency_id

    tables = found.tables
    weekday_hours = [row for row in tables["agency.weekday.hour"].rows if is_own(row)]
    return {
        "hours": hours(tables["agency.hour"], keep=is_own),
        "heat": heat(weekday_hours, (1, 2)),
        "channels": shares(tables["agency.channel"], "channels", _("How they came"), keep=is_own),
        "languages": shares(tables["agency.language"], "languages", _("Languages"), keep=is_own),
        "purposes": shares(tables["agency.customer_type"], "purposes", _("Purpose"), keep=is_own),
        "trend": trend(series(months_before(span), "agency", values=(agency_id,))),
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
