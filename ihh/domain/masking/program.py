"""What a reader cannot tell apart from the truth, as a linear program.

Its points are the perturbations d of the hidden counts x for which x + d agrees with every line, with the
size of parties and with the flags: with all that is known. A point in which a count has the value v shows
that v is possible, and the points between two such points are possible as well. So a count is safe when
there is a point in which it is 1 and one in which it is k - 1. Hiding more never takes such a point away.

Counts that are shown, but could still be hidden, may be perturbed too, at a price by the unit: the cheapest
point says which cells to hide. Dearest is an empty cell, for zeros are shown as zeros. Then comes what
would mislead a reader who takes flags at their word: a suppressed count outside of 1..k - 1, for which the
cell's word is taken back (it becomes not_shown), and a not_shown cell below k, which its flag allows, but
which one who knows how masks are made might rule out. Hiding costs more for more people; what is hidden
moves almost for nothing.

The solver has one thread and a fixed seed, and its effort is counted in steps, not in seconds: the same
cells have the same masks everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import highspy
import numpy as np
from numpy.typing import NDArray

from ihh.domain.masking.cells import PEOPLE, Amounts, Cells, Flag
from ihh.domain.masking.rows import Column, Rows

Numbers = NDArray[np.int64]

TOLERANCE = 1e-6
"""Of a count: what the solver calls zero is not moved."""

IDLE = 1e-3
REWARD = 1e-2
"""For each unit by which a point moves a count towards a value that is not yet shown to be possible. Small
beside the price of hiding: it does not pay to hide for it."""

TAKEN_BACK = 100.0
GUESSED = 100.0
EMPTY = 5000.0


class Part(IntEnum):
    """A count's perturbation is the sum of its parts, each with its own price."""

    UP = 0
    DOWN = 1
    ABOVE = 2
    """Up, further than a reader expects."""
    BELOW = 3


class Program:
    """Some counts of a release and of earlier ones, in which flags may be changed as the search goes on."""

    def __init__(
        self,
        cells: Cells,
        flags: list[Flag],
        *,
        k: int,
        names: Sequence[str],
        active: Sequence[bool],
        is_last_resort: bool,
    ) -> None:
        """`flags` is changed in place. Cells that are not active keep their counts, so that points are found
        sooner. As a last resort empty cells may be hidden, and earlier flags be wrong.
        """
        self.cells, self.flags, self.k, self.names = cells, flags, k, tuple(names)
        self.size = len(flags)
        self.truth: Amounts = np.concatenate([np.asarray(cells.counts[name], np.float64) for name in names])
        most = np.concatenate([np.asarray(cells.most_of(name), np.float64) for name in names])
        self._most: Amounts = np.where(np.isnan(most), np.inf, most)
        self.is_last_resort = is_last_resort
        self.columns: list[Column] = []
        self.columns_of: dict[int, list[int]] = {}
        self._parts: list[Part] = []
        for variable in range(len(self.truth)):
            if active[variable % self.size]:
                self._add_columns(variable)
        self._weights = _weights(cells)
        self._variables: Numbers = np.asarray([column.variable for column in self.columns], dtype=np.int64)
        self._signs: Amounts = np.asarray([column.sign for column in self.columns], dtype=np.float64)
        self._model = self._load()
        self.steps = 0

    def is_target(self, variable: int) -> bool:
        """Whether the count is hidden because it is small."""
        cell = variable % self.size
        return (
            1 <= self.truth[variable] < self.k
            and self.flags[cell] in (Flag.SUPPRESSED, Flag.NOT_SHOWN)
            and is_small(self.cells.small_by[cell], self.k)
        )

    def aim(self, variable: int, direction: int) -> None:
        """Reward points that move the target up (1) or down (-1), or no longer (0)."""
        for column in self.columns_of.get(variable, ()):
            if self._parts[column] in (Part.UP, Part.DOWN):
                reward = direction * self.columns[column].sign * REWARD
                self._model.changeColCost(column, IDLE - reward)

    def point(self, variable: int, value: int) -> Amounts | None:
        """The counts at the cheapest point in which the target has that value; None where there is none.

        What that point moves further than its flag allows is hidden.
        """
        columns = self.columns_of.get(variable, ())
        if not columns:
            return None
        move = value - self.truth[variable]
        for column in columns:
            is_its = self._parts[column] == (Part.UP if move > 0 else Part.DOWN)
            self._model.changeColBounds(column, abs(move) * is_its, abs(move) * is_its)
        self._model.run()
        self.steps += max(0, self._model.getInfo().simplex_iteration_count)
        is_found = self._model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moves: Amounts = np.asarray(self._model.getSolution().col_value, dtype=np.float64)
        for column in columns:
            self._model.changeColBounds(column, self.columns[column].lower, self.columns[column].upper)
        if not is_found:
            return None
        self._hide(moves)
        return self.truth + np.bincount(self._variables, moves * self._signs, len(self.truth))

    def _hide(self, moves: Amounts) -> None:
        """Hide the shown cells that were moved, take back the word of suppressed ones moved too far."""
        changed = set()
        for column in np.flatnonzero(moves > TOLERANCE).tolist():
            variable = self.columns[column].variable
            flag = self.flags[variable % self.size]
            too_far = self._parts[column] >= Part.ABOVE and self.is_target(variable)
            is_own = self.cells.fixed[variable % self.size] is None
            if flag is Flag.NONE or (flag is Flag.SUPPRESSED and too_far and is_own):
                changed.add(variable % self.size)
        for cell in sorted(changed):
            self.flags[cell] = Flag.NOT_SHOWN
            for variable in range(cell, len(self.truth), self.size):
                for column in self.columns_of.get(variable, ()):
                    if self._parts[column] >= Part.ABOVE or not self.is_target(variable):
                        self._model.changeColCost(column, self._price(column))

    def _add_columns(self, variable: int) -> None:
        cell, value = variable % self.size, float(self.truth[variable])
        flag, is_own = self.flags[cell], self.cells.fixed[cell] is None
        is_empty = not any(values[cell] for values in self.cells.counts.values())
        if not is_own and flag in (Flag.NONE, Flag.NO_DATA):
            return
        if flag is Flag.NONE and is_empty and not self.is_last_resort:
            return
        if self.is_target(variable):
            word = flag is Flag.SUPPRESSED and not is_own and not self.is_last_resort
            reach = min(self.k - 1, self._most[variable])
            self._add(variable, Part.UP, reach - value)
            self._add(variable, Part.DOWN, value - 1)
            self._add(variable, Part.ABOVE, 0 if word else self._most[variable] - reach)
            self._add(variable, Part.BELOW, 0 if word else 1)
        else:
            floor = self._floor(variable)
            self._add(variable, Part.UP, self._most[variable] - value)
            self._add(variable, Part.DOWN, value - floor)
            self._add(variable, Part.BELOW, floor if is_own or self.is_last_resort else 0)

    def _add(self, variable: int, part: Part, upper: float) -> None:
        if upper > 0:
            self.columns_of.setdefault(variable, []).append(len(self.columns))
            self.columns.append(Column(variable, 1.0 if part in (Part.UP, Part.ABOVE) else -1.0, 0.0, upper))
            self._parts.append(part)

    def _floor(self, variable: int) -> float:
        """What a reader may guess a count to be at least whose cell is hidden for another's sake."""
        value = self.truth[variable]
        decides = self.names[variable // self.size] == PEOPLE or PEOPLE not in self.cells.counts
        return float(self.k) if decides and value >= self.k else float(min(value, 1))

    def _price(self, column: int) -> float:
        variable, part = self.columns[column].variable, self._parts[column]
        cell = variable % self.size
        if self.is_target(variable):
            return TAKEN_BACK if part >= Part.ABOVE and self.flags[cell] is Flag.SUPPRESSED else IDLE
        price = IDLE + (GUESSED if part is Part.BELOW else 0.0)
        if self.flags[cell] is Flag.NONE:
            price += self._weights[cell]
        return price

    def _load(self) -> highspy.Highs:
        rows = Rows(self.cells, self.names, self.truth, self.columns, self.columns_of)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.columns), len(rows.lower)
        program.col_cost_ = np.asarray([self._price(column) for column in range(len(self.columns))])
        program.col_lower_ = np.asarray([column.lower for column in self.columns])
        program.col_upper_ = np.asarray([column.upper for column in self.columns])
        program.row_lower_, program.row_upper_ = np.asarray(rows.lower), np.asarray(rows.upper)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.asarray(rows.starts, dtype=np.int32)
        program.a_matrix_.index_ = np.asarray(rows.entries, dtype=np.int32)
        program.a_matrix_.value_ = np.asarray(rows.factors, dtype=np.float64)
        model = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("solver", "simplex"),
            ("random_seed", 0),
        ):
            model.setOptionValue(option, value)
        model.passModel(program)
        return model


def is_small(people: Sequence[int], k: int) -> bool:
    return any(1 <= number < k for number in people)


def _weights(cells: Cells) -> list[float]:
    """By cell, the price of hiding it: that of few people is the cheapest to do without."""
    names = [PEOPLE] if PEOPLE in cells.counts else sorted(cells.counts)
    people = np.max([np.asarray(cells.counts[name], np.float64) for name in names], axis=0)
    is_empty = np.max([np.asarray(values) for values in cells.counts.values()], axis=0) == 0
    found: list[float] = np.where(is_empty, EMPTY, 1 + np.log2(1 + people)).tolist()
    return [weight * cells.worth.get(cell, 1.0) for cell, weight in enumerate(found)]
