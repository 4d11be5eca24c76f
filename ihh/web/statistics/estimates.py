"""How right the estimates of waits were: by agency and month, beside the yardstick."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind
from ihh.presentation.access import access
from ihh.presentation.figure_words import row_label, short_period, span_text
from ihh.services.statistics.published import published, series
from ihh.web.statistics import said
from ihh.web.statistics.asked import asked, compared_with
from ihh.web.statistics.downloads import offered
from ihh.web.statistics.frame import READERS, blueprint, months_before, page
from ihh.web.statistics.grids import grid
from ihh.web.statistics.plots import by_period, pairs
from ihh.web.statistics.views import saved_views

KINDS = (PeriodKind.MONTH, PeriodKind.YEAR)
MEASURES = (
    Measure.ESTIMATE_ERROR,
    Measure.ESTIMATE_NAIVE,
    Measure.ESTIMATE_BIAS,
    Measure.ESTIMATE_INSIDE,
)


@blueprint.get("/statistics/estimates")
@access(READERS)
def accuracy() -> ResponseReturnValue:
    chosen = asked(request.args, KINDS)
    if chosen.span is None:
        return page("nothing_yet.html", chosen, views=[])
    found = published(chosen.span, ["total", "agency"])
    other = compared_with(chosen.span, chosen.compare)
    before = published(other, ["total"]).total if other else None
    shown = found.tables["agency"]
    months = {period: rows[0] for period, rows in series(months_before(chosen.span), "total").items() if rows}
    agencies = [row_label(shown.table.dimensions[0], row.values[0]) for row in shown.rows]
    return page(
        "estimates.html",
        chosen,
        period=span_text(chosen.span),
        compared=span_text(other) if other else None,
        tiles=[said.tiles(MEASURES, found.total, before)],
        plots={
            "agencies": pairs(
                "agencies", _("By agency"), agencies, shown.rows, grid(shown, MEASURES, total=found.total)
            ),
            "months": pairs(
                "months",
                _("How it changed"),
                [short_period(period) for period in months],
                list(months.values()),
                by_period(months, MEASURES),
            ),
        },
        is_synthetic=found.is_synthetic,
        exports=offered(chosen.span, ["total", "agency"]),
        views=saved_views(),
    )
