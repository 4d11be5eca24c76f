"""One call: whom a desk calls, and the compare-and-set that makes sure no other desk has them.

Calls cost more often than anything else in a busy hour, so they read and write past the session, by
statements made once. What they rely on:

- the agency's row is locked while one of its desks calls: the rule looks at the agency's last call;
- the key of `engagement` gives each person to one desk, whatever the agency;
- the ticket changes only if it still waits;
- the unique index on the desk of tickets called or served gives a desk one visitor.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, TextClause, and_, bindparam, delete, func, select, text, update

from ihh.db import Transaction, UtcDateTime, db
from ihh.domain import ticket as states
from ihh.domain.calling import Choice, pick_next
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Desk, House
from ihh.domain.party import people_of
from ihh.domain.ticket import TicketAction, TicketState
from ihh.models import AgencyRow, DeskSession, Engagement, Ticket
from ihh.models.ticket import IS_AT_DESK
from ihh.services import lines
from ihh.services.events import record_ticket
from ihh.services.lines import InLine


def call_first(tx: Transaction, house: House, desk: Desk, *, now: datetime, by: str) -> InLine:
    """Call whom the rule puts first. Refuses `desk_closed`, `desk_busy` and `nobody_to_call`."""
    _ready(desk)
    line = lines.open_to(house, desk, now=now)
    left = {ticket.rule.ticket_id: ticket for ticket in line.tickets}
    while choice := pick_next(
        (ticket.rule for ticket in left.values()),
        now=now,
        policy=house.policy,
        after_overdue=line.after_overdue,
    ):
        called = left.pop(choice.ticket.ticket_id)
        if _take(tx, called, desk, _detail(choice), now=now, by=by):
            return called
    _ready(desk)  # a call by this very desk may have been what emptied the line
    raise Refusal(Code.NOBODY_TO_CALL)


def call_chosen(
    tx: Transaction, house: House, desk: Desk, ticket_id: int, why: str, *, now: datetime, by: str
) -> InLine:
    """Call a visitor of the desk's line out of turn; the event says that a clerk chose, and why.

    Refuses `desk_closed`, `desk_busy`, and `wrong_state` to one who doesn't wait here or is busy.
    """
    _ready(desk)
    for ticket in lines.open_to(house, desk, now=now).tickets:
        if ticket.rule.ticket_id != ticket_id:
            continue
        choice = pick_next([ticket.rule], now=now, policy=house.policy)
        if choice is not None:
            detail = _detail(choice) | {"chosen": True, "why": why}
            if _take(tx, ticket, desk, detail, now=now, by=by):
                return ticket
    _ready(desk)
    raise Refusal(Code.WRONG_STATE, state=TicketState.CALLED.value, action=TicketAction.CALL.value)


_READY = (
    select(DeskSession.paused_at, Ticket.id)
    .join_from(DeskSession, AgencyRow, AgencyRow.id == bindparam("agency"))
    .join(Ticket, and_(Ticket.desk_id == DeskSession.desk_id, IS_AT_DESK), isouter=True)
    .where(DeskSession.desk_id == bindparam("desk"), DeskSession.closed_at.is_(None))
    .with_for_update(of=(DeskSession, AgencyRow), key_share=True)
)


def _ready(desk: Desk) -> None:
    """The desk is open, not on a break, and has nobody; its agency calls nobody else until the commit."""
    asked = {"desk": desk.id, "agency": desk.agency}
    row = db.session.connection().execute(_READY, asked).first()
    if row is None or row.paused_at is not None:
        raise Refusal(Code.DESK_CLOSED)
    if row.id is not None:
        raise Refusal(Code.DESK_BUSY)


def _detail(choice: Choice) -> dict[str, Any]:
    reason = choice.reason
    return {
        "reason": reason.code,
        "since": reason.since.isoformat(),
        "booked_at": reason.booked_at.isoformat() if reason.booked_at else None,
        "chosen": False,
    }


_FREE = delete(Engagement).where(
    Engagement.visit_id == bindparam("of_visit"), Engagement.person == bindparam("whom")
)

_at: BindParameter[datetime] = bindparam("at", type_=UtcDateTime)
_CALL = (
    update(Ticket)
    .where(Ticket.id == bindparam("of_ticket"), Ticket.state == TicketState.WAITING)
    .values(
        state=states.after(TicketState.WAITING, TicketAction.CALL),
        desk_id=bindparam("desk"),
        called_at=func.coalesce(Ticket.called_at, _at),
        last_called_at=_at,
        unanswered_since=_at,
        calls=Ticket.calls + 1,
    )
    .returning(
        Ticket.id,
        Ticket.visit_id,
        Ticket.service_date,
        Ticket.agency_id,
        Ticket.service_id,
        Ticket.desk_id,
        Ticket.state,
    )
)


def _take(
    tx: Transaction, ticket: InLine, desk: Desk, detail: dict[str, Any], *, now: datetime, by: str
) -> bool:
    """Call the ticket; False when another had it, or one of its people, first."""
    connection = db.session.connection()
    people = people_of(ticket.people)
    asked = {"visit": ticket.rule.visit_id, "of_ticket": ticket.rule.ticket_id, "desk": desk.id, "at": now}
    engaged = connection.execute(_engage(len(people)), asked | dict(zip(_PERSON, people, strict=False)))
    ours = engaged.scalars().all()
    called = connection.execute(_CALL, asked).first() if len(ours) == len(people) else None
    if called is None:
        for person in ours:
            connection.execute(_FREE, {"of_visit": ticket.rule.visit_id, "whom": person})
        return False
    record_ticket(tx, called, TicketAction.CALL, before=TicketState.WAITING, at=now, by=by, detail=detail)
    return True


_PERSON = tuple(f"person_{index}" for index in range(32))


@cache
def _engage(people: int) -> TextClause:
    """Give so many people to a ticket, and return those that no other ticket has."""
    rows = ", ".join(f"(:visit, :{name}, :of_ticket)" for name in _PERSON[:people])
    return text(
        f"INSERT INTO engagement (visit_id, person, ticket_id) VALUES {rows}"
        " ON CONFLICT DO NOTHING RETURNING person"
    )
