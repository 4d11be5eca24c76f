"""The day's clock at work: what `ihh.domain.day_clock` says is due is done, as the house.

Safe to run twice and from several processes: each ticket is looked at again under its visit's lock, so
who comes second finds nothing due.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from ihh.db import Transaction, db, transaction
from ihh.domain.day_clock import ClockAction, ClockedTicket, due_step, steps
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.ticket import AT_DESK, HeldFor, TicketState
from ihh.models import Ticket
from ihh.services import guidance, tickets
from ihh.services.house import current_house

BY = "house"


def tick(*, now: datetime) -> None:
    """Do all that is due at or before `now`: recall, park, bring back, give up."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    while _turn(house, today, now=now):
        pass  # what was done may have freed the people for whom another ticket waits


def _turn(house: House, today: date, *, now: datetime) -> bool:
    """Take every step that is due now; whether any was taken."""
    due = [
        (ticket.id, ticket.visit_id)
        for ticket, clocked in _clocked(today)
        if due_step(clocked, house.policy, now=now) is not None
    ]
    taken = [_act(house, ticket_id, visit_id, now=now) for ticket_id, visit_id in due]
    return any(taken)


def next_due(day: date) -> datetime | None:
    """When the clock next has something to do on a day as it stands; None while it has nothing.

    May lie in the past: then it is due at once.
    """
    policy = current_house().policy
    to_come = (step.at for _, clocked in _clocked(day) for step in steps(clocked, policy))
    return min(to_come, default=None)


def _clocked(day: date, *ticket_ids: int) -> list[tuple[Ticket, ClockedTicket]]:
    """The day's called and held tickets as the clock sees them; only these ids, where some are given."""
    other = aliased(Ticket)
    is_busy = exists().where(
        other.visit_id == Ticket.visit_id,
        other.state.in_(AT_DESK),
        other.people.bitwise_and(Ticket.people) != 0,
    )
    query = select(Ticket, is_busy).where(
        Ticket.service_date == day, Ticket.state.in_((TicketState.CALLED, TicketState.HELD))
    )
    if ticket_ids:
        query = query.where(Ticket.id.in_(ticket_ids))
    rows = db.session.execute(query.order_by(Ticket.id).execution_options(populate_existing=True))
    return [(ticket, _as_clocked(ticket, busy)) for ticket, busy in rows]


def _as_clocked(ticket: Ticket, is_busy: bool) -> ClockedTicket:
    return ClockedTicket(
        state=TicketState(ticket.state),
        unanswered_since=ticket.unanswered_since,
        last_called_at=ticket.last_called_at,
        unanswered=ticket.unanswered,
        held_at=ticket.held_at,
        held_for=HeldFor(ticket.held_for) if ticket.held_for is not None else None,
        returns_at=ticket.returns_at,
        is_free=not is_busy,
    )


def _act(house: House, ticket_id: int, visit_id: str, *, now: datetime) -> bool:
    """Take the ticket's step if it still is due; False when someone was faster."""
    try:
        with transaction() as tx:
            visit = tickets.lock_visit(visit_id)
            found = _clocked(visit.service_date, ticket_id)
            step = due_step(found[0][1], house.policy, now=now) if found else None
            if step is not None:
                _do(tx, house, found[0][0], step.action, now=now)
    except Refusal as refusal:
        if refusal.code is not Code.WRONG_STATE:
            raise
        return False
    guidance.inform(visit_id, now=now)
    return step is not None


def _do(tx: Transaction, house: House, ticket: Ticket, action: ClockAction, *, now: datetime) -> None:
    match action:
        case ClockAction.RECALL:
            tickets.call_again(tx, ticket, now=now, by=BY)
        case ClockAction.PARK:
            returns_at = now + timedelta(minutes=house.policy.return_min)
            unanswered = ticket.unanswered + 1
            tickets.hold(
                tx, ticket, HeldFor.UNANSWERED, now=now, by=BY, returns_at=returns_at, unanswered=unanswered
            )
        case ClockAction.RELEASE:
            tickets.release(tx, ticket, now=now, by=BY)
        case ClockAction.GIVE_UP:
            tickets.mark_no_show(tx, house, ticket, now=now, by=BY)
