"""The rest of a visit planned anew on the day, when a leg runs late.

The best rest is the lexicographic minimum of legs dropped, appointments moved, the end, and the sum of
starts. The fewest legs are dropped for which any rest exists; of all sets of so few, the search of a rest
(`rest`) tells the best. What comes before what binds among the legs kept only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from ihh.domain.planner.calendar import Calendar, calendar_of
from ihh.domain.planner.legs import Legs, legs_of, slots_for
from ihh.domain.planner.problem import Problem
from ihh.domain.planner.rest import Found, RestSearch
from ihh.domain.planner.seats import seat_at, seats_of
from ihh.domain.planner.staffing import desks_at
from ihh.domain.planner.steps import Steps


@dataclass(frozen=True)
class Ready:
    """Where and when a person is free, minutes from local midnight."""

    at: int
    agency: str | None
    """The walk from there binds; None: from anywhere at once."""


@dataclass(frozen=True)
class BookedLeg:
    """Where a leg of the request stands now."""

    index: int
    """Into the request's legs."""
    desk: str | None
    """None for a walk-in leg, which has no appointment to lose."""
    start: int
    """Minutes from local midnight; of a walk-in leg without meaning."""


@dataclass(frozen=True)
class KeptLeg:
    index: int
    desk: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Replan:
    kept: tuple[KeptLeg, ...]
    """In the order of the request's legs."""
    moved: frozenset[int]
    """Appointments that have another time or desk."""
    dropped: frozenset[int]
    """Legs that nothing can hold today."""
    end: int | None
    """Of the last leg kept; None where all are dropped."""


def replan(problem: Problem, booked: tuple[BookedLeg, ...], *, ready: Mapping[str, Ready]) -> Replan:
    """The best that is left of the day for the request's legs, none of which has begun.

    The request is for one date, and the slots of `booked` count as free in the problem. `ready` holds
    everyone of the request. Of rests that cost the same, one that keeps more walk-in legs, then one that
    keeps earlier legs of the request.
    """
    legs = legs_of(problem)
    calendar = _from_ready(problem, calendar_of(problem, legs), ready)
    appointments = {leg.index: leg for leg in booked if leg.desk is not None}
    if not calendar.dates:
        return Replan((), frozenset(), frozenset(range(len(legs.durations))), None)
    stands = dict(_stands(problem, legs, calendar, appointments.values()))
    search = RestSearch(Steps(legs), seats_of(legs, calendar, 0), stands)
    dropped, found = _fewest_dropped(search, legs, frozenset(appointments))
    moved = frozenset(index for index in found.starts if found.moved >> index & 1)
    kept = _kept(problem, legs, _as_booked(legs, calendar, appointments, found), found)
    return Replan(kept, moved, dropped, max((leg.end for leg in kept), default=None))


def _fewest_dropped(
    search: RestSearch, legs: Legs, appointments: frozenset[int]
) -> tuple[frozenset[int], Found]:
    booked = sum(1 << index for index in appointments)
    for size in range(len(legs.durations) + 1):
        rests = [
            (found.price, len(dropped - appointments), [-index for index in dropped], dropped, found)
            for chosen in combinations(range(len(legs.durations)), size)
            for dropped in [frozenset(chosen)]
            if (found := search.best(legs.all & ~sum(1 << index for index in chosen), booked)) is not None
        ]
        if rests:
            *_, dropped, found = min(rests, key=lambda rest: rest[:3])
            return dropped, found
    raise AssertionError("the rest without any leg always exists")


def _from_ready(problem: Problem, calendar: Calendar, ready: Mapping[str, Ready]) -> Calendar:
    """The calendar without starts that someone cannot reach."""
    if not calendar.dates:
        return calendar
    first = [_reachable(problem, leg, ready) for leg in range(len(problem.request.legs))]
    return replace(
        calendar,
        starts=tuple(at >> slot << slot for at, slot in zip(calendar.starts, first, strict=True)),
        desk_starts=tuple(
            tuple(at >> slot << slot for at in of_desks)
            for of_desks, slot in zip(calendar.desk_starts, first, strict=True)
        ),
    )


def _reachable(problem: Problem, index: int, ready: Mapping[str, Ready]) -> int:
    """The first slot at which all of the leg's people can be there."""
    leg = problem.request.legs[index]
    there = problem.services[leg.service].agency
    return max(
        slots_for(ready[person].at + _walk(problem, ready[person].agency, there), problem.grid_min)
        for person in leg.people
    )


def _walk(problem: Problem, here: str | None, there: str) -> int:
    if here is None or here == there:
        return 0
    zones = problem.agencies
    return problem.walk_same if zones[here] == zones[there] else problem.walk_other


def _stands(
    problem: Problem, legs: Legs, calendar: Calendar, appointments: Iterable[BookedLeg]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """(leg, (slot, desk as the search knows it)) of the appointments that are still possible."""
    for leg in appointments:
        slot, off_grid = divmod(leg.start, problem.grid_min)
        for desk, starts in zip(legs.desks[leg.index], calendar.desk_starts[leg.index], strict=True):
            if desk.id == leg.desk and starts >> slot & 1 and not off_grid:
                yield leg.index, (slot, seat_at(legs, leg.index, desk.id))


def _as_booked(
    legs: Legs, calendar: Calendar, appointments: Mapping[int, BookedLeg], found: Found
) -> Calendar:
    """The calendar in which an appointment that stays has its own desk only."""

    def own(index: int) -> tuple[int, ...]:
        if index not in appointments or found.moved >> index & 1:
            return calendar.desk_starts[index]
        pairs = zip(legs.desks[index], calendar.desk_starts[index], strict=True)
        return tuple(starts if desk.id == appointments[index].desk else 0 for desk, starts in pairs)

    return replace(calendar, desk_starts=tuple(own(index) for index in range(len(legs.desks))))


def _kept(problem: Problem, legs: Legs, calendar: Calendar, found: Found) -> tuple[KeptLeg, ...]:
    kept = sorted(found.starts)
    of_kept = replace(
        legs,
        durations=tuple(legs.durations[index] for index in kept),
        desks=tuple(legs.desks[index] for index in kept),
    )
    lanes = replace(calendar, desk_starts=tuple(calendar.desk_starts[index] for index in kept))
    starts = tuple(found.starts[index] for index in kept)
    grid = problem.grid_min
    return tuple(
        KeptLeg(index, desk, start * grid, (start + legs.durations[index]) * grid)
        for index, desk, start in zip(kept, desks_at(of_kept, lanes, 0, starts), starts, strict=True)
    )
