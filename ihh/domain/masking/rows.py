"""The rows of the program: what any reader knows about how counts hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ihh.domain.masking.cells import PEOPLE, PEOPLE_PER_VISIT, Amounts, Cells, Line

VISITS = "visits"

Terms = Sequence[tuple[int, float]]
"""Variables with their factors. A variable is a count of a cell: cell + cells in all x place of its name."""


@dataclass
class Column:
    """A part of a variable's perturbation."""

    variable: int
    sign: float
    lower: float
    upper: float


class Rows:
    """Sparse rows. What binds one column alone becomes its bound, what bounds say already is left out."""

    def __init__(
        self,
        cells: Cells,
        names: Sequence[str],
        truth: Amounts,
        columns: list[Column],
        columns_of: Mapping[int, Sequence[int]],
    ) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.starts: list[int] = [0]
        self.entries: list[int] = []
        self.factors: list[float] = []
        self._truth, self._columns, self._columns_of = truth, columns, columns_of
        size = len(cells.fixed)
        if {VISITS, PEOPLE} <= set(names):
            self._add_parties(size, names.index(VISITS) * size, names.index(PEOPLE) * size)
        for place, name in enumerate(names):
            for line in cells.lines.get(name, ()):
                self._add_line(place * size, line)

    def _add_line(self, first: int, line: Line) -> None:
        parts = [(first + part, 1.0) for part in line.parts]
        total = [(first + line.total, -1.0)] if line.total is not None else []
        if line.is_exact:
            self._add([*parts, *total], 0.0, 0.0)
            return
        goal = 0.0 if total else float(line.of)
        self._add([*parts, *total], goal - self._sum([*parts, *total]), np.inf)
        for part in parts:
            self._add([part, *total], -np.inf, goal - self._sum([part, *total]))

    def _add_parties(self, size: int, visits: int, people: int) -> None:
        """A party has one to six people; where the counts do not keep to that, no reader knows it."""
        for cell in range(size):
            visit, person = visits + cell, people + cell
            if visit not in self._columns_of or person not in self._columns_of:
                continue
            most = [(person, 1.0), (visit, -float(PEOPLE_PER_VISIT))]
            least = [(visit, 1.0), (person, -1.0)]
            if self._sum(most) <= 0 and self._sum(least) <= 0:
                self._add(most, -np.inf, -self._sum(most))
                self._add(least, -np.inf, -self._sum(least))

    def _sum(self, terms: Terms) -> float:
        return float(sum(factor * self._truth[variable] for variable, factor in terms))

    def _add(self, terms: Terms, lower: float, upper: float) -> None:
        found = [
            (column, factor * self._columns[column].sign)
            for variable, factor in terms
            for column in self._columns_of.get(variable, ())
        ]
        least = most = 0.0
        for number, factor in found:
            ends = factor * self._columns[number].lower, factor * self._columns[number].upper
            least += min(ends)
            most += max(ends)
        if least >= lower and most <= upper:
            return
        if len(found) == 1:
            self._bind(*found[0], lower, upper)
            return
        self.entries += [column for column, _ in found]
        self.factors += [factor for _, factor in found]
        self.starts.append(len(self.entries))
        self.lower.append(lower)
        self.upper.append(upper)

    def _bind(self, number: int, factor: float, lower: float, upper: float) -> None:
        low, high = sorted((lower / factor, upper / factor))
        column = self._columns[number]
        column.lower, column.upper = max(column.lower, low), min(column.upper, high)
