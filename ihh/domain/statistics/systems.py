"""What a reader can add up: the rows of a release and of earlier ones, and the lines that join them.

Within a period a table adds up to the tables with one dimension less, and services to their agencies.
Across periods days add up to weeks and months, and months to years, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ihh.domain.masking import Cells, Flag, Line
from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import Period, PeriodKind, containing
from ihh.domain.statistics.tables import PARTIAL, TOTAL, Dimension, Table

COUNTS: Mapping[Group, tuple[str, ...]] = {
    Group.ATTENDANCE: ("visits", "customers", "service_events"),
    Group.FEEDBACK: ("answers", "csat_n", "effort_n", "nps_n"),
    Group.BOOKING: ("walk_in_n", "booked_n"),
}
SMALL_BY: Mapping[Group, tuple[str, ...]] = {
    Group.ATTENDANCE: ("customers", "served_people"),
    Group.FEEDBACK: ("answers", "csat_n", "effort_n", "nps_n"),
    Group.BOOKING: ("walk_in_people", "booked_people"),
}
MOST: Mapping[Group, str] = {Group.FEEDBACK: "asked", Group.BOOKING: "service_events"}
"""What none of the group's counts exceeds. It is told of every row whose attendance is shown."""
OF_WHOLE_VISITS = frozenset(COUNTS[Group.FEEDBACK])
"""Of a whole visit the answers are about the visit, elsewhere about single services."""


WORTH_OF_TOTAL = 20.0
"""To hide the one total is the cheapest way to hide something in each table; but everybody asks for it."""


class Place(NamedTuple):
    """Where a row stands."""

    period: Period
    table: Table
    values: tuple[str, ...]


class _Relation(NamedTuple):
    dimension: Dimension | None
    """Summed over; None: time."""
    parts: Table
    total: Table
    kind: PeriodKind
    """Of the parts."""


@dataclass(frozen=True)
class Placed:
    place: Place
    sources: Sources
    flag: Flag | None
    """As it was published; None for a row of the release that is being made."""
    is_withheld: bool = False
    """Hidden whatever the group's counts are."""
    is_attendance_shown: bool = True


def is_masked(group: Group, table: Table) -> bool:
    """Whether the group has figures in that table."""
    return group is not Group.BOOKING or table.is_single


def system(group: Group, rows: Sequence[Placed], agency_of: Mapping[str, str]) -> Cells:
    """The group's counts of all rows, in their order, and every line between them.

    `agency_of` names each service's agency. Where parts do not reach their total, because a row of a part
    was never published, a cell that nobody sees takes up the rest.
    """
    return _System(group, rows, agency_of).cells()


class _System:
    def __init__(self, group: Group, rows: Sequence[Placed], agency_of: Mapping[str, str]) -> None:
        self.group = group
        self.index = {row.place: number for number, row in enumerate(rows)}
        self.agency_of = agency_of
        self.counts = {name: [row.sources.count(name) for row in rows] for name in COUNTS[group]}
        self.small_by = [[row.sources.count(name) for name in SMALL_BY[group]] for row in rows]
        self.fixed: list[Flag | None] = [row.flag for row in rows]
        self.lines: dict[str, list[Line]] = {name: [] for name in COUNTS[group]}
        self.withheld = frozenset(number for number, row in enumerate(rows) if row.is_withheld)
        self.most = {name: [_most(group, name, row) for row in rows] for name in COUNTS[group]}

    def cells(self) -> Cells:
        for total, parts, relation in self._groups():
            for name in COUNTS[self.group]:
                exact = _adds_up(name, relation)
                if exact is not None:
                    self._line(name, total, parts, is_exact=exact)
        worth = {number: WORTH_OF_TOTAL for place, number in self.index.items() if place.table == TOTAL}
        return Cells(self.counts, self.small_by, self.lines, self.fixed, self.most, self.withheld, worth)

    def _groups(self) -> Iterator[tuple[int, list[int], _Relation]]:
        """A total, its parts, and how they hang together."""
        found: dict[tuple[Place, _Relation], list[int]] = defaultdict(list)
        for place, number in self.index.items():
            for parent, dimension in self._parents(place):
                if parent in self.index:
                    relation = _Relation(dimension, place.table, parent.table, place.period.kind)
                    found[parent, relation].append(number)
        for (parent, relation), parts in found.items():
            yield self.index[parent], parts, relation

    def _parents(self, place: Place) -> Iterator[tuple[Place, Dimension | None]]:
        period, table, values = place
        for at, dimension in enumerate(table.dimensions):
            rest = Table((*table.dimensions[:at], *table.dimensions[at + 1 :]))
            yield Place(period, rest, (*values[:at], *values[at + 1 :])), dimension
        if table.dimensions == (Dimension.SERVICE,) and values[0] in self.agency_of:
            yield Place(period, Table((Dimension.AGENCY,)), (self.agency_of[values[0]],)), Dimension.SERVICE
        for kind in _LONGER[period.kind]:
            longer = containing(period.start, kind)
            yield Place(longer, table, values), None
            if kind is PeriodKind.MONTH and table == TOTAL:
                weekday = str(period.start.isoweekday())
                yield Place(longer, Table((Dimension.WEEKDAY,)), (weekday,)), None

    def _line(self, name: str, total: int, parts: Sequence[int], *, is_exact: bool) -> None:
        values = self.counts[name]
        reached, goal = sum(values[part] for part in parts), values[total]
        if not is_exact:
            if reached >= goal and all(values[part] <= goal for part in parts):
                self.lines[name].append(Line(total, tuple(parts), is_exact=False))
            return
        if reached < goal:
            parts = [*parts, self._rest(name, goal - reached)]
        if reached <= goal:
            self.lines[name].append(Line(total, tuple(parts), is_exact=True))

    def _rest(self, name: str, amount: int) -> int:
        for other, values in self.counts.items():
            values.append(amount if other == name else 0)
            self.most[other].append(None)
        self.small_by.append([0] * len(SMALL_BY[self.group]))
        self.fixed.append(Flag.NOT_SHOWN)
        return len(self.fixed) - 1


_LONGER: Mapping[PeriodKind, tuple[PeriodKind, ...]] = {
    PeriodKind.DAY: (PeriodKind.WEEK, PeriodKind.MONTH),
    PeriodKind.WEEK: (),
    PeriodKind.MONTH: (PeriodKind.YEAR,),
    PeriodKind.YEAR: (),
}


ADDING_UP = frozenset({"service_events", *COUNTS[Group.BOOKING]})
"""Each ticket stands in one row only."""


def _most(group: Group, name: str, row: Placed) -> int | None:
    if group not in MOST or not row.is_attendance_shown:
        return None
    most = row.sources.count(MOST[group])
    return most if row.sources.count(name) <= most else None  # another system may have counted otherwise


def _adds_up(name: str, relation: _Relation) -> bool | None:
    """Whether a count's parts add up exactly, or to the total or more; None: they are different things."""
    if name in OF_WHOLE_VISITS:
        return None if relation.total.is_whole and not relation.parts.is_whole else True
    return name in ADDING_UP or relation.dimension not in PARTIAL
