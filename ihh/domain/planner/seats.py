"""Which desks each leg may take on one day, told apart only where it matters.

A desk is contested for a leg if a leg that may run beside it could want the desk too. All its other
desks are as good as one. Slots throughout; sets of legs are bitmasks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, members

NOT_CONTESTED = -1


@dataclass(frozen=True)
class Seat:
    """A contested desk, or all of a leg's other desks as one."""

    desk: int
    """Index among the contested desks, or `NOT_CONTESTED`."""
    starts: int
    """Bitmask of the leg's starts there."""
    like: int
    """The first contested desk that offers every leg the same starts."""


@dataclass(frozen=True)
class Pool:
    """Legs that have the same desks, all contested, and so can't all be served at once."""

    legs: int
    duration: int
    """Of the shortest of them."""
    seats: tuple[Seat, ...]
    """Of the shortest of them: where a longer one may start it may too."""


Seats = tuple[tuple[Seat, ...], ...]
"""For each leg."""


def seats_of(legs: Legs, calendar: Calendar, day: int) -> Seats:
    starts = [calendar.lane(packed, day) for packed in calendar.starts]
    desk_starts = [[calendar.lane(packed, day) for packed in of_desks] for of_desks in calendar.desk_starts]
    return _seats(legs, starts, desk_starts)


def seats_always_free(legs: Legs) -> Seats:
    """As if every desk and every line were free the whole day."""
    starts = [(1 << max(legs.slots - duration + 1, 0)) - 1 for duration in legs.durations]
    return _seats(legs, starts, [[at] * len(desks) for at, desks in zip(starts, legs.desks, strict=True)])


def pools_of(legs: Legs, seats: Seats) -> tuple[Pool, ...]:
    by_desks: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for leg, choice in enumerate(seats):
        desks = tuple(seat.desk for seat in choice)
        if NOT_CONTESTED not in desks:
            by_desks[desks].append(leg)
    pools: list[Pool] = []
    for together in by_desks.values():
        shortest = min(together, key=legs.durations.__getitem__)
        if len(together) > 1:
            members_of = sum(1 << leg for leg in together)
            pools.append(Pool(members_of, legs.durations[shortest], seats[shortest]))
    return tuple(pools)


def _seats(legs: Legs, starts: list[int], desk_starts: list[list[int]]) -> Seats:
    offers: dict[str, dict[int, int]] = defaultdict(dict)
    for leg, desks in enumerate(legs.desks):
        for desk, at in zip(desks, desk_starts[leg], strict=True):
            offers[desk.id][leg] = at
    contested = [_contested(legs, leg) for leg in range(len(starts))]
    names = sorted(set().union(*contested))
    index = {name: place for place, name in enumerate(names)}
    like = {name: next(index[other] for other in names if offers[other] == offers[name]) for name in names}
    return tuple(
        _choice(starts[leg], {desk.id: offers[desk.id][leg] for desk in desks}, contested[leg], index, like)
        for leg, desks in enumerate(legs.desks)
    )


def _choice(
    starts: int, offers: dict[str, int], contested: set[str], index: dict[str, int], like: dict[str, int]
) -> tuple[Seat, ...]:
    if not contested:
        return (Seat(NOT_CONTESTED, starts, NOT_CONTESTED),)
    others = 0
    for desk, at in offers.items():
        others |= 0 if desk in contested else at
    seats = [Seat(index[desk], at, like[desk]) for desk, at in offers.items() if desk in contested]
    return (*seats, Seat(NOT_CONTESTED, others, NOT_CONTESTED)) if others else tuple(seats)


def _contested(legs: Legs, leg: int) -> set[str]:
    beside = legs.all & ~legs.apart[leg] & ~(1 << leg)
    wanted = {desk.id for other in members(beside) for desk in legs.desks[other]}
    return wanted & {desk.id for desk in legs.desks[leg]}
