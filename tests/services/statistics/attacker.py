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
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span, containing
from ihh.domain.statistics.tables import PUBLISHED
from ihh.services.statistics.published import released, series

ATTENDANCE = ("visits", "customers", "service_events")
ANSWERS = ("answers", "csat_n", "effort_n", "nps_n")
APART = ("walk_in_n", "booked_n")
"""Served walk-in and booked tickets. They are in no file, but shares and means of both, and of all together,
tell them wherever they are shown: so the reader is given them there."""
COUNTS = (*ATTENDANCE, *ANSWERS, *APART)

SHOWN_BY = {
    "answers": Measure.ANSWERS,
    "csat_n": Measure.CSAT,
    "effort_n": Measure.EFFORT,
    "nps_n": Measure.NPS,
    "walk_in_n": Measure.WALK_IN_WAIT_MEAN,
    "booked_n": Measure.BOOKED_WAIT_MEAN,
}
SEVERAL = {"agency", "service", "hour"}
"""Dimensions of which one visit may have several values."""

Cell = tuple[PeriodKind, date, tuple[str, ...], tuple[str, ...]]
"""Kind and start of the period, dimensions, values."""
Count = tuple[Cell, str]


class Attacker:
    def __init__(self, agency_of: dict[str, str], truth: dict[Count, int], *, k: int) -> None:
        self.k = k
        self.solver = pywraplp.Solver.CreateSolver("CLP")
        self.unknown: dict[Count, pywraplp.Variable] = {}
        self.hidden: dict[Count, Flag] = {}
        self.agency_of = agency_of
        self.truth = truth
        self._read_everything()
        self._add_up_within()
        self._add_up_in_time()
        for cell in {cell for cell, _ in self.unknown}:
            self._know_of_one(cell)

    def targets(self) -> list[Count]:
        """Counts that are hidden because they are small."""
        return sorted(key for key in self.hidden if 1 <= self.truth[key] < self.k and self._is_small(key))

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

    def reach(self, key: Count) -> float:
        """Up to which number a small count is to be possible: no more can answer than can have been asked.

        Of six people hidden for another row's sake it may be known that they had three services.
        """
        cell, count = key
        if count in ATTENDANCE:
            return self.k - 1
        asked = (cell, self._asked(cell) if count in ANSWERS else "service_events")
        return min(self.k - 1, self.bounds(asked)[1] if asked in self.hidden else self.truth[asked])

    def _solve(self) -> None:
        """From where the last one ended; if that goes astray numerically, anew."""
        if self.solver.Solve() == pywraplp.Solver.OPTIMAL:
            return
        anew = pywraplp.MPSolverParameters()
        anew.SetIntegerParam(anew.INCREMENTALITY, anew.INCREMENTALITY_OFF)
        status = self.solver.Solve(anew)
        assert status == pywraplp.Solver.OPTIMAL, status

    def _is_small(self, key: Count) -> bool:
        """Whether it is hidden for its own sake: 1 to k - 1 people, answers, or tickets."""
        cell, count = key
        if count not in ATTENDANCE:
            return True
        return 1 <= self.truth[cell, "customers"] < self.k or self.hidden[key] is Flag.SUPPRESSED

    def _read_everything(self) -> None:
        for kind in PeriodKind:
            periods = released(kind)
            if not periods:
                continue
            for table in PUBLISHED[kind]:
                for period, rows in series(Span(periods[0], periods[-1]), table.code).items():
                    for row in rows:
                        cell = (kind, period.start, tuple(table.dimensions), row.values)
                        for count in COUNTS:
                            if (cell, count) in self.truth:
                                self._read(cell, count, row)
                        self._know_response(cell, row)

    def _read(self, cell: Cell, count: str, row: Row) -> None:
        key, shown = (cell, count), row.cells[SHOWN_BY.get(count) or Measure(count)]
        if shown.flag not in (Flag.SUPPRESSED, Flag.NOT_SHOWN):
            value = shown.n if count in ANSWERS else shown.amount if count in ATTENDANCE else self.truth[key]
            self.unknown[key] = self.solver.NumVar(int(value or 0), int(value or 0), "")
            return
        self.hidden[key] = shown.flag
        is_told = shown.flag is Flag.SUPPRESSED and 1 <= self.truth[key] < self.k
        self.unknown[key] = self.solver.NumVar(0, self.k - 1 if is_told else 10**6, "")

    def _know_response(self, cell: Cell, row: Row) -> None:
        """So many answers that are such a share, of the visits or services, to one decimal."""
        share, answers = row.cells[Measure.RESPONSE_RATE], row.cells[Measure.ANSWERS]
        asked = (cell, self._asked(cell))
        if asked in self.hidden and share.amount is not None and answers.amount is not None:
            self.solver.Add(self.unknown[asked] * (float(share.amount) - 0.0501) <= 100 * int(answers.amount))
            self.solver.Add(self.unknown[asked] * (float(share.amount) + 0.0501) >= 100 * int(answers.amount))

    def _asked(self, cell: Cell) -> str:
        return "service_events" if SEVERAL & set(cell[2]) else "visits"

    def _know_of_one(self, cell: Cell) -> None:
        """What any reader knows of one row."""
        of = {count: self.unknown[cell, count] for count in COUNTS if (cell, count) in self.unknown}
        self.solver.Add(of["visits"] <= of["customers"])
        self.solver.Add(of["customers"] <= 6 * of["visits"])
        for count in ANSWERS:
            if count in of:
                self.solver.Add(of[count] <= of[self._asked(cell)])
        if "walk_in_n" in of:
            self.solver.Add(of["walk_in_n"] + of["booked_n"] == of["service_events"])
            walked_in = self._by_channel(cell, "walk_in")
            if walked_in in self.unknown:  # others may have taken a ticket without an appointment too
                self.solver.Add(self.unknown[walked_in] <= of["walk_in_n"])

    def _by_channel(self, cell: Cell, channel: str) -> Count:
        kind, start, dimensions, values = cell
        finer = {
            (): (("channel",), (channel,)),
            ("agency",): (("agency", "channel"), (*values, channel)),
            ("language",): (("channel", "language"), (channel, *values)),
        }.get(dimensions, ((), ("none",)))
        return (kind, start, *finer), "service_events"

    def _add_up_within(self) -> None:
        """A table adds up to each table with one dimension less; services add up to their agency."""
        groups: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
        for cell in {cell for cell, _ in self.unknown}:
            for total, dimension in self._totals(cell):
                groups[total, dimension].append(cell)
        for (total, dimension), parts in groups.items():
            for count in COUNTS:
                if count in ANSWERS and dimension in SEVERAL and not SEVERAL & set(total[2]):
                    continue  # of a whole visit, and of its services: different questions
                tickets = count not in ("visits", "customers")
                self._relate(total, parts, count, is_exact=tickets or dimension not in SEVERAL)

    def _totals(self, cell: Cell) -> Iterator[tuple[Cell, str]]:
        kind, start, dimensions, values = cell
        for at, dimension in enumerate(dimensions):
            total = (
                kind,
                start,
                (*dimensions[:at], *dimensions[at + 1 :]),
                (*values[:at], *values[at + 1 :]),
            )
            if (total, "visits") in self.unknown:
                yield total, dimension
        if dimensions == ("service",):
            total = (kind, start, ("agency",), (self.agency_of[values[0]],))
            if (total, "visits") in self.unknown:
                yield total, "service"

    def _relate(self, total: Cell, parts: list[Cell], count: str, *, is_exact: bool) -> None:
        if any((cell, count) not in self.unknown for cell in (total, *parts)):
            return
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
            if (total, "visits") in self.unknown:
                assert containing(total[1], total[0]).start == total[1]
                for count in COUNTS:
                    self._relate(total, parts, count, is_exact=True)
