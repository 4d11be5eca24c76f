"""Tables of the pages: what stands behind a plot, and what is drilled into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ihh.domain.masking import Flag
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind
from ihh.domain.statistics.tables import Dimension, Table, key
from ihh.presentation.figure_words import TOTAL, amount_text, dimension_name, measure_label, row_label
from ihh.services.statistics.published import Shown

Href = Callable[[tuple[str, ...]], str | None]


@dataclass(frozen=True)
class Line:
    labels: tuple[str, ...]
    key: str
    cells: tuple[tuple[Measure, Cell], ...]
    href: str | None = None
    is_total: bool = False
    asked: str = ""
    """Of the total: which share of those asked has answered."""


@dataclass(frozen=True)
class Grid:
    heads: tuple[str, ...]
    """Of the columns that name a row."""
    columns: tuple[str, ...]
    """Of the columns of figures."""
    lines: tuple[Line, ...]
    kind: PeriodKind = PeriodKind.MONTH
    """Of the periods that the figures are of."""


def grid(
    shown: Shown,
    measures: Sequence[Measure],
    *,
    keep: Callable[[Row], bool] = lambda row: True,
    without: Sequence[Dimension] = (),
    href: Href = lambda values: None,
    total: Row | None = None,
    heads: Sequence[str] | None = None,
) -> Grid:
    """The table's rows with some of its figures; dimensions in `without` are said by the page already."""
    table = shown.table
    left = [at for at, dimension in enumerate(table.dimensions) if dimension not in without]
    lines = [
        Line(_labels(table, row, left), key(row.values) or TOTAL, chosen(row, measures), href(row.values))
        for row in shown.rows
        if keep(row)
    ]
    if total is not None:
        names = (row_label(Dimension.AGENCY, TOTAL), *[""] * (len(left) - 1))
        lines.append(Line(names, TOTAL, chosen(total, measures), None, True, asked_text(total)))
    return Grid(
        tuple(dimension_name(table.dimensions[at]) for at in left) or ("",),
        tuple(heads or (measure_label(measure) for measure in measures)),
        tuple(lines),
    )


def matrix(
    rows: Iterable[Row], measure: Measure, down: Dimension, across: Dimension, place: tuple[int, int]
) -> Grid:
    """One figure by two dimensions; `place` says where in a row's values they stand."""
    cells = {(row.values[place[0]], row.values[place[1]]): row.cells[measure] for row in rows}
    downs = list(dict.fromkeys(one for one, _other in cells))
    acrosses = list(dict.fromkeys(other for _one, other in cells))
    empty = Cell(None, Flag.NO_DATA)
    lines = tuple(
        Line(
            (row_label(down, one),),
            one,
            tuple((measure, cells.get((one, other), empty)) for other in acrosses),
        )
        for one in downs
    )
    return Grid((dimension_name(down),), tuple(row_label(across, other) for other in acrosses), lines)


def chosen(row: Row, measures: Sequence[Measure]) -> tuple[tuple[Measure, Cell], ...]:
    return tuple((measure, row.cells[measure]) for measure in measures)


def asked_text(row: Row) -> str:
    """ "21 % answered"; empty where that may not be shown."""
    rate = row.cells[Measure.RESPONSE_RATE].amount
    return "" if rate is None else _("%(share)s answered", share=amount_text(Measure.RESPONSE_RATE, rate))


def _labels(table: Table, row: Row, left: Sequence[int]) -> tuple[str, ...]:
    named = tuple(row_label(table.dimensions[at], row.values[at]) for at in left)
    return named or (row_label(Dimension.AGENCY, TOTAL),)
