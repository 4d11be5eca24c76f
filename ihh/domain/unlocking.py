"""Which tickets of a visit may be called yet: prerequisites first, and in some houses one line at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ihh.domain.house import LinePolicy
from ihh.domain.ticket import OPEN, TicketState


@dataclass(frozen=True, slots=True)
class LegInHouse:
    """A leg of a visit that has checked in, and where its ticket stands; locked when it has none yet."""

    position: int
    """In the visit's own order."""
    service_id: str
    people: int
    """Bit mask, see `ihh.domain.party`."""
    booked_at: datetime | None = None
    is_overruled: bool = False
    """A clerk set its prerequisites aside for a recorded reason: no order locks it."""
    state: TicketState = TicketState.LOCKED


def unlocked(
    legs: Sequence[LegInHouse], *, prerequisites: Mapping[str, frozenset[str]], lines: LinePolicy
) -> frozenset[int]:
    """Which of `legs`, by index, are locked ones whose turn has come.

    A leg waits for its prerequisites in this visit that share a person with it, until their tickets
    have ended. Where visitors stand in one line at a time, it also waits for every other open ticket
    of its people: booked legs go first, by time, then the others in the visit's order, and before each
    go its prerequisites.
    """
    still_open = {index: leg for index, leg in enumerate(legs) if leg.state in OPEN}
    locked = {index: leg for index, leg in still_open.items() if leg.state == TicketState.LOCKED}
    ready = {index for index, leg in locked.items() if not _before(leg, still_open, prerequisites)}
    if lines is LinePolicy.ALL:
        return frozenset(ready)
    busy = 0
    for index in still_open.keys() - locked.keys():
        busy |= legs[index].people
    chosen = set()
    for index in _in_order(locked, prerequisites):
        if index in ready and not legs[index].people & busy:
            chosen.add(index)
            busy |= legs[index].people
    return frozenset(chosen)


def _in_order(legs: Mapping[int, LegInHouse], prerequisites: Mapping[str, frozenset[str]]) -> list[int]:
    def wish(index: int) -> tuple[bool, datetime, int]:
        leg = legs[index]
        return (leg.booked_at is None, leg.booked_at or _NEVER, leg.position)

    order: list[int] = []

    def place(index: int) -> None:
        for first in sorted(_before(legs[index], legs, prerequisites), key=wish):
            place(first)
        if index not in order:
            order.append(index)

    for index in sorted(legs, key=wish):
        place(index)
    return order


def _before(
    leg: LegInHouse, others: Mapping[int, LegInHouse], prerequisites: Mapping[str, frozenset[str]]
) -> list[int]:
    """Those of `others` that must end before the leg."""
    if leg.is_overruled:
        return []
    first = prerequisites[leg.service_id]
    return [
        index for index, other in others.items() if other.service_id in first and other.people & leg.people
    ]


_NEVER = datetime.max.replace(tzinfo=UTC)
