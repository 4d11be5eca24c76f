"""Today as it goes on: told so that two looks do not say who came in between."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.tables import TOTAL
from ihh.presentation.access import access
from ihh.presentation.figure_words import period_text, table_name
from ihh.presentation.formats import clock_time
from ihh.services.statistics.live import TABLES, TIMED, today
from ihh.web.statistics import said
from ihh.web.statistics.frame import READERS, blueprint, page
from ihh.web.statistics.grids import grid
from ihh.web.statistics.plots import levels

MEASURES = (
    Measure.VISITS,
    Measure.CUSTOMERS,
    Measure.SERVICE_EVENTS,
    Measure.WAIT_MEDIAN,
    Measure.WAIT_P90,
    Measure.WITHIN_LEVEL,
)
COUNTS = MEASURES[:3]
"""Times are told by agency alone."""


@blueprint.get("/statistics/today")
@access(READERS)
def live_day() -> ResponseReturnValue:
    now = clock.now()
    found = today(now=now)
    return page(
        "today.html",
        period=period_text(found.span.first),
        at=clock_time(now),
        tiles=[said.tiles(MEASURES, found.total, None)],
        plot=levels(found.tables["agency"], total=found.total),
        grids=[
            (
                table.code,
                table_name(table),
                grid(found.tables[table.code], MEASURES if table in TIMED else COUNTS),
            )
            for table in TABLES
            if table != TOTAL
        ],
        is_synthetic=found.is_synthetic,
    )
