"""What the house does by itself when time passes: holds and offers run out, days end. Safe to run twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select, update

from ihh.db import Transaction, db, transaction
from ihh.domain import visit as visits
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.ticket import ENDED, UNKNOWN_OUTCOME, TicketAction, TicketState
from ihh.domain.visit import VisitAction, VisitState
from ihh.models import Contact, DeskSession, Ticket, Visit
from ihh.services import durations, learning, waitlist
from ihh.services.booking import release_expired
from ihh.services.events import record_visit
from ihh.services.house import current_house
from ihh.services.tickets import change, free_people, settle, tickets_of


def tidy(*, now: datetime, is_demo: bool = False) -> None:
    """End what ran out, serve the waitlist, forget old contacts, end past days and learn from them."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    with transaction() as tx:
        waitlist.end_over(tx, now=now)
        release_expired(tx, now=now)
        db.session.execute(delete(Contact).where(Contact.delete_after < today))
    waitlist.serve_waiting(now=now)
    _end_days_before(house, today, now=now)
    durations.learn(now=now, is_demo=is_demo)
    learning.learn(now=now, is_demo=is_demo)


def _end_days_before(house: House, today: date, *, now: datetime) -> None:
    unended = select(Visit.id).where(
        Visit.service_date < today, Visit.state.in_((VisitState.BOOKED, VisitState.IN_HOUSE))
    )
    left_over = list(db.session.scalars(unended))
    if not left_over:
        return
    for visit_id in left_over:
        with transaction() as tx:
            _end_visit(tx, house, visit_id, now=now)
    with transaction():
        yesterday = DeskSession.closed_at.is_(None) & (DeskSession.opened_at < now)
        stale = [
            session.id
            for session in db.session.scalars(select(DeskSession).where(yesterday))
            if local_day(session.opened_at, timezone=house.timezone) < today
        ]
        db.session.execute(update(DeskSession).where(DeskSession.id.in_(stale)).values(closed_at=now))


def _end_visit(tx: Transaction, house: House, visit_id: str, *, now: datetime) -> None:
    visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None:
        return
    if visit.state == VisitState.BOOKED:
        visit.state = visits.after(VisitState.BOOKED, VisitAction.MISS)
        record_visit(tx, visit, VisitAction.MISS, before=VisitState.BOOKED, at=now, by="house")
        return
    for ticket in tickets_of(visit_id):
        if ticket.state not in ENDED:
            _end_ticket(tx, ticket, now=now)
    settle(tx, house, visit_id, now=now, by="house")


def _end_ticket(tx: Transaction, ticket: Ticket, *, now: datetime) -> None:
    """A clerk who forgot to press complete leaves a service of unknown length: no service time is counted."""
    if ticket.state == TicketState.SERVING:
        change(
            tx,
            ticket,
            TicketAction.COMPLETE,
            now=now,
            by="house",
            detail={"outcome": UNKNOWN_OUTCOME},
            ended_at=now,
            outcome=UNKNOWN_OUTCOME,
        )
    else:
        change(tx, ticket, TicketAction.LEAVE, now=now, by="house", ended_at=now)
    free_people(ticket)
