"""Every figure of every row of every table equals a calculation that shares nothing with the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from ihh.db import transaction
from ihh.domain.house_file import read_house
from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.counting import Rules, count
from ihh.domain.statistics.coverage import Coverage, DayRange
from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import Period, PeriodKind, Span, containing, parse, single
from ihh.domain.statistics.pooling import together
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.tables import TABLES, TOTAL, Dimension, values
from ihh.layout import HOUSES
from ihh.services.house import current_house
from ihh.services.statistics import bulk, declaring, releasing
from ihh.services.statistics.published import published, released, series
from ihh.services.statistics.releasing import release_closed
from tests.services.statistics import made_up_facts, plain_figures

ZONE = ZoneInfo("Europe/Helsinki")
RULES = Rules(
    ZONE,
    plain_figures.GRACE,
    plain_figures.LEVEL,
    way_target=plain_figures.WAY,
    services=read_house(HOUSES / "helsinki.toml").service,
    open_hours=(9, 15),
)
ALWAYS_OPEN = replace(RULES, open_hours=(0, 23))
"""For days by hand, some of them at night."""
OPEN = dict.fromkeys(Group, Flag.NONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def compare(visits: Sequence[VisitFact]) -> int:
    """Compares all rows of all tables; how many figures were compared."""
    compared = 0
    for table, rows in count(visits, TABLES, RULES).items():
        for key, sources in rows.items():
            expected = plain_figures.row(visits, table.dimensions, values(key))
            for measure, cell in cells(table, sources, OPEN, k=0).items():
                if measure.value in expected:
                    found = None if cell.amount is None else Fraction(cell.amount)
                    assert found == expected[measure.value], (table.code, key, measure.value)
                    compared += 1
    return compared


@pytest.mark.parametrize("seed", range(4))
def test_random_days_are_counted_as_by_hand(sqlite_app: Flask, seed: int) -> None:
    visits = made_up_facts.days(current_house(), date(2025, 3, 3), 12, seed=seed, visits=12)
    assert compare(visits) > 5_000


def walk_in(
    day: str, *services: ServiceFact, came: str = "10:00", size: int = 1, key: str = "a"
) -> VisitFact:
    return VisitFact(
        day=date.fromisoformat(day),
        key=key,
        channel="walk_in",
        language="en",
        customer_type="work",
        party_size=size,
        services=services,
        checked_in_at=local(f"{day}T{came}"),
        ended_at=local(f"{day}T{came}") + timedelta(hours=3),
    )


def served(
    joined: datetime,
    *,
    wait: int,
    minutes: int,
    people: int = 1,
    outcome: str = "done",
    served_s: int | None = None,
) -> ServiceFact:
    called = joined + timedelta(minutes=wait)
    return ServiceFact(
        "tax",
        "tax.card",
        people,
        "completed",
        outcome=outcome,
        joined_at=joined,
        called_at=called,
        started_at=called + timedelta(minutes=1),
        ended_at=called + timedelta(minutes=1 + minutes),
        served_s=60 * minutes if served_s is None else served_s,
    )


def figures(visits: Sequence[VisitFact], *, rules: Rules = ALWAYS_OPEN, **row: str) -> dict[str, object]:
    table = next(table for table in TABLES if set(table.dimensions) == set(row))
    key = "|".join(row[dimension] for dimension in table.dimensions)
    sources = count(visits, [table], rules)[table][key]
    return {measure.value: cell.amount for measure, cell in cells(table, sources, OPEN, k=0).items()}


def test_the_night_clocks_change_loses_no_minute() -> None:
    """On 25 October 2026 the hour from 3 to 4 comes twice: 02:30 to 04:30 are three hours."""
    before = local("2026-10-25T02:30")
    visit = walk_in("2026-10-25", served(before, wait=180, minutes=10), came="02:30")
    assert before + timedelta(hours=3) == local("2026-10-25T04:30")
    assert figures([visit])["walk_in_wait_median_min"] == 180
    assert figures([visit], hour="02")["visits"] == 1
    spring = walk_in("2026-03-29", served(local("2026-03-29T02:30"), wait=60, minutes=10), came="02:30")
    assert figures([spring])["walk_in_wait_median_min"] == 60
    assert local("2026-03-29T02:30") + timedelta(hours=1) == local("2026-03-29T04:30")


def test_who_is_served_past_midnight_belongs_to_the_day_of_the_visit() -> None:
    visit = walk_in("2026-12-31", served(local("2026-12-31T23:30"), wait=20, minutes=30), came="23:30")
    assert figures([visit], hour="23")["service_events"] == 1
    assert figures([visit], weekday="4")["in_house_median_min"] == 51


def test_what_joins_outside_the_opening_hours_stands_in_the_first_or_last_of_them() -> None:
    """The house is open 9–16: who joins at 8:50 counts at 9–10, who joins at 16:00 or in the evening at 15–16."""
    times = ("08:50", "09:00", "15:59", "16:00", "18:30")
    visits = [
        walk_in("2026-12-01", served(local(f"2026-12-01T{clock}"), wait=5, minutes=5), came=clock, key=clock)
        for clock in times
    ]
    table = next(table for table in TABLES if table.dimensions == (Dimension.HOUR,))
    counted = count(visits, [table], RULES)[table]
    assert {key: sources.count("visits") for key, sources in counted.items()} == {"09": 2, "15": 3}
    assert figures(visits, rules=RULES, weekday="2", hour="15")["service_events"] == 3
    assert figures(visits, rules=RULES, agency="tax", hour="09")["customers"] == 2


def test_a_service_that_was_reopened_counts_once_with_all_its_time() -> None:
    """Reopened: ten minutes, then seven more; the ticket is one, its clock ran 17 minutes."""
    joined = local("2026-12-01T10:00")
    visit = walk_in("2026-12-01", served(joined, wait=5, minutes=40, served_s=17 * 60))
    found = figures([visit])
    assert (found["service_events"], found["service_median_min"], found["in_house_median_min"]) == (1, 17, 46)


def test_a_transfer_is_a_service_of_both_agencies_and_one_visit() -> None:
    joined = local("2026-12-01T10:00")
    first = served(joined, wait=5, minutes=4, outcome="transferred")
    second = ServiceFact(
        "kela", "kela.card", 1, "completed", outcome="done", joined_at=joined + timedelta(minutes=10),
        called_at=joined + timedelta(minutes=22), started_at=joined + timedelta(minutes=23),
        ended_at=joined + timedelta(minutes=30), served_s=420,
    )  # fmt: skip
    found = figures([walk_in("2026-12-01", first, second)])
    assert (found["visits"], found["service_events"], found["one_visit_pct"]) == (1, 2, 100)
    assert found["agencies_per_visit"] == 2
    assert figures([walk_in("2026-12-01", first, second)], agency="kela")["walk_in_wait_median_min"] == 12


def test_a_family_of_four_is_one_visit_and_four_customers() -> None:
    joined = local("2026-12-01T10:00")
    everybody = served(joined, wait=5, minutes=10, people=0b1111)
    parents = served(joined, wait=30, minutes=10, people=0b0011)
    visit = walk_in("2026-12-01", everybody, parents, size=4)
    found = figures([visit])
    assert (found["visits"], found["customers"], found["service_events"]) == (1, 4, 2)
    assert figures([walk_in("2026-12-01", parents, size=4)], agency="tax")["customers"] == 2


def test_services_the_night_had_to_end_have_no_length_but_count() -> None:
    joined = local("2026-12-01T10:00")
    visit = walk_in("2026-12-01", served(joined, wait=5, minutes=600, outcome="unknown"))
    found = figures([visit])
    assert (found["service_events"], found["one_visit_pct"]) == (1, 0)
    assert found["service_median_min"] is None
    assert found["in_house_median_min"] is None


def test_without_a_source_there_is_no_data_and_never_a_zero() -> None:
    missing = [measure for measure, definition in CATALOGUE.items() if definition.formula is None]
    assert {"softlanding_median_days", "remote_video_pct", "spouse_programme_customers"} <= {*missing}
    visit = walk_in("2026-12-01", served(local("2026-12-01T10:00"), wait=5, minutes=5))
    shown = cells(TOTAL, count([visit], [TOTAL], RULES)[TOTAL][""], OPEN, k=0)
    assert all(shown[measure].flag is Flag.NO_DATA and shown[measure].amount is None for measure in missing)


@pytest.mark.parametrize(
    ("day", "week", "month"),
    [
        ("2026-12-31", "2026-W53", "2026-12"),
        ("2027-01-01", "2026-W53", "2027-01"),
        ("2024-12-30", "2025-W01", "2024-12"),
    ],
)
def test_iso_weeks_and_months_part_at_the_turn_of_the_year(day: str, week: str, month: str) -> None:
    found = date.fromisoformat(day)
    assert containing(found, PeriodKind.WEEK).code == week
    assert containing(found, PeriodKind.MONTH).code == month
    assert parse(week) == containing(found, PeriodKind.WEEK)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(list(PeriodKind)))
def test_periods_follow_each_other_without_gap(day: date, kind: PeriodKind) -> None:
    period = containing(day, kind)
    assert period.start <= day <= period.last
    assert period.next.start == period.last + timedelta(days=1)
    assert period.next.previous == period
    assert parse(period.code) == period
    assert period.year_before.kind is kind


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6), st.integers(0, 10_000))
def test_several_days_together_are_the_days_added_up(sizes: list[int], seed: int) -> None:
    """Counting all at once and adding up counted days give the same sources: nothing is lost by freezing."""
    joined = local("2026-12-01T10:00")
    days = [
        [
            walk_in("2026-12-01", served(joined, wait=wait, minutes=1 + wait % 7), key=f"{place}")
            for wait in range(n % 9)
        ]
        for place, n in enumerate(sizes)
    ]
    at_once = count([visit for day in days for visit in day], [TOTAL], RULES)[TOTAL]
    parts = [count(day, [TOTAL], RULES)[TOTAL] for day in days]
    if at_once:
        assert together([part[""] for part in parts if part]) == at_once[""]


NOW = datetime(2025, 5, 20, 3, tzinfo=ZONE)
IMPORTED = DayRange(date(2025, 3, 1), date(2025, 5, 4))
"""Days of another system, all that there are."""


def test_released_figures_equal_the_facts_and_never_change(app: Flask) -> None:
    house = current_house()
    facts = made_up_facts.days(house, date(2025, 3, 3), 60, seed=7, visits=25)
    with transaction():
        bulk.add(facts)
        declaring.keep(IMPORTED, now=NOW)
    done = release_closed(now=NOW)
    assert [period.code for period in done if period.kind is PeriodKind.MONTH] == ["2025-03", "2025-04"]
    assert release_closed(now=NOW) == []
    march = [visit for visit in facts if visit.day.month == 3]
    found = published(single(parse("2025-03")), [table.code for table in TABLES])
    shown = hidden = 0
    for code, table in found.tables.items():
        for row in table.rows:
            expected = plain_figures.row(march, table.table.dimensions, row.values)
            for measure, cell in row.cells.items():
                if cell.flag is Flag.NONE and measure.value in expected:
                    assert Fraction(cell.amount or 0) == expected[measure.value], (code, row.values, measure)
                    shown += 1
            customers = expected["customers"]
            assert row.cells["customers"].flag is not Flag.NONE or customers == 0 or customers >= 5  # type: ignore[index]
            hidden += row.cells["customers"].flag is not Flag.NONE  # type: ignore[index]
    assert shown > 3_000
    assert hidden > 50


def test_the_newest_figures_come_first(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens the pages while years are being counted finds the last month, not the first."""
    with transaction():
        bulk.add(made_up_facts.days(current_house(), date(2025, 3, 3), 60, seed=9, visits=3))
        declaring.keep(DayRange(date(2025, 3, 3), date(2025, 5, 1)), now=NOW)
    order = []

    def noted(period: Period, *, now: datetime, recorded: Coverage) -> None:
        order.append(period.code)
        release(period, now=now, recorded=recorded)

    release = releasing.release
    monkeypatch.setattr(releasing, "release", noted)
    release_closed(now=NOW)
    days, weeks = ([code for code in order if len(code) == long] for long in (10, 8))
    assert order == [*days, *weeks, "2025-04", "2025-03"]
    assert days == sorted(days, reverse=True)
    assert weeks == sorted(weeks, reverse=True)
    assert (days[0], days[-1]) == ("2025-05-01", "2025-03-03")


def test_a_span_is_its_periods_added_up(sqlite_app: Flask) -> None:
    facts = made_up_facts.days(current_house(), date(2025, 3, 3), 60, seed=8, visits=25)
    with transaction():
        bulk.add(facts)
        declaring.keep(IMPORTED, now=NOW)
    release_closed(now=NOW)
    span = Span(parse("2025-03"), parse("2025-04"))
    both = published(span, ["total", "language"])
    until = [visit for visit in facts if visit.day.month in (3, 4)]
    expected = plain_figures.row(until, (), ())
    for measure, cell in both.total.cells.items():
        if measure.value in expected and cell.flag is Flag.NONE:
            assert Fraction(cell.amount or 0) == expected[measure.value], measure
    months = series(span, "language", values=("so",))
    assert {period.code for period in months} == {"2025-03", "2025-04"}
    for row in both.tables["language"].rows:
        apart = [
            series(span, "language", values=row.values)[Period(date(2025, m, 1), PeriodKind.MONTH)]
            for m in (3, 4)
        ]
        is_shown = all(rows[0].cells["customers"].flag is Flag.NONE for rows in apart)  # type: ignore[index]
        assert (row.cells["customers"].flag is Flag.NONE) == is_shown  # type: ignore[index]


def test_days_and_weeks_are_published_before_their_month(sqlite_app: Flask) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), date(2025, 3, 3), 20, seed=9, visits=10))
        declaring.keep(DayRange(date(2025, 3, 1), date(2025, 3, 12)), now=NOW)
    release_closed(now=datetime(2025, 3, 13, 3, tzinfo=ZONE))
    assert [period.code for period in released(PeriodKind.DAY)][-1] == "2025-03-12"
    assert [period.code for period in released(PeriodKind.WEEK)] == ["2025-W10"]
    assert released(PeriodKind.MONTH) == []
