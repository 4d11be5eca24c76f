"""Any table of the catalogue, and rows of it: choosing never counts anything anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure, Subject
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.domain.statistics.shown import is_counted
from ihh.domain.statistics.tables import PUBLISHED, Dimension, Table
from ihh.presentation.access import access
from ihh.presentation.figure_words import (
    dimension_name,
    row_label,
    span_text,
    subject_name,
    table_name,
)
from ihh.services.statistics.published import Shown, published
from ihh.web.statistics.asked import Asked, asked
from ihh.web.statistics.downloads import offered
from ihh.web.statistics.frame import READERS, Link, blueprint, here_with, page
from ihh.web.statistics.grids import Grid, grid
from ihh.web.statistics.plots import LEVELS

KINDS = (PeriodKind.MONTH, PeriodKind.YEAR)
OFFERED = 3
"""Nearest tables that are offered where the wanted one is not in the catalogue."""


@dataclass(frozen=True)
class Wish:
    dimensions: tuple[Dimension, ...]
    only: tuple[Dimension, str] | None
    """The rows to keep; its dimension is of the table too, whether it was asked for or not."""
    subject: Subject | None
    fault: str = ""

    @property
    def wanted(self) -> tuple[Dimension, ...]:
        chosen = {*self.dimensions, *([self.only[0]] if self.only else [])}
        return tuple(dimension for dimension in Dimension if dimension in chosen)


@blueprint.get("/statistics/tables")
@access(READERS)
def breakdown() -> ResponseReturnValue:
    chosen = asked(request.args, KINDS)
    if chosen.span is None:
        return page("nothing_yet.html", chosen, views=[])
    catalogue = PUBLISHED[chosen.span.kind]
    wish = _wish()
    table = next((one for one in catalogue if set(one.dimensions) == set(wish.wanted)), None)
    fault = wish.fault
    if table is None:
        fault = _("There is no table by %(names)s.", names=_names(wish.wanted))
    elif not fault:
        return _page(chosen, chosen.span, wish, table, "")
    return _page(replace(chosen, status=422), chosen.span, wish, table, fault)


def _page(chosen: Asked, span: Span, wish: Wish, table: Table | None, fault: str) -> ResponseReturnValue:
    shown = published(span, list({table.code: None, "total": None})) if table else None
    measures = _measures(wish, table) if table else LEVELS
    return page(
        "tables.html",
        chosen,
        wish=wish,
        table_fault=fault,
        nearest=[] if table else _nearest(chosen, wish, PUBLISHED[span.kind]),
        title=table_name(table) if table else _("Tables"),
        grid=_grid(shown.tables[table.code], shown.total, wish, measures) if shown and table else None,
        period=span_text(span),
        dimensions=[(one.value, dimension_name(one), one in wish.dimensions) for one in Dimension],
        filters=_filters(span, wish),
        subjects=_subjects(chosen, wish),
        is_synthetic=shown.is_synthetic if shown else False,
        exports=offered(span, [table.code]) if table else (),
    )


def _wish() -> Wish:
    """From the query; `by` may come several times, or hold several names with dots between them."""
    names = [name for given in request.args.getlist("by") for name in given.split(".") if name]
    known = [Dimension(name) for name in names if name in list(Dimension)]
    dimension, _mark, value = request.args.get("only", "").partition(":")
    about = request.args.get("about", "")
    only = (Dimension(dimension), value) if dimension in list(Dimension) and value else None
    is_faulty = (
        len(known) < len(names)
        or (bool(dimension) and only is None)
        or (bool(about) and about not in list(Subject))
    )
    return Wish(
        tuple(dict.fromkeys(known)) or (() if names or only else (Dimension.AGENCY,)),
        only,
        Subject(about) if about in list(Subject) else None,
        _("Something in the address is not known here. Choose anew below.") if is_faulty else "",
    )


def _grid(shown: Shown, total: Row, wish: Wish, measures: Sequence[Measure]) -> Grid:
    kept = wish.only
    at = shown.table.dimensions.index(kept[0]) if kept else 0

    def is_kept(row: Row) -> bool:
        return kept is None or row.values[at] == kept[1]

    without = (kept[0],) if kept and len(shown.table.dimensions) > 1 else ()
    with_total = total if kept is None and shown.table.dimensions else None
    return grid(shown, measures, keep=is_kept, without=without, total=with_total)


def _measures(wish: Wish, table: Table) -> tuple[Measure, ...]:
    if wish.subject is None:
        return (Measure.VISITS, Measure.CUSTOMERS, *LEVELS)
    found = [
        measure
        for measure, definition in CATALOGUE.items()
        if definition.subject is wish.subject and is_counted(definition, table)
    ]
    return tuple(found)


def _nearest(chosen: Asked, wish: Wish, catalogue: Sequence[Table]) -> list[Link]:
    """Tables with most of what was wanted and least besides."""
    wanted = set(wish.wanted)
    by_distance = sorted(
        (table for table in catalogue if table.dimensions),
        key=lambda table: (len(wanted ^ set(table.dimensions)), -len(wanted & set(table.dimensions))),
    )
    return [Link(table_name(table), _href(chosen, table)) for table in by_distance[:OFFERED]]


def _href(chosen: Asked, table: Table) -> str:
    by = [dimension.value for dimension in table.dimensions]
    query: dict[str, Any] = {**chosen.query, "by": by}
    return url_for("statistics.breakdown", **query)


def _filters(span: Span, wish: Wish) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Values to choose one from, by dimension: those with which the catalogue has any further table."""
    joined = [Dimension.AGENCY, Dimension.WEEKDAY, Dimension.CHANNEL]
    found = published(span, [one.value for one in joined])
    return [
        (
            dimension_name(one),
            [
                (f"{one}:{row.values[0]}", row_label(one, row.values[0]), wish.only == (one, row.values[0]))
                for row in found.tables[one.value].rows
            ],
        )
        for one in joined
    ]


def _subjects(chosen: Asked, wish: Wish) -> list[Link]:
    main = Link(_("Main figures"), here_with(chosen, about=None), wish.subject is None)
    return [
        main,
        *(
            Link(subject_name(one), here_with(chosen, about=one.value), wish.subject is one)
            for one in Subject
        ),
    ]


def _names(dimensions: Sequence[Dimension]) -> str:
    return ", ".join(dimension_name(one).lower() for one in dimensions)
