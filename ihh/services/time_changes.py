"""Appointments that the house moved or gave up today because another desk took longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ihh.db import db
from ihh.domain.ticket import TicketAction, TicketState
from ihh.models import QueueEvent, Ticket

TO_COME = frozenset({TicketState.LOCKED, TicketState.WAITING, TicketState.HELD})
"""States in which a change of time still matters to the visitor."""


@dataclass(frozen=True)
class TimeChange:
    """The last change of a ticket's appointment, made by the house."""

    event_id: int
    was: datetime
    becomes: datetime | None
    """None: no time was left, the visitor goes on as a walk-in."""
    because: str | None
    """The agency that took longer, where it can be told."""


def time_changes(visit_id: str, tickets: Sequence[Ticket]) -> Mapping[int, TimeChange]:
    """Ticket id → what became of its time; of all the visit's `tickets` those still to come.

    A time that the visitor changed since is no news.
    """
    to_come = {ticket.id: ticket for ticket in tickets if ticket.state in TO_COME}
    if not to_come:
        return {}
    query = (
        select(QueueEvent)
        .where(
            QueueEvent.visit_id == visit_id,
            QueueEvent.action.in_((TicketAction.MOVE_TIME, TicketAction.LOSE_TIME)),
        )
        .order_by(QueueEvent.id)
    )
    last = {event.ticket_id: event for event in db.session.scalars(query)}
    return {
        ticket_id: _change(event, to_come[ticket_id], tickets)
        for ticket_id, event in last.items()
        if ticket_id in to_come and event.detail.get("why") == "runs_late"
    }


def _change(event: QueueEvent, ticket: Ticket, tickets: Sequence[Ticket]) -> TimeChange:
    to = event.detail.get("to")
    return TimeChange(
        event.id,
        was=datetime.fromisoformat(event.detail["from"]),
        becomes=datetime.fromisoformat(to) if to else None,
        because=next((other.agency_id for other in tickets if _had(other, ticket, event.at)), None),
    )


def _had(other: Ticket, ticket: Ticket, at: datetime) -> bool:
    """Whether the other ticket's desk had one of the ticket's people then."""
    begun = other.started_at or other.called_at
    is_theirs = other.id != ticket.id and other.people & ticket.people != 0
    return (
        is_theirs and begun is not None and begun <= at and (other.ended_at is None or other.ended_at >= at)
    )
