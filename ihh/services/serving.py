"""Serving: call, recall, start, complete, hold, release, requeue, no-show, transfer, leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from ihh.db import Transaction, db, is_writing, transaction
from ihh.domain import ticket as states
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.identity_code import contains_identity_code
from ihh.domain.ticket import AT_DESK, OPEN, HeldFor, TicketAction, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Ticket, Visit
from ihh.models.ticket import IS_AT_DESK
from ihh.services import guidance, tickets
from ihh.services.calls import call_chosen, call_first
from ihh.services.events import record_ticket
from ihh.services.house import current_house
from ihh.services.lines import InLine
from ihh.services.requests import answered_once
from ihh.services.tickets import change, free_people, lock_visit, settle, tickets_of

OUTCOMES = ("done", "more_later", "must_return", "transferred")

CHOSEN = "chosen by clerk"
"""Why a visitor was called out of turn, where nobody said more."""

REASON_LONGEST = 200


@dataclass(frozen=True)
class Call:
    ticket_id: int
    number: str
    desk_id: str


def call_next(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Call:
    """Call whom the rule puts first at this desk.

    Refuses `desk_closed`, `desk_busy` while the desk has someone, and `nobody_to_call`.
    """

    def call(tx: Transaction, house: House) -> InLine:
        return call_first(tx, house, house.desk[desk_id], now=now, by=by)

    return _called(desk_id, f"call_next {desk_id} {by}", call, now=now, request_id=request_id)


def call_ticket(
    desk_id: str,
    ticket_id: int,
    *,
    now: datetime,
    by: str,
    why: str = CHOSEN,
    request_id: str | None = None,
) -> Call:
    """Call one visitor of the desk's line out of turn; the event says that a clerk chose, and why.

    Refuses as `call_next`, `wrong_state` to one who doesn't wait here or is busy elsewhere, and the
    reasons that `mark_need` refuses.
    """
    reason = _reason(why)

    def call(tx: Transaction, house: House) -> InLine:
        return call_chosen(tx, house, house.desk[desk_id], ticket_id, reason, now=now, by=by)

    asked = f"call_ticket {desk_id} {ticket_id} {by}"
    return _called(desk_id, asked, call, now=now, request_id=request_id)


def recall(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """Call the called visitor once more; the minutes for an answer begin anew."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        tickets.call_again(tx, ticket, now=now, by=by, unanswered_since=now)

    return _at_desk(desk_id, "recall", work, now=now, by=by, request_id=request_id)


def start(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """The visitor is at the desk."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        first = ticket.started_at or now
        change(
            tx,
            ticket,
            TicketAction.START,
            now=now,
            by=by,
            started_at=first,
            resumed_at=now,
            unanswered=0,
        )

    return _at_desk(desk_id, "start", work, now=now, by=by, request_id=request_id)


def complete(
    desk_id: str, *, now: datetime, by: str, outcome: str = "done", request_id: str | None = None
) -> Ticket:
    """The service is done; what waited for it is unlocked."""
    if outcome not in OUTCOMES:
        raise Refusal(Code.INVALID, field="outcome")

    def work(tx: Transaction, ticket: Ticket) -> None:
        _complete(tx, current_house(), ticket, outcome, now=now, by=by)

    return _at_desk(desk_id, "complete", work, now=now, by=by, request_id=request_id)


def complete_and_call_next(
    desk_id: str, *, now: datetime, by: str, outcome: str = "done", request_id: str | None = None
) -> Call | None:
    """Finish and call in one action; None when the line is empty (the finish stands)."""

    def work() -> dict[str, Any]:
        with transaction():
            done = complete(desk_id, now=now, by=by, outcome=outcome)
            try:
                call = call_next(desk_id, now=now, by=by)
            except Refusal as refusal:
                if refusal.code not in (Code.NOBODY_TO_CALL, Code.DESK_CLOSED):
                    raise
                return {"ticket_id": None, "done": done.visit_id}
            return {"ticket_id": call.ticket_id, "number": call.number, "done": done.visit_id}

    answer = answered_once(request_id, f"complete_and_call {desk_id} {by}", work, now=now)
    guidance.inform(answer["done"], now=now)
    return Call(answer["ticket_id"], answer["number"], desk_id) if answer["ticket_id"] else None


def hold(desk_id: str, *, now: datetime, by: str, request_id: str | None = None) -> Ticket:
    """Park the visitor at the desk, keeping the place; the desk is free again."""

    def work(tx: Transaction, ticket: Ticket) -> None:
        tickets.hold(tx, ticket, HeldFor.CLERK, now=now, by=by, served_seconds=_served(ticket, now))

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
        tickets.mark_no_show(tx, current_house(), ticket, now=now, by=by)

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
            tickets.release(tx, ticket, now=now, by=by)
            return {"ticket_id": ticket.id}

    answered_once(request_id, f"release {ticket_id} {by}", work, now=now)
    ticket = _ticket(ticket_id, agency_id)
    guidance.inform(ticket.visit_id, now=now)
    return ticket


def mark_need(
    ticket_id: int,
    reason: str,
    *,
    agency_id: str | None,
    now: datetime,
    by: str,
    request_id: str | None = None,
) -> Ticket:
    """Give a waiting visitor priority for need; the reason is recorded with the event.

    A second mark keeps the place of the first. Refuses an empty reason or one of more than
    `REASON_LONGEST` signs (`invalid`), and `identity_code_given`.
    """
    why = _reason(reason)

    def work() -> dict[str, Any]:
        with transaction() as tx:
            ticket = _ticket(ticket_id, agency_id)
            need_at = ticket.need_at or now
            change(tx, ticket, TicketAction.MARK_NEED, now=now, by=by, detail={"why": why}, need_at=need_at)
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
        _complete(tx, house, ticket, "transferred", now=now, by=by)

    return _at_desk(desk_id, f"transfer {service_id}", work, now=now, by=by, request_id=request_id)


def leave(visit_id: str, *, now: datetime, by: str = "visitor") -> Visit:
    """The party leaves: every ticket that is not being served ends `left`. Leaving twice is harmless."""
    with transaction() as tx:
        house = current_house()
        visit = lock_visit(visit_id)
        if visit.state not in (VisitState.IN_HOUSE, VisitState.ENDED):
            raise Refusal(Code.WRONG_STATE, state=visit.state, action=TicketAction.LEAVE.value)
        for ticket in tickets_of(visit_id, is_locked=True):
            if ticket.state in OPEN and ticket.state != TicketState.SERVING:
                change(tx, ticket, TicketAction.LEAVE, now=now, by=by, ended_at=now)
                free_people(ticket)
        settle(tx, house, visit_id, now=now, by=by)
    return visit


def at_desk(desk_id: str) -> Ticket | None:
    """The ticket the desk has called or is serving."""
    query = select(Ticket).where(Ticket.desk_id == desk_id, IS_AT_DESK)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def at_desks(day: date) -> dict[str, Ticket]:
    """Desk → the ticket it has called or is serving."""
    query = select(Ticket).where(Ticket.service_date == day, Ticket.state.in_(AT_DESK))
    return {ticket.desk_id: ticket for ticket in db.session.scalars(query) if ticket.desk_id is not None}


def _called(
    desk_id: str,
    asked: str,
    call: Callable[[Transaction, House], InLine],
    *,
    now: datetime,
    request_id: str | None,
) -> Call:
    def work() -> dict[str, Any]:
        with transaction() as tx:
            called = call(tx, current_house()).rule
            return {"ticket_id": called.ticket_id, "number": called.number}

    try:
        answer = answered_once(request_id, asked, work, now=now)
    except IntegrityError:
        if is_writing() or at_desk(desk_id) is None:
            raise
        # The desk called twice at once: the unique index let it have one visitor.
        raise Refusal(Code.DESK_BUSY) from None
    return Call(answer["ticket_id"], answer["number"], desk_id)


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
            ticket = db.session.scalars(_LOCKED_AT_DESK, {"desk": desk_id}).first()
            if ticket is None:
                raise Refusal(Code.WRONG_STATE, state="none", action=what)
            work(tx, ticket)
            return {"ticket_id": ticket.id}

    answer = answered_once(request_id, f"{what} {desk_id} {by}"[:100], act, now=now)
    ticket = db.session.get(Ticket, answer["ticket_id"])
    assert ticket is not None
    if ticket.state not in AT_DESK:
        guidance.inform(ticket.visit_id, now=now)
    return ticket


def _complete(tx: Transaction, house: House, ticket: Ticket, outcome: str, *, now: datetime, by: str) -> None:
    ended = {"ended_at": now, "served_seconds": _served(ticket, now), "outcome": outcome}
    change(tx, ticket, TicketAction.COMPLETE, now=now, by=by, detail={"outcome": outcome}, **ended)
    free_people(ticket)
    settle(tx, house, ticket.visit_id, now=now, by=by)


def _served(ticket: Ticket, now: datetime) -> int:
    """Seconds of service so far, the running stretch included."""
    if ticket.state != TicketState.SERVING or ticket.resumed_at is None:
        return ticket.served_seconds
    return ticket.served_seconds + max(int((now - ticket.resumed_at).total_seconds()), 0)


def _reason(given: str) -> str:
    """Why a clerk sets the order aside, fit to be recorded. Refuses `invalid` and `identity_code_given`."""
    reason = given.strip()
    if not 0 < len(reason) <= REASON_LONGEST:
        raise Refusal(Code.INVALID, field="why")
    if contains_identity_code(reason):
        raise Refusal(Code.IDENTITY_CODE_GIVEN)
    return reason


def _ticket(ticket_id: int, agency_id: str | None) -> Ticket:
    ticket = db.session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None:
        raise Refusal(Code.NOT_FOUND)
    if agency_id is not None and ticket.agency_id != agency_id:
        raise Refusal(Code.NOT_YOUR_AGENCY)
    return ticket


def _transferred(
    tx: Transaction, house: House, ticket: Ticket, service_id: str, *, now: datetime, by: str
) -> None:
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


_LOCKED_AT_DESK = (
    select(Ticket)
    .join_from(Visit, Ticket, Ticket.visit_id == Visit.id)
    .where(Ticket.desk_id == bindparam("desk"), IS_AT_DESK)
    .with_for_update(of=(Visit, Ticket), key_share=True)
    .execution_options(populate_existing=True)
)
