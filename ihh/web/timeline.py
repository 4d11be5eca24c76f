"""A visit on offer as lanes of time: who is served when, who walks, who waits.

People who do the same share a lane. Minors are with an adult whenever they are not served. Times
are minutes from local midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ihh.domain.house import House
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption


class Kind(StrEnum):
    BOOKED = "booked"
    WALK_IN = "walkin"
    WAIT = "wait"
    WALK = "walk"
    WITH = "with"


@dataclass(frozen=True)
class Piece:
    kind: Kind
    start: int
    end: int
    leg: int | None = None
    """Index into the option's legs, of what is served."""

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Lane:
    people: tuple[str, ...]
    pieces: tuple[Piece, ...]


def lanes_of(house: House, party: Party, option: VisitOption) -> tuple[Lane, ...]:
    """A lane for each group of people with the same day; adults without any service have none."""
    return tuple(row[0] for row in joint_lanes(house, party, (option,)))


def joint_lanes(house: House, party: Party, visits: tuple[VisitOption, ...]) -> tuple[tuple[Lane, ...], ...]:
    """Rows of lanes: people who spend every one of the visits alike share a row, a lane for each visit.

    In a visit that an adult has no part in their lane is empty.
    """
    groups: dict[tuple[bool, tuple[tuple[Piece, ...], ...]], list[str]] = {}
    for person in party.people:
        is_minor = person in party.minor_ids
        days = tuple(
            tuple(_minors_day(option, person) if is_minor else _adults_day(house, option, person))
            for option in visits
        )
        if any(days):
            groups.setdefault((is_minor, days), []).append(person)
    return tuple(
        tuple(Lane(tuple(people), pieces) for pieces in days) for (_, days), people in groups.items()
    )


def waiting_min(house: House, party: Party, *visits: VisitOption) -> int:
    """Minutes of waiting of whoever waits longest, the wait reckoned in walk-in lines included."""
    rows = joint_lanes(house, party, visits)
    return max((_row_waiting(house, visits, row) for row in rows), default=0)


def walk_min(house: House, one: str, other: str) -> int:
    """Minutes the plan leaves to walk from one service to another."""
    here, there = house.agency[house.service[one].agency], house.agency[house.service[other].agency]
    if here.id == there.id:
        return 0
    return house.walk.same_zone if here.zone == there.zone else house.walk.other_zone


def _row_waiting(house: House, visits: tuple[VisitOption, ...], row: tuple[Lane, ...]) -> int:
    return sum(_waiting(house, option, lane) for option, lane in zip(visits, row, strict=True))


def _waiting(house: House, option: VisitOption, lane: Lane) -> int:
    between = sum(piece.minutes for piece in lane.pieces if piece.kind is Kind.WAIT)
    in_lines = sum(
        house.service[option.legs[piece.leg].service].wait_min
        for piece in lane.pieces
        if piece.kind is Kind.WALK_IN and piece.leg is not None
    )
    return between + in_lines


def _own(option: VisitOption, person: str) -> list[tuple[int, PlannedLeg]]:
    own = [(index, leg) for index, leg in enumerate(option.legs) if person in leg.people]
    return sorted(own, key=lambda pair: pair[1].start)


def _served(index: int, leg: PlannedLeg) -> Piece:
    return Piece(Kind.WALK_IN if leg.desk is None else Kind.BOOKED, leg.start, leg.end, index)


def _adults_day(house: House, option: VisitOption, person: str) -> Iterator[Piece]:
    before: PlannedLeg | None = None
    for index, leg in _own(option, person):
        if before is not None:
            walked = min(before.end + walk_min(house, before.service, leg.service), leg.start)
            if walked > before.end:
                yield Piece(Kind.WALK, before.end, walked)
            if leg.start > walked:
                yield Piece(Kind.WAIT, walked, leg.start)
        yield _served(index, leg)
        before = leg


def _minors_day(option: VisitOption, person: str) -> Iterator[Piece]:
    at = option.start
    for index, leg in _own(option, person):
        if leg.start > at:
            yield Piece(Kind.WITH, at, leg.start)
        yield _served(index, leg)
        at = leg.end
    if option.end > at:
        yield Piece(Kind.WITH, at, option.end)
