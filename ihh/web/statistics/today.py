"""Today as it goes on: counts rounded down, so that two looks do not tell who came in between."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.tables import TOTAL
from ihh.presentation.access import access
from ihh.presentation.figure_words import period_text, table_name
from ihh.presentation.formats import clock_time
from ihh.services.statistics.live import TABLES, today
from ihh.web.statistics import said
from ihh.web.statistics.frame import READERS, blueprint, page
from ihh.web.statistics.grids import grid
from ihh.web.statistics.plots import hours

MEASURES = (
    Measure.VISITS,
    Measure.CUSTOMERS,
    Measure.SERVICE_EVENTS,
    Measure.WAIT_MEDIAN,
    Measure.WAIT_P90,
    Measure.WITHIN_LEVEL,
)
TILES = (*MEASURES[:3], Measure.WALK_IN_WAIT_MEDIAN, Measure.BOOKED_WAIT_MEDIAN, Measure.WITHIN_LEVEL)


@blueprint.get("/statistics/today")
@access(READERS)
def live_day() -> ResponseReturnValue:
    now = clock.now()
    found = today(now=now)
    return page(
        "today.html",
        period=period_text(found.span.first),
        at=clock_time(now),
        tiles=[said.tiles(TILES, found.total, None)],
        plot=hours(found.tables["hour"]),
        grids=[
            (
                table.code,
                table_name(table),
                grid(found.tables[table.code], MEASURES),
            )
            for table in TABLES
            if table != TOTAL
        ],
        is_synthetic=found.is_synthetic,
    )
