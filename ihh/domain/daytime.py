"""Between minutes of a local day and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, minute: int, *, timezone: str) -> datetime:
    """The UTC instant of a wall-clock minute of `day`; of two equal ones (autumn) the first."""
    wall = datetime.combine(day, time(), ZoneInfo(timezone)) + timedelta(minutes=minute)
    return wall.astimezone(UTC)


def local_day(at: datetime, *, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


def local_minute(at: datetime, *, timezone: str) -> int:
    """Minutes from local midnight on the wall clock, seconds dropped."""
    local = at.astimezone(ZoneInfo(timezone))
    return local.hour * 60 + local.minute
