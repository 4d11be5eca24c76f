"""The definitions of the figures, each by an example with its answer worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ihh.domain.figure_facts import AppointmentFact, Share, TicketFact, VisitFact
from ihh.domain.kpi import (
    Measure,
    Moment,
    figures,
    minutes,
    nearest_rank,
    percentage,
)

DAY = date(2026, 12, 1)
NINE = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
EVENING = Moment(
    DAY, NINE + timedelta(hours=10), grace=timedelta(minutes=15), service_level=timedelta(minutes=15)
)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def ticket(**changes: object) -> TicketFact:
    """A walk-in of one person who joined at nine, was called after 10 min, came in 2 and stayed 20."""
    base = TicketFact("kela.advice", "kela", 0b1, "completed", "done", None, at(0), at(10), at(12), 1200)
    return replace(base, **changes)


def visit(*tickets: TicketFact, **changes: object) -> VisitFact:
    return replace(VisitFact(DAY, "walk_in", "en", 1, "ended", at(0), tickets), **changes)


def of(*visits: VisitFact, moment: Moment = EVENING) -> dict[Measure, object]:
    shares = [Share(one, one.tickets, one.appointments, is_whole=True) for one in visits]
    return {measure: value.amount for measure, value in figures(shares, moment).items()}


def test_a_family_of_four_with_two_services_is_one_four_and_two() -> None:
    family = visit(ticket(people=0b1111), ticket(service="city.guidance", people=0b1), party_size=4)
    found = of(family)
    assert (found[Measure.VISITS], found[Measure.CUSTOMERS], found[Measure.SERVICE_EVENTS]) == (1, 4, 2)


def test_one_agency_counts_those_who_had_a_number_for_it() -> None:
    family = visit(ticket(people=0b1011), ticket(people=0b0001), party_size=4)
    found = figures([Share(family, family.tickets, (), is_whole=False)], EVENING)
    assert found[Measure.CUSTOMERS].amount == 3


@pytest.mark.parametrize(
    ("checked_in", "booked", "called", "wait"),
    [
        (0, 30, 40, "10.0"),  # early: from the booked time
        (35, 30, 40, "5.0"),  # late: from the check-in
        (0, 30, 25, "0.0"),  # called before its time: never negative
    ],
)
def test_a_booked_wait(checked_in: int, booked: int, called: int, wait: str) -> None:
    booked_one = ticket(
        booked_at=at(booked), joined_at=at(booked), called_at=at(called), started_at=at(called)
    )
    found = of(visit(booked_one, checked_in_at=at(checked_in)))
    assert found[Measure.BOOKED_WAIT_MEDIAN] == Decimal(wait)
    assert found[Measure.WALK_IN_WAIT_MEDIAN] is None


def test_times_of_a_walk_in() -> None:
    found = of(visit(ticket()))
    assert found[Measure.WAIT_MEDIAN] == found[Measure.WALK_IN_WAIT_P90] == 10
    assert found[Measure.WAY_MEDIAN] == 2
    assert found[Measure.SERVICE_P90] == 20


def test_only_served_tickets_have_times() -> None:
    gone = ticket(state="left", outcome=None, called_at=at(70), started_at=None, served_seconds=0)
    assert of(visit(ticket()), visit(gone))[Measure.WAIT_P90] == 10


def test_a_service_nobody_ended_counts_without_its_length() -> None:
    found = of(visit(ticket(outcome="unknown", served_seconds=0)))
    assert found[Measure.SERVICE_EVENTS] == 1
    assert found[Measure.WAIT_MEDIAN] == 10
    assert found[Measure.SERVICE_MEDIAN] is None
    assert found[Measure.ONE_VISIT] == 0


def test_exactly_the_service_level_is_in_time() -> None:
    waits = (14, 15, 15.02, 40)
    found = of(*(visit(ticket(called_at=at(wait), started_at=at(wait))) for wait in waits))
    assert found[Measure.WITHIN_LEVEL] == 50


def test_no_show_is_by_the_grace_and_only_of_those_due() -> None:
    def booked(starts: float, checked_in: float | None) -> VisitFact:
        state = "ended" if checked_in is not None else "booked"
        arrived = at(checked_in) if checked_in is not None else None
        appointment = AppointmentFact("dvv.register", "dvv", 1, at(starts))
        return visit(state=state, checked_in_at=arrived, appointments=(appointment,))

    noon = replace(EVENING, now=at(180))
    came, too_late, never = booked(60, 75), booked(60, 75.5), booked(60, None)
    to_come, within_grace = booked(400, None), booked(170, None)
    assert of(came, too_late, never, to_come, within_grace, moment=noon)[Measure.NO_SHOW] == Decimal("66.7")
    assert of(to_come, moment=noon)[Measure.NO_SHOW] is None


def test_abandoned_is_left_or_absent_of_what_has_ended() -> None:
    left, absent, waiting = (ticket(state=state, outcome=None) for state in ("left", "no_show", "waiting"))
    visits = [visit(ticket()), visit(left), visit(absent), visit(waiting, state="in_house")]
    assert of(*visits)[Measure.ABANDONED] == Decimal("66.7")
    day_after = replace(EVENING, today=DAY + timedelta(days=1))
    assert of(*visits, moment=day_after)[Measure.ABANDONED] == 50


def test_one_visit_needs_every_service_done() -> None:
    done = visit(ticket(), ticket(outcome="transferred"))
    must_return = visit(ticket(), ticket(outcome="must_return"))
    left_one = visit(ticket(), ticket(state="left", outcome=None))
    under_way = visit(ticket(), state="in_house")
    assert of(done, must_return, left_one, under_way)[Measure.ONE_VISIT] == Decimal("33.3")


def test_nothing_is_zero_counts_and_no_measures() -> None:
    found = of()
    assert [found[measure] for measure in (Measure.VISITS, Measure.CUSTOMERS, Measure.SERVICE_EVENTS)] == [
        0,
        0,
        0,
    ]
    assert {found[measure] for measure in Measure if measure.endswith(("_min", "_pct"))} == {None}


@pytest.mark.parametrize(
    ("count", "percent", "place"), [(1, 50, 1), (2, 50, 1), (3, 50, 2), (10, 90, 9), (11, 90, 10), (9, 90, 9)]
)
def test_nearest_rank_is_a_value_that_occurred(count: int, percent: int, place: int) -> None:
    values = [timedelta(minutes=number) for number in range(1, count + 1)]
    assert nearest_rank(values, percent) == timedelta(minutes=place)


def test_halves_round_up() -> None:
    assert minutes(timedelta(seconds=75)) == Decimal("1.3")
    assert percentage(1, 8) == Decimal("12.5")
    assert percentage(1, 16) == Decimal("6.3")
    assert percentage(0, 7) == 0
