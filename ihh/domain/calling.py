"""Whom a desk calls next: the guarded rule.

Ranks, best first:

0. marked as in need by a clerk, by the time of the mark;
1. appointments from `early_min` before their time, by that time, together with walk-ins who have
   waited `overdue_min`, by seniority + `overdue_min`. After an overdue walk-in, a due appointment
   waiting in the same agency goes first, whichever desk calls;
2. other walk-ins, by seniority; and late-comers (checked in more than `late_min` after their time)
   with the key max(booked time, check-in − half of `overdue_min`). From there on a late-comer is a
   walk-in who joined at that key;
3. appointments more than `early_min` early, only when the desk could call nobody else.

Seniority is arrival in the house plus service time already received, so that a visitor who is in
several lines keeps one place in the house, and time spent being served is no advantage. In the first
line nothing has been received: seniority is the joining.

Nobody is passed over for good. Walk-ins and late-comers reach rank 1 `overdue_min` after their
seniority, appointments `early_min` before their time. From then on a desk that can serve ticket T and
calls another calls

- someone marked in need (n of them while T waits),
- a ticket of rank 1 with an earlier key: a appointments and w overdue ones. They are bounded: whoever
  arrives more than half of `overdue_min` after T gets no earlier key, save by an appointment of an
  earlier time,
- or an appointment with a later key, which happens only as the agency's next call after an overdue
  one: once for each of the u overdue ones that the agency's desks call meanwhile, and once for one
  called before.

So T, while its people are free, is called at the latest by the N-th call of desks that can serve it,
N = n + a + w + u + 2. Where every desk of the agency can serve T, u ≤ w and N = n + a + 2w + 2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ihh.domain.house import Policy


class ReasonCode(StrEnum):
    """Why this visitor and not another; said in words to the clerk."""

    NEED = "need"
    BOOKED = "booked"
    OVERDUE = "overdue"
    WALK_IN = "walk_in"
    LATE = "late"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class LineTicket:
    """One ticket of a line, with all the rule looks at."""

    ticket_id: int
    visit_id: str
    number: str
    arrived_at: datetime
    """Check-in; where visitors stand in one line at a time, the ticket's own issue."""
    booked_at: datetime | None = None
    """Start of the appointment; None for a walk-in."""
    need_at: datetime | None = None
    """When a clerk marked the visitor as in need."""
    received: timedelta = timedelta(0)
    """Service time its people have already received in other lines of the house today."""
    is_excused: bool = False
    """Served or locked elsewhere in the house at the booked time, so not late."""
    is_free: bool = True
    """Nobody of the ticket's people is at a desk or called to one."""

    @property
    def seniority(self) -> datetime:
        return self.arrived_at + self.received


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    since: datetime
    """Arrival in the house."""
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    ticket: LineTicket
    reason: Reason


class _Place(NamedTuple):
    """Sorts as the line does."""

    rank: int
    key: datetime
    arrived_at: datetime
    ticket_id: int
    code: ReasonCode
    ticket: LineTicket


def calling_order(
    line: Iterable[LineTicket], *, now: datetime, policy: Policy, after_overdue: bool = False
) -> list[Choice]:
    """The whole line in the order in which desks would call it now, the busy ones included.

    `after_overdue` tells that the agency's last call was an overdue walk-in. The busy stand where
    they would be called if they were free; they change nothing for the others.
    """
    return list(_choices(line, now, policy, after_overdue))


def pick_next(
    line: Iterable[LineTicket], *, now: datetime, policy: Policy, after_overdue: bool = False
) -> Choice | None:
    """Whom a desk with this line calls now, with the reason; None when nobody can be called."""
    free = (ticket for ticket in line if ticket.is_free)
    return next(_choices(free, now, policy, after_overdue), None)


def _choices(
    line: Iterable[LineTicket], now: datetime, policy: Policy, after_overdue: bool
) -> Iterator[Choice]:
    places = []
    for ticket in line:
        rank, key, code = _rank(ticket, policy, now)
        places.append(_Place(rank, key, ticket.arrived_at, ticket.ticket_id, code, ticket))
    places.sort()
    for place in _guarded(places, after_overdue):
        booked_at = place.ticket.booked_at
        yield Choice(place.ticket, Reason(place.code, since=place.arrived_at, booked_at=booked_at))


def _rank(ticket: LineTicket, policy: Policy, now: datetime) -> tuple[int, datetime, ReasonCode]:
    if ticket.need_at is not None:
        return 0, ticket.need_at, ReasonCode.NEED
    if ticket.booked_at is not None and not _is_late(ticket, policy):
        if now >= ticket.booked_at - timedelta(minutes=policy.early_min):
            return 1, ticket.booked_at, ReasonCode.BOOKED
        return 3, ticket.booked_at, ReasonCode.EARLY
    overdue = timedelta(minutes=policy.overdue_min)
    joined, code = ticket.seniority, ReasonCode.WALK_IN
    if ticket.booked_at is not None:
        joined, code = max(ticket.booked_at, ticket.arrived_at - overdue / 2), ReasonCode.LATE
    if now - joined >= overdue:
        return 1, joined + overdue, ReasonCode.OVERDUE
    return 2, joined, code


def _is_late(ticket: LineTicket, policy: Policy) -> bool:
    return (
        ticket.booked_at is not None
        and not ticket.is_excused
        and ticket.arrived_at - ticket.booked_at > timedelta(minutes=policy.late_min)
    )


def _guarded(places: Iterable[_Place], after_overdue: bool) -> Iterator[_Place]:
    """Places by rank and key, but after an overdue one the first due appointment, if there is one."""
    due: deque[_Place] = deque()
    overdue: deque[_Place] = deque()
    rest = []
    for place in places:
        if place.rank == 0:
            after_overdue &= not place.ticket.is_free
            yield place
        elif place.rank == 1:
            (overdue if place.code is ReasonCode.OVERDUE else due).append(place)
        else:
            rest.append(place)
    while due or overdue:
        if due and (after_overdue or not overdue or due[0] < overdue[0]):
            place = due.popleft()
        else:
            place = overdue.popleft()
        if place.ticket.is_free:
            after_overdue = place.code is ReasonCode.OVERDUE
        yield place
    yield from rest
