"""How soon legs that compete for the same desks can all have ended, for every day and start at once.

Legs that exclude every rival (the whole party's, say) part the rivals into batches. A dynamic programme over
(which of those legs are done, how many rivals are served) tries every way to part them. A batch ends no
sooner than its desks can serve so many of the shortest rival, nor than their free time adds up to so much
work. The result is a lower bound: of the rivals served only their number is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ihh.domain.planner.legs import Legs, members
from ihh.domain.planner.rivals import Rivals, rivals_of
from ihh.domain.planner.tables import Flags, Tables, Times, end_table, soonest

RIVAL = -1
"""Stands for a rival, where a leg is the last or the next."""

Ends = dict[int, Times]
"""Last leg, or `RIVAL` → when it ends."""


@dataclass(frozen=True)
class Batches:
    rivals: Rivals
    ends: list[Times]
    """[count], flat: the index at which so many rivals have ended when they are ready at an index."""
    walks: tuple[int, ...]
    """For each leg, the fewest slots between it and a rival."""

    @property
    def all(self) -> int:
        return sum(1 << leg for leg in self.rivals.legs)


def batches_of(legs: Legs, tables: Tables) -> list[Batches]:
    if not len(tables.days):
        return []
    return [
        Batches(rivals, _batch_tables(legs, tables, rivals), _walks(legs, rivals))
        for rivals in rivals_of(legs)
    ]


def _walks(legs: Legs, rivals: Rivals) -> tuple[int, ...]:
    return tuple(min(gaps[rival] for rival in rivals.legs) for gaps in legs.gaps)


def _batch_tables(legs: Legs, tables: Tables, rivals: Rivals) -> list[Times]:
    offers = [_offer(legs, tables, rivals, desk) for desk in sorted(rivals.desks)]
    count = len(rivals.legs)
    lasting = np.cumsum([legs.durations[leg] for leg in rivals.legs])
    in_turn = [_one_by_one(starts, duration, count, tables) for starts, _, duration in offers]
    by_count = reduce(_shared_out, in_turn)
    by_work = _worked_off([usable for _, usable, _ in offers], [0, *lasting.tolist()], tables)
    return [np.maximum(*ends) for ends in zip(by_count, by_work, strict=True)]


def _offer(legs: Legs, tables: Tables, rivals: Rivals, desk: str) -> tuple[Flags, Flags, int]:
    """What a desk has for the rivals: (starts of any, slots any may be under way in, shortest duration)."""
    starts = usable = 0
    durations = []
    for leg in rivals.legs:
        for able, packed in zip(legs.desks[leg], tables.calendar.desk_starts[leg], strict=True):
            if able.id == desk:
                starts |= packed
                usable |= _lasting(packed, legs.durations[leg])
                durations.append(legs.durations[leg])
    return tables.flags(starts), tables.flags(usable), min(durations)


def _lasting(starts: int, duration: int) -> int:
    """The slots that legs from these starts take."""
    reached = 1
    while reached < duration:
        step = min(reached, duration - reached)
        starts |= starts << step
        reached += step
    return starts


def _one_by_one(starts: Flags, duration: int, count: int, tables: Tables) -> list[Times]:
    """[so many]: when they have ended at one desk."""
    ends = end_table(starts, duration, tables.width)
    reached = [np.minimum(np.arange(len(ends)), tables.never_of_rows)]
    for _ in range(count):
        reached.append(ends.take(reached[-1]))
    return reached


def _shared_out(some: list[Times], others: list[Times]) -> list[Times]:
    """[so many]: when they have ended, as many here and there as is best."""
    return [
        soonest([np.maximum(some[here], others[count - here]) for here in range(count + 1)])
        for count in range(len(some))
    ]


def _worked_off(usable: list[Flags], amounts: list[int], tables: Tables) -> list[Times]:
    """[amount]: when the desks' usable slots since a time add up to it."""
    rows = np.arange(len(tables.days))[:, None]
    done = np.zeros((len(rows), tables.width), dtype=np.intp)
    for flags in usable:
        done[:, 1 : tables.slots + 1] += np.cumsum(flags, axis=1)
    done[:, tables.slots + 1 :] = done[:, tables.slots, None]
    rising = (done + rows * (int(done.max()) + amounts[-1] + 1)).ravel()
    reached = (np.searchsorted(rising, rising + amount) for amount in amounts)
    return [np.minimum(index, tables.never_of_rows) for index in reached]


def batch_ends(legs: Legs, tables: Tables, batches: Batches, ready: list[Times], begin: Times) -> Times:
    """When all rivals and all legs between them have ended, for each pair of day and start."""
    count, between = len(batches.rivals.legs), batches.rivals.between
    ends: dict[tuple[int, int], Ends] = defaultdict(dict)
    for done, served in _stages(between, count):
        here = ends[done, served]
        if not here and (done or served):
            continue
        for leg in _next_between(legs, batches, done, served):
            free = _free(legs, batches, here, leg, begin)
            at = np.maximum(free, ready[leg]) if legs.before[leg] else free
            ends[done | 1 << leg, served][leg] = tables.ends[leg].take(at)
        if RIVAL in here and len(here) == 1:
            continue
        apart = {leg: end for leg, end in here.items() if leg != RIVAL}
        free = _free(legs, batches, apart, RIVAL, begin)
        for more in range(1, _able_rivals(legs, batches, done) - served + 1):
            after = ends[done, served + more]
            batch = batches.ends[more].take(free)
            after[RIVAL] = np.minimum(after[RIVAL], batch) if RIVAL in after else batch
    return soonest(list(ends[between, count].values()))


def _stages(between: int, count: int) -> list[tuple[int, int]]:
    """(legs done, rivals served), none before one that leads to it."""
    parts = [part for part in range(between + 1) if not part & ~between]
    stages = [(done, served) for done in parts for served in range(count + 1)]
    return sorted(stages, key=lambda stage: stage[0].bit_count() + stage[1])


def _next_between(legs: Legs, batches: Batches, done: int, served: int) -> Iterator[int]:
    between = batches.rivals.between
    for leg in members(between & ~done):
        waits_for_rivals = (legs.before[leg] & batches.all).bit_count()
        if not legs.before[leg] & between & ~done and served >= waits_for_rivals:
            yield leg


def _able_rivals(legs: Legs, batches: Batches, done: int) -> int:
    """How many rivals need none of the legs between that are still to come."""
    to_come = batches.rivals.between & ~done
    return sum(not legs.before[rival] & to_come for rival in batches.rivals.legs)


def _free(legs: Legs, batches: Batches, ends: Ends, leg: int, begin: Times) -> Times:
    """When the people of a leg, or of a rival, have come from whichever leg was the last."""

    def walk(last: int) -> int:
        if RIVAL in (last, leg):
            return batches.walks[max(last, leg)]
        return legs.gaps[last][leg]

    return soonest([end + walk(last) for last, end in ends.items()]) if ends else begin
