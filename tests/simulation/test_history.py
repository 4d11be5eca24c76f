"""A synthetic past: plausible in its shape, the same for the same seed, and marked for what it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import is_open
from ihh.domain.statistics.facts import HOUSE, VisitFact
from ihh.models import DayFactRow, VisitFactRow
from ihh.services.house import current_house
from ihh.simulation import demo_history, history

NOW = datetime(2026, 12, 4, 8, tzinfo=UTC)
FIRST, LAST = date(2025, 3, 3), date(2025, 4, 11)
"""Six weeks, with the change of the clocks."""


def made(seed: int = 5) -> dict[date, list[VisitFact]]:
    return dict(history.days(current_house(), FIRST, LAST, seed=seed, visits_per_day=60))


def test_the_same_seed_makes_the_same_past(sqlite_app):
    assert made() == made()
    assert made() != made(seed=6)


def test_every_visit_is_one_that_the_house_could_have_had(sqlite_app):
    house, zone, days = current_house(), ZoneInfo("Europe/Helsinki"), made()
    assert list(days) == [
        day for day in (FIRST + timedelta(days=n) for n in range(40)) if is_open(house, day)
    ]
    for day, visits in days.items():
        assert len({visit.key for visit in visits}) == len(visits)
        for visit in visits:
            assert visit.is_synthetic
            assert visit.source != HOUSE
            assert visit.services
            assert (visit.checked_in_at is None) == all(one.state == "absent" for one in visit.services)
            for one in visit.services:
                assert house.service[one.service].agency == one.agency
                assert 1 <= one.people < 2**visit.party_size
                times = [at for at in (one.joined_at, one.called_at, one.started_at, one.ended_at) if at]
                assert times == sorted(times)
                assert all(at.astimezone(zone).date() == day for at in times)


def test_its_shares_are_a_houses(sqlite_app):
    visits = [visit for found in made().values() for visit in found]
    services = [one for visit in visits for one in visit.services]
    absent = sum(visit.checked_in_at is None for visit in visits) / len(visits)
    answered = sum(visit.csat is not None for visit in visits) / len(visits)
    assert 0.02 < absent < 0.09
    assert 0.15 < answered < 0.25
    assert 1.8 < len(services) / len(visits) < 3.2
    assert len({visit.language for visit in visits}) >= 5
    assert {visit.channel for visit in visits} == {"online", "walk_in", "staff"}
    assert {one.agency for one in services} >= {"dvv", "kela", "vero", "migri"}


def test_the_days_numbers_add_up(sqlite_app):
    house = current_house()
    day, visits = next(iter(made().items()))
    numbers = history.numbers(house, day, visits)
    desks = sum(span.end - span.start for desk in house.desks for span in desk.hours[day.weekday()])
    assert numbers["planned_min", ""] == desks
    assert numbers["kiosk_tries", ""] >= numbers["kiosk_numbers", ""] + numbers["kiosk_check_ins", ""]
    agencies = [amount for (name, agency), amount in numbers.items() if name == "used_min" and agency]
    assert numbers["used_min", ""] == sum(agencies)


def test_a_demonstration_gets_a_past_once(app):
    house, until = current_house(), date(2026, 12, 3)
    visits = demo_history.fill(house, until, months=1, now=NOW)
    kept = select(func.count(), func.min(VisitFactRow.day), func.max(VisitFactRow.day))
    assert db.session.execute(kept).one() == (visits, date(2026, 11, 2), date(2026, 12, 2))
    assert db.session.scalar(select(func.count(DayFactRow.day.distinct()))) == 23
    assert demo_history.fill(house, until, months=1, now=NOW) == 0
    assert db.session.execute(kept).one()[0] == visits


def test_a_demonstration_without_a_past(sqlite_app):
    assert demo_history.fill(current_house(), date(2026, 12, 3), months=0, now=NOW) == 0
