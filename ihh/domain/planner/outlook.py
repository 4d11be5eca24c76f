"""For every day and start at once: how soon a visit that starts there can end, at best.

Legs that are apart from each other stand one after another, so a dynamic programme over
(set of legs done, last leg) gives the earliest end of such a clique; numpy carries all days and starts in one
array. A visit that is one clique gets its exact end. For a split party the largest end over its cliques, and
over its legs that compete for desks (`batches`), is a lower bound, which `placing` then settles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np

from ihh.domain.planner.batches import Batches, batch_ends, batches_of
from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, members
from ihh.domain.planner.tables import Tables, Times, soonest

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
    tables = Tables.build(legs, calendar)
    batches = [] if is_exact else batches_of(legs, tables)
    row, start = np.nonzero(tables.firsts(legs))
    chunks = [slice(begin, begin + CHUNK) for begin in range(0, len(row), CHUNK)]
    found = [_look(legs, tables, batches, row[chunk], start[chunk], is_exact=is_exact) for chunk in chunks]
    ends = np.concatenate(found) if found else np.zeros(0, dtype=np.intp)
    able = ends <= legs.slots
    return Outlook(tables.days[row[able]], start[able], (ends - start)[able], is_exact)


def _look(
    legs: Legs, tables: Tables, batches: list[Batches], row: Times, start: Times, *, is_exact: bool
) -> Times:
    """The end slot for each pair: the largest over the cliques and the rivals."""
    base = row * tables.width
    ready = _ready(legs, tables, base + start)
    ends: list[Times] = []
    for clique in legs.cliques:
        first = {leg: tables.ends[leg].take(ready[leg]) for leg in members(clique)}
        if is_exact:
            first = {
                leg: np.where(tables.starts[leg][row, start], first[leg], base + tables.never)
                for leg in first
            }
        ends.append(_clique_ends(legs, tables, clique, ready, first))
    ends += [batch_ends(legs, tables, each, ready, base + start) for each in batches]
    latest: Times = np.maximum.reduce(ends)
    return latest - base


def _ready(legs: Legs, tables: Tables, begin: Times) -> list[Times]:
    """When each leg may start at the soonest, for what must come before it."""
    ready = [begin] * len(legs.durations)
    for leg in TopologicalSorter(dict(enumerate(map(members, legs.before)))).static_order():
        for other in members(legs.before[leg]):
            over = tables.ends[other].take(ready[other]) + legs.gaps[other][leg]
            ready[leg] = np.maximum(ready[leg], over)
    return ready


def _clique_ends(
    legs: Legs, tables: Tables, clique: int, ready: list[Times], first: dict[int, Times]
) -> Times:
    """`first` holds, for each leg, when it ends as the clique's first."""
    layer = {1 << leg: {leg: first[leg]} for leg in members(clique) if not legs.before[leg] & clique}
    for _ in range(clique.bit_count() - 1):
        longer: dict[int, dict[int, Times]] = {}
        for done, ends in layer.items():
            for leg, free in _next_in_clique(legs, clique, done, ends):
                waits_outside = legs.before[leg] & ~clique
                at = np.maximum(free, ready[leg]) if waits_outside else free
                longer.setdefault(done | 1 << leg, {})[leg] = tables.ends[leg].take(at)
        layer = longer
    return soonest(list(layer[clique].values()))


def _next_in_clique(
    legs: Legs, clique: int, done: int, ends: dict[int, Times]
) -> Iterator[tuple[int, Times]]:
    """Each leg that may come next, and when its people have walked there."""
    free: dict[tuple[int, ...], Times] = {}
    for leg in members(clique & ~done):
        if legs.before[leg] & clique & ~done:
            continue
        gaps = tuple(legs.gaps[last][leg] for last in ends)
        if gaps not in free:
            free[gaps] = soonest([end + gap for end, gap in zip(ends.values(), gaps, strict=True)])
        yield leg, free[gaps]
