"""A reader with a linear programme who wants to know hidden cells.

Knows everything that was ever published, for every kind of period, and how the tables hang together; written
from docs/data-dictionary.md, not from the product's own lines. Of "suppressed" it believes that it is less
than k. That it is not 0 either is known as well, so a year of three suppressed months has at least three
people: no mask can change that as long as zeros are shown as zeros, and it is left out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from ortools.linear_solver import pywraplp

from ihh.domain.masking import Flag
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span, containing
from ihh.domain.statistics.tables import PUBLISHED
from ihh.services.statistics.published import released, series

COUNTS = (Measure.VISITS, Measure.CUSTOMERS, Measure.SERVICE_EVENTS)
SEVERAL = {"agency", "service", "hour"}
"""Dimensions of which one visit may have several values."""

Cell = tuple[PeriodKind, date, tuple[str, ...], tuple[str, ...]]
"""Kind and start of the period, dimensions, values."""
Count = tuple[Cell, Measure]


class Attacker:
    def __init__(self, agency_of: dict[str, str], truth: dict[Count, int], *, k: int) -> None:
        self.k = k
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.unknown: dict[Count, pywraplp.Variable] = {}
        self.hidden: dict[Count, Flag] = {}
        self.agency_of = agency_of
        self.truth = truth
        self._read_everything()
        self._add_up_within()
        self._add_up_in_time()
        for cell in {cell for cell, _ in self.unknown}:
            visits, people = self.unknown[cell, COUNTS[0]], self.unknown[cell, COUNTS[1]]
            self.solver.Add(visits <= people)
            self.solver.Add(people <= 6 * visits)

    def targets(self) -> list[Count]:
        """Counts that are hidden because they are small."""
        return sorted(
            key for key in self.hidden if 1 <= self.truth.get(key, 0) < self.k and self._is_small(key[0])
        )

    def bounds(self, key: Count) -> tuple[float, float]:
        """The least and the most that a count can be, given all that is known."""
        found = []
        variable = self.unknown[key]
        low, high = variable.lb(), variable.ub()
        variable.SetBounds(0, self.solver.infinity())  # what is asked must not be given
        for sense in (self.solver.Minimize, self.solver.Maximize):
            sense(variable)
            self._solve()
            found.append(variable.solution_value())
        variable.SetBounds(low, high)
        return found[0], found[1]

    def _solve(self) -> None:
        """From where the last one ended; if that goes astray numerically, anew."""
        if self.solver.Solve() == pywraplp.Solver.OPTIMAL:
            return
        anew = pywraplp.MPSolverParameters()
        anew.SetIntegerParam(anew.INCREMENTALITY, anew.INCREMENTALITY_OFF)
        status = self.solver.Solve(anew)
        assert status == pywraplp.Solver.OPTIMAL, status

    def _is_small(self, cell: Cell) -> bool:
        return any(1 <= self.truth.get((cell, count), 0) < self.k for count in (Measure.CUSTOMERS,)) or (
            self.hidden.get((cell, Measure.CUSTOMERS)) is Flag.SUPPRESSED
        )

    def _read_everything(self) -> None:
        most = 10**6
        for kind in PeriodKind:
            periods = released(kind)
            if not periods:
                continue
            for table in PUBLISHED[kind]:
                for period, rows in series(Span(periods[0], periods[-1]), table.code).items():
                    for row in rows:
                        cell = (kind, period.start, tuple(table.dimensions), row.values)
                        for count in COUNTS:
                            shown = row.cells[count]
                            if shown.flag is Flag.NONE:
                                low = high = int(shown.amount or 0)
                            else:
                                low, high = 0, most
                                self.hidden[cell, count] = shown.flag
                                if (
                                    shown.flag is Flag.SUPPRESSED
                                    and 1 <= self.truth.get((cell, count), 0) < self.k
                                ):
                                    high = self.k - 1
                            self.unknown[cell, count] = self.solver.NumVar(low, high, "")

    def _add_up_within(self) -> None:
        """A table adds up to each table with one dimension less; services add up to their agency."""
        groups: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
        for cell in {cell for cell, _ in self.unknown}:
            for total, dimension in self._totals(cell):
                groups[total, dimension].append(cell)
        for (total, dimension), parts in groups.items():
            for count in COUNTS:
                self._relate(
                    total, parts, count, is_exact=count is Measure.SERVICE_EVENTS or dimension not in SEVERAL
                )

    def _totals(self, cell: Cell) -> Iterator[tuple[Cell, str]]:
        kind, start, dimensions, values = cell
        for at, dimension in enumerate(dimensions):
            total = (
                kind,
                start,
                (*dimensions[:at], *dimensions[at + 1 :]),
                (*values[:at], *values[at + 1 :]),
            )
            if (total, Measure.VISITS) in self.unknown:
                yield total, dimension
        if dimensions == ("service",):
            total = (kind, start, ("agency",), (self.agency_of[values[0]],))
            if (total, Measure.VISITS) in self.unknown:
                yield total, "service"

    def _relate(self, total: Cell, parts: list[Cell], count: Measure, *, is_exact: bool) -> None:
        whole = self.unknown[total, count]
        together = self.solver.Sum([self.unknown[part, count] for part in parts])
        if is_exact:
            self.solver.Add(together == whole)
            return
        if set(total[2]) & SEVERAL:  # somebody of a party may have come along without a ticket
            self.solver.Add(together >= whole)
        for part in parts:
            self.solver.Add(self.unknown[part, count] <= whole)

    def _add_up_in_time(self) -> None:
        groups: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in {cell for cell, _ in self.unknown}:
            kind, start, dimensions, values = cell
            if kind is PeriodKind.MONTH:
                groups[PeriodKind.YEAR, start.replace(month=1), dimensions, values].append(cell)
            if kind is PeriodKind.DAY:
                groups[PeriodKind.WEEK, start - timedelta(days=start.weekday()), (), ()].append(cell)
                groups[PeriodKind.MONTH, start.replace(day=1), (), ()].append(cell)
                weekday = str(start.weekday() + 1)
                groups[PeriodKind.MONTH, start.replace(day=1), ("weekday",), (weekday,)].append(cell)
        for total, parts in groups.items():
            if (total, Measure.VISITS) in self.unknown:
                assert containing(total[1], total[0]).start == total[1]
                for count in COUNTS:
                    self._relate(total, parts, count, is_exact=True)
