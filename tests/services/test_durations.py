"""Measured service times: what is learned, from which services, and from when on the planner uses it."""

from __future__ import annotations

from datetime import datetime, timedelta

from ihh.db import db
from ihh.domain.party import Party
from ihh.models import Learned
from ihh.services import calendars, day_end, durations, serving
from ihh.services.durations import PlannedDuration
from ihh.services.house import current_house, load_house
from tests.servers.site import house_document
from tests.situations import TUESDAY, at, opened, walked_in

SERVICE = "kela.social_security"
"""20 minutes in the file, 15 for each further person."""
TOMORROW = TUESDAY + timedelta(days=1)
NIGHT = at("00:20", TOMORROW)


def serve(minutes: float, *, begin: datetime, party: Party = Party(1), service: str = SERVICE) -> datetime:
    """A walk-in served for so long at kela-1; returns when the desk is free again."""
    walked_in(service, now=begin, party=party)
    serving.call_next("kela-1", now=begin, by="demo")
    serving.start("kela-1", now=begin, by="demo")
    end = begin + timedelta(minutes=minutes)
    serving.complete("kela-1", now=end, by="demo")
    return end


def day_of(*minutes: float) -> None:
    opened("kela-1", now=at("09:00"))
    begin = at("09:00")
    for each in minutes:
        begin = serve(each, begin=begin)


def needs_only(count: int) -> None:
    document = house_document()
    document["limits"]["measured_from"] = count
    load_house(document, now=at("08:00"))


def test_until_enough_is_measured_the_house_file_holds(app):
    day_of(10, 20, 30, 40, 50)
    assert durations.learn(now=NIGHT)
    measured = durations.planned(current_house())[SERVICE]
    assert measured == PlannedDuration(configured=20, measured=40, median=30, n=5, used=20)
    needs_only(5)
    assert durations.planned(current_house())[SERVICE].used == 40
    needs_only(6)
    assert durations.planned(current_house())[SERVICE].used == 20


def test_nothing_measured_is_the_house_file(app):
    durations.learn(now=NIGHT)
    every = durations.planned(current_house())
    assert every[SERVICE] == PlannedDuration(20, None, None, 0, 20)
    assert set(every) == {service.id for service in current_house().services if service.is_in_house}


def test_a_started_minute_counts_whole(app):
    day_of(26.4)
    needs_only(1)
    durations.learn(now=NIGHT)
    measured = durations.planned(current_house())[SERVICE]
    assert (measured.measured, measured.used) == (26.4, 27)


def test_a_family_is_brought_to_one_person_and_to_a_minute_at_least(app):
    opened("kela-1", now=at("09:00"))
    free = serve(65, begin=at("09:00"), party=Party(2, 1))
    serve(12, begin=free, party=Party(2))
    needs_only(1)
    durations.learn(now=NIGHT)
    measured = durations.planned(current_house())[SERVICE]
    assert (measured.median, measured.measured, measured.n) == (1, 35, 2)


def test_the_planner_plans_with_it(app):
    day_of(33, 33)
    needs_only(2)
    query = calendars.Query(
        (calendars.LegRequest(SERVICE, ("p1", "p2")),),
        "en",
        TOMORROW + timedelta(days=7),
        TOMORROW + timedelta(days=7),
    )
    before = calendars.problem(current_house(), query, now=NIGHT).services[SERVICE]
    durations.learn(now=NIGHT)
    after = calendars.problem(current_house(), query, now=NIGHT).services[SERVICE]
    assert (before.duration_min(2), after.duration_min(2)) == (35, 48)


class TestWhatCounts:
    def learned(self, *, now: datetime = NIGHT, is_demo: bool = False) -> int:
        durations.learn(now=now, is_demo=is_demo)
        return durations.planned(current_house())[SERVICE].n

    def test_a_service_nobody_ended_has_no_known_length(self, app):
        opened("kela-1", now=at("09:00"))
        begin = serve(20, begin=at("09:00"))
        walked_in(SERVICE, now=begin)
        serving.call_next("kela-1", now=begin, by="demo")
        serving.start("kela-1", now=begin, by="demo")
        day_end.tidy(now=NIGHT)
        assert durations.planned(current_house())[SERVICE].n == 1

    def test_not_what_is_of_today(self, app):
        day_of(20, 20)
        assert self.learned(now=at("23:00")) == 0
        assert self.learned(now=NIGHT) == 2

    def test_a_year_and_no_longer(self, app):
        day_of(20)
        assert self.learned(now=at("08:00", TUESDAY + timedelta(days=365))) == 1
        assert self.learned(now=at("08:00", TUESDAY + timedelta(days=366))) == 0

    def test_a_house_does_not_learn_from_a_demonstration_nor_a_demonstration_from_the_house(self, app):
        day_of(20)
        assert self.learned(is_demo=True) == 0
        assert self.learned(is_demo=False) == 1


def test_it_is_learned_once_a_day_when_the_days_end(app):
    day_of(20, 22)
    day_end.tidy(now=NIGHT)
    row = db.session.get(Learned, durations.NAME)
    assert row is not None
    assert row.learned_on == TOMORROW
    assert row.document["services"][SERVICE]["n"] == 2
    assert not durations.learn(now=NIGHT + timedelta(hours=9))
    assert durations.learn(now=NIGHT + timedelta(days=1))


def test_eight_learners_at_once_make_one_row(app, threads):
    day_of(20)
    outcomes = threads(8, lambda _: durations.learn(now=NIGHT))
    assert all(isinstance(outcome, bool) for outcome in outcomes), outcomes
    assert True in outcomes
    assert durations.planned(current_house())[SERVICE].n == 1
