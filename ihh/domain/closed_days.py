"""Which days the house is closed: weekly hours, public holidays, days the house adds.

Holidays come from the `holidays` package, by the house's country and categories. For Finland the
category `public` holds the official ones and also Midsummer Eve and 24 December.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import holidays

from ihh.domain.house import House

SEARCH_DAYS = 366
"""How far `next_open_day` looks before it says there is none."""


class ClosedReason(StrEnum):
    """Why a day is closed; where several hold, the first in this order."""

    HOLIDAY = "holiday"
    EXTRA = "extra"
    """One of the house's own closed days."""
    WEEKDAY = "weekday"
    """No hours on this day of the week."""


def closed_reason(house: House, day: date) -> ClosedReason | None:
    """None where the house is open for at least a part of `day`."""
    if holiday_name(house, day) is not None:
        return ClosedReason.HOLIDAY
    if day.isoformat() in house.extra_closed:
        return ClosedReason.EXTRA
    if not house.hours[day.weekday()]:
        return ClosedReason.WEEKDAY
    return None


def is_open(house: House, day: date) -> bool:
    return closed_reason(house, day) is None


def open_days(house: House, first: date, last: date) -> Iterator[date]:
    """Open days from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if is_open(house, day):
            yield day


def next_open_day(house: House, day: date) -> date | None:
    """The first open day after `day`; None where a year has none."""
    return next(open_days(house, day + timedelta(days=1), day + timedelta(days=SEARCH_DAYS)), None)


def holiday_name(house: House, day: date, language: str = "en") -> str | None:
    """The holiday on `day` in `language`, in English where the package lacks it; None on other days."""
    return _holidays(house.country, house.holiday_categories, day.year, language).get(day)


def known_categories(country: str) -> frozenset[str]:
    """Categories of holidays the package has for an ISO 3166 country; empty for an unknown country."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country).supported_categories)


@lru_cache(maxsize=256)
def _holidays(country: str, categories: tuple[str, ...], year: int, language: str) -> Mapping[date, str]:
    """A year's holidays; whole years are kept because the package's own lazy table is not safe in threads."""
    if not categories:
        return MappingProxyType({})
    spoken = _package_language(country, language)
    found = holidays.country_holidays(
        country, years=year, categories=categories, language=spoken, expand=False
    )
    return MappingProxyType(dict(found))


def _package_language(country: str, language: str) -> str | None:
    """The package's code for `language` (`sv_FI` for sv), else for English, else its default."""
    codes = holidays.country_holidays(country).supported_languages
    for wanted in (language, "en"):
        for code in codes:
            if code == wanted or code.startswith(f"{wanted}_"):
                return code
    return None
