"""Serving: call, recall, start, complete, hold, release, requeue, no-show, transfer, leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ihh.db import Transaction, db, transaction
from ihh.domain import ticket as states
from ihh.domain.calling import Choice
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.party import people_of
from ihh.domain.ticket import AT_DESK, OPEN, TicketAction, TicketState
from ihh.domain.visit import VisitState
from ihh.models import DeskSession, Engagement, Ticket, Visit
from ihh.services import lines
from ihh.services.events import record_ticket
from ihh.services.house import current_house
from ihh.services.requests import answered_once
from ihh.services.tickets import change, free_people, settle, tickets_of

OUTCOMES = ("done", "more_later", "must_return", "transferred")


@dataclass(frozen=True)
class Call:
    ticket_id: int
    number: str
    desk_id: str


def call_next(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Call:
    """Call whom the rule puts first at this desk.

    Refuses `desk_closed`, `desk_busy` while the desk has someone, and `nobody_to_call`.
    """

    def work() -> dict[str, Any]:
        with transaction() as tx:
            house = current_house()
            _ready(desk_id)
            line = lines.line_of_desk(house, house.desk[desk_id], now=now)
            for choice in line:
                if choice.ticket.is_free and _call(tx, choice, desk_id, now=now, by=by):
                    return {"ticket_id": choice.ticket.ticket_id, "number": choice.ticket.number}
            raise Refusal(Code.NOBODY_TO_CALL)

    answer = answered_once(request_id, f"call_next {desk_id} {by}", work, now=now)
    return Call(answer["ticket_id"], answer["number"], desk_id)


def call_ticket(
    desk_id: str, ticket_id: int, *, now: datetime, by: str, request_id: str | None = None
) -> Call:
    """Call one visitor of the desk's line out of turn; the event says that a clerk chose."""

    def work() -> dict[str, Any]:
        with transaction() as tx:
            house = current_house()
            _ready(desk_id)
            for choice in lines.line_of_desk(house, house.desk[desk_id], now=now):
                if choice.ticket.ticket_id != ticket_id:
                    continue
                if choice.ticket.is_free and _call(tx, choice, desk_id, now=now, by=by, chosen=True):
                    return {"ticket_id": ticket_id, "number": choice.ticket.number}
            raise Refusal(Code.WRONG_STATE, state="called", action="call")

    answer = answered_once(request_id, f"call_ticket {desk_id} {ticket_id} {by}", work, now=now)
    return Call(answer["ticket_id"], answer["number"], desk_id)


def recall(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """Call the called visitor once more."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        change(tx, ticket, TicketAction.RECALL, now=now, by=by, last_called_at=now, calls=ticket.calls + 1)

    return _at_desk(desk_id, "recall", work, now=now, by=by, request_id=request_id)


def start(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """The visitor is at the desk."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        first = ticket.started_at or now
        change(tx, ticket, TicketAction.START, now=now, by=by, started_at=first, resumed_at=now)

    return _at_desk(desk_id, "start", work, now=now, by=by, request_id=request_id)


def complete(
    desk_id: str, *, now: datetime, by: str, outcome: str = "done", request_id: str | None = None
) -> Ticket:
    """The service is done; what waited for it is unlocked."""
    if outcome not in OUTCOMES:
        raise Refusal(Code.INVALID, field="outcome")

    def work(tx: Transaction, ticket: Ticket) -> None:
        _complete(tx, ticket, outcome, now=now, by=by)

    return _at_desk(desk_id, "complete", work, now=now, by=by, request_id=request_id)


def complete_and_call_next(
    desk_id: str, *, now: datetime, by: str, outcome: str = "done", request_id: str | None = None
) -> Call | None:
    """Finish and call in one action; None when the line is empty (the finish stands)."""

    def work() -> dict[str, Any]:
        with transaction():
            complete(desk_id, now=now, by=by, outcome=outcome)
            try:
                call = call_next(desk_id, now=now, by=by)
            except Refusal as refusal:
                if refusal.code not in (Code.NOBODY_TO_CALL, Code.DESK_CLOSED):
                    raise
                return {"ticket_id": None}
            return {"ticket_id": call.ticket_id, "number": call.number}

    answer = answered_once(request_id, f"complete_and_call {desk_id} {by}", work, now=now)
    return Call(answer["ticket_id"], answer["number"], desk_id) if answer["ticket_id"] else None


def hold(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """Park the visitor at the desk, keeping the place; the desk is free again."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        change(tx, ticket, TicketAction.HOLD, now=now, by=by, served_seconds=_served(ticket, now))
        free_people(ticket)

    return _at_desk(desk_id, "hold", work, now=now, by=by, request_id=request_id)


def requeue(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """Take a call back: the visitor waits again at the old place."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        change(tx, ticket, TicketAction.REQUEUE, now=now, by=by)
        free_people(ticket)

    return _at_desk(desk_id, "requeue", work, now=now, by=by, request_id=request_id)


def mark_no_show(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """The called visitor did not come. Their other tickets go with it, unless someone is being served."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        house = current_house()
        change(tx, ticket, TicketAction.MARK_NO_SHOW, now=now, by=by, ended_at=now)
        free_people(ticket)
        others = [other for other in tickets_of(ticket.visit_id) if other.state in OPEN]
        if not any(other.state in AT_DESK for other in others):
            for other in others:
                change(tx, other, TicketAction.MARK_NO_SHOW, now=now, by=by, ended_at=now)
        settle(tx, house, ticket.visit_id, now=now, by=by)

    return _at_desk(desk_id, "no_show", work, now=now, by=by, request_id=request_id)


def release(
    ticket_id: int, *, agency_id: str | None, now: datetime, by: str, request_id: str | None = None
) -> Ticket:
    """A held visitor is back: the ticket returns to its line with its old place.

    `agency_id` is the agency of the one who asks; None may release any.
    """

    def work() -> dict[str, Any]:
        with transaction() as tx:
            ticket = _ticket(ticket_id, agency_id)
            change(tx, ticket, TicketAction.RELEASE, now=now, by=by)
            return {"ticket_id": ticket.id}

    answered_once(request_id, f"release {ticket_id} {by}", work, now=now)
    return _ticket(ticket_id, agency_id)


def mark_need(
    ticket_id: int,
    reason: str,
    *,
    agency_id: str | None,
    now: datetime,
    by: str,
    request_id: str | None = None,
) -> Ticket:
    """Give a waiting visitor priority for need; the reason is recorded with the event."""

    def work() -> dict[str, Any]:
        with transaction() as tx:
            ticket = _ticket(ticket_id, agency_id)
            change(tx, ticket, TicketAction.MARK_NEED, now=now, by=by, detail={"why": reason}, need_at=now)
            return {"ticket_id": ticket.id}

    answered_once(request_id, f"mark_need {ticket_id} {by}", work, now=now)
    return _ticket(ticket_id, agency_id)


def transfer(
    desk_id: str, service_id: str, *, now: datetime, by: str, request_id: str | None = None
) -> Ticket:
    """Send the visitor being served to another service, under the same number.

    The service at this desk ends with the outcome `transferred`. Refuses `already_in_visit` when
    the visit has an open ticket for that service, `not_in_house` for a remote one.
    """

    def work(tx: Transaction, ticket: Ticket) -> None:
        house = current_house()
        _transferred(tx, house, ticket, service_id, now=now, by=by)
        _complete(tx, ticket, "transferred", now=now, by=by)

    return _at_desk(desk_id, f"transfer {service_id}", work, now=now, by=by, request_id=request_id)


def leave(visit_id: str, *, now: datetime, by: str = "visitor") -> Visit:
    """The party leaves: every ticket that is not being served ends `left`. Leaving twice is harmless."""
    house = current_house()
    with transaction() as tx:
        for ticket in tickets_of(visit_id):
            if ticket.state in OPEN and ticket.state != TicketState.SERVING:
                change(tx, ticket, TicketAction.LEAVE, now=now, by=by, ended_at=now)
                free_people(ticket)
        settle(tx, house, visit_id, now=now, by=by)
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.state not in (VisitState.IN_HOUSE, VisitState.ENDED):
        raise Refusal(Code.WRONG_STATE, state=visit.state if visit else "none", action="leave")
    return visit


def at_desk(desk_id: str) -> Ticket | None:
    """The ticket the desk has called or is serving."""
    query = select(Ticket).where(Ticket.desk_id == desk_id, Ticket.state.in_(AT_DESK))
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def at_desks(day: date) -> dict[str, Ticket]:
    """Desk → the ticket it has called or is serving."""
    query = select(Ticket).where(Ticket.service_date == day, Ticket.state.in_(AT_DESK))
    return {ticket.desk_id: ticket for ticket in db.session.scalars(query) if ticket.desk_id is not None}


def _ready(desk_id: str) -> None:
    """The desk is open, not on a break, and has nobody."""
    query = select(DeskSession).where(DeskSession.desk_id == desk_id, DeskSession.closed_at.is_(None))
    session = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if session is None or session.paused_at is not None:
        raise Refusal(Code.DESK_CLOSED)
    if at_desk(desk_id) is not None:
        raise Refusal(Code.DESK_BUSY)


def _call(
    tx: Transaction, choice: Choice, desk_id: str, *, now: datetime, by: str, chosen: bool = False
) -> bool:
    """Call the choice; False when another desk had the ticket or one of its people first."""
    reason = choice.reason
    detail = {
        "reason": reason.code,
        "since": reason.since.isoformat(),
        "booked_at": reason.booked_at.isoformat() if reason.booked_at else None,
        "chosen": chosen,
    }
    try:
        with db.session.begin_nested():
            ticket = db.session.get(Ticket, choice.ticket.ticket_id, populate_existing=True)
            if ticket is None:
                return False
            db.session.add_all(
                Engagement(visit_id=ticket.visit_id, person=person, ticket_id=ticket.id)
                for person in people_of(ticket.people)
            )
            db.session.flush()
            change(
                tx,
                ticket,
                TicketAction.CALL,
                now=now,
                by=by,
                detail=detail,
                desk_id=desk_id,
                called_at=ticket.called_at or now,
                last_called_at=now,
                calls=ticket.calls + 1,
            )
    except (IntegrityError, Refusal):
        if at_desk(desk_id) is not None:
            raise Refusal(Code.DESK_BUSY) from None
        return False
    return True


def _at_desk(
    desk_id: str,
    what: str,
    work: Callable[[Transaction, Ticket], None],
    *,
    now: datetime,
    by: str,
    request_id: str | None,
) -> Ticket:
    """Do `work` on the ticket the desk has; refuses `wrong_state` when it has none."""

    def act() -> dict[str, Any]:
        with transaction() as tx:
            ticket = at_desk(desk_id)
            if ticket is None:
                raise Refusal(Code.WRONG_STATE, state="none", action=what)
            work(tx, ticket)
            return {"ticket_id": ticket.id}

    answer = answered_once(request_id, f"{what} {desk_id} {by}"[:100], act, now=now)
    ticket = db.session.get(Ticket, answer["ticket_id"])
    assert ticket is not None
    return ticket


def _complete(tx: Transaction, ticket: Ticket, outcome: str, *, now: datetime, by: str) -> None:
    served = _served(ticket, now)
    change(
        tx,
        ticket,
        TicketAction.COMPLETE,
        now=now,
        by=by,
        detail={"outcome": outcome},
        ended_at=now,
        served_seconds=served,
        outcome=outcome,
    )
    free_people(ticket)
    settle(tx, current_house(), ticket.visit_id, now=now, by=by)


def _served(ticket: Ticket, now: datetime) -> int:
    """Seconds of service so far, the running stretch included."""
    if ticket.state != TicketState.SERVING or ticket.resumed_at is None:
        return ticket.served_seconds
    return ticket.served_seconds + max(int((now - ticket.resumed_at).total_seconds()), 0)


def _ticket(ticket_id: int, agency_id: str | None) -> Ticket:
    ticket = db.session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None:
        raise Refusal(Code.NOT_FOUND)
    if agency_id is not None and ticket.agency_id != agency_id:
        raise Refusal(Code.NOT_YOUR_AGENCY)
    return ticket


def _transferred(
    tx: Transaction, house: House, ticket: Ticket, service_id: str, *, now: datetime, by: str
) -> Ticket:
    service = house.service.get(service_id)
    if service is None or not service.is_in_house:
        raise Refusal(Code.NOT_IN_HOUSE)
    for other in tickets_of(ticket.visit_id):
        if other.service_id == service_id and other.state in OPEN and other.people & ticket.people:
            raise Refusal(Code.ALREADY_IN_VISIT)
    new = Ticket(
        visit_id=ticket.visit_id,
        service_id=service_id,
        agency_id=service.agency,
        service_date=ticket.service_date,
        state=states.after(None, TicketAction.TRANSFER),
        people=ticket.people,
        issued_at=now,
        joined_at=now,
    )
    db.session.add(new)
    db.session.flush()
    record_ticket(tx, new, TicketAction.TRANSFER, before=None, at=now, by=by, detail={"from": ticket.id})
    return new
