"""Where a free party is told to wait, and when one that is served elsewhere may be back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.services import check_in, day_clock, guidance, serving
from ihh.services.house import current_house
from ihh.services.tickets import tickets_of
from tests.situations import at, events, opened, visit, walked_in

KELA, CITY, TAX = "kela.social_security", "city.guidance", "vero.tax_card"


def sent_to(visit_id):
    return guidance.place_of(visit(visit_id))


def crowd(service, count, *, now):
    return [walked_in(service, now=now) for _ in range(count)]


def serve(desk_id, *, begin, end):
    serving.call_next(desk_id, now=at(begin), by="demo")
    serving.start(desk_id, now=at(begin), by="demo")
    return serving.complete(desk_id, now=at(end), by="demo")


class TestAfterTheirOwnEvents:
    def test_one_line_is_where_to_wait(self, app):
        assert sent_to(walked_in(KELA, now=at("09:30")).id) == "kela"

    def test_of_several_the_line_expected_to_call_first(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        crowd(KELA, 3, now=at("09:10"))
        assert sent_to(walked_in(KELA, CITY, now=at("09:30")).id) == "city"
        crowd(CITY, 9, now=at("09:31"))
        assert sent_to(walked_in(KELA, CITY, now=at("09:32")).id) == "kela"

    def test_after_a_service_to_what_is_left(self, app):
        opened("kela-1", "city-1", "vero-1", now=at("09:00"))
        crowd(CITY, 2, now=at("09:20"))
        crowd(TAX, 6, now=at("09:20"))
        came = walked_in(KELA, CITY, TAX, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:32"), by="demo")
        serving.start("kela-1", now=at("09:33"), by="demo")
        crowd(CITY, 12, now=at("09:35"))
        guidance.refresh(now=at("09:38"))
        assert sent_to(came.id) == "kela", "at a desk nobody is sent anywhere"
        for _ in range(5):
            serve("vero-1", begin="09:39", end="09:39")
        serving.complete("kela-1", now=at("09:50"), by="demo")
        assert sent_to(came.id) == "vero"

    def test_after_an_unanswered_call_to_the_other_line_and_on_return_back(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        ahead = crowd(CITY, 4, now=at("09:20"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        assert sent_to(came.id) == "kela"
        serving.call_next("kela-1", now=at("09:30"), by="demo")
        day_clock.tick(now=at("09:33"))
        assert sent_to(came.id) == "city"
        assert tickets_of(ahead[0].id)[0].state == "waiting"
        day_clock.tick(now=at("09:43"))
        assert sent_to(came.id) == "kela", "an idle desk there would call at once"

    def test_a_transfer(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        serving.transfer("kela-1", CITY, now=at("09:40"), by="demo")
        assert sent_to(came.id) == "city"
        assert tickets_of(came.id)[1].estimate_middle is not None

    def test_finish_and_call_next_sends_on_the_one_who_is_finished(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        crowd(CITY, 6, now=at("09:31"))
        walked_in(KELA, now=at("09:32"))
        serving.call_next("kela-1", now=at("09:33"), by="demo")
        serving.start("kela-1", now=at("09:34"), by="demo")
        assert serving.complete_and_call_next("kela-1", now=at("09:50"), by="demo") is not None
        assert sent_to(came.id) == "city"

    def test_it_is_no_queue_event(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        walked_in(KELA, CITY, now=at("09:30"))
        assert [event.action for event in events()] == ["take_number", "issue", "issue"]


class TestNowAndThen:
    @pytest.fixture
    def choice(self, app):
        """A party that waits at Kela, third there, and in the city's empty line whose desk is closed."""
        opened("kela-1", now=at("09:00"))
        crowd(KELA, 2, now=at("09:20"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        assert sent_to(came.id) == "kela"
        return came

    def test_a_party_is_sent_on_when_another_line_will_call_sooner(self, choice):
        opened("city-1", now=at("09:31"))
        assert guidance.refresh(now=at("09:31")) == [choice.id]
        assert sent_to(choice.id) == "city"
        assert guidance.refresh(now=at("09:31")) == []

    def test_who_is_at_a_desk_is_left_alone(self, choice):
        opened("city-1", now=at("09:31"))
        serving.call_next("city-1", now=at("09:31"), by="demo")
        assert guidance.refresh(now=at("09:31")) == []

    def test_with_one_line_left_there_is_nothing_to_ask(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in(KELA, now=at("09:30"))
        assert guidance.refresh(now=at("09:31")) == []

    def test_a_family_that_split_is_sent_where_its_free_people_wait(self, app):
        opened("kela-1", "city-1", "vero-1", now=at("09:00"))
        crowd(TAX, 4, now=at("09:20"))
        legs = (LegWish(KELA, ("p1",)), LegWish(CITY, ("p1",)), LegWish(TAX, ("p2",)))
        came = check_in.take_number(Wish(Party(2), legs, "en"), now=at("09:30"), by="k").visit_id
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        guidance.refresh(now=at("09:32"))
        assert sent_to(came) == "vero"


class TestElsewhere:
    def test_a_range_around_what_is_left_of_the_planned_time(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, CITY, now=at("09:30"))
        assert guidance.elsewhere(came.id, now=at("09:30")) is None
        planned = current_house().service[KELA].planned_min(1)
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        back = at("09:32") + timedelta(minutes=planned)
        found = guidance.elsewhere(came.id, now=back - timedelta(minutes=5.5))
        assert (found.agency_id, found.low, found.high) == ("kela", 3, 8)
        overdue = guidance.elsewhere(came.id, now=back + timedelta(minutes=30))
        assert (overdue.low, overdue.high) == (1, 3)
        serving.complete("kela-1", now=back, by="demo")
        assert guidance.elsewhere(came.id, now=back) is None

    def test_a_service_that_goes_on_after_a_hold_has_less_left(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in(KELA, now=at("09:30"))
        planned = current_house().service[KELA].planned_min(1)
        for begin, end in (("09:31", "09:36"), ("10:00", "10:05")):
            serving.call_next("kela-1", now=at(begin), by="demo")
            serving.start("kela-1", now=at(begin), by="demo")
            if begin == "10:00":
                break
            serving.hold("kela-1", now=at(end), by="demo")
            serving.release(tickets_of(came.id)[0].id, agency_id=None, now=at("09:50"), by="demo")
        found = guidance.elsewhere(came.id, now=at("10:05"))
        assert found.low <= planned - 10 <= found.high
