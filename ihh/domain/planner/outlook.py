"""For every day and start at once: how soon a visit that starts there can end, at best.

Legs that are apart from each other stand one after another, so a dynamic programme over
(set of legs done, last leg) gives the earliest end of such a clique; numpy carries all days and starts in one
array. A visit that is one clique gets its exact end. For a split party the largest end over
its cliques is a lower bound, which `placing` then settles.

A time is an index into a table of `width` columns a day: column `t` of a day's row is slot `t`,
column `slots + 1` means never, and the columns beyond it let a walk be added without leaving the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, members

Times = NDArray[np.intp]
Flags = NDArray[np.bool_]

CHUNK = 8192
"""Day-start pairs worked on together: an array of them stays in the processor's cache."""


@dataclass(frozen=True)
class Outlook:
    """Parallel arrays, by day and then start: visits that may exist."""

    day: Times
    """Index into the calendar's dates."""
    start: Times
    lasting: Times
    """Slots from the first start to the last end: exact, or a lower bound."""
    is_exact: bool


def outlook_of(legs: Legs, calendar: Calendar) -> Outlook:
    is_exact = legs.is_one_queue
    starts = [_unpack(packed, legs, calendar) for packed in calendar.starts]
    days = np.flatnonzero(np.logical_and.reduce([flags.any(axis=1) for flags in starts]))
    tables = _Tables.build(legs, [flags[days] for flags in starts])
    row, start = np.nonzero(tables.firsts(legs))
    found = [_look(legs, tables, row[chunk], start[chunk], is_exact=is_exact) for chunk in _chunks(len(row))]
    ends = np.concatenate(found) if found else np.zeros(0, dtype=np.intp)
    able = ends <= legs.slots
    return Outlook(days[row[able]], start[able], (ends - start)[able], is_exact)


def _chunks(length: int) -> Iterator[slice]:
    return (slice(begin, begin + CHUNK) for begin in range(0, length, CHUNK))


def _unpack(packed: int, legs: Legs, calendar: Calendar) -> Flags:
    size = calendar.lane_bytes * len(calendar.dates)
    octets = np.frombuffer(packed.to_bytes(size, "little"), dtype=np.uint8)
    rows = octets.reshape(len(calendar.dates), calendar.lane_bytes)
    return np.unpackbits(rows, axis=1, count=legs.slots, bitorder="little").view(np.bool_)


@dataclass(frozen=True)
class _Tables:
    width: int
    starts: list[Flags]
    """For each leg, [row, slot]: whether it may start there."""
    ends: list[Times]
    """For each leg, flat: the index at which it ends when it is ready at an index."""

    @classmethod
    def build(cls, legs: Legs, starts: list[Flags]) -> _Tables:
        width = legs.slots + 2 + max(map(max, legs.gaps))
        ends = [
            _end_table(flags, duration, width) for flags, duration in zip(starts, legs.durations, strict=True)
        ]
        return cls(width, starts, ends)

    def firsts(self, legs: Legs) -> Flags:
        """[row, slot]: whether some leg that needs no other before it may start there."""
        free = [flags for flags, before in zip(self.starts, legs.before, strict=True) if not before]
        union: Flags = np.logical_or.reduce(free)
        return union


def _end_table(starts: Flags, duration: int, width: int) -> Times:
    rows, slots = starts.shape
    never = slots + 1
    table = np.full((rows, width), never, dtype=np.intp)
    own = np.where(starts, np.arange(slots) + duration, never)
    table[:, :slots] = np.minimum.accumulate(own[:, ::-1], axis=1)[:, ::-1]
    table += np.arange(rows)[:, None] * width
    return table.ravel()


def _look(legs: Legs, tables: _Tables, row: Times, start: Times, *, is_exact: bool) -> Times:
    """The end slot for each pair: the largest over the cliques."""
    base = row * tables.width
    ready = _ready(legs, tables, base + start)
    ends: list[Times] = []
    for clique in legs.cliques:
        first = {leg: tables.ends[leg].take(ready[leg]) for leg in members(clique)}
        if is_exact:
            never = base + legs.slots + 1
            first = {leg: np.where(tables.starts[leg][row, start], first[leg], never) for leg in first}
        ends.append(_clique_ends(legs, tables, clique, ready, first))
    latest: Times = np.maximum.reduce(ends)
    return latest - base


def _ready(legs: Legs, tables: _Tables, begin: Times) -> list[Times]:
    """When each leg may start at the soonest, for what must come before it."""
    ready = [begin] * len(legs.durations)
    for leg in TopologicalSorter(dict(enumerate(map(members, legs.before)))).static_order():
        for other in members(legs.before[leg]):
            over = tables.ends[other].take(ready[other]) + legs.gaps[other][leg]
            ready[leg] = np.maximum(ready[leg], over)
    return ready


def _clique_ends(
    legs: Legs, tables: _Tables, clique: int, ready: list[Times], first: dict[int, Times]
) -> Times:
    """`first` holds, for each leg, when it ends as the clique's first."""
    layer = {1 << leg: {leg: first[leg]} for leg in members(clique) if not legs.before[leg] & clique}
    for _ in range(clique.bit_count() - 1):
        longer: dict[int, dict[int, Times]] = {}
        for done, ends in layer.items():
            free: dict[tuple[int, ...], Times] = {}
            for leg in members(clique & ~done):
                if legs.before[leg] & clique & ~done:
                    continue
                gaps = tuple(legs.gaps[last][leg] for last in ends)
                if gaps not in free:
                    free[gaps] = _soonest([end + gap for end, gap in zip(ends.values(), gaps, strict=True)])
                waits_outside = legs.before[leg] & ~clique
                at = np.maximum(free[gaps], ready[leg]) if waits_outside else free[gaps]
                longer.setdefault(done | 1 << leg, {})[leg] = tables.ends[leg].take(at)
        layer = longer
    return _soonest(list(layer[clique].values()))


def _soonest(times: list[Times]) -> Times:
    soonest = times[0]
    for other in times[1:]:
        soonest = np.minimum(soonest, other)
    return soonest
