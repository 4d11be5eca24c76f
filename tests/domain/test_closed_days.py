"""Closed days against dates written out by hand from the Finnish calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import ihh
from ihh.domain.closed_days import (
    ClosedReason,
    closed_reason,
    holiday_name,
    is_open,
    known_categories,
    next_open_day,
    open_days,
)
from ihh.domain.house import House
from ihh.domain.house_file import read_house

HELSINKI = Path(ihh.__file__).parent / "houses" / "helsinki.toml"

FIXED = [(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)]
MOVING = {
    # Good Friday, Easter Sunday, Easter Monday, Ascension, Pentecost, Midsummer Eve and Day, All Saints
    2025: [(4, 18), (4, 20), (4, 21), (5, 29), (6, 8), (6, 20), (6, 21), (11, 1)],
    2026: [(4, 3), (4, 5), (4, 6), (5, 14), (5, 24), (6, 19), (6, 20), (10, 31)],
    2027: [(3, 26), (3, 28), (3, 29), (5, 6), (5, 16), (6, 25), (6, 26), (11, 6)],
    2028: [(4, 14), (4, 16), (4, 17), (5, 25), (6, 4), (6, 23), (6, 24), (11, 4)],
}


@pytest.fixture(scope="module")
def house() -> House:
    return read_house(HELSINKI)


@pytest.mark.parametrize("year", sorted(MOVING))
def test_a_years_holidays_are_exactly_those_of_the_finnish_calendar(house: House, year: int) -> None:
    expected = {date(year, month, day) for month, day in FIXED + MOVING[year]}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year == 2028))]
    assert {day for day in days if closed_reason(house, day) == ClosedReason.HOLIDAY} == expected


@pytest.mark.parametrize("year", sorted(MOVING))
def test_the_house_is_open_on_every_other_weekday_and_on_no_weekend(house: House, year: int) -> None:
    closed = {date(year, month, day) for month, day in FIXED + MOVING[year]}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year == 2028))]
    expected = [day for day in days if day.isoweekday() <= 5 and day not in closed]
    assert list(open_days(house, days[0], days[-1])) == expected


@pytest.mark.parametrize(
    ("day", "language", "name"),
    [
        (date(2026, 6, 19), "fi", "Juhannusaatto"),
        (date(2026, 6, 19), "sv", "Midsommarafton"),
        (date(2026, 6, 19), "en", "Midsummer Eve"),
        (date(2026, 12, 24), "fi", "Jouluaatto"),
        (date(2026, 12, 24), "sv", "Julafton"),
        (date(2026, 12, 24), "ar", "Christmas Eve"),
        (date(2026, 11, 23), "fi", None),
    ],
)
def test_a_holiday_is_named_in_the_language_or_in_english(
    house: House, day: date, language: str, name: str | None
) -> None:
    assert holiday_name(house, day, language) == name


def test_weekends_and_days_of_the_house_have_their_own_reasons(house: House) -> None:
    cleaning = replace(house, extra_closed=("2026-11-25", "2026-11-28", "2026-12-24"))
    assert closed_reason(cleaning, date(2026, 11, 25)) is ClosedReason.EXTRA
    assert closed_reason(cleaning, date(2026, 11, 28)) is ClosedReason.EXTRA
    assert closed_reason(cleaning, date(2026, 11, 29)) is ClosedReason.WEEKDAY
    assert closed_reason(cleaning, date(2026, 12, 24)) is ClosedReason.HOLIDAY
    assert closed_reason(cleaning, date(2026, 11, 26)) is None
    assert is_open(house, date(2026, 11, 25))
    assert not is_open(cleaning, date(2026, 11, 25))


def test_the_next_open_day_steps_over_a_whole_christmas(house: House) -> None:
    assert next_open_day(house, date(2026, 12, 23)) == date(2026, 12, 28)
    assert next_open_day(house, date(2026, 11, 23)) == date(2026, 11, 24)


def test_a_house_that_never_opens_has_no_next_open_day(house: House) -> None:
    assert next_open_day(replace(house, hours=((),) * 7), date(2026, 11, 23)) is None


def test_open_days_of_a_reversed_range_are_none(house: House) -> None:
    assert list(open_days(house, date(2026, 11, 24), date(2026, 11, 23))) == []


def test_another_country_has_its_own_holidays(house: House) -> None:
    swedish = replace(house, country="SE", holiday_categories=("public",))
    assert closed_reason(swedish, date(2028, 6, 6)) is ClosedReason.HOLIDAY
    assert closed_reason(house, date(2028, 6, 6)) is None


def test_countries_and_categories_of_the_package_are_known() -> None:
    assert {"public", "workday"} <= known_categories("FI")
    assert known_categories("XX") == frozenset()
