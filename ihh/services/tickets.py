"""What happens to tickets, one compare-and-set at a time, with its queue event.

Whoever acts on more than one ticket of a visit, or ends one, locks the visit's row first: two desks
that finish with two people of one family would otherwise each see the other still at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from ihh.db import Transaction, db
from ihh.domain import ticket as states
from ihh.domain import visit as visits
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Channel, House, LinePolicy
from ihh.domain.ticket import AT_DESK, ENDED, OPEN, HeldFor, TicketAction, TicketState
from ihh.domain.unlocking import LegInHouse, unlocked
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
    """Take `action` on the ticket if it still is as we saw it; write the event.

    Refuses `wrong_state` when the table forbids it or another was faster.
    """
    before = TicketState(ticket.state)
    after = states.after(before, action)
    if before == TicketState.HELD and after != TicketState.HELD:
        columns = {"held_at": None, "held_for": None, "returns_at": None} | columns
    seen = {"state": before, "calls": ticket.calls} | {name: getattr(ticket, name) for name in columns}
    changed = (
        update(Ticket)
        .where(
            Ticket.id == ticket.id,
            *(getattr(Ticket, name).is_not_distinct_from(value) for name, value in seen.items()),
        )
        .values(state=after, **columns)
        .returning(Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if db.session.scalars(changed).one_or_none() is None:
        raise Refusal(Code.WRONG_STATE, state=before.value, action=action.value)
    record_ticket(tx, ticket, action, before=before, at=now, by=by, detail=detail)
    return ticket


def issue(tx: Transaction, house: House, visit: Visit, *, now: datetime, by: str) -> list[Ticket]:
    """A ticket for each leg at check-in: waiting, or locked until its turn comes."""
    issued = [_new_ticket(house, visit, leg, now=now) for leg in visit.legs]
    for index in _callable(house, zip(issued, visit.legs, strict=True)):
        ticket = issued[index]
        ticket.state = states.after(None, TicketAction.ISSUE)
        ticket.joined_at = max(now, ticket.booked_at or now)
    db.session.add_all(issued)
    db.session.flush()
    for ticket in issued:
        locked = ticket.state == TicketState.LOCKED
        action = TicketAction.ISSUE_LOCKED if locked else TicketAction.ISSUE
        record_ticket(tx, ticket, action, before=None, at=now, by=by)
    return issued


def call_again(tx: Transaction, ticket: Ticket, *, now: datetime, by: str, **columns: Any) -> None:
    """Call a called visitor once more."""
    calls = ticket.calls + 1
    change(tx, ticket, TicketAction.RECALL, now=now, by=by, last_called_at=now, calls=calls, **columns)


def hold(
    tx: Transaction,
    ticket: Ticket,
    held_for: HeldFor,
    *,
    now: datetime,
    by: str,
    returns_at: datetime | None = None,
    **columns: Any,
) -> None:
    """Park the ticket, its place kept; who was at a desk with it is free again."""
    held = {"held_at": now, "held_for": held_for, "returns_at": returns_at}
    detail = {"for": held_for}
    change(tx, ticket, TicketAction.HOLD, now=now, by=by, detail=detail, **held, **columns)
    free_people(ticket)


def release(tx: Transaction, ticket: Ticket, *, now: datetime, by: str) -> None:
    """Let a held ticket wait again at its old place."""
    change(tx, ticket, TicketAction.RELEASE, now=now, by=by, joined_at=ticket.joined_at or now)


def move_time(
    tx: Transaction,
    ticket: Ticket,
    booked_at: datetime,
    *,
    now: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Give a ticket another appointment today, which keeps its state. Its leg and slots are the caller's.

    Refuses `wrong_state` once the visitor has been called.
    """
    joined_at = ticket.joined_at
    if joined_at is not None and ticket.called_at is None:
        waits_since = ticket.issued_at if joined_at == ticket.booked_at else joined_at
        joined_at = max(waits_since, booked_at)
    told = {"from": _iso(ticket.booked_at), "to": _iso(booked_at)} | (detail or {})
    times = {"booked_at": booked_at, "joined_at": joined_at}
    change(tx, ticket, TicketAction.MOVE_TIME, now=now, by=by, detail=told, **times)


def lose_time(
    tx: Transaction, ticket: Ticket, *, now: datetime, by: str, detail: dict[str, Any] | None = None
) -> None:
    """Make a walk-in of an appointment that no slot can save. Its leg and slots are the caller's.

    One that waits is held until the house finds all its people free; a locked one stays locked.
    Refuses `wrong_state` once the visitor has been called, and to a walk-in.
    """
    if ticket.booked_at is None:
        raise Refusal(Code.WRONG_STATE, state=ticket.state, action=TicketAction.LOSE_TIME.value)
    columns: dict[str, Any] = {"booked_at": None}
    if ticket.joined_at is not None and ticket.joined_at > now:
        columns["joined_at"] = None  # its time had not come: it joins when it is released
    if ticket.state == TicketState.WAITING:
        columns |= {"held_at": now, "held_for": HeldFor.LOST_TIME}
    told = {"from": _iso(ticket.booked_at)} | (detail or {})
    change(tx, ticket, TicketAction.LOSE_TIME, now=now, by=by, detail=told, **columns)


def mark_no_show(tx: Transaction, house: House, ticket: Ticket, *, now: datetime, by: str) -> None:
    """The called visitor did not come. Their other tickets go with it, unless someone is at a desk."""
    change(tx, ticket, TicketAction.MARK_NO_SHOW, now=now, by=by, ended_at=now)
    free_people(ticket)
    others = [other for other in tickets_of(ticket.visit_id, is_locked=True) if other.state in OPEN]
    if not any(other.state in AT_DESK for other in others):
        for other in others:
            change(tx, other, TicketAction.MARK_NO_SHOW, now=now, by=by, ended_at=now)
    settle(tx, house, ticket.visit_id, now=now, by=by)


def settle(tx: Transaction, house: House, visit_id: str, *, now: datetime, by: str) -> None:
    """After a ticket ended: unlock what waited for it, and end the visit when nothing is left."""
    tickets = tickets_of(visit_id)
    if any(ticket.state == TicketState.LOCKED for ticket in tickets):
        _unlock(tx, house, tickets, now=now)
    if all(ticket.state in ENDED for ticket in tickets):
        visit = lock_visit(visit_id)
        if visit.state == VisitState.IN_HOUSE:
            visit.state = visits.after(VisitState.IN_HOUSE, VisitAction.END)
            visit.ended_at = now
            record_visit(tx, visit, VisitAction.END, before=VisitState.IN_HOUSE, at=now, by=by)


def lock_visit(visit_id: str) -> Visit:
    """The visit, its row locked until the commit; calls of its tickets go on. Refuses `not_found`."""
    lock = {"key_share": True}
    visit = db.session.get(Visit, visit_id, with_for_update=lock, populate_existing=True)
    if visit is None:
        raise Refusal(Code.NOT_FOUND)
    return visit


def tickets_of(visit_id: str, *, is_locked: bool = False) -> list[Ticket]:
    """The visit's tickets in the order of their issue; `is_locked`: nobody changes them until the commit."""
    query = select(Ticket).where(Ticket.visit_id == visit_id).order_by(Ticket.id)
    if is_locked:
        query = query.with_for_update(key_share=True)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def free_people(ticket: Ticket) -> None:
    """Nobody of the ticket is at a desk any more."""
    db.session.execute(delete(Engagement).where(Engagement.ticket_id == ticket.id))


def _new_ticket(house: House, visit: Visit, leg: Leg, *, now: datetime) -> Ticket:
    return Ticket(
        visit_id=visit.id,
        leg_id=leg.id,
        service_id=leg.service_id,
        agency_id=house.service[leg.service_id].agency,
        service_date=visit.service_date,
        state=states.after(None, TicketAction.ISSUE_LOCKED),
        people=leg.people,
        booked_at=leg.starts_at if leg.mode == Channel.DESK else None,
        issued_at=now,
    )


def _unlock(tx: Transaction, house: House, tickets: Sequence[Ticket], *, now: datetime) -> None:
    """Let the locked tickets whose turn has come join their lines.

    In a house of one line at a time that is when they are issued.
    """
    query = select(Leg).where(Leg.visit_id == tickets[0].visit_id)
    legs = {leg.id: leg for leg in db.session.scalars(query)}
    turns = _callable(house, ((ticket, legs.get(ticket.leg_id or 0)) for ticket in tickets))
    for ticket in (tickets[index] for index in sorted(turns)):
        times: dict[str, Any] = {"joined_at": max(now, ticket.booked_at or now)}
        if house.policy.lines is LinePolicy.ONE_AT_A_TIME:
            times["issued_at"] = now
        change(tx, ticket, TicketAction.UNLOCK, now=now, by="house", **times)


def _callable(house: House, tickets: Iterable[tuple[Ticket, Leg | None]]) -> frozenset[int]:
    """Which of the tickets, each with the leg it is for, can be called now though they are locked."""
    legs = [
        LegInHouse(
            position=leg.position if leg is not None else 0,
            service_id=ticket.service_id,
            people=ticket.people,
            booked_at=ticket.booked_at,
            is_overruled=leg is not None and leg.override_reason is not None,
            state=TicketState(ticket.state),
        )
        for ticket, leg in tickets
    ]
    return unlocked(legs, prerequisites=house.prerequisites, lines=house.policy.lines)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
