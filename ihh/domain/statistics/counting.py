"""The sources of every row of a table, counted from facts.

A visit stands in a row as a whole, or with its services of that agency, service or hour; that part is
called its share. Sources are counted by share and added up by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from ihh.domain.house import Service
from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.columns import Bools, Columns, Ints, Values, columns
from ihh.domain.statistics.facts import VisitFact
from ihh.domain.statistics.measured import Measured, measured
from ihh.domain.statistics.spreads import Spread, spread
from ihh.domain.statistics.tables import PARTIAL, Dimension, Table, key

PEOPLE = np.array([bin(mask).count("1") for mask in range(64)], dtype=np.int64)


@dataclass(frozen=True)
class Rules:
    """By which settings of the house figures are counted."""

    zone: ZoneInfo
    grace: timedelta
    """How long after its time an appointment's visitor may check in and still have come."""
    service_level: timedelta
    way_target: timedelta
    services: Mapping[str, Service]
    """The house's, for their planned minutes."""
    open_hours: tuple[int, int]
    """See `House.open_hours`; what is earlier or later counts in the first or last of them."""


Rows = dict[str, Sources]


def count(
    visits: Sequence[VisitFact], tables: Iterable[Table], rules: Rules, *, now: int | None = None
) -> dict[Table, Rows]:
    """Rows by key of each table. `now`, microseconds since the epoch, is given for a day still going on:
    then what has not ended yet is left out of shares."""
    found = columns(visits, zone=rules.zone, open_hours=rules.open_hours)
    facts = measured(
        found,
        grace=rules.grace,
        service_level=rules.service_level,
        way_target=rules.way_target,
        services=rules.services,
        now=now,
    )
    dimensions: dict[Dimension, Values] = {}
    counted = {}
    for table in tables:
        for dimension in table.dimensions:
            if dimension not in dimensions:
                dimensions[dimension] = found.dimension(dimension)
        counted[table] = _count(found, facts, table, dimensions)
    return counted


@dataclass(frozen=True)
class _Shares:
    """Which rows there are, which visit has a share of which, and whose each service is."""

    keys: tuple[str, ...]
    row: Ints
    """Row of each share."""
    visit: Ints
    """Visit of each share."""
    service: Ints
    """Share of each service; −1: it stands in no row of this table."""
    is_whole: bool

    def of_services(self, mask: Bools) -> tuple[Ints, Ints]:
        """The services chosen that stand in a row, and the row of each."""
        chosen = np.flatnonzero(mask & (self.service >= 0))
        return chosen, self.row[self.service[chosen]]

    def people(self, masks: Ints, chosen: Bools) -> Ints:
        """By share: how many different people the chosen services are for."""
        together = np.zeros(len(self.row), dtype=np.int64)
        there = chosen & (self.service >= 0)
        np.bitwise_or.at(together, self.service[there], masks[there])
        return PEOPLE[together]

    def how_many(self, values: Ints) -> Ints:
        """By share: the sum of its services' values."""
        total = np.zeros(len(self.row), dtype=np.int64)
        there = self.service >= 0
        np.add.at(total, self.service[there], values[there])
        return total


def _shares(found: Columns, table: Table, dimensions: Mapping[Dimension, Values]) -> _Shares:
    size = len(found.visits) if table.is_whole else len(found.services)
    place = np.zeros(size, dtype=np.int64)
    is_there = np.ones(size, dtype=np.bool_)
    for dimension in table.dimensions:
        values = dimensions[dimension]
        of_each = values.places
        if dimension not in PARTIAL and not table.is_whole:
            of_each = of_each[found.visit]
        is_there &= of_each >= 0
        place = place * max(len(values.names), 1) + np.maximum(of_each, 0)
    used, row_of = np.unique(place[is_there], return_inverse=True)
    keys = tuple(_key(int(one), table, dimensions) for one in used)
    if table.is_whole:
        every = np.arange(size, dtype=np.int64)
        return _Shares(keys, row_of.astype(np.int64), every, found.visit, is_whole=True)
    pairs = row_of.astype(np.int64) * max(len(found.visits), 1) + found.visit[is_there]
    unique, share_of = np.unique(pairs, return_inverse=True)
    service = np.full(size, -1, dtype=np.int64)
    service[is_there] = share_of
    return _Shares(keys, *np.divmod(unique, max(len(found.visits), 1)), service, is_whole=False)


def _key(place: int, table: Table, dimensions: Mapping[Dimension, Values]) -> str:
    names: list[str] = []
    for dimension in reversed(table.dimensions):
        known = dimensions[dimension].names
        place, index = divmod(place, max(len(known), 1))
        names.insert(0, known[index])
    return key(tuple(names))


def _count(found: Columns, facts: Measured, table: Table, dimensions: Mapping[Dimension, Values]) -> Rows:
    shares = _shares(found, table, dimensions)
    if not shares.keys:
        return {}
    counts = _by_share(shares, facts) | _by_visit(shares, facts)
    sums = {
        name: np.bincount(shares.row, weights=values, minlength=len(shares.keys))
        for name, values in counts.items()
    }
    spreads = _spreads(shares, facts)
    return {
        row_key: Sources(
            counts={name: int(values[row]) for name, values in sums.items() if values[row]},
            spreads=spreads[row],
        )
        for row, row_key in enumerate(shares.keys)
    }


def _by_share(shares: _Shares, facts: Measured) -> dict[str, Ints]:
    """What is counted of a visit's services that stand in the row."""
    came = facts.came[shares.visit]
    has_ticket = shares.how_many(facts.is_ticket.astype(np.int64)) > 0
    here = came if shares.is_whole else came & has_ticket
    party = facts.party[shares.visit] if shares.is_whole else shares.people(facts.people, facts.is_ticket)
    customers = np.where(here, party, 0)
    counts = {"visits": here.astype(np.int64), "customers": customers}
    for name, chosen in facts.flags.items():
        counts[name] = shares.how_many(chosen.astype(np.int64))
    for name, chosen in facts.groups.items():
        counts[name] = shares.people(facts.people, chosen)
    for name, values in facts.sums.items():
        counts[name] = shares.how_many(values)
    for channel, name in (("online", "online"), ("staff", "by_staff"), ("walk_in", "walk_in")):
        counts[name] = (here & (facts.channel[shares.visit] == channel)).astype(np.int64)
    ended = here & has_ticket & facts.has_ended[shares.visit]
    counts["ended_visits"] = ended.astype(np.int64)
    counts["ended_people"] = np.where(ended, customers, 0)
    counts["finished"] = (ended & facts.is_finished[shares.visit]).astype(np.int64)
    if not shares.is_whole:
        counts["asked"] = counts["service_events"]
    return counts


def _by_visit(shares: _Shares, facts: Measured) -> dict[str, Ints]:
    """What only a whole visit has."""
    if not shares.is_whole:
        return {}
    return {name: values[shares.visit] for name, values in facts.of_visits.items()}


def _spreads(shares: _Shares, facts: Measured) -> list[dict[str, Spread]]:
    found: list[dict[str, Spread]] = [{} for _ in shares.keys]
    for name, (chosen, microseconds) in facts.times.items():
        places, rows = shares.of_services(chosen)
        _spread(found, name, rows, microseconds[places])
    if shares.is_whole:
        for name, (chosen, microseconds) in facts.visit_times.items():
            of_share = shares.visit[chosen[shares.visit]]
            _spread(found, name, shares.row[chosen[shares.visit]], microseconds[of_share])
    return found


def _spread(found: list[dict[str, Spread]], name: str, rows: Ints, microseconds: Ints) -> None:
    """The distribution of each row, in tenths of a minute, halves up."""
    tenths = (microseconds + 3_000_000) // 6_000_000
    order = np.lexsort((tenths, rows))
    rows, tenths, microseconds = rows[order], tenths[order], microseconds[order]
    borders = np.flatnonzero(np.diff(rows, prepend=-1, append=len(found)))
    for start, end in pairwise(borders.tolist()):
        values_and_counts = np.unique(tenths[start:end], return_counts=True)
        seconds = int(microseconds[start:end].sum()) // 1_000_000
        found[int(rows[start])][name] = spread(np.stack(values_and_counts).astype(np.int32), seconds=seconds)
