"""Which visits become options: the best of every bucket, ranked, found with as little work as it takes.

Each bucket knows the best its visits could be (`buckets`); the most promising bucket is settled a step
further until the front one is certain, so a bucket that can't win is never worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from itertools import islice

import numpy as np

from ihh.domain.planner.buckets import Bucket, Days, Visit
from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, slots_for
from ihh.domain.planner.outlook import Outlook, outlook_of
from ihh.domain.planner.placing import shortest_anywhere
from ihh.domain.planner.problem import Problem

NOON_MIN = 12 * 60
BALANCED_EXTRA_MIN = 60
"""How much longer than the shortest visit of the range a balanced visit may last."""

Rank = Callable[[Visit], tuple[int | bool, ...]]


def ranked_visits(problem: Problem, legs: Legs, calendar: Calendar, days: Days) -> list[Visit]:
    """The options in their order, as `planner.plan` gives them."""
    request = problem.request
    if not all(calendar.starts):
        return []
    buckets = _buckets(outlook_of(legs, calendar), days, noon=slots_for(NOON_MIN, problem.grid_min))
    shortest: Visit | None = None
    if request.options > 1 or request.prefer != "earliest":
        shortest = next(_best_first(buckets, tuple), None)
        if shortest is None:
            return []
    rank = _rank(request.prefer, shortest, problem.grid_min)
    options = list(islice(_best_first(buckets, rank), request.options))
    if request.options > 1 and shortest is not None and shortest not in options:
        options[-1] = shortest
    return options


def _rank(prefer: str, shortest: Visit | None, grid_min: int) -> Rank:
    if prefer == "shortest":
        return tuple
    if prefer == "earliest" or shortest is None:
        return lambda visit: (visit.day, visit.lasting, visit.start)
    limit = shortest.lasting + BALANCED_EXTRA_MIN // grid_min
    return lambda visit: (visit.lasting > limit, visit.day, visit.lasting, visit.start)


def _best_first(buckets: list[Bucket], rank: Rank) -> Iterator[Visit]:
    """The best visit of every bucket, in the order of `rank`.

    A bucket's front never ranks better after it is settled further, so a settled front that leads
    all others is certain.
    """
    queue = [(rank(front), place) for place, bucket in enumerate(buckets) if (front := bucket.front)]
    heapify(queue)
    while queue:
        _, place = heappop(queue)
        bucket = buckets[place]
        front = bucket.front
        if front is not None and bucket.is_settled:
            yield front
            continue
        bucket.settle_further()
        if bucket.front is not None:
            heappush(queue, (rank(bucket.front), place))


def _buckets(outlook: Outlook, days: Days, *, noon: int) -> list[Bucket]:
    """Parts of the outlook, which is in the order of days and starts."""
    if not len(outlook.day):
        return []
    slots = days.steps.legs.slots
    half_day = 2 * outlook.day + (outlook.start >= noon)
    begins = np.flatnonzero(np.diff(half_day, prepend=-1))
    lasting = outlook.lasting
    if not outlook.is_exact:
        lasting = np.maximum(lasting, shortest_anywhere(days.steps, lower=int(lasting.min())))
    parts = zip(np.split(outlook.start, begins[1:]), np.split(lasting, begins[1:]), strict=True)
    return [
        Bucket(
            days,
            half // 2,
            starts=starts.tolist(),
            lasting=least.tolist(),
            before=slots if half % 2 else noon,
            is_exact=outlook.is_exact,
        )
        for half, (starts, least) in zip(half_day[begins].tolist(), parts, strict=True)
    ]
