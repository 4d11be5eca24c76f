"""Any table of the catalogue, and rows of it: choosing never counts anything anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.measures import Measure, Subject
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.domain.statistics.shown import is_counted
from ihh.domain.statistics.tables import PUBLISHED, TABLES, Dimension, Table
from ihh.presentation.access import access
from ihh.presentation.figure_words import (
    dimension_name,
    row_label,
    span_text,
    subject_name,
    table_name,
)
from ihh.services.statistics.published import Published, published
from ihh.web.statistics.asked import Asked, asked, compared_with
from ihh.web.statistics.downloads import offered
from ihh.web.statistics.frame import READERS, Link, blueprint, here_with, page
from ihh.web.statistics.plots import LEVELS
from ihh.web.statistics.table_lines import Lines, agency_href
from ihh.web.statistics.table_wish import Wish, is_large, only_text, wish_asked
from ihh.web.statistics.views import saved_views

KINDS = (PeriodKind.MONTH, PeriodKind.YEAR)
OFFERED = 3
"""Nearest tables that are offered where the wanted one is not in the catalogue."""

JOINED = tuple(
    one for one in Dimension if any(one in table.dimensions and len(table.dimensions) > 1 for table in TABLES)
)
"""Dimensions with which the catalogue has any further table: rows can be chosen by their values."""


@dataclass(frozen=True)
class KeptRows:
    """A choice of rows that is in force."""

    dimension: str
    value: str
    href_of_all: str
    """The page without the choice; empty where a table is too large to be shown without."""
    agency_href: str
    """The own view of the agency that is chosen."""


@blueprint.get("/statistics/tables")
@access(READERS)
def breakdown() -> ResponseReturnValue:
    chosen = asked(request.args, KINDS)
    if chosen.span is None:
        return page("nothing_yet.html", chosen, views=[])
    wish = wish_asked()
    table = wish.table(PUBLISHED[chosen.span.kind])
    fault = wish.fault
    if table is None:
        fault = _("There is no table by %(names)s.", names=_names(wish.wanted))
    elif not fault:
        return _page(chosen, chosen.span, wish, table, "")
    return _page(replace(chosen, status=422), chosen.span, wish, table, fault)


def _page(chosen: Asked, span: Span, wish: Wish, table: Table | None, fault: str) -> ResponseReturnValue:
    values = published(span, [one.value for one in JOINED])
    wish = wish.with_agency(table, _agencies(values)) if table else wish
    other = compared_with(span, chosen.compare)
    shown = _published(span, table) if table else None
    before = _published(other, table) if table and other else None
    return page(
        "tables.html",
        chosen,
        wish=wish,
        table_fault=fault,
        nearest=[] if table else _nearest(chosen, wish, PUBLISHED[span.kind]),
        title=table_name(table) if table else _("Tables"),
        grid=Lines(chosen, table, wish, _measures(wish, table)).grid(shown, before)
        if shown and table
        else None,
        period=span_text(span),
        compared=span_text(other) if before and other else None,
        dimensions=[(one.value, dimension_name(one), one in wish.dimensions) for one in Dimension],
        filters=_filters(values, wish),
        more_only=[only_text(one) for one in wish.only[1:]],
        kept=_kept(chosen, table, wish) if table else [],
        agencies=_agency_links(chosen, values, wish),
        subjects=_subjects(chosen, wish),
        is_synthetic=shown.is_synthetic if shown else False,
        exports=offered(span, [table.code]) if table else (),
        views=saved_views(),
    )


def _published(span: Span, table: Table) -> Published:
    return published(span, list({table.code: None, "total": None}))


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


def _agencies(values: Published) -> list[str]:
    return [row.values[0] for row in values.tables[Dimension.AGENCY.value].rows]


def _filters(values: Published, wish: Wish) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Values to choose one from, by dimension."""
    first = wish.only[0] if wish.only else None
    return [
        (
            dimension_name(one),
            [
                (
                    only_text((one, row.values[0])),
                    row_label(one, row.values[0]),
                    first == (one, row.values[0]),
                )
                for row in values.tables[one.value].rows
            ],
        )
        for one in JOINED
    ]


def _kept(chosen: Asked, table: Table, wish: Wish) -> list[KeptRows]:
    return [
        KeptRows(
            dimension_name(dimension),
            row_label(dimension, value),
            _without(chosen, wish, dimension) if len(wish.only) > 1 or not is_large(table) else "",
            agency_href(chosen, value) if dimension is Dimension.AGENCY else "",
        )
        for dimension, value in wish.only
    ]


def _without(chosen: Asked, wish: Wish, left_out: Dimension) -> str:
    left = [only_text(one) for one in wish.only if one[0] is not left_out]
    by = [one.value for one in wish.dimensions] or [left_out.value]
    return here_with(chosen, only=left or None, by=by)


def _agency_links(chosen: Asked, values: Published, wish: Wish) -> list[Link]:
    """The same rows of the other agencies, where one is chosen."""
    if (own := wish.value_of(Dimension.AGENCY)) is None:
        return []
    others = [one for one in wish.only if one[0] is not Dimension.AGENCY]
    return [
        Link(
            row_label(Dimension.AGENCY, agency_id),
            here_with(
                chosen, only=[only_text((Dimension.AGENCY, agency_id)), *(only_text(one) for one in others)]
            ),
            agency_id == own,
        )
        for agency_id in _agencies(values)
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
