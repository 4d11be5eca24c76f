"""Figures of played days, from rows made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ihh.simulation.kpi import double_calls, kpi, while_waiting
from ihh.simulation.rows import Busy, DayRows, Estimate, Outcome, TicketRow, VisitRow

DAY = date(2026, 12, 1)


def at(minute: float) -> datetime:
    """So many minutes after nine."""
    return datetime(2026, 12, 1, 9, tzinfo=UTC) + timedelta(minutes=minute)


def served(
    visitor: str,
    *,
    arrived: float,
    called: float,
    booked: float | None = None,
    joined: float | None = None,
    agency: str = "dvv",
    estimate: Estimate | None = None,
) -> TicketRow:
    booked_at = None if booked is None else at(booked)
    since = joined if joined is not None else max(arrived, booked if booked is not None else arrived)
    return TicketRow(
        visitor,
        f"{agency}.service",
        agency,
        DAY,
        Outcome.SERVED,
        booked_at=booked_at,
        arrived_at=at(arrived),
        desk=f"{agency}-1",
        issued_at=at(arrived),
        joined_at=at(since),
        called_at=at(called),
        started_at=at(called),
        completed_at=at(called + 10),
        estimate=estimate,
        busy=(Busy(at(called), at(called + 10)),),
    )


def ended(visitor: str, outcome: Outcome, *, arrived: float | None, booked: float | None = None) -> TicketRow:
    """A ticket that came to nothing."""
    return TicketRow(
        visitor,
        "dvv.service",
        "dvv",
        DAY,
        outcome,
        booked_at=None if booked is None else at(booked),
        arrived_at=None if arrived is None else at(arrived),
        issued_at=None if arrived is None else at(arrived),
    )


def visit(visitor: str, arrived: float, left: float, *services: str) -> VisitRow:
    return VisitRow(visitor, at(arrived), at(left), services)


def figures(*tickets: TicketRow, visits: tuple[VisitRow, ...] = ()) -> dict:
    return kpi([DayRows(tickets, visits)], ["dvv", "kela"])


def test_a_walk_in_waits_from_joining_and_a_booked_visitor_from_the_time_or_the_check_in():
    found = figures(
        served("unlocked late", arrived=0, joined=20, called=26),
        served("early", arrived=0, booked=30, called=25),
        served("on time", arrived=28, booked=30, called=33),
        served("late", arrived=40, booked=30, called=44),
    )
    assert found["wait_median"] == {"walk_in": 6.0, "booked": 3.0}
    assert found["wait_p90"] == {"walk_in": 6.0, "booked": 4.0}


def test_median_and_p90_are_nearest_rank_values_of_tickets_that_were_served():
    tickets = [served(f"v{wait}", arrived=0, called=wait) for wait in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    found = figures(*tickets, ended("left", Outcome.LEFT, arrived=0))
    assert found["wait_median"]["walk_in"] == 5.0
    assert found["wait_p90"]["walk_in"] == 9.0
    assert found["wait_median"]["booked"] is None


def test_appointments_within_ten_minutes_count_the_tenth():
    found = figures(
        served("a", arrived=0, booked=0, called=10),
        served("b", arrived=0, booked=0, called=10.02),
        served("walk-in", arrived=0, called=90),
    )
    assert found["appointments_within_10"] == 0.5


def test_a_no_show_is_whoever_had_not_checked_in_a_quarter_of_an_hour_after_the_time():
    found = figures(
        ended("never came", Outcome.NO_SHOW, arrived=None, booked=0),
        served("just in time", arrived=15, booked=0, called=20),
        served("too late", arrived=15.02, booked=0, called=20),
    )
    assert (found["no_show"], found["left"], found["served"]) == (2, 0, 2)


def test_an_unanswered_call_counts_as_leaving():
    found = figures(
        ended("did not answer", Outcome.NO_SHOW, arrived=0), ended("gave up", Outcome.LEFT, arrived=0)
    )
    assert (found["no_show"], found["left"], found["tickets"]) == (0, 2, 2)


def test_time_in_the_house_is_told_apart_by_the_number_of_services_wanted():
    found = figures(
        served("one", arrived=0, called=10),
        served("two", arrived=0, called=10),
        served("two", arrived=0, called=30, agency="kela"),
        visits=(visit("one", 0, 20, "dvv.service"), visit("two", 0, 40, "dvv.service", "kela.service")),
    )
    assert found["time_in_house_mean"] == {"one_leg": 20.0, "two_or_more": 40.0}
    assert found["visits"] == 2
    assert found["agencies"]["kela"]["visits"] == 1
    assert found["agencies"]["kela"]["time_in_house_mean"] == {"one_leg": None, "two_or_more": 40.0}


def test_estimates_are_scored_on_tickets_that_were_called():
    """Errors +2 and −4 against the middle, 5 and 1 of the naive one; the second lies outside its range."""
    found = figures(
        served("a", arrived=0, called=10, estimate=Estimate(8, 12, 14, naive=5)),
        served("b", arrived=0, called=10, estimate=Estimate(2, 6, 9, naive=9), agency="kela"),
        served("nothing said", arrived=0, called=50),
        ended("left", Outcome.LEFT, arrived=0),
    )
    assert found["estimate_mae"] == 3.0
    assert found["naive_mae"] == 3.0
    assert found["bias"] == -1.0
    assert found["coverage"] == 0.5
    assert found["agencies"]["dvv"]["bias"] == 2.0
    assert found["agencies"]["kela"]["coverage"] == 0.0


def test_live_estimates_are_scored_from_their_own_instant():
    row = served("a", arrived=0, called=40)
    estimates = (
        (at(15), Estimate(20, 25, 30, naive=20)),
        (at(30), Estimate(5, 8, 9, naive=30)),
        (at(45), Estimate(0, 1, 2, naive=0)),
    )
    ticket = TicketRow(
        **{name: getattr(row, name) for name in row.__dataclass_fields__} | {"live": estimates}
    )
    assert while_waiting([ticket]) == [(estimates[0][1], 25.0), (estimates[1][1], 10.0)]


def test_nothing_has_no_figures():
    found = figures()
    assert (found["visits"], found["tickets"], found["coverage"], found["bias"]) == (0, 0, None, None)
    assert found["wait_median"] == {"walk_in": None, "booked": None}


def test_one_visitor_called_to_two_desks_at_once_is_found():
    first = served("v", arrived=0, called=10)
    at_once = served("v", arrived=0, called=19, agency="kela")
    afterwards = served("v", arrived=0, called=20, agency="kela")
    somebody_else = served("w", arrived=0, called=12, agency="kela")
    assert double_calls([DayRows((first, at_once), ())]) == 1
    assert double_calls([DayRows((first, afterwards, somebody_else), ())]) == 0
