"""The coordinator's dashboard: how did we do last month, in ten seconds?"""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.closed_days import open_days
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.domain.statistics.tables import PUBLISHED
from ihh.presentation.access import access
from ihh.presentation.figure_words import span_text
from ihh.services.house import current_house
from ihh.services.statistics.published import Published, published, series
from ihh.web.statistics import said
from ihh.web.statistics.asked import Asked, asked, compared_with
from ihh.web.statistics.downloads import offered
from ihh.web.statistics.frame import READERS, blueprint, months_before, page
from ihh.web.statistics.plots import Plot, heat, hours, levels, shares, trend
from ihh.web.statistics.views import saved_views

TABLES = ("total", "agency", "hour", "weekday.hour", "channel", "language")


@blueprint.get("/statistics")
@access(READERS)
def show() -> ResponseReturnValue:
    chosen = asked(request.args)
    if chosen.span is None:
        return page("nothing_yet.html", chosen, views=saved_views())
    tables = shown_tables(chosen.span.kind)
    found = published(chosen.span, tables)
    other = compared_with(chosen.span, chosen.compare)
    before = published(other, ["total"]).total if other else None
    agencies = found.tables["agency"].rows if "agency" in found.tables else ()
    return page(
        "dashboard.html",
        chosen,
        headline=said.headline(found.total, agencies),
        counted=said.counted(found.total, days_open(chosen.span)),
        period=span_text(chosen.span),
        compared=span_text(other) if other else None,
        tiles=[
            said.tiles(row, found.total, before, kind=chosen.span.kind) for row in (said.ANSWERS, said.MASSES)
        ],
        plots=_plots(found, chosen),
        is_whole_only=tables == ("total",),
        is_synthetic=found.is_synthetic,
        exports=offered(chosen.span, tables),
        views=saved_views(),
    )


def shown_tables(kind: PeriodKind, wanted: tuple[str, ...] = TABLES) -> tuple[str, ...]:
    """Those of the page's tables that are published for such periods."""
    there = {table.code for table in PUBLISHED[kind]}
    return tuple(code for code in wanted if code in there)


def days_open(span: Span) -> int:
    return sum(1 for _day in open_days(current_house(), span.first.start, span.last.last))


def _plots(found: Published, chosen: Asked) -> dict[str, Plot]:
    plots = {"trend": trend(series(months_before(found.span), "total"))}
    if "agency" not in found.tables:
        return plots

    query: dict[str, Any] = {**chosen.query}

    def to_agency(values: tuple[str, ...]) -> str:
        return url_for("statistics.agency_view", agency_id=values[0], **query)

    plots["hours"] = hours(found.tables["hour"])
    plots["heat"] = heat(found.tables["weekday.hour"].rows, (0, 1))
    plots["levels"] = levels(found.tables["agency"], total=found.total, href=to_agency)
    plots["channels"] = shares(found.tables["channel"], "channels", _("How they came"))
    plots["languages"] = shares(found.tables["language"], "languages", _("Languages"))
    return plots
