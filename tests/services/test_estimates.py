"""Waits through the services: told, kept, recorded, learned from, published; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import fmean

import pytest
from sqlalchemy import event, select

from ihh.db import db, transaction
from ihh.domain.estimate import Stage, calibration, history
from ihh.domain.estimate.history import COLD, ServiceTime
from ihh.domain.house import LinePolicy
from ihh.domain.party import Party
from ihh.domain.ticket import TicketState
from ihh.models import DeskAbsence, Learned, LiveEstimate, Ticket, Visit
from ihh.services import boards, check_in, day_clock, desks, estimates, learning, serving, waits
from ihh.services.day_end import tidy
from ihh.services.house import current_house
from ihh.services.present import CALIBRATION, SERVICE_TIMES, read_present, read_signs
from ihh.services.situations import situation_of
from ihh.services.tickets import tickets_of
from tests.services.statistics import busy_day
from tests.situations import TUESDAY, at, booked, opened, walked_in, wish

KELA = ("kela-1", "kela-2", "kela-3")


def serve(desk: str, begin: datetime, minutes: float, *, way: float = 0) -> None:
    """Call whoever is next at `begin`, and be through with them so many minutes after they came."""
    serving.call_next(desk, now=begin, by="demo")
    started = begin + timedelta(minutes=way)
    serving.start(desk, now=started, by="demo")
    serving.complete(desk, now=started + timedelta(minutes=minutes), by="demo")


def a_line(count: int, *, service: str = "kela.social_security", begin: str = "09:30") -> list[Ticket]:
    """So many walk-ins, a minute apart."""
    found = []
    for index in range(count):
        came = walked_in(service, now=at(begin) + timedelta(minutes=index))
        found += tickets_of(came.id)
    return found


def knows(known: history.History = replace(COLD, days=20), *, on: date = TUESDAY) -> None:
    """The house has learned this, whatever it was."""
    documents = {
        SERVICE_TIMES: history.to_document(known),
        CALIBRATION: calibration.to_document(calibration.Calibration()),
    }
    with transaction():
        for name, document in documents.items():
            db.session.merge(Learned(name=name, learned_on=on, document={"is_synthetic": False} | document))


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def place_of(ticket: Ticket, now: datetime) -> waits.Place:
    lines = waits.agency_lines(current_house(), now=now)
    return next(place for line in lines.values() for place in line if place.ticket.id == ticket.id)


def situation(now: datetime):
    house = current_house()
    signs = read_signs(house, now.date())
    return situation_of(house, read_present(house, now.date(), signs, now=now), now=now)


class TestAtIssue:
    def test_what_is_told_is_kept_with_its_instant_and_the_yardstick(self, app):
        knows()
        opened("kela-1", now=at("09:00"))
        first, second, third = a_line(3)
        assert (first.estimate_middle, first.estimate_high, first.estimate_naive) == (0, 0, 0)
        assert third.estimated_at == at("09:32")
        # Nobody has been served, so the configured minutes count: 20, with two ahead at one desk.
        assert third.estimate_naive == pytest.approx(60)
        assert 0 < second.estimate_middle < third.estimate_middle
        assert third.estimate_low < third.estimate_middle < third.estimate_high

    def test_a_house_without_history_is_run_forward_once(self, app):
        opened("kela-1", now=at("09:00"))
        _, second, third = a_line(3)
        assert (second.estimate_low, second.estimate_middle) == (pytest.approx(12), pytest.approx(20))
        assert third.estimate_middle == pytest.approx(40)

    def test_nothing_is_kept_where_no_desk_is_open(self, app):
        (ticket,) = a_line(1)
        assert (ticket.estimate_middle, ticket.estimate_naive, ticket.estimated_at) == (None, None, None)

    def test_a_locked_ticket_is_told_its_wait_when_it_is_unlocked(self, app):
        knows()
        first = booked(wish("dvv.register", "kela.social_security"))
        desk, begins = first.legs[0].desk_id, first.legs[0].starts_at
        opened(desk, "kela-1", now=begins)
        check_in.check_in(first.booking_code, now=begins, by="k")
        assert tickets_of(first.id)[1].estimated_at is None
        serve(desk, begins, 20)
        kela = db.session.get(Ticket, tickets_of(first.id)[1].id, populate_existing=True)
        assert kela.estimated_at == begins + timedelta(minutes=20)
        assert kela.estimate_middle is not None

    def test_once_told_always_told(self, app):
        """What was said when the wait began is the record, whatever happens afterwards."""
        knows()
        opened("kela-1", now=at("09:00"))
        tickets = a_line(3)
        told = [(ticket.estimate_middle, ticket.estimated_at) for ticket in tickets]
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.requeue("kela-1", now=at("09:41"), by="demo")
        again = [db.session.get(Ticket, ticket.id, populate_existing=True) for ticket in tickets]
        assert [(ticket.estimate_middle, ticket.estimated_at) for ticket in again] == told

    def test_ten_services_are_enough_for_the_yardstick_to_reckon_with_their_mean(self, app):
        opened("kela-1", now=at("09:00"))
        for index in range(10):
            begin = at("09:00") + timedelta(minutes=6 * index)
            walked_in("kela.social_security", now=begin)
            serve("kela-1", begin, 6)
        walked_in("kela.social_security", now=at("10:00"))
        serving.call_next("kela-1", now=at("10:00"), by="demo")
        (ticket,) = a_line(1, begin="10:01")
        assert ticket.estimate_naive == pytest.approx(6)
        # A first day teaches something by then: nobody would still say the configured twenty minutes.
        assert ticket.estimate_middle < 10


class TestLines:
    def test_the_learned_length_counts(self, app):
        opened("kela-1", now=at("09:00"))
        tickets = a_line(4)
        services = {("kela.social_security", 1): ServiceTime(500, 1.6, 0.2)}
        knows()
        usual = place_of(tickets[3], at("10:00")).wait
        knows(replace(COLD, days=20, services=services))
        quick = place_of(tickets[3], at("10:00")).wait
        assert quick.p50 < usual.p50 / 2

    def test_places_say_how_many_free_visitors_are_ahead(self, app):
        knows()
        opened("kela-1", "vero-1", now=at("09:00"))
        both = walked_in("kela.social_security", "vero.tax_card", now=at("09:20"))
        tickets = a_line(2)
        serving.call_next("vero-1", now=at("09:35"), by="demo")
        line = waits.agency_lines(current_house(), now=at("09:36"))["kela"]
        assert [(place.ticket.visit_id == both.id, place.ahead) for place in line] == [
            (True, 0),
            (False, 0),
            (False, 1),
        ]
        assert place_of(tickets[0], at("09:36")).wait.p50 == 0

    def test_a_visits_own_places_are_those_of_the_whole_house(self, app):
        knows()
        opened("kela-1", "vero-1", now=at("09:00"))
        a_line(5)
        both = walked_in("kela.social_security", "vero.tax_card", now=at("09:50"))
        house, now = current_house(), at("09:51")
        own = {place.ticket.agency_id: place for place in waits.places_of(both.id, house, now=now)}
        for agency, line in waits.agency_lines(house, now=now).items():
            place = next(place for place in line if place.ticket.visit_id == both.id)
            assert own[agency].ahead == place.ahead
            assert own[agency].naive == place.naive
            assert own[agency].wait.p50 == pytest.approx(place.wait.p50, abs=2)

    def test_a_newcomer_is_told_at_least_as_much_as_the_last_in_line(self, app):
        knows()
        opened("kela-1", "vero-1", now=at("09:00"))
        a_line(4)
        house, now = current_house(), at("09:40")
        open_now = waits.open_desks(house, now=now)
        newcomer = waits.wait_for_newcomer(house, (), open_now["kela"], now=now)
        last = waits.agency_lines(house, now=now)["kela"][-1].wait
        assert newcomer.p50 >= last.p50
        assert waits.wait_for_newcomer(house, (), open_now["vero"], now=now).high == 5
        assert waits.wait_for_newcomer(house, (), open_now.get("dvv", ()), now=now) is None

    def test_an_open_desk_beyond_its_hours_still_says_something(self, app):
        knows()
        opened("vero-1", now=at("09:00"))
        walked_in("vero.tax_card", now=at("11:50"))
        serving.call_next("vero-1", now=at("11:51"), by="demo")
        came = walked_in("vero.tax_card", now=at("11:59"))
        (ticket,) = tickets_of(came.id)
        assert place_of(ticket, at("12:20")).wait is not None


class TestTheDesksCalendars:
    """The situation that is simulated, at desk kela-1: 9:00–11:30 and 12:00–16:00."""

    def desk(self, name: str, now: datetime):
        return next((desk for desk in situation(now).desks if desk.id == name), None)

    def test_an_open_desk_has_its_break_and_its_end_before_it(self, app):
        opened("kela-1", now=at("09:00"))
        desk = self.desk("kela-1", at("10:00"))
        assert (desk.opens, desk.breaks, desk.closes) == (0, ((90, 120),), 360)

    def test_a_desk_on_its_break_comes_back_at_its_end(self, app):
        opened("kela-1", now=at("09:00"))
        desks.pause_desk("kela-1", now=at("11:32"))
        assert self.desk("kela-1", at("11:40")).opens == 20

    def test_a_break_that_no_hours_know_is_a_short_one(self, app):
        opened("kela-1", now=at("09:00"))
        desks.pause_desk("kela-1", now=at("10:00"))
        assert 0 < self.desk("kela-1", at("10:02")).opens <= 15

    def test_a_desk_that_is_to_open_is_reckoned_with_and_one_that_stays_away_is_not(self, app):
        assert self.desk("kela-1", at("08:40")).opens == 20
        assert 0 < self.desk("kela-1", at("09:04")).opens <= 5
        assert self.desk("kela-1", at("09:40")) is None
        assert self.desk("kela-1", at("11:45")).opens == 15
        assert self.desk("kela-1", at("16:05")) is None

    def test_an_absence_is_time_without_the_desk(self, app):
        opened("kela-1", now=at("09:00"))
        with transaction():
            absence = {"created_at": at("08:00"), "created_by": "supervisor:1"}
            db.session.add(
                DeskAbsence(desk_id="kela-1", starts_at=at("14:00"), ends_at=at("18:00"), **absence)
            )
            db.session.add(
                DeskAbsence(desk_id="kela-1", starts_at=at("10:30"), ends_at=at("11:00"), **absence)
            )
        desk = self.desk("kela-1", at("10:00"))
        assert (desk.breaks, desk.closes) == (((30, 60), (90, 120)), 240)

    def test_on_a_closed_day_no_desk_is_expected(self, app):
        sunday = TUESDAY + timedelta(days=5)
        assert situation(at("09:00", sunday)).desks == ()

    def test_who_speaks_the_language_serves_and_everybody_where_nobody_does(self, app):
        opened("kela-1", now=at("09:00"))
        tickets = [
            tickets_of(walked_in("kela.social_security", now=at("09:30"), language=language).id)[0].id
            for language in ("so", "en", "vi")
        ]
        able = {ticket.id: ticket.desks for ticket in situation(at("09:31")).tickets}
        assert [able[number] for number in tickets] == [{"kela-3"}, set(KELA), set(KELA)]


class TestTheVisitors:
    def test_appointments_to_come_and_their_locks(self, app):
        visit = booked(wish("dvv.register", "kela.social_security", party=Party(2)), not_before="10:00")
        coming = [ticket for ticket in situation(at("09:30")).tickets if ticket.visit == visit.id]
        dvv, kela = sorted(coming, key=lambda ticket: ticket.booked)
        begins = (visit.legs[0].starts_at - at("09:30")).total_seconds() / 60
        assert {ticket.stage for ticket in coming} == {Stage.COMING}
        assert (dvv.booked, dvv.arrived, kela.arrived) == (begins, begins, begins)
        assert (dvv.after, kela.after) == ((), (dvv.id,))
        assert dvv.people == 0b11

    def test_in_one_line_at_a_time_the_next_ticket_joins_behind_everybody(self, app):
        visit = booked(wish("dvv.register", "kela.social_security"), not_before="10:00")
        check_in.check_in(visit.booking_code, now=at("09:50"), by="k")
        house, now = current_house(), at("09:51")
        present = read_present(house, TUESDAY, read_signs(house, TUESDAY), now=now)
        alone = replace(house, policy=replace(house.policy, lines=LinePolicy.ONE_AT_A_TIME))
        stages = {ticket.service: ticket.stage for ticket in situation_of(house, present, now=now).tickets}
        assert stages == {"dvv.register": Stage.WAITING, "kela.social_security": Stage.LOCKED}
        walked = [row._replace(booked_at=None) for row in present.seen]
        left = situation_of(alone, replace(present, seen=walked), now=now).tickets
        assert [ticket.service for ticket in left] == ["dvv.register"]

    def test_who_is_served_since_when_and_what_has_been_received(self, app):
        opened("kela-1", "vero-1", now=at("09:00"))
        both = walked_in("kela.social_security", "vero.tax_card", now=at("09:10"))
        serve("vero-1", at("09:15"), 12)
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        called = {ticket.service: ticket for ticket in situation(at("09:42")).tickets}["kela.social_security"]
        assert (called.stage, called.desk, called.since) == (Stage.CALLED, "kela-1", -2)
        assert (called.arrived, called.received) == (-32, 12)
        serving.start("kela-1", now=at("09:43"), by="demo")
        serving.hold("kela-1", now=at("09:50"), by="demo")
        kela = next(ticket for ticket in tickets_of(both.id) if ticket.agency_id == "kela")
        assert {ticket.stage for ticket in situation(at("09:52")).tickets} == {Stage.HELD}
        serving.release(kela.id, agency_id="kela", now=at("10:00"), by="demo")
        serving.call_next("kela-1", now=at("10:01"), by="demo")
        serving.start("kela-1", now=at("10:02"), by="demo")
        (serving_again,) = situation(at("10:05")).tickets
        assert (serving_again.stage, serving_again.since) == (Stage.SERVING, -10)

    def test_how_many_joined_lately(self, app):
        opened("kela-1", now=at("09:00"))
        a_line(6, begin="09:20")
        assert situation(at("09:30")).joining["kela"] == pytest.approx(6 / 20)
        assert situation(at("10:22")).joining["kela"] == pytest.approx(4 / 60)

    def test_what_was_done_today(self, app):
        opened("kela-1", now=at("09:00"))
        a_line(3, begin="09:00")
        for index, minutes in enumerate((8, 12)):
            serve("kela-1", at("09:10") + timedelta(minutes=20 * index), minutes)
        (done,) = situation(at("09:50")).done
        assert (done.desk, done.service, done.size, sorted(done.minutes)) == (
            "kela-1",
            "kela.social_security",
            1,
            [8, 12],
        )


class TestBoard:
    @pytest.mark.parametrize("waiting", [0, 60])
    def test_five_statements_whatever_is_waiting(self, app, waiting):
        knows()
        opened(*KELA, "vero-1", "city-1", now=at("09:00"))
        for index in range(waiting):
            service = ("kela.social_security", "vero.tax_card", "city.guidance")[index % 3]
            walked_in(service, now=at("09:30") + timedelta(seconds=10 * index))
        current_house()
        with statements() as first:
            board = boards.hall_board(now=at("09:50"))
        assert len(first) <= 5
        with statements() as again:
            assert boards.hall_board(now=at("09:50") + timedelta(seconds=2))["waits"] == board["waits"]
        assert len(again) <= 3

    def test_many_screens_cost_one_reckoning_until_something_happens(self, app):
        knows()
        opened("kela-1", now=at("09:00"))
        a_line(5)
        house, now = current_house(), at("10:00")
        first = waits.house_waits(house, now=now)
        assert waits.house_waits(house, now=now + timedelta(seconds=9)) is first
        assert waits.house_waits(house, now=now + timedelta(seconds=waits.KEPT_S)) is not first
        serving.call_next("kela-1", now=now, by="demo")
        after = waits.house_waits(house, now=now)
        assert len(after.lines["kela"]) == 4
        desks.pause_desk("kela-1", now=now)
        assert waits.house_waits(house, now=now).desks == {}

    def test_what_may_yet_be_undone_is_shown_to_nobody(self, app):
        knows()
        opened("kela-1", now=at("09:00"))
        a_line(2)
        house, now = current_house(), at("10:00")
        before = waits.house_waits(house, now=now)
        with pytest.raises(RuntimeError), transaction():
            ticket = db.session.scalars(select(Ticket).limit(1)).one()
            ticket.state = TicketState.LEFT
            db.session.flush()
            assert len(waits.house_waits(house, now=now).lines["kela"]) == 1
            raise RuntimeError
        assert waits.house_waits(house, now=now) is before


class TestLive:
    def recorded(self) -> list[LiveEstimate]:
        return list(
            db.session.scalars(select(LiveEstimate).order_by(LiveEstimate.at, LiveEstimate.ticket_id))
        )

    def test_every_quarter_once_for_those_who_wait(self, app):
        knows()
        opened("kela-1", now=at("09:00"))
        tickets = a_line(4)
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        assert estimates.record_live(now=at("09:44")) == 0
        assert estimates.record_live(now=at("09:45")) == 3
        assert estimates.record_live(now=at("09:45") + timedelta(seconds=20)) == 0
        assert estimates.record_live(now=at("10:00") + timedelta(seconds=20)) == 3
        rows = self.recorded()
        assert {row.at for row in rows} == {at("09:45"), at("10:00")}
        assert {row.ticket_id for row in rows} == {ticket.id for ticket in tickets[1:]}
        assert all(row.low <= row.middle <= row.high and row.naive > 0 for row in rows)

    def test_who_has_been_called_before_or_is_early_is_not_scored(self, app):
        knows()
        visit = booked(wish("kela.social_security"), not_before="10:30")
        opened("kela-1", now=at("09:00"))
        check_in.check_in(visit.booking_code, now=at("10:05"), by="k")
        came = walked_in("kela.social_security", now=at("10:06"))
        serving.call_next("kela-1", now=at("10:07"), by="demo")
        serving.requeue("kela-1", now=at("10:08"), by="demo")
        assert db.session.get(Visit, came.id) is not None
        assert estimates.record_live(now=at("10:15")) == 0
        assert estimates.record_live(now=at("10:45")) == 1

    def test_processes_that_record_at_the_same_instant_record_once(self, app, threads):
        knows()
        opened("kela-1", now=at("09:00"))
        a_line(4)
        counts = threads(4, lambda index: estimates.record_live(now=at("09:45")))
        assert sorted(counts) == [0, 0, 0, 4]
        assert len(self.recorded()) == 4


class TestLearning:
    def history(self) -> history.History:
        return history.from_document(db.session.get(Learned, SERVICE_TIMES, populate_existing=True).document)

    def test_a_day_teaches_the_next(self, app):
        busy_day.play()
        tomorrow = at("00:30", TUESDAY + timedelta(days=1))
        assert learning.learn(now=tomorrow)
        assert not learning.learn(now=tomorrow + timedelta(hours=3))
        known = self.history()
        rows = list(
            db.session.scalars(
                select(Ticket).where(
                    Ticket.state == TicketState.COMPLETED,
                    Ticket.service_id == "kela.social_security",
                    Ticket.people == 1,
                )
            )
        )
        assert known.services["kela.social_security", 1].n == len(rows)
        called = list(db.session.scalars(select(Ticket).where(Ticket.called_at.is_not(None))))
        ways = [
            (ticket.started_at - ticket.last_called_at).total_seconds() / 60
            for ticket in called
            if ticket.started_at and ticket.started_at >= ticket.last_called_at
        ]
        assert known.days == 1
        assert min(ways) < known.way_min < max(ways)
        assert known.way_min == pytest.approx((sum(ways) + 20 * COLD.way_min) / (len(ways) + 20), abs=0.01)

    def test_the_next_day_is_simulated_from_what_was_learned(self, app):
        busy_day.play()
        wednesday = TUESDAY + timedelta(days=1)
        tidy(now=at("00:30", wednesday))
        opened("kela-1", now=at("09:00", wednesday))
        came = [walked_in("kela.social_security", now=at("09:30", wednesday)) for _ in range(3)]
        told = tickets_of(came[2].id)[0].estimate_middle
        # On that day services took four to sixteen minutes, far from the configured twenty.
        assert 10 < told < 32

    def test_made_up_days_and_real_ones_are_not_mixed(self, app):
        opened("kela-1", now=at("09:00"))
        done = check_in.take_number(wish("kela.advice"), now=at("09:10"), by="demo", is_synthetic=True)
        assert done.visit_id
        serve("kela-1", at("09:10"), 40)
        walked_in("kela.advice", now=at("10:00"))
        serve("kela-1", at("10:00"), 4)
        tomorrow = at("00:30", TUESDAY + timedelta(days=1))
        learning.learn(now=tomorrow)
        real = self.history()
        learning.learn(now=tomorrow, is_demo=True)
        made_up = self.history()
        assert real.services["kela.advice", 1].n == made_up.services["kela.advice", 1].n == 1
        assert real.services["kela.advice", 1].log_mean < made_up.services["kela.advice", 1].log_mean - 0.5

    def test_unanswered_calls_are_counted_by_ticket(self, app):
        opened("kela-1", now=at("09:00"))
        a_line(4)
        serving.call_next("kela-1", now=at("10:00"), by="demo")
        day_clock.tick(now=at("10:03"))
        for index in range(3):
            serve("kela-1", at("10:04") + timedelta(minutes=2 * index), 1)
        learning.learn(now=at("00:30", TUESDAY + timedelta(days=1)))
        assert self.history().unanswered_rate == pytest.approx((1 + 50 * COLD.unanswered_rate) / 54, abs=1e-3)

    def test_punctuality_of_those_who_booked(self, app):
        came, away = (booked(wish("dvv.register"), not_before=clock) for clock in ("10:00", "11:00"))
        opened(came.legs[0].desk_id, now=at("09:00"))
        check_in.check_in(came.booking_code, now=came.legs[0].starts_at - timedelta(minutes=9), by="k")
        serve(came.legs[0].desk_id, came.legs[0].starts_at, 10)
        tidy(now=at("00:30", TUESDAY + timedelta(days=1)))
        assert away.id
        assert self.history().show_rate == pytest.approx((1 + 20 * COLD.show_rate) / 22, abs=1e-3)

    def test_ranges_that_held_too_little_are_wider_the_next_day(self, app):
        """Forty visitors who were all told eighteen minutes, and waited from nine to eighty."""
        knows(on=TUESDAY)
        opened("kela-1", now=at("09:00"))
        for index, ticket in enumerate(a_line(40)):
            with transaction():
                row = db.session.get_one(Ticket, ticket.id)
                row.estimate_low, row.estimate_middle, row.estimate_high = 15.0, 18.0, 21.0
                row.estimated_at, row.estimate_naive = row.issued_at, 20.0
                row.called_at = row.issued_at + timedelta(minutes=9 + index * 1.8)
        learning.learn(now=at("00:30", TUESDAY + timedelta(days=1)))
        document = db.session.get(Learned, CALIBRATION, populate_existing=True).document
        corrected = calibration.from_document(document).corrections[2]
        assert corrected.n == 40
        assert corrected.up > 1.05
        assert corrected.shift > 1


class TestAccuracy:
    def test_against_plain_arithmetic(self, app):
        busy_day.play()
        published = {row.agency_id: row for row in estimates.accuracy(TUESDAY, TUESDAY)}
        tickets = [
            ticket
            for ticket in db.session.scalars(select(Ticket))
            if ticket.called_at is not None
            and ticket.estimated_at is not None
            and ticket.called_at >= ticket.estimated_at  # that day's clerks are some seconds ahead
        ]
        assert published.keys() == {ticket.agency_id for ticket in tickets}
        assert len(published) >= 4
        for agency, row in published.items():
            here = [ticket for ticket in tickets if ticket.agency_id == agency]
            took = [(ticket.called_at - ticket.estimated_at).total_seconds() / 60 for ticket in here]
            pairs = list(zip(here, took, strict=True))
            assert row.month == date(2026, 12, 1)
            assert row.n == len(here)
            assert row.error == pytest.approx(fmean(abs(t.estimate_middle - m) for t, m in pairs))
            assert row.naive_error == pytest.approx(fmean(abs(t.estimate_naive - m) for t, m in pairs))
            assert row.bias == pytest.approx(fmean(t.estimate_middle - m for t, m in pairs))
            assert row.inside == pytest.approx(
                fmean(t.estimate_low <= m <= t.estimate_high for t, m in pairs)
            )

    def test_by_month_and_only_the_days_asked_for(self, app):
        november = date(2026, 11, 30)
        for day in (november, TUESDAY):
            opened("kela-1", now=at("09:00", day))
            walked_in("kela.advice", now=at("09:30", day))
            serve("kela-1", at("09:30", day), 5)
            desks.close_desk("kela-1", now=at("10:00", day))
        found = estimates.accuracy(november, TUESDAY)
        assert [(row.agency_id, row.month, row.n) for row in found] == [
            ("kela", date(2026, 11, 1), 1),
            ("kela", date(2026, 12, 1), 1),
        ]
        assert [row.month for row in estimates.accuracy(TUESDAY, TUESDAY)] == [date(2026, 12, 1)]
        assert estimates.accuracy(date(2026, 12, 2), date(2026, 12, 31)) == []
