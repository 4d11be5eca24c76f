"""The demonstration day: it goes on after a restart, and leaves alone what a person has taken over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.party import people_of
from ihh.domain.ticket import TicketState
from ihh.models import AnsweredRequest, DeskSession, QueueEvent, Ticket, Visit
from ihh.services import desks, serving
from ihh.services.house import current_house
from ihh.simulation import demo
from ihh.simulation.crowd import service_factor
from tests.situations import TUESDAY, at, clerk

SEED = 7
SECOND = timedelta(seconds=1)


def driver() -> demo.Driver:
    return demo.Driver(current_house(), TUESDAY, SEED)


def tickets(*states: TicketState) -> list[Ticket]:
    query = select(Ticket).where(Ticket.state.in_(states)).order_by(Ticket.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def step(moving: demo.Driver, begins: datetime, ends: datetime, every: timedelta) -> datetime:
    now = begins
    while now < ends:
        moving.step(now=now)
        now += every
    return now


@pytest.fixture
def morning(app) -> demo.Driver:
    """A few bookings, and the day played until a quarter to ten."""
    demo.book_day(current_house(), TUESDAY, 6, seed=SEED)
    playing = driver()
    playing.run(until=at("09:45"))
    return playing


def test_a_morning_has_all_that_a_house_has(morning):
    actions = set(db.session.scalars(select(QueueEvent.action)))
    assert {"check_in", "take_number", "issue", "call", "start", "complete"} <= actions
    assert set(db.session.scalars(select(Visit.is_synthetic))) == {True}
    assert tickets(TicketState.SERVING)
    due = {desk.id for desk in current_house().desks if demo.is_at_work(desk, TUESDAY, 9 * 60 + 44)}
    assert set(desks.open_sessions()) == due


def test_services_take_their_time_to_the_second_also_across_a_restart(morning):
    under_way = {ticket.id: ticket for ticket in tickets(TicketState.SERVING)}
    driver().run(until=at("11:00"))
    house = current_house()
    done = [ticket for ticket in tickets(TicketState.COMPLETED) if ticket.id in under_way]
    assert len(done) == len(under_way)
    for ticket in done:
        planned = house.service[ticket.service_id].planned_min(len(people_of(ticket.people)))
        wanted = timedelta(minutes=planned * service_factor(SEED, ticket.id))
        assert ticket.started_at is not None
        assert ticket.ended_at is not None
        assert abs(ticket.ended_at - ticket.started_at - wanted) < SECOND


def test_nobody_comes_twice_after_a_restart(morning):
    driver().run(until=at("09:50"))
    keys = list(db.session.scalars(select(AnsweredRequest.id).where(AnsweredRequest.id.like("demo-%"))))
    arrivals = db.session.scalar(
        select(func.count()).select_from(QueueEvent).where(QueueEvent.action == "take_number")
    )
    assert len(keys) == arrivals > 10


def test_a_desk_that_a_clerk_takes_over_is_the_clerks_alone(morning):
    taken = next(ticket for ticket in tickets(TicketState.SERVING) if ticket.desk_id is not None)
    desk_id = taken.desk_id or ""
    desks.open_desk(desk_id, clerk(taken.agency_id), now=at("09:45"))
    later = step(morning, at("09:45"), at("10:45"), timedelta(minutes=2))
    db.session.refresh(taken)
    assert taken.state == TicketState.SERVING, "only the clerk ends it"

    serving.complete(desk_id, now=later, by="clerk:1")
    desks.close_desk(desk_id, now=later)
    later = step(morning, later, later + timedelta(seconds=90), timedelta(seconds=15))
    assert desk_id not in desks.open_sessions(), "the clerk has only just left"
    step(morning, later, later + timedelta(minutes=2), timedelta(seconds=15))
    query = select(DeskSession.user_id).where(DeskSession.desk_id == desk_id, DeskSession.closed_at.is_(None))
    assert list(db.session.scalars(query)) == [None]


def test_who_moved_the_visit_or_cancelled_it_does_not_come(app):
    demo.book_day(current_house(), TUESDAY, 6, seed=SEED)
    playing = driver()
    for visit in db.session.scalars(select(Visit)):
        visit.service_date = TUESDAY + timedelta(days=1)
    db.session.commit()
    playing.run(until=at("10:00"))
    checked_in = select(func.count()).select_from(QueueEvent).where(QueueEvent.action == "check_in")
    assert db.session.scalar(checked_in) == 0
