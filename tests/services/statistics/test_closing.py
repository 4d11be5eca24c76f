"""Days become facts: against the raw events of a day that was played through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.house_file import read_house
from ihh.domain.masking import Flag
from ihh.domain.statistics.batches import in_full_batches
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Sources
from ihh.domain.statistics.counting import Rules, count
from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.domain.statistics.measures import Group, Subject
from ihh.domain.statistics.periods import PeriodKind, parse, single
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.tables import BY_CODE
from ihh.layout import HOUSES
from ihh.models import ClosedDay, KioskUse, QueueEvent, Ticket, VisitFactRow
from ihh.services import day_end
from ihh.services.house import current_house
from ihh.services.statistics import day_numbers, fact_rows, live
from ihh.services.statistics.closing import close_days
from ihh.services.statistics.published import published, released
from ihh.services.statistics.raw_facts import visits_between
from ihh.services.statistics.releasing import release_closed
from tests.servers.site import house_document
from tests.services.statistics import busy_day, plain_figures
from tests.services.statistics.compared import compare_facts, compare_open
from tests.services.statistics.raw_figures import Raw

DAY_START = busy_day.DAY
DAY = DAY_START.date()
EVENING = busy_day.DAY + timedelta(hours=30)
ZONE = ZoneInfo("Europe/Helsinki")
RULES = Rules(
    ZONE,
    timedelta(minutes=15),
    timedelta(minutes=15),
    way_target=timedelta(minutes=3),
    services=read_house(HOUSES / "helsinki.toml").service,
    open_hours=(9, 15),
)
OPEN = dict.fromkeys(Group, Flag.NONE)


@pytest.fixture
def left_at(app: Flask) -> datetime:
    """The busy day was played, on each engine."""
    return busy_day.play()


def test_a_played_day_is_counted_as_its_raw_events_say(left_at: datetime) -> None:
    actions = set(db.session.scalars(select(QueueEvent.action).distinct()))
    assert {
        "transfer",
        "hold",
        "mark_no_show",
        "leave",
        "requeue",
        "unlock",
        "check_in",
        "cancel_visit",
    } <= actions
    assert db.session.execute(select(func.count()).where(Ticket.state == "waiting")).scalar()
    assert compare_open(DAY, Raw(house_document(), DAY, DAY, now=left_at), left_at) > 5_000

    day_end.tidy(now=EVENING)
    assert close_days(now=EVENING) >= 1
    assert compare_facts(fact_rows.between(DAY, DAY), Raw(house_document(), DAY, DAY)) > 5_000


def test_closing_twice_changes_nothing_and_late_feedback_comes_in(left_at: datetime) -> None:
    assert close_days(now=left_at) == 0, "today is not closed"
    assert close_days(now=EVENING) == 0, "and no day of which a visit goes on"
    day_end.tidy(now=EVENING)
    close_days(now=EVENING)
    before = fact_rows.between(DAY, DAY)
    assert close_days(now=EVENING) >= 1, "feedback may still come"
    assert fact_rows.between(DAY, DAY) == before
    later = EVENING + timedelta(days=10)
    close_days(now=later)
    assert close_days(now=later + timedelta(days=5)) > 0
    assert DAY not in _closed_again(later + timedelta(days=5))


def _closed_again(now: datetime) -> set[object]:
    stamps = dict(db.session.execute(select(ClosedDay.day, ClosedDay.closed_at)).all())
    close_days(now=now + timedelta(minutes=1))
    return {
        day for day, at in db.session.execute(select(ClosedDay.day, ClosedDay.closed_at)) if stamps[day] != at
    }


def test_facts_lead_back_to_nobody(left_at: datetime) -> None:
    day_end.tidy(now=EVENING)
    close_days(now=EVENING)
    names = {column.name for column in VisitFactRow.__table__.columns}
    assert not names & {"link_token", "booking_code", "check_in_token", "queue_number", "email", "phone"}


def test_the_day_after_it_is_published_and_hides_the_few(left_at: datetime) -> None:
    day_end.tidy(now=EVENING)
    close_days(now=EVENING)
    release_closed(now=EVENING)
    assert DAY in [period.start for period in released(PeriodKind.DAY)]
    found = published(single(parse(DAY.isoformat())), ["total"])
    facts = fact_rows.between(DAY, DAY)
    expected = plain_figures.row(facts, (), ())
    cell = found.total.cells["customers"]  # type: ignore[index]
    assert cell.amount == (expected["customers"] if expected["customers"] >= 5 else None)


def test_today_is_rounded_down_and_shows_no_few(left_at: datetime) -> None:
    found = live.today(now=left_at)
    k = current_house().figures.small_cell
    facts = visits_between(DAY, DAY)
    for code, table in found.tables.items():
        for row in table.rows:
            for measure in ("visits", "customers", "service_events"):
                cell = row.cells[measure]  # type: ignore[index]
                true = plain_figures.row(facts, table.table.dimensions, row.values)[measure]
                rounded = true // k * k if true == 0 or true >= k else None
                assert cell.amount in (rounded, None), (code, row.values, measure)
                assert cell.amount != 0 or true == 0, "a zero is a zero"
    visits = sum(visit.checked_in_at is not None for visit in facts)
    shown = found.total.cells["visits"]  # type: ignore[index]
    assert shown.amount == visits // k * k
    assert isinstance(shown.amount, int)
    flags = {row.cells["customers"].flag for row in found.tables["service"].rows}  # type: ignore[index]
    assert Flag.SUPPRESSED in flags
    assert found.total.cells["online_pct"].flag is Flag.NOT_SHOWN  # type: ignore[index]
    told = in_full_batches(facts, k=k)
    for row in (found.total, *found.tables["agency"].rows):
        expected = plain_figures.row(told, ["agency"][: len(row.values)], row.values)
        for measure in ("wait_median_min", "service_p90_min", "within_service_level_pct"):
            amount = row.cells[measure].amount  # type: ignore[index]
            assert amount == (expected[measure] if row.cells["customers"].amount else None)  # type: ignore[index]
    assert found.total.cells["wait_median_min"].amount is not None  # type: ignore[index]
    assert all(row.cells["wait_median_min"].amount is None for row in found.tables["hour"].rows)  # type: ignore[index]


def test_capacity_is_planned_booked_and_used(left_at: datetime) -> None:
    day_end.tidy(now=EVENING)
    close_days(now=EVENING)
    numbers = fact_rows.numbers_between(DAY, DAY)
    house = current_house()
    hours = sum(
        span.end - span.start
        for desk in house.desks
        if desk.agency == "kela"
        for span in desk.hours[DAY.weekday()]
    )
    assert numbers["planned_min", "kela"] == hours
    used = sum(
        Decimal(s.served_s)
        for visit in fact_rows.between(DAY, DAY)
        for s in visit.services
        if s.agency == "kela" and s.state == "completed" and s.outcome != "unknown"
    )
    assert abs(Decimal(numbers["used_min", "kela"]) - used / 60) <= Decimal("0.5")
    assert numbers["booked_min", ""] > 0


KIOSK_TRIES = (
    ("check_in", None, 7),
    ("take_number", None, 6),
    ("feedback", None, 5),
    ("feedback", "feedback_too_early", 3),
    ("check_in", "unknown_code", 6),
    ("check_in", "too_early", 2),
    ("check_in", "wrong_day_early", 2),
    ("check_in", "wrong_day_past", 1),
    ("check_in", "already_checked_in", 5),
    ("check_in", "visit_ended", 1),
    ("take_number", "no_walk_in_now", 8),
    ("check_in", "visit_cancelled", 4),
    ("take_number", "error", 1),
)


def test_kiosks_count_tries_and_why_they_failed(app: Flask) -> None:
    with transaction():
        for action, failure, n in KIOSK_TRIES:
            for second in range(n):
                at = DAY_START + timedelta(hours=10, seconds=second)
                db.session.add(KioskUse(at=at, action=action, failure=failure))
        for other_day in (DAY_START - timedelta(seconds=1), DAY_START + timedelta(days=1)):
            db.session.add(KioskUse(at=other_day, action="check_in", failure="unknown_code"))
    numbers = day_numbers.numbers_of(current_house(), DAY)
    shown = _kiosk_cells({name: n for (name, agency), n in numbers.items() if not agency}, k=0)
    assert {name: cell.amount for name, cell in shown.items()} == {
        "kiosk_check_ins": 7,
        "kiosk_numbers": 6,
        "kiosk_tries": 43,
        "kiosk_failure_pct": Decimal("69.8"),
        "kiosk_unknown_code": 6,
        "kiosk_wrong_time": 5,
        "kiosk_checked_in_before": 6,
        "kiosk_no_numbers": 8,
        "kiosk_other_failures": 5,
        "kiosk_feedback": 5,
    }


def test_few_tries_are_shown_none_are_a_zero_and_never_counted_is_no_data() -> None:
    """Tries are no people, and add up: one reason hidden alone could be worked out.

    A year of another system says nothing about kiosks; an older release nothing about reasons.
    """
    few = _kiosk_cells({"kiosk_days": 1, "kiosk_tries": 40, "kiosk_failed": 4, "kiosk_wrong_time": 4}, k=5)
    assert (few["kiosk_wrong_time"].amount, few["kiosk_unknown_code"].amount) == (4, 0)
    assert few["kiosk_feedback"].amount == 0
    imported = _kiosk_cells({}, k=5)
    assert {cell.flag for cell in imported.values()} == {Flag.NO_DATA}
    older = _kiosk_cells({"kiosk_tries": 40, "kiosk_failed": 8, "kiosk_check_ins": 32}, k=5)
    assert (older["kiosk_check_ins"].amount, older["kiosk_failure_pct"].amount) == (32, 20)
    assert older["kiosk_unknown_code"].flag is older["kiosk_feedback"].flag is Flag.NO_DATA


def _kiosk_cells(counts: dict[str, int], *, k: int) -> dict[str, Cell]:
    shown = cells(BY_CODE["total"], Sources(counts), OPEN, k=k)
    return {m.value: cell for m, cell in shown.items() if CATALOGUE[m].subject is Subject.KIOSK}


def test_what_a_clerk_took_back_is_no_missed_appointment() -> None:
    """Of another system's year: an appointment that was cancelled is neither due nor missed."""
    booked = busy_day.DAY.replace(hour=10)
    cancelled = ServiceFact("kela", "kela.advice", 1, "cancelled", booked_at=booked)
    kept = ServiceFact("kela", "kela.advice", 1, "absent", booked_at=booked)
    visit = VisitFact(DAY, "a", "online", "en", "work", 1, (cancelled, kept))
    sources = count([visit], [BY_CODE["total"]], RULES)[BY_CODE["total"]][""]
    assert (sources.count("due"), sources.count("missed")) == (1, 1)
