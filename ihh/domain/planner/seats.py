"""Which desks each leg may take on one day, told apart only where it matters.

A desk is contested for a leg if a leg that may run beside it could want the desk too. All its other
desks are as good as one. Slots throughout; sets of legs are bitmasks.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, members

NOT_CONTESTED = -1


class Seat(NamedTuple):
    """A contested desk, or all of a leg's other desks as one."""

    desk: int
    """Index among the contested desks, or `NOT_CONTESTED`."""
    starts: int
    """Bitmask of the leg's starts there."""


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


def offers_of(seats: Seats) -> list[list[tuple[int, int]]]:
    """For each contested desk, (leg, its starts there)."""
    desks = 1 + max(seat.desk for choice in seats for seat in choice)
    offers: list[list[tuple[int, int]]] = [[] for _ in range(desks)]
    for leg, choice in enumerate(seats):
        for desk, starts in choice:
            if desk != NOT_CONTESTED:
                offers[desk].append((leg, starts))
    return offers


def seat_at(legs: Legs, leg: int, desk_id: str) -> int:
    """The desk as the leg's seats name it."""
    if desk_id not in _contested(legs, leg):
        return NOT_CONTESTED
    return _contested_desks(legs).index(desk_id)


def _contested_desks(legs: Legs) -> list[str]:
    return sorted(set[str]().union(*(_contested(legs, leg) for leg in range(len(legs.desks)))))


def _seats(legs: Legs, starts: list[int], desk_starts: list[list[int]]) -> Seats:
    offers: dict[str, dict[int, int]] = defaultdict(dict)
    for leg, desks in enumerate(legs.desks):
        for desk, at in zip(desks, desk_starts[leg], strict=True):
            offers[desk.id][leg] = at
    contested = [_contested(legs, leg) for leg in range(len(starts))]
    index = {name: place for place, name in enumerate(_contested_desks(legs))}
    return tuple(
        _choice(starts[leg], {desk.id: offers[desk.id][leg] for desk in desks}, contested[leg], index)
        for leg, desks in enumerate(legs.desks)
    )


def _choice(
    starts: int, offers: dict[str, int], contested: set[str], index: dict[str, int]
) -> tuple[Seat, ...]:
    if not contested:
        return (Seat(NOT_CONTESTED, starts),)
    others = 0
    for desk, at in offers.items():
        others |= 0 if desk in contested else at
    seats = [Seat(index[desk], at) for desk, at in offers.items() if desk in contested]
    return (*seats, Seat(NOT_CONTESTED, others)) if others else tuple(seats)


def _contested(legs: Legs, leg: int) -> set[str]:
    beside = legs.all & ~legs.apart[leg] & ~(1 << leg)
    wanted = {desk.id for other in members(beside) for desk in legs.desks[other]}
    return wanted & {desk.id for desk in legs.desks[leg]}
