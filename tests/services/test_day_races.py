"""Every action of the day by eight at once, on SQLite and PostgreSQL: one wins, the others are told and write nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Engagement, QueueEvent, Ticket
from ihh.services import check_in, day_clock, serving, tickets
from ihh.services.tickets import tickets_of
from tests.situations import at, booked, opened, visit, walked_in, wish

ROUNDS = 20
KELA, CITY, TAX = "kela.social_security", "city.guidance", "vero.tax_card"
KELA_DESKS = ("kela-1", "kela-2", "kela-3")
FOUR_DESKS = ("kela-1", "city-1", "vero-1", "kela-2")
NOW = at("10:40")
BY = {"now": NOW, "by": "clerk:1"}


def codes(outcomes):
    for outcome in outcomes:
        assert not isinstance(outcome, Exception) or isinstance(outcome, Refusal), repr(outcome)
    return Counter(outcome.code if isinstance(outcome, Refusal) else "done" for outcome in outcomes)


def happened(since):
    """Actions after a number of events."""
    query = select(QueueEvent.action).order_by(QueueEvent.id).offset(since)
    return sorted(db.session.scalars(query))


def count():
    return db.session.scalar(select(func.count()).select_from(QueueEvent))


@pytest.fixture
def race(threads):
    """`race(act)` lets eight act at once and gives their outcomes and the events they wrote."""

    def run(act, contestants=8):
        before = count()
        outcomes = threads(contestants, act)
        db.session.rollback()
        return codes(outcomes), happened(before)

    return run


def come(*services, now=NOW):
    return walked_in(*services, now=now - timedelta(minutes=5)).id


def called(desk="kela-1", service=KELA):
    came = come(service)
    serving.call_next(desk, **BY)
    return came


def served(desk="kela-1", service=KELA):
    came = called(desk, service)
    serving.start(desk, **BY)
    return came


def gone(visit_id):
    """End the round: the party leaves, from a desk too."""
    for desk in ("kela-1", "kela-2", "kela-3", "city-1", "vero-1"):
        ticket = serving.at_desk(desk)
        if ticket is not None and ticket.state == "serving":
            serving.complete(desk, **BY)
    serving.leave(visit_id, now=NOW)


@pytest.fixture(autouse=True)
def desks_open(app):
    opened(*KELA_DESKS, "city-1", "vero-1", now=at("09:00"))


class TestEightAtOnce:
    def test_call_next(self, race):
        for _ in range(ROUNDS):
            came = come(KELA)
            outcome, events = race(lambda index: serving.call_next(KELA_DESKS[index % 3], **BY))
            assert (outcome["done"], events) == (1, ["call"])
            assert set(outcome) <= {"done", Code.NOBODY_TO_CALL, Code.DESK_BUSY}
            gone(came)

    def test_call_ticket(self, race):
        for _ in range(ROUNDS):
            came = come(KELA)
            ticket = tickets_of(came)[0].id
            outcome, events = race(
                lambda index, id=ticket: serving.call_ticket(KELA_DESKS[index % 3], id, **BY)
            )
            assert (outcome["done"], events) == (1, ["call"])
            assert set(outcome) <= {"done", Code.WRONG_STATE, Code.DESK_BUSY}
            gone(came)

    @pytest.mark.parametrize(
        ("act", "begin", "expected"),
        [
            (serving.start, called, ["start"]),
            (serving.hold, called, ["hold"]),
            (serving.hold, served, ["hold"]),
            (serving.requeue, called, ["requeue"]),
            (serving.mark_no_show, called, ["end", "mark_no_show"]),
            (serving.complete, served, ["complete", "end"]),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_at_the_desk(self, race, act, begin, expected):
        for _ in range(ROUNDS):
            came = begin()
            outcome, events = race(lambda _: act("kela-1", **BY))
            assert (outcome, events) == ({"done": 1, Code.WRONG_STATE: 7}, expected)
            gone(came)

    def test_transfer(self, race):
        for _ in range(ROUNDS):
            came = served()
            outcome, events = race(lambda _: serving.transfer("kela-1", CITY, **BY))
            assert (outcome, events) == ({"done": 1, Code.WRONG_STATE: 7}, ["complete", "transfer"])
            assert [ticket.state for ticket in tickets_of(came)] == ["completed", "waiting"]
            gone(came)

    def test_recall_may_be_repeated_and_each_is_one_event(self, race):
        for _ in range(ROUNDS):
            came = called()
            outcome, events = race(lambda _: serving.recall("kela-1", **BY))
            assert set(outcome) <= {"done", Code.WRONG_STATE}
            assert events == ["recall"] * outcome["done"]
            assert tickets_of(came)[0].calls == 1 + outcome["done"] >= 2
            gone(came)

    def test_release(self, race):
        for _ in range(ROUNDS):
            came = called()
            ticket = serving.hold("kela-1", **BY).id
            outcome, events = race(lambda _, id=ticket: serving.release(id, agency_id="kela", **BY))
            assert (outcome, events) == ({"done": 1, Code.WRONG_STATE: 7}, ["release"])
            gone(came)

    def test_leave_is_harmless_to_repeat(self, race):
        for _ in range(ROUNDS):
            came = come(KELA, CITY)
            outcome, events = race(lambda _, id=came: serving.leave(id, now=NOW))
            assert (outcome, events) == ({"done": 8}, ["end", "leave", "leave"])

    def test_check_in(self, race):
        for _ in range(ROUNDS):
            came = booked(wish("dvv.register"))
            code, now = came.booking_code, came.legs[0].starts_at
            outcome, events = race(lambda i, c=code, n=now: check_in.check_in(c, now=n, by=f"kiosk:{i}"))
            assert (outcome, events) == ({"done": 1, Code.ALREADY_CHECKED_IN: 7}, ["check_in", "issue"])

    def test_tick(self, race):
        for _ in range(ROUNDS):
            came = called()
            outcome, events = race(lambda _: day_clock.tick(now=NOW + timedelta(minutes=3)))
            assert (outcome, events) == ({"done": 8}, ["hold"])
            gone(came)


class TestDifferentActions:
    def test_a_clerk_and_the_clock(self, race):
        """Whatever comes first, the ticket took one legal way."""
        due = NOW + timedelta(minutes=3)
        acts = (serving.start, serving.mark_no_show, serving.requeue, None)
        for _ in range(ROUNDS):
            came = called()

            def act(index):
                chosen = acts[index % 4]
                return chosen("kela-1", now=due, by="clerk:1") if chosen else day_clock.tick(now=due)

            outcome, events = race(act)
            assert set(outcome) <= {"done", Code.WRONG_STATE}
            assert events in (["start"], ["end", "mark_no_show"], ["requeue"], ["hold"])
            gone(came)

    def test_a_clerk_releases_as_the_clock_does(self, race):
        back = NOW + timedelta(minutes=13)
        for _ in range(ROUNDS):
            came = called()
            day_clock.tick(now=NOW + timedelta(minutes=3))
            ticket = tickets_of(came)[0].id

            def act(index, ticket=ticket):
                if index % 2:
                    return day_clock.tick(now=back)
                return serving.release(ticket, agency_id=None, now=back, by="clerk:1")

            outcome, events = race(act)
            assert set(outcome) <= {"done", Code.WRONG_STATE}
            assert events == ["release"]
            gone(came)

    def test_two_agencies_call_one_visitor(self, race):
        for _ in range(ROUNDS):
            came = come(KELA, CITY, TAX)
            outcome, events = race(lambda index: serving.call_next(FOUR_DESKS[index % 4], **BY))
            assert (outcome["done"], events) == (1, ["call"])
            assert db.session.scalar(select(func.count()).select_from(Engagement)) == 1
            gone(came)

    def test_someone_leaves_as_desks_call(self, race):
        for _ in range(ROUNDS):
            came = come(KELA, CITY)

            def act(index, came=came):
                desk = ("kela-1", "city-1", "kela-2")[index % 3]
                return serving.leave(came, now=NOW) if index > 5 else serving.call_next(desk, **BY)

            outcome, _ = race(act)
            assert set(outcome) <= {"done", Code.NOBODY_TO_CALL, Code.DESK_BUSY}
            assert {ticket.state for ticket in tickets_of(came)} == {"left"}
            assert visit(came).state == "ended"
            assert db.session.scalar(select(func.count()).select_from(Engagement)) == 0

    def test_two_desks_finish_with_a_family_that_split_and_its_visit_ends_once(self, race):
        legs = (LegWish(KELA, ("p1",)), LegWish(CITY, ("p2",)))
        for _ in range(ROUNDS):
            came = check_in.take_number(Wish(Party(2), legs, "en"), now=NOW, by="k").visit_id
            for desk in FOUR_DESKS[:2]:
                serving.call_next(desk, **BY)
                serving.start(desk, **BY)
            outcome, events = race(lambda index: serving.complete(FOUR_DESKS[index], **BY), contestants=2)
            assert (outcome, events) == ({"done": 2}, ["complete", "complete", "end"])
            assert visit(came).state == "ended"

    def test_one_desk_finishes_and_calls_while_others_call(self, race):
        for _ in range(ROUNDS):
            came = served()
            others = [come(KELA) for _ in range(3)]

            def act(index):
                if index == 0:
                    return serving.complete_and_call_next("kela-1", **BY)
                return serving.call_next(KELA_DESKS[index % 2 + 1], **BY)

            outcome, events = race(act)
            assert outcome == {"done": 3, Code.DESK_BUSY: 5}
            assert events == ["call"] * 3 + ["complete", "end"]
            for one in (came, *others):
                gone(one)


class TestTheRuleUnderLoad:
    def test_after_an_overdue_walk_in_comes_an_appointment_whichever_desk_calls(self, race):
        """Three desks at once act as if one after the other: the agency's last call is everybody's."""
        for _ in range(ROUNDS):
            walk_ins = [come(KELA, now=NOW - timedelta(minutes=60)) for _ in range(3)]
            appointment = come(KELA)
            with transaction() as tx:
                tickets.move_time(tx, tickets_of(appointment)[0], NOW, now=NOW, by="house")
            outcome, _ = race(lambda index: serving.call_next(KELA_DESKS[index], **BY), contestants=3)
            assert outcome == {"done": 3}
            calls = (
                select(QueueEvent).where(QueueEvent.action == "call").order_by(QueueEvent.id.desc()).limit(3)
            )
            reasons = [event.detail["reason"] for event in db.session.scalars(calls)][::-1]
            assert reasons in (["overdue", "booked", "overdue"], ["booked", "overdue", "overdue"])
            for came in (*walk_ins, appointment):
                gone(came)
            assert (
                db.session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state == "waiting"))
                == 0
            )
