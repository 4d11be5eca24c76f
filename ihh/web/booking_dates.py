"""Which days and hours a booker wants to see, as asked for in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ihh.domain.daytime import local_day
from ihh.domain.house import House

ALL_DAY = 24 * 60


@dataclass(frozen=True)
class Dates:
    """Days are inclusive, hours are minutes from midnight; None where nothing was asked."""

    first: date | None
    not_before: int | None
    not_after: int | None
    earliest: date
    latest: date
    """Between these days visits can be booked."""
    hours: tuple[int, ...]
    """Full hours to choose from."""

    @property
    def are_narrowed(self) -> bool:
        return (self.first, self.not_before, self.not_after) != (None, None, None)

    def query(self) -> dict[str, str]:
        """As it stands in an address of the page; without what was not asked."""
        asked = {"from": self.first, "not_before": self.not_before, "not_after": self.not_after}
        return {name: str(value) for name, value in asked.items() if value is not None}

    def asked(self) -> dict[str, Any]:
        """As keywords of `proposals.propose`."""
        return {
            "first": self.first,
            "not_before": self.not_before or 0,
            "not_after": self.not_after or ALL_DAY,
        }


def read_dates(
    house: House,
    given: Mapping[str, str],
    *,
    now: datetime,
    allowed: tuple[date, date] = (date.min, date.max),
) -> Dates:
    """What was asked; anything that is no day in range or no hour counts as nothing asked.

    `allowed` are the first and the last day on which a visit that was booked with another can be.
    """
    today = local_day(now, timezone=house.timezone)
    earliest = max(today, allowed[0])
    latest = min(today + timedelta(days=house.limits.horizon_days), allowed[1])
    hours = _hours(house)
    first = _day(given.get("from", ""))
    return Dates(
        first=first if first is not None and earliest <= first <= latest else None,
        not_before=_hour(given.get("not_before", ""), hours),
        not_after=_hour(given.get("not_after", ""), hours),
        earliest=earliest,
        latest=latest,
        hours=hours,
    )


def _hours(house: House) -> tuple[int, ...]:
    spans = [span for day in house.hours for span in day]
    if not spans:
        return ()
    return tuple(range(min(span.start for span in spans) // 60 * 60, max(span.end for span in spans) + 1, 60))


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _hour(given: str, hours: tuple[int, ...]) -> int | None:
    return int(given) if given in {str(hour) for hour in hours} else None
