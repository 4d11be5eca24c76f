"""What happens to tickets, one compare-and-set at a time, with its queue event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult

from ihh.db import Transaction, db
from ihh.domain import ticket as states
from ihh.domain import visit as visits
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Channel, House
from ihh.domain.ticket import ENDED, OPEN, TicketAction, TicketState
from ihh.domain.visit import VisitAction, VisitState
from ihh.models import Engagement, Leg, Ticket, Visit
from ihh.services.events import record_ticket, record_visit


def change(
    tx: Transaction,
    ticket: Ticket,
    action: TicketAction,
    *,
    now: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
    **columns: Any,
) -> Ticket:
    """Take `action` on the ticket if it still is in the state we saw; write the event.

    Refuses `wrong_state` when the table forbids it or another was faster.
    """
    before = TicketState(ticket.state)
    after = states.after(before, action)
    seen = (Ticket.id == ticket.id, Ticket.state == before, Ticket.calls == ticket.calls)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Ticket)
        .where(*seen)
        .values(state=after, **columns)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise Refusal(Code.WRONG_STATE, state=before.value, action=action.value)
    db.session.refresh(ticket)
    record_ticket(tx, ticket, action, before=before, at=now, by=by, detail=detail)
    return ticket


def issue(
    tx: Transaction, house: House, visit: Visit, leg: Leg, *, blockers: bool, now: datetime, by: str
) -> Ticket:
    """A leg's ticket at check-in: waiting, or locked while a prerequisite in this visit is open."""
    booked_at = leg.starts_at if leg.mode == Channel.DESK else None
    action = TicketAction.ISSUE_LOCKED if blockers else TicketAction.ISSUE
    ticket = Ticket(
        visit_id=visit.id,
        leg_id=leg.id,
        service_id=leg.service_id,
        agency_id=house.service[leg.service_id].agency,
        service_date=visit.service_date,
        state=states.after(None, action),
        people=leg.people,
        booked_at=booked_at,
        issued_at=now,
        joined_at=None if blockers else max(now, booked_at or now),
    )
    db.session.add(ticket)
    db.session.flush()
    record_ticket(tx, ticket, action, before=None, at=now, by=by)
    return ticket


def tickets_of(visit_id: str) -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).where(Ticket.visit_id == visit_id).order_by(Ticket.id)))


def free_people(ticket: Ticket) -> None:
    """Nobody of the ticket is at a desk any more."""
    db.session.execute(delete(Engagement).where(Engagement.ticket_id == ticket.id))


def is_locked_by(house: House, service_id: str, people: int, others: Iterable[tuple[str, int]]) -> bool:
    """Whether one of `others` (service, people mask), not ended, must come first for a shared person."""
    first = house.prerequisites[service_id]
    return any(other in first and mask & people for other, mask in others)


def settle(tx: Transaction, house: House, visit_id: str, *, now: datetime, by: str) -> None:
    """After a ticket ended: unlock what waited for it, and end the visit when nothing is left."""
    tickets = tickets_of(visit_id)
    still_open = [(ticket.service_id, ticket.people) for ticket in tickets if ticket.state in OPEN]
    for ticket in tickets:
        if ticket.state == TicketState.LOCKED and not is_locked_by(
            house, ticket.service_id, ticket.people, still_open
        ):
            joined = max(now, ticket.booked_at or now)
            change(tx, ticket, TicketAction.UNLOCK, now=now, by="house", joined_at=joined)
    if all(ticket.state in ENDED for ticket in tickets):
        visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
        if visit is not None and visit.state == VisitState.IN_HOUSE:
            visit.state = visits.after(VisitState.IN_HOUSE, VisitAction.END)
            visit.ended_at = now
            record_visit(tx, visit, VisitAction.END, before=VisitState.IN_HOUSE, at=now, by=by)
