"""A cell of a published table: additive sources it is made of, and what may be shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ihh.domain.masking import Flag
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.spreads import Spread


@dataclass(frozen=True)
class Sources:
    """Everything about one row of one table that adds up from period to period."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """By name, see `ihh.domain.statistics.measures`; a name left out is 0."""
    spreads: Mapping[str, Spread] = field(default_factory=dict)

    def count(self, name: str) -> int:
        return self.counts.get(name, 0)

    def spread(self, name: str) -> Spread:
        return self.spreads.get(name, Spread())


@dataclass(frozen=True)
class Cell:
    """A published figure, or the reason why it is not there."""

    amount: int | Decimal | None
    flag: Flag
    n: int | None = None
    """People behind it; None where that is hidden."""


@dataclass(frozen=True)
class Row:
    """One published row. Its cells may be hidden together, or one by one for want of people."""

    values: tuple[str, ...]
    """One for each dimension of the table, in its order; empty for the total."""
    cells: Mapping[Measure, Cell]
