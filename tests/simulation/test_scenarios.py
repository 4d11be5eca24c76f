"""The synthetic scenarios: sound, the same for a seed, and of the load they promise."""

from __future__ import annotations

import pytest

from ihh.simulation.reading import parse_scenario
from ihh.simulation.scenario import Scenario
from ihh.simulation.scenarios import scenario


def load_of(read: Scenario) -> float:
    """Service time of those who come over time of the desks by their usual hours (absences left out)."""
    usual = {name: spans for day in reversed(read.days) for name, spans in day.desk_hours.items()}
    desk_time = sum(end - start for spans in usual.values() for start, end in spans) * len(read.days)
    work = sum(
        leg.length
        for day in read.days
        for visitor in day.visitors
        if visitor.arrives is not None
        for leg in visitor.legs
    )
    return work / desk_time


@pytest.mark.parametrize("load", [0.6, 0.8, 0.95])
def test_the_load_is_what_was_asked(load):
    for seed in range(3):
        assert load_of(parse_scenario(scenario(seed, days=5, load=load))) == pytest.approx(load, rel=0.1)


def test_a_seed_gives_the_same_people_whatever_the_rules():
    one = scenario(5, days=2, lines="one_at_a_time", policy={"overdue_min": 0})
    assert one["days"] == scenario(5, days=2)["days"]
    assert one["policy"]["overdue_min"] == 0
    assert one["days"] != scenario(6, days=2)["days"]


def test_days_hold_all_that_happens_in_a_house():
    read = parse_scenario(scenario(1, days=10))
    people = [visitor for day in read.days for visitor in day.visitors]
    assert len(people) == 2500
    assert {len(visitor.legs) for visitor in people} == {1, 2, 3, 4}
    assert {visitor.people for visitor in people} == {1, 2, 3, 4, 5}
    assert len({visitor.language for visitor in people}) == 6
    assert 0.3 < sum(visitor.is_booked for visitor in people) / len(people) < 0.5
    assert any(visitor.arrives is None for visitor in people)
    assert any(not visitor.answers_calls for visitor in people)
    assert any(len(day.desk_hours) < len(read.desks) for day in read.days), "absent desks"
    assert any(len(spans) == 2 for day in read.days for spans in day.desk_hours.values()), "lunch breaks"


def test_someone_at_work_serves_every_visitor():
    """What nobody served would be an error of the scenario, and not of the house."""
    read = parse_scenario(scenario(2, days=10, load=0.9))
    for day in read.days:
        at_work = [desk for desk in read.desks if desk.id in day.desk_hours]
        for visitor in day.visitors:
            for leg in visitor.legs:
                assert any(
                    leg.service in desk.services and visitor.language in desk.languages for desk in at_work
                )


def test_days_are_weekdays():
    assert {day.date.weekday() for day in parse_scenario(scenario(3, days=7, visits_per_day=20)).days} <= {
        0,
        1,
        2,
        3,
        4,
    }
