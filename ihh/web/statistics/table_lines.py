"""Lines of a table: each figure with its change and target, and the finer tables that a line opens into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.tables import PUBLISHED, Dimension, Table, key
from ihh.presentation.figure_words import TOTAL, dimension_name, row_label
from ihh.services.statistics.of_agency import agency_of
from ihh.services.statistics.published import Published
from ihh.web.statistics import said
from ihh.web.statistics.asked import Asked
from ihh.web.statistics.frame import Link, agency_name
from ihh.web.statistics.grids import asked_text
from ihh.web.statistics.table_wish import Only, Wish, only_text

TALL = 12
"""More lines than this are no longer seen together with their head."""


@dataclass(frozen=True)
class ComparedLine:
    names: tuple[Link, ...]
    """What the line is about; without an address where it leads nowhere."""
    key: str
    tiles: tuple[said.Tile, ...]
    onward: tuple[Link, ...] = ()
    """Finer tables, of this line only."""
    is_total: bool = False
    asked: str = ""
    """Of the total: which share of those asked has answered."""


@dataclass(frozen=True)
class ComparedGrid:
    heads: tuple[str, ...]
    columns: tuple[said.Tile, ...]
    """Heads of the figures, with their targets: as the total has them."""
    lines: tuple[ComparedLine, ...]

    @property
    def is_tall(self) -> bool:
        """Scrolls by itself under a head that stays in sight."""
        return len(self.lines) > TALL

    @property
    def goes_on(self) -> bool:
        return any(line.onward for line in self.lines)


@dataclass(frozen=True)
class Lines:
    """How a table's rows become lines."""

    chosen: Asked
    table: Table
    wish: Wish
    measures: Sequence[Measure]

    def grid(self, found: Published, before: Published | None) -> ComparedGrid:
        """`before` is what the figures are compared with: a change is told where both are shown."""
        earlier = {row.values: row for row in before.tables[self.table.code].rows} if before else {}
        rows = [row for row in found.tables[self.table.code].rows if self.wish.keeps(self.table, row)]
        lines = [self._line(row, earlier.get(row.values)) for row in rows]
        if not self.wish.only and self.table.dimensions:
            lines.append(self._total(found.total, before.total if before else None))
        return ComparedGrid(
            tuple(dimension_name(self.table.dimensions[at]) for at in self._named) or ("",),
            tuple(said.tiles(self.measures, found.total, None)),
            tuple(lines),
        )

    @property
    def _named(self) -> list[int]:
        """Dimensions that name a line: the others are the same in all of them."""
        dimensions = self.table.dimensions
        left = [at for at, one in enumerate(dimensions) if self.wish.value_of(one) is None]
        return left or list(range(len(dimensions)))

    def _line(self, row: Row, before: Row | None) -> ComparedLine:
        names = tuple(self._name(self.table.dimensions[at], row.values[at]) for at in self._named)
        return ComparedLine(
            names or (Link(row_label(Dimension.AGENCY, TOTAL), ""),),
            key(row.values) or TOTAL,
            tuple(said.tiles(self.measures, row, before)),
            tuple(self._onward(row)),
        )

    def _total(self, total: Row, before: Row | None) -> ComparedLine:
        empty = [Link("", "")] * (len(self._named) - 1)
        names = (Link(row_label(Dimension.AGENCY, TOTAL), ""), *empty)
        return ComparedLine(
            names,
            TOTAL,
            tuple(said.tiles(self.measures, total, before)),
            is_total=True,
            asked=asked_text(total),
        )

    def _name(self, dimension: Dimension, value: str) -> Link:
        href = agency_href(self.chosen, value) if dimension is Dimension.AGENCY else ""
        return Link(row_label(dimension, value), href)

    def _onward(self, row: Row) -> list[Link]:
        """Tables of the catalogue with one dimension more, of this row; of a service its agency."""
        only = list(zip(self.table.dimensions, row.values, strict=True))
        own = set(self.table.dimensions)
        if own == {Dimension.SERVICE}:
            agency_id = agency_of(row.values[0])
            return [Link(agency_name(agency_id), agency_href(self.chosen, agency_id))]
        finer = [] if not own else [one for one in self._catalogue if own < set(one.dimensions)]
        more = [(set(one.dimensions) - own).pop() for one in finer if len(one.dimensions) == len(own) + 1]
        if own == {Dimension.AGENCY}:
            more.insert(0, Dimension.SERVICE)
        return [Link(dimension_name(one), self._finer_href(one, only)) for one in more]

    @property
    def _catalogue(self) -> Sequence[Table]:
        return PUBLISHED[self.chosen.span.kind] if self.chosen.span else ()

    def _finer_href(self, dimension: Dimension, only: Sequence[Only]) -> str:
        query: dict[str, Any] = {
            **self.chosen.query,
            "by": dimension.value,
            "only": [only_text(one) for one in only],
        }
        if self.wish.subject:
            query["about"] = self.wish.subject.value
        return url_for("statistics.breakdown", **query)


def agency_href(chosen: Asked, agency_id: str) -> str:
    """The agency's own view of the same period."""
    query: dict[str, Any] = {**chosen.query}
    return url_for("statistics.agency_view", agency_id=agency_id, **query)
