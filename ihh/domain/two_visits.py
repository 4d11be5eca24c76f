"""At most two visits: the legs split by agency over two days, for where a single visit comes later.

An agency's legs stay together, and no leg of the first visit has to come after one of the second. Of
all such splits the best pair of visits is given, exactly: the soonest second date, then the fewest minutes
in the house, then the soonest first date and the earliest starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from ihh.domain.planner import VisitOption, plan
from ihh.domain.planner.calendar import Calendar, calendar_of
from ihh.domain.planner.legs import legs_of, members
from ihh.domain.planner.problem import Prefer, Problem

DAY = timedelta(days=1)

MOST_PLANS = 60
"""After so many the best pair found by then is given. Wishes of up to six agencies do not come to it."""


@dataclass(frozen=True)
class TwoVisits:
    """Two visits that serve a wish together, the second on a later date."""

    first: VisitOption
    first_legs: tuple[int, ...]
    """Which legs of the wish the first visit has, in the order of `first.legs`."""
    second: VisitOption
    second_legs: tuple[int, ...]
    """Which legs the second has: of `Wish.later` where the wish has any, else of `Wish.legs`."""

    @property
    def minutes(self) -> int:
        """In the house, both visits together."""
        return self.first.end - self.first.start + self.second.end - self.second.start


class Split(NamedTuple):
    """Legs as bitmasks over their indexes in the request."""

    first: int
    second: int


def two_visits(asked: Problem, *, before: date | None = None) -> TwoVisits | None:
    """The best pair in the request's range; with `before` only one whose second visit is before that date.

    Splits are looked into in the order of the best that each could give, until none can beat what was found.
    """
    last = asked.request.last if before is None else min(asked.request.last, before - DAY)
    if last <= asked.request.first:
        return None
    search = _Search(replace(asked, request=replace(asked.request, last=last)))
    best: TwoVisits | None = None
    for promise, split in search.promises():
        if search.plans >= MOST_PLANS or (best and promise > (best.second.date, best.minutes)):
            break
        pair = search.best_pair(split, best)
        if pair is not None and (best is None or _rank(pair) < _rank(best)):
            best = pair
    return best


def splits(asked: Problem) -> Iterator[Split]:
    """Every way to give some agencies to the first visit and the others to the second, in their order."""
    before = legs_of(asked).before
    agencies = _legs_by_agency(asked)
    everything = (1 << len(before)) - 1
    for chosen in range(1, (1 << len(agencies)) - 1):
        first = sum(agencies[index] for index in members(chosen))
        if not any(before[leg] & ~first for leg in members(first)):
            yield Split(first, everything & ~first)


class _Search:
    """What is known of the legs without a plan, and the plans that were made."""

    def __init__(self, asked: Problem) -> None:
        self.plans = 0
        self._asked = asked
        self._legs = legs_of(asked)
        calendar = calendar_of(asked, self._legs)
        self._dates = calendar.dates
        self._days = [_days_with_a_start(calendar, starts) for starts in calendar.starts]

    def promises(self) -> list[tuple[tuple[date, int], Split]]:
        """Splits that may give a pair, with the soonest second date and the fewest minutes it could have."""
        found = []
        for split in splits(self._asked):
            second = self._soonest_second(split)
            if second is not None:
                found.append(((second, self._least(split.first) + self._least(split.second)), split))
        return sorted(found)

    def best_pair(self, split: Split, best: TwoVisits | None) -> TwoVisits | None:
        """The split's best pair; None also where it is certain to be worse than `best`.

        A second visit needs a first one on any date before it, so its soonest date comes from two plans.
        Of all first visits before that date the shortest makes the best pair.
        """
        begin = self._asked.request.first
        last = best.second.date if best else self._asked.request.last
        soonest = self._best(split.first, "earliest", begin, last - DAY)
        second = self._best(split.second, "earliest", soonest.date + DAY, last) if soonest else None
        if second is None:
            return None
        least = self._least(split.first) + second.end - second.start
        if best is not None and (second.date, least) > (best.second.date, best.minutes):
            return None
        first = self._best(split.first, "shortest", begin, second.date - DAY)
        assert first is not None  # the second was looked for after one
        return TwoVisits(first, tuple(members(split.first)), second, tuple(members(split.second)))

    def _best(self, legs: int, prefer: Prefer, first: date, last: date) -> VisitOption | None:
        self.plans += 1
        request = replace(
            self._asked.request,
            legs=tuple(self._asked.request.legs[leg] for leg in members(legs)),
            first=first,
            last=last,
            prefer=prefer,
            options=1,
        )
        return next(iter(plan(replace(self._asked, request=request)).options), None)

    def _soonest_second(self, split: Split) -> date | None:
        """By the days on which each leg could be had alone; None where there is no such second visit."""
        first = self._common_days(split.first)
        soonest_first = first & -first
        second = self._common_days(split.second) & -(soonest_first << 1) if first else 0
        return self._dates[(second & -second).bit_length() - 1] if second else None

    def _common_days(self, legs: int) -> int:
        days = -1
        for leg in members(legs):
            days &= self._days[leg]
        return days

    def _least(self, legs: int) -> int:
        """Minutes that a visit with these legs takes at least: those of whoever has most to do in it."""
        requests = self._asked.request.legs
        people = {person for leg in members(legs) for person in requests[leg].people}
        own = ([leg for leg in members(legs) if person in requests[leg].people] for person in people)
        return max(map(self._in_a_row, own)) * self._asked.grid_min

    def _in_a_row(self, legs: list[int]) -> int:
        """Slots of one person's legs one after another; from each but the last a walk to another at least."""
        gaps = self._legs.gaps
        walks = sorted(min((gaps[leg][other] for other in legs if other != leg), default=0) for leg in legs)
        return sum(self._legs.durations[leg] for leg in legs) + sum(walks[:-1])


def _days_with_a_start(calendar: Calendar, starts: int) -> int:
    """Bit `n` says that the calendar's date `n` has a start."""
    size, lane = calendar.lane_bytes * len(calendar.dates), calendar.lane_bytes
    octets = starts.to_bytes(size, "little")
    return sum(1 << day for day in range(len(calendar.dates)) if any(octets[day * lane : (day + 1) * lane]))


def _legs_by_agency(asked: Problem) -> list[int]:
    agencies: dict[str, int] = {}
    for index, leg in enumerate(asked.request.legs):
        agency = asked.services[leg.service].agency
        agencies[agency] = agencies.get(agency, 0) | 1 << index
    return list(agencies.values())


def _rank(pair: TwoVisits) -> tuple[date, int, date, int, int]:
    return pair.second.date, pair.minutes, pair.first.date, pair.first.start, pair.second.start
