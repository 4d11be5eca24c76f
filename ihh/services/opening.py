"""When the house is open: now, next, and the days it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ihh.domain.closed_days import ClosedReason, closed_reason, holiday_name, next_open_day
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.house import House


@dataclass(frozen=True)
class Opening:
    """Minutes are from local midnight."""

    today: date
    until: int | None
    """Closing time of the hours that run now; None while closed."""
    opens: tuple[date, int] | None
    """The next opening, while closed; None where a year has none."""


@dataclass(frozen=True)
class ClosedDay:
    day: date
    holiday: str | None
    """Its name; None for a day the house closes by itself."""


def opening(house: House, *, now: datetime) -> Opening:
    today, minute = local_day(now, timezone=house.timezone), local_minute(now, timezone=house.timezone)
    spans = house.hours[today.weekday()] if closed_reason(house, today) is None else ()
    until = next((span.end for span in spans if span.start <= minute < span.end), None)
    if until is not None:
        return Opening(today, until, None)
    later = next((span.start for span in spans if span.start > minute), None)
    if later is not None:
        return Opening(today, None, (today, later))
    day = next_open_day(house, today)
    return Opening(today, None, (day, house.hours[day.weekday()][0].start) if day else None)


def closed_days(house: House, *, language: str, now: datetime) -> list[ClosedDay]:
    """Days within the booking horizon that are closed although their weekday has hours."""
    today = local_day(now, timezone=house.timezone)
    days = (today + timedelta(days=offset) for offset in range(house.limits.horizon_days + 1))
    return [
        ClosedDay(day, holiday_name(house, day, language))
        for day in days
        if house.hours[day.weekday()]
        and closed_reason(house, day) in (ClosedReason.HOLIDAY, ClosedReason.EXTRA)
    ]
