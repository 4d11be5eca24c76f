"""The day's clock through the services: unanswered calls, held tickets, appointments that move or are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import LinePolicy
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Engagement, Ticket
from ihh.services import check_in, day_clock, serving, tickets
from ihh.services.house import current_house, in_force
from ihh.services.tickets import tickets_of
from tests.situations import TUESDAY, at, booked, events, opened, visit, walked_in, wish

KELA, CITY = "kela.social_security", "city.guidance"


def ticks(*minutes):
    for minute in minutes:
        day_clock.tick(now=at(minute))


def told():
    """What happened since the first call: (action, by whom, when)."""
    found = [(event.action, event.actor, event.at.astimezone(at("09:00").tzinfo)) for event in events()]
    first = next(index for index, (action, *_) in enumerate(found) if action == "call")
    return [(action, actor, f"{when:%H:%M}") for action, actor, when in found[first:]]


def only(visit_id):
    (ticket,) = tickets_of(visit_id)
    return ticket


class TestUnanswered:
    def test_recalled_parked_brought_back_called_once_more_and_given_up(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        ticks("09:40", "09:41", "09:42")
        ticket = tickets_of(came.id)[0]
        assert (ticket.state, ticket.calls, ticket.last_called_at) == ("called", 3, at("09:42"))
        ticks("09:43")
        ticket = tickets_of(came.id)[0]
        assert (ticket.state, ticket.held_for, ticket.held_at) == ("held", "unanswered", at("09:43"))
        assert (ticket.returns_at, ticket.unanswered) == (at("09:53"), 1)
        assert serving.at_desk("kela-1") is None, "the desk is free"
        assert db.session.scalars(select(Engagement)).all() == [], "and so are the people"
        ticks("09:52")
        assert tickets_of(came.id)[0].state == "held"
        ticks("09:53")
        ticket = tickets_of(came.id)[0]
        assert (ticket.state, ticket.held_for, ticket.returns_at) == ("waiting", None, None)
        serving.call_next("kela-1", now=at("09:55"), by="demo")
        ticks("09:56")
        assert tickets_of(came.id)[0].state == "called", "without a recall"
        ticks("09:57")
        assert [ticket.state for ticket in tickets_of(came.id)] == ["no_show", "no_show"]
        assert visit(came.id).state == "ended"
        assert told() == [
            ("call", "demo", "09:40"),
            ("recall", "house", "09:41"),
            ("recall", "house", "09:42"),
            ("hold", "house", "09:43"),
            ("release", "house", "09:53"),
            ("call", "demo", "09:55"),
            ("mark_no_show", "house", "09:57"),
            ("mark_no_show", "house", "09:57"),
            ("end", "house", "09:57"),
        ]
        first = tickets_of(came.id)[0]
        assert (first.joined_at, first.called_at) == (at("09:30"), at("09:40")), (
            "the wait ended at the first call"
        )

    def test_the_place_is_kept(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        other = walked_in(KELA, now=at("09:31"))
        third = walked_in(KELA, now=at("09:32"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        ticks("09:43")
        assert serving.call_next("kela-1", now=at("09:43"), by="demo").number == other.queue_number
        serving.start("kela-1", now=at("09:44"), by="demo")
        ticks("09:53")
        serving.complete("kela-1", now=at("09:54"), by="demo")
        assert serving.call_next("kela-1", now=at("09:54"), by="demo").number == came.queue_number
        assert only(third.id).state == "waiting"

    def test_who_answers_the_second_call_is_served_and_starts_with_a_clean_sheet(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        ticks("09:43", "09:53")
        serving.call_next("kela-1", now=at("09:55"), by="demo")
        serving.start("kela-1", now=at("09:56"), by="demo")
        ticks("10:30")
        assert (only(came.id).state, only(came.id).unanswered) == ("serving", 0)

    def test_a_recall_by_a_clerk_starts_the_minutes_anew(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.recall("kela-1", now=at("09:42"), by="clerk:1")
        assert day_clock.next_due(TUESDAY) == at("09:43")
        ticks("09:43", "09:44")
        assert only(came.id).state == "called"
        ticks("09:45")
        assert only(came.id).state == "held"

    def test_the_clock_is_safe_to_run_twice_and_side_by_side(self, app, threads):
        opened("kela-1", now=at("09:00"))
        walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        for minute, expected in (
            ("09:41", "recall"),
            ("09:42", "recall"),
            ("09:43", "hold"),
            ("09:53", "release"),
        ):
            before = len(events())
            assert threads(8, lambda _, now=at(minute): day_clock.tick(now=now)) == [None] * 8
            ticks(minute)
            assert [event.action for event in events()[before:]] == [expected]

    def test_it_says_when_it_has_something_to_do(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in(KELA, now=at("09:30"))
        assert day_clock.next_due(TUESDAY) is None
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        moments = []
        while (due := day_clock.next_due(TUESDAY)) is not None:
            moments.append(due)
            day_clock.tick(now=due)
        assert moments == [at("09:41"), at("09:42"), at("09:43"), at("09:53")]

    def test_other_days_are_left_alone(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        day_clock.tick(now=at("09:00", TUESDAY + timedelta(days=1)))
        assert only(came.id).state == "called"

    def test_one_who_is_served_elsewhere_keeps_the_other_tickets_when_a_person_does_not_answer(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        legs = (LegWish(KELA, ("p1",)), LegWish(CITY, ("p2",)), LegWish("vero.tax_card", ("p1",)))
        came = check_in.take_number(Wish(Party(2), legs, "en"), now=at("09:30"), by="k").visit_id
        serving.call_next("city-1", now=at("09:40"), by="demo")
        serving.start("city-1", now=at("09:41"), by="demo")
        serving.call_next("kela-1", now=at("09:42"), by="demo")
        ticks("09:45", "09:55")
        serving.call_next("kela-1", now=at("09:56"), by="demo")
        ticks("09:58")
        assert [ticket.state for ticket in tickets_of(came)] == ["no_show", "serving", "waiting"]


class TestCheap:
    def test_with_nothing_due_the_clock_asks_twice_and_writes_nothing(self, app):
        opened("kela-1", now=at("09:00"))
        for minute in range(20):
            walked_in(KELA, now=at(f"09:{minute + 10}"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        asked = []

        def note(connection, cursor, statement, *rest):
            asked.append(statement.split()[0])

        sql_event.listen(db.engine, "before_cursor_execute", note)
        ticks("09:40")
        sql_event.remove(db.engine, "before_cursor_execute", note)
        assert [word for word in asked if word != "BEGIN"] == ["SELECT", "SELECT"]


class TestHeldByAClerk:
    def test_it_stays_until_someone_releases_it(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.hold("kela-1", now=at("09:41"), by="clerk:1")
        ticket = only(came.id)
        assert (ticket.held_for, ticket.held_at, ticket.returns_at) == ("clerk", at("09:41"), None)
        assert day_clock.next_due(TUESDAY) is None
        ticks("15:00")
        assert only(came.id).state == "held"
        serving.release(ticket.id, agency_id="kela", now=at("15:01"), by="clerk:1")
        ticket = only(came.id)
        assert (ticket.state, ticket.held_for, ticket.held_at) == ("waiting", None, None)


def checked_in(*services, since="10:00", party=Party(1)):
    """A booked visit that came in time."""
    came = booked(wish(*services, party=party), not_before=since)
    check_in.check_in(came.booking_code, now=came.legs[0].starts_at - timedelta(minutes=5), by="k")
    return visit(came.id)


class TestTimesThatChange:
    def test_a_moved_appointment_waits_on_and_joins_at_its_new_time(self, app):
        came = checked_in("dvv.register")
        booked_at = only(came.id).booked_at
        later = booked_at + timedelta(minutes=30)
        with transaction() as tx:
            tickets.move_time(tx, only(came.id), later, now=booked_at, by="house", detail={"why": "late"})
        ticket = only(came.id)
        assert (ticket.state, ticket.booked_at, ticket.joined_at) == ("waiting", later, later)
        (event,) = events("move_time")
        assert event.detail["why"] == "late"
        assert (event.before, event.after) == ("waiting", "waiting")

    def test_a_locked_one_stays_locked(self, app):
        came = checked_in("dvv.register", KELA)
        second = tickets_of(came.id)[1]
        later = second.booked_at + timedelta(minutes=30)
        with transaction() as tx:
            tickets.move_time(tx, second, later, now=second.booked_at, by="house")
        assert (second.state, second.booked_at, second.joined_at) == ("locked", later, None)
        with transaction() as tx:
            tickets.lose_time(tx, second, now=second.booked_at, by="house")
        assert (second.state, second.booked_at, second.held_for) == ("locked", None, None)
        with pytest.raises(Refusal), transaction() as tx:
            tickets.lose_time(tx, second, now=at("11:00"), by="house")

    def test_one_that_was_called_has_no_time_to_change(self, app):
        came = checked_in("dvv.register")
        opened(came.legs[0].desk_id, now=at("09:00"))
        now = came.legs[0].starts_at
        serving.call_next(came.legs[0].desk_id, now=now, by="demo")
        before = len(events())
        for change in (
            lambda tx: tickets.lose_time(tx, only(came.id), now=now, by="house"),
            lambda tx: tickets.move_time(tx, only(came.id), now + timedelta(hours=1), now=now, by="house"),
        ):
            with pytest.raises(Refusal) as caught, transaction() as tx:
                change(tx)
            assert caught.value.code is Code.WRONG_STATE
        assert len(events()) == before

    def test_a_lost_time_is_held_until_its_people_are_free_and_then_goes_by_seniority(self, app):
        opened("kela-1", now=at("09:00"))
        came = checked_in("migri.eu_registration")
        booked_at = only(came.id).booked_at
        with transaction() as tx:  # a walk-in service beside it, which keeps the visitor busy
            house = current_house()
            extra = Ticket(
                visit_id=came.id, service_id=KELA, agency_id=house.service[KELA].agency,
                service_date=TUESDAY, state="waiting", people=1, issued_at=at("09:56"), joined_at=at("09:56"),
            )  # fmt: skip
            db.session.add(extra)
        serving.call_next("kela-1", now=booked_at - timedelta(minutes=4), by="demo")
        serving.start("kela-1", now=booked_at - timedelta(minutes=3), by="demo")
        lost = tickets_of(came.id)[0]
        with transaction() as tx:
            tickets.lose_time(tx, lost, now=booked_at - timedelta(minutes=2), by="house")
        lost = tickets_of(came.id)[0]
        assert (lost.state, lost.held_for, lost.booked_at) == ("held", "lost_time", None)
        assert lost.joined_at is None, "its time had not come: it has not been callable yet"
        assert day_clock.next_due(TUESDAY) is None
        day_clock.tick(now=booked_at + timedelta(minutes=10))
        assert tickets_of(came.id)[0].state == "held", "someone has the visitor"
        done = booked_at + timedelta(minutes=17)
        serving.complete("kela-1", now=done, by="demo")
        assert day_clock.next_due(TUESDAY) <= done
        day_clock.tick(now=done)
        lost = tickets_of(came.id)[0]
        assert (lost.state, lost.joined_at, lost.held_for) == ("waiting", done, None)


class TestOneLineAtATime:
    @pytest.fixture
    def one_line(self, app):
        house = current_house()
        with in_force(replace(house, policy=replace(house.policy, lines=LinePolicy.ONE_AT_A_TIME))):
            yield

    def test_the_next_ticket_is_issued_when_the_leg_before_it_ends(self, one_line):
        opened("kela-1", "city-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        first, second = tickets_of(came.id)
        assert (first.state, second.state, second.joined_at) == ("waiting", "locked", None)
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.start("kela-1", now=at("09:41"), by="demo")
        serving.complete("kela-1", now=at("09:51"), by="demo")
        second = tickets_of(came.id)[1]
        assert (second.state, second.issued_at, second.joined_at) == ("waiting", at("09:51"), at("09:51"))
        assert second.estimate_middle is not None, "told when it was issued"

    def test_seniority_is_the_tickets_own_issue_time(self, one_line):
        opened("kela-1", "city-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        newcomer = walked_in(CITY, now=at("09:45"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.start("kela-1", now=at("09:41"), by="demo")
        serving.complete("kela-1", now=at("09:51"), by="demo")
        assert serving.call_next("city-1", now=at("09:52"), by="demo").number == newcomer.queue_number
        serving.mark_no_show("city-1", now=at("09:53"), by="demo")
        assert serving.call_next("city-1", now=at("09:53"), by="demo").number == came.queue_number

    def test_an_appointment_whose_visitor_was_served_elsewhere_at_its_time_is_not_late(self, one_line):
        came = checked_in("dvv.register", "migri.eu_registration")
        first, second = sorted(tickets_of(came.id), key=lambda ticket: ticket.booked_at)
        desks = {leg.service_id: leg.desk_id for leg in came.legs}
        opened(*desks.values(), now=at("09:00"))
        began, over = first.booked_at, second.booked_at + timedelta(minutes=20)
        serving.call_next(desks[first.service_id], now=began, by="demo")
        serving.start(desks[first.service_id], now=began, by="demo")
        serving.complete(desks[first.service_id], now=over, by="demo")
        serving.call_next(desks[second.service_id], now=over, by="demo")
        assert events("call")[-1].detail["reason"] == "booked"

    def test_a_no_show_takes_the_tickets_to_come_with_it(self, one_line):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.mark_no_show("kela-1", now=at("09:43"), by="demo")
        assert [ticket.state for ticket in tickets_of(came.id)] == ["no_show", "no_show"]
        assert visit(came.id).state == "ended"

    def test_a_transfer_goes_before_what_was_still_to_come(self, one_line):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.start("kela-1", now=at("09:41"), by="demo")
        serving.transfer("kela-1", "vero.tax_card", now=at("09:45"), by="demo")
        assert [ticket.state for ticket in tickets_of(came.id)] == ["completed", "locked", "waiting"]


class TestOverride:
    def test_a_leg_whose_order_a_clerk_set_aside_is_never_locked(self, app):
        came = booked(wish("dvv.register", KELA), not_before="10:00")
        with transaction():
            visit(came.id).legs[1].override_reason = "has the registration from another office"
        check_in.check_in(came.booking_code, now=came.legs[0].starts_at, by="k")
        assert [ticket.state for ticket in tickets_of(came.id)] == ["waiting", "waiting"]
