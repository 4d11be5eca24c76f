"""Whether desks have the time for all who need them.

A crowd is legs whose desks all lie in one set of desks. If even serving them over and over, whatever
fits best, the desks could not fill as many slots as the legs last together, some leg ends too late.
"""

from __future__ import annotations

from dataclasses import dataclass

from ihh.domain.planner.legs import Legs, members
from ihh.domain.planner.rivals import bound_to, desk_sets
from ihh.domain.planner.seats import NOT_CONTESTED, Seats

Offer = tuple[int, int]
"""(starts as a bitmask, duration) of a leg at a desk."""


@dataclass(frozen=True)
class _Crowd:
    legs: int
    desks: tuple[tuple[int, tuple[Offer, ...]], ...]
    """(contested desk, what it offers the crowd)."""


class Capacity:
    """Of the contested desks on one day. Slots throughout; sets of legs are bitmasks."""

    def __init__(self, legs: Legs, seats: Seats) -> None:
        self._durations = legs.durations
        self._crowds = _crowds(legs, seats)
        self._most: dict[tuple[int, int, int, int], list[int]] = {}

    def holds(
        self, left: int, soonest: dict[int, int], free: tuple[int, ...], first: int, latest: int
    ) -> bool:
        """Whether every crowd's desks have as much time until `latest` as its legs left need.

        `soonest` holds their earliest starts, none before `first`; `free` when each desk's last leg ends.
        """
        for number, crowd in enumerate(self._crowds):
            needed = crowd.legs & left
            if not needed & needed - 1:
                continue
            work = sum([self._durations[leg] for leg in members(needed)])
            ready = min([soonest[leg] for leg in members(needed)])
            for desk, offers in crowd.desks:
                asked = number, desk, first, latest
                if asked not in self._most:
                    self._most[asked] = _most_work(offers, first, latest)
                work -= self._most[asked][min(max(ready, free[desk]), latest) - first]
            if work > 0:
                return False
        return True


def _crowds(legs: Legs, seats: Seats) -> tuple[_Crowd, ...]:
    choices = [frozenset(seat.desk for seat in choice) for choice in seats]
    bound = [frozenset[int]() if NOT_CONTESTED in choice else choice for choice in choices]
    crowds = [(bound_to(desks, bound), desks) for desks in desk_sets(bound)]
    return tuple(
        _Crowd(crowd, tuple((desk, _offers(legs, seats, crowd, desk)) for desk in sorted(desks)))
        for crowd, desks in crowds
        if crowd.bit_count() > 1
    )


def _offers(legs: Legs, seats: Seats, crowd: int, desk: int) -> tuple[Offer, ...]:
    found = [
        (seat.starts, legs.durations[leg])
        for leg in members(crowd)
        for seat in seats[leg]
        if seat.desk == desk
    ]
    return tuple(dict.fromkeys(found))


def _most_work(offers: tuple[Offer, ...], first: int, latest: int) -> list[int]:
    """[slot - first]: the most slots a desk can be at work from that slot until `latest`."""
    most = [0] * (latest - first + 1)
    for slot in range(latest - 1, first - 1, -1):
        at = slot - first
        best = most[at + 1]
        for starts, duration in offers:
            if starts >> slot & 1 and slot + duration <= latest:
                best = max(best, duration + most[at + duration])
        most[at] = best
    return most
