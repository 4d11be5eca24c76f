"""The request's legs in slots of the grid: lengths, gaps, precedence, who excludes whom.

Sets of legs are bitmasks over their indexes in the request. Everything here holds for every
day alike; what a day offers is in `calendar`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from ihh.domain.planner.problem import LegRequest, PlannedDesk, PlannedService, Problem
from ihh.domain.planner.twins import Twins, twins_of

DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Legs:
    slots: int
    """Whole slots in a day."""
    durations: tuple[int, ...]
    """In slots; a leg longer than the day is cut to just more than the day."""
    gaps: tuple[tuple[int, ...], ...]
    """[earlier][later]: fewest slots between two legs that share a person; 0 where they share none."""
    sharing: tuple[int, ...]
    """For each leg, the other legs that share a person with it."""
    before: tuple[int, ...]
    """For each leg, the legs that must end before it."""
    twins: tuple[Twins, ...]
    """Groups of people who may change places; see `twins`."""
    apart: tuple[int, ...]
    """For each leg, the others that never run beside it: they share a person or their only desk."""
    cliques: tuple[int, ...]
    """Maximal sets of legs that are apart from each other."""
    desks: tuple[tuple[PlannedDesk, ...], ...]
    """For each leg, the desks that serve it in the language, lowest id first; none for a walk-in leg."""

    @property
    def all(self) -> int:
        return (1 << len(self.durations)) - 1

    def end(self, starts: tuple[int, ...]) -> int:
        """When a visit with these starts ends."""
        return max(start + duration for start, duration in zip(starts, self.durations, strict=True))

    @property
    def is_one_queue(self) -> bool:
        """Whether legs follow each other one by one and only neighbours' walks bind.

        A leg between two others always takes at least their walk, unless walking inside a
        zone is longer than out of it and back.
        """
        return self.cliques == (self.all,) and all(
            self.gaps[a][c] <= self.gaps[a][b] + self.durations[b] + self.gaps[b][c]
            for a, b, c in permutations(range(len(self.durations)), 3)
        )


def members(legs: int) -> Iterator[int]:
    """The indexes in a set of legs, lowest first."""
    while legs:
        lowest = legs & -legs
        yield lowest.bit_length() - 1
        legs ^= lowest


def slots_for(minutes: int, grid_min: int) -> int:
    """The fewest whole slots that hold so many minutes."""
    return -(-minutes // grid_min)


def legs_of(problem: Problem) -> Legs:
    legs = problem.request.legs
    services = [problem.services[leg.service] for leg in legs]
    slots = DAY_MIN // problem.grid_min
    sharing = _sharing(legs)
    desks = tuple(_desks_for(problem, service) for service in services)
    apart = _apart(sharing, desks)
    return Legs(
        slots=slots,
        durations=tuple(
            min(slots_for(service.duration_min(len(leg.people)), problem.grid_min), slots + 1)
            for leg, service in zip(legs, services, strict=True)
        ),
        gaps=_gaps(problem, services, sharing, longest=slots + 1),
        sharing=sharing,
        before=_before(problem.services, services, sharing),
        twins=twins_of(legs),
        apart=apart,
        cliques=_maximal_cliques(apart),
        desks=desks,
    )


def _sharing(legs: tuple[LegRequest, ...]) -> tuple[int, ...]:
    parties = [frozenset(leg.people) for leg in legs]
    return tuple(
        sum(1 << b for b, other in enumerate(parties) if a != b and party & other)
        for a, party in enumerate(parties)
    )


def _gaps(
    problem: Problem, services: list[PlannedService], sharing: tuple[int, ...], *, longest: int
) -> tuple[tuple[int, ...], ...]:
    """Legs start and end on the grid, so a walk keeps them apart by the whole slots that hold it."""

    def gap(a: int, b: int) -> int:
        here, there = services[a].agency, services[b].agency
        if not sharing[a] >> b & 1 or here == there:
            return 0
        is_one_zone = problem.agencies[here] == problem.agencies[there]
        walk = problem.walk_same if is_one_zone else problem.walk_other
        return min(slots_for(walk, problem.grid_min), longest)

    indexes = range(len(services))
    return tuple(tuple(gap(a, b) for b in indexes) for a in indexes)


def _before(
    catalogue: Mapping[str, PlannedService], services: list[PlannedService], sharing: tuple[int, ...]
) -> tuple[int, ...]:
    """Precedence runs through services nobody asked for."""

    def bind(later: int) -> int:
        earlier = _prerequisites(catalogue, services[later].id)
        return sum(1 << leg for leg in members(sharing[later]) if services[leg].id in earlier)

    return tuple(bind(leg) for leg in range(len(services)))


def _prerequisites(catalogue: Mapping[str, PlannedService], service_id: str) -> set[str]:
    found: set[str] = set()
    waiting = list(catalogue[service_id].after)
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting.extend(catalogue[other].after)
    return found


def _apart(sharing: tuple[int, ...], desks: tuple[tuple[PlannedDesk, ...], ...]) -> tuple[int, ...]:
    """Legs that need the same single desk queue at it, whoever comes."""
    only = [choice[0].id if len(choice) == 1 else None for choice in desks]

    def meet(a: int, b: int) -> bool:
        return bool(sharing[a] >> b & 1) or (a != b and only[a] is not None and only[a] == only[b])

    indexes = range(len(desks))
    return tuple(sum(1 << b for b in indexes if meet(a, b)) for a in indexes)


def _maximal_cliques(apart: tuple[int, ...]) -> tuple[int, ...]:
    """By trying every set: at most 255 of them for eight legs."""

    def is_clique(legs: int) -> bool:
        return all(legs & ~apart[leg] == 1 << leg for leg in members(legs))

    cliques = [legs for legs in range(1, 1 << len(apart)) if is_clique(legs)]
    return tuple(c for c in cliques if not any(c != other and c & other == c for other in cliques))


def _desks_for(problem: Problem, service: PlannedService) -> tuple[PlannedDesk, ...]:
    if service.mode == "walk_in":
        return ()
    language = problem.request.language
    able = (desk for desk in problem.desks if service.id in desk.services and language in desk.languages)
    return tuple(sorted(able, key=lambda desk: desk.id))
