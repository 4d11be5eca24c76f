"""Which visits become options: the best of every bucket, ranked, found with as little work as it takes.

A bucket is a date and the half of it in which the visit starts. Each bucket knows the best its
visits could be; the most promising bucket is settled a step further until the front one is certain, so a
bucket that can't win is never worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import NamedTuple

import numpy as np

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, slots_for
from ihh.domain.planner.outlook import Outlook, outlook_of
from ihh.domain.planner.placing import DaySearch, day_search, shortest_anywhere
from ihh.domain.planner.problem import Problem

NOON_MIN = 12 * 60
BALANCED_EXTRA_MIN = 60
"""How much longer than the shortest visit of the range a balanced visit may last."""


class Visit(NamedTuple):
    """Slots; ordered as `shortest` ranks."""

    lasting: int
    day: int
    start: int


Rank = Callable[[Visit], tuple[int | bool, ...]]


class Candidate(NamedTuple):
    lasting: int
    start: int
    is_settled: bool
    """Whether a visit lasts exactly so long; otherwise none from this start lasts less."""
    step: int
    """How far the next attempt may look beyond `lasting`."""


class Days:
    """The searches of single days, made when a day is first looked into."""

    def __init__(self, legs: Legs, calendar: Calendar) -> None:
        self.legs = legs
        self._calendar = calendar
        self._searches: dict[int, DaySearch] = {}

    def search(self, day: int) -> DaySearch:
        if day not in self._searches:
            self._searches[day] = day_search(self.legs, self._calendar, day)
        return self._searches[day]


class Bucket:
    def __init__(self, day: int, candidates: list[Candidate], days: Days) -> None:
        self.day = day
        self._candidates = candidates
        heapify(self._candidates)
        self._days = days

    @property
    def front(self) -> Visit | None:
        """The best visit the bucket may have, none where it is certain to have none."""
        if not self._candidates:
            return None
        return Visit(self._candidates[0].lasting, self.day, self._candidates[0].start)

    @property
    def is_settled(self) -> bool:
        return self._candidates[0].is_settled

    def settle_further(self) -> None:
        """Learn more about the front candidate: its true length, or that it lasts longer than thought."""
        lasting, start, _, step = self._candidates[0]
        search = self._days.search(self.day)
        lower, last = start + lasting, self._days.legs.slots
        upper = min(lower + step, last)
        starts = search.place(start, lower=lower, upper=upper)
        if starts is not None:
            lasting = self._days.legs.end(starts) - start
            heapreplace(self._candidates, Candidate(lasting, start, True, 0))
        elif upper < last:
            heapreplace(self._candidates, Candidate(upper + 1 - start, start, False, 2 * step + 1))
        else:
            heappop(self._candidates)


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
    half_day = 2 * outlook.day + (outlook.start >= noon)
    begins = np.flatnonzero(np.diff(half_day, prepend=-1))
    if outlook.is_exact:
        width = days.legs.slots + 1
        best = np.minimum.reduceat(outlook.lasting * width + outlook.start, begins).tolist()
        front = [[Candidate(value // width, value % width, True, 0)] for value in best]
    else:
        least = shortest_anywhere(days.legs, lower=int(outlook.lasting.min()))
        every = [
            Candidate(max(lasting, least), start, False, 0)
            for lasting, start in zip(outlook.lasting.tolist(), outlook.start.tolist(), strict=True)
        ]
        ends = [*begins[1:].tolist(), len(every)]
        front = [every[begin:end] for begin, end in zip(begins.tolist(), ends, strict=True)]
    at = outlook.day[begins].tolist()
    return [Bucket(day, candidates, days) for day, candidates in zip(at, front, strict=True)]
