"""Staffing from history: what past Tuesdays were like decides what the next one needs."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert

from ihh.db import db, transaction
from ihh.domain.ticket import TicketState
from ihh.models import DeskAbsence, Ticket
from ihh.services.staffing import keep_played, last_played, staffing
from tests.situations import TUESDAY, at, walked_in

MONDAY = TUESDAY - timedelta(days=1)
NOW = at("18:00", MONDAY)
FEW = 5


def past_day(day: date, agency: str, service: str, joined: list[str], minutes: int) -> None:
    """Tickets of a day long over, as the figures find them."""
    visit = walked_in("city.guidance", now=at("10:00", MONDAY))
    with transaction():
        db.session.execute(
            insert(Ticket),
            [
                {
                    "visit_id": visit.id,
                    "service_id": service,
                    "agency_id": agency,
                    "service_date": day,
                    "state": TicketState.COMPLETED,
                    "people": 1,
                    "issued_at": at(clock, day),
                    "joined_at": at(clock, day),
                    "served_seconds": minutes * 60,
                    "calls": 1,
                    "unanswered": 0,
                }
                for clock in joined
            ],
        )


def kela(found):
    return next(agency for agency in found.agencies if agency.agency == "kela")


def busy_tuesdays(count: int = 3) -> None:
    """Twelve people at ten, half an hour each; nobody else."""
    for week in range(1, count + 1):
        day = TUESDAY - timedelta(weeks=week)
        past_day(day, "kela", "kela.advice", [f"10:{minute:02d}" for minute in range(0, 24, 2)], 30)


def test_a_rush_needs_desks_while_its_people_are_there(app):
    busy_tuesdays()
    found = staffing(1, now=NOW)
    need = {half.start: half for half in kela(found).needs}
    assert found.day == TUESDAY
    assert (kela(found).days, kela(found).services) == (3, 36)
    assert need[10 * 60].arrivals == 12
    assert need[10 * 60].desks >= 10  # twelve people of half an hour, all there at once
    assert need[9 * 60].desks == 0
    assert need[14 * 60].desks == 0


def test_planned_desks_are_those_with_hours_for_the_whole_half_hour(app):
    busy_tuesdays()
    before = kela(staffing(1, now=NOW)).planned
    assert len(before) == 14  # 9 to 16
    with transaction():
        db.session.add(
            DeskAbsence(
                desk_id="kela-1",
                starts_at=at("13:10", TUESDAY),
                ends_at=at("13:50", TUESDAY),
                created_at=NOW,
                created_by="supervisor:1",
            )
        )
    after = kela(staffing(1, now=NOW)).planned
    gone = [old - new for old, new in zip(before, after, strict=True)]
    half_past_noon = (13 * 60 - 9 * 60) // 30
    assert gone == [int(index in (half_past_noon, half_past_noon + 1)) for index in range(14)]


def test_other_weekdays_and_today_do_not_count(app):
    past_day(TUESDAY - timedelta(days=6), "kela", "kela.advice", ["10:00"] * 30, 20)  # a Wednesday
    found = kela(staffing(1, now=NOW))
    assert found.days == 0
    assert all(need.desks == 0 for need in found.needs)


def test_too_little_history_says_nothing(app):
    past_day(TUESDAY - timedelta(weeks=1), "kela", "kela.advice", ["10:00"] * FEW, 20)
    assert kela(staffing(1, now=NOW)).needs == ()


def test_a_weekday_on_which_the_house_is_never_open(app):
    assert staffing(6, now=NOW) is None


def test_what_was_played_is_kept_by_weekday_until_the_next(app):
    keep_played(1, {"kela": (0.8, None)}, now=NOW)
    keep_played(1, {"kela": (0.75, 0.5)}, now=NOW)
    assert last_played(1)["kela"].needed == 0.75
    assert last_played(1)["kela"].planned == 0.5
    assert last_played(2) == {}
