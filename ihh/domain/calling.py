"""Whom a desk calls next: the guarded rule.

Ranks, best first:

0. marked as in need by a clerk, by the time of the mark;
1. appointments from `early_min` before their time, by that time, together with walk-ins who have
   waited `overdue_min`, by seniority + `overdue_min`. After an overdue walk-in, a due appointment
   waiting in the same agency goes first, whichever desk calls;
2. other walk-ins, by seniority; and late-comers (checked in more than `late_min` after their time)
   with the key max(booked time, check-in − half of `overdue_min`);
3. appointments more than `early_min` early, only when the desk could call nobody else.

Seniority is arrival in the house plus service time already received, so that a visitor who is in
several lines keeps one place in the house, and time spent being served is no advantage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ihh.domain.house import Policy


class ReasonCode(StrEnum):
    """Why this visitor and not another; said in words to the clerk."""

    NEED = "need"
    BOOKED = "booked"
    OVERDUE = "overdue"
    WALK_IN = "walk_in"
    LATE = "late"
    EARLY = "early"


@dataclass(frozen=True)
class LineTicket:
    """One ticket of a line, with all the rule looks at."""

    ticket_id: int
    visit_id: str
    number: str
    arrived_at: datetime
    received: timedelta = timedelta(0)
    """Service time this visitor has already received in the house today."""
    booked_at: datetime | None = None
    """Start of the appointment; None for a walk-in."""
    need_at: datetime | None = None
    """When a clerk marked the visitor as in need."""
    is_excused: bool = False
    """Served or locked elsewhere in the house at the booked time, so not late."""
    is_free: bool = True
    """Nobody of the ticket's people is at a desk or called to one."""

    @property
    def seniority(self) -> datetime:
        return self.arrived_at + self.received


@dataclass(frozen=True)
class Reason:
    code: ReasonCode
    since: datetime
    """Arrival in the house."""
    booked_at: datetime | None = None


@dataclass(frozen=True)
class Choice:
    ticket: LineTicket
    reason: Reason


@dataclass(frozen=True)
class _Place:
    rank: int
    key: datetime
    code: ReasonCode


def _place(ticket: LineTicket, policy: Policy, now: datetime) -> _Place:
    overdue = timedelta(minutes=policy.overdue_min)
    if ticket.need_at is not None:
        return _Place(0, ticket.need_at, ReasonCode.NEED)
    if ticket.booked_at is not None and not _is_late(ticket, policy):
        due_from = ticket.booked_at - timedelta(minutes=policy.early_min)
        if now >= due_from:
            return _Place(1, ticket.booked_at, ReasonCode.BOOKED)
        return _Place(3, ticket.booked_at, ReasonCode.EARLY)
    joined, code = ticket.seniority, ReasonCode.WALK_IN
    if ticket.booked_at is not None:
        joined, code = max(ticket.booked_at, ticket.arrived_at - overdue / 2), ReasonCode.LATE
    if now - joined >= overdue:
        return _Place(1, joined + overdue, ReasonCode.OVERDUE)
    return _Place(2, joined, code)


def _is_late(ticket: LineTicket, policy: Policy) -> bool:
    return (
        ticket.booked_at is not None
        and not ticket.is_excused
        and ticket.arrived_at - ticket.booked_at > timedelta(minutes=policy.late_min)
    )


def calling_order(
    line: Iterable[LineTicket], *, now: datetime, policy: Policy, after_overdue: bool = False
) -> list[Choice]:
    """The whole line in the order in which a desk would call it now, the busy ones included.

    `after_overdue` tells that the agency's last call was an overdue walk-in: due appointments then
    go before other overdue walk-ins.
    """

    def order(pair: tuple[_Place, LineTicket]) -> tuple[int, bool, datetime, datetime, int]:
        place, ticket = pair
        yields = after_overdue and place.code is ReasonCode.OVERDUE
        return (place.rank, yields, place.key, ticket.arrived_at, ticket.ticket_id)

    placed = sorted(((_place(ticket, policy, now), ticket) for ticket in line), key=order)
    return [
        Choice(ticket, Reason(place.code, since=ticket.arrived_at, booked_at=ticket.booked_at))
        for place, ticket in placed
    ]


def pick_next(
    line: Iterable[LineTicket], *, now: datetime, policy: Policy, after_overdue: bool = False
) -> Choice | None:
    """Whom a desk with this line calls now, with the reason; None when nobody can be called."""
    free = (ticket for ticket in line if ticket.is_free)
    order = calling_order(free, now=now, policy=policy, after_overdue=after_overdue)
    return order[0] if order else None
