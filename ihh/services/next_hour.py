"""The next hour: who is booked, how many walk-ins this hour usually brings, which desks go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import instant, local_minute
from ihh.domain.house import Desk, House
from ihh.domain.visit import Origin, VisitState
from ihh.models import Leg, Visit

HOUR = timedelta(hours=1)
PAST_WEEKS = 4
"""Walk-ins are expected from the same weekday of so many weeks."""


@dataclass(frozen=True)
class NextHour:
    booked: int
    """Booked visits that begin in it and have not checked in."""
    walk_ins: tuple[int, int] | None
    """Fewest and most that came in this hour of the same weekday lately; None without history."""
    breaks: int
    """Open desks whose hours pause or end in it."""


def next_hour(house: House, open_desks: Sequence[Desk], today: date, *, now: datetime) -> NextHour:
    minute = local_minute(now, timezone=house.timezone)
    until = minute + HOUR // timedelta(minutes=1)
    return NextHour(
        booked=_booked(today, now),
        walk_ins=_walk_ins(house, today, now=now),
        breaks=sum(
            any(minute < span.end <= until for span in desk.hours[today.weekday()]) for desk in open_desks
        ),
    )


def _booked(today: date, now: datetime) -> int:
    begins = (
        select(func.min(Leg.starts_at).label("at"))
        .join(Visit, Leg.visit_id == Visit.id)
        .where(Visit.service_date == today, Visit.state == VisitState.BOOKED)
        .group_by(Leg.visit_id)
        .subquery()
    )
    query = select(func.count()).select_from(begins).where(begins.c.at >= now, begins.c.at < now + HOUR)
    return db.session.execute(query).scalar() or 0


def _walk_ins(house: House, today: date, *, now: datetime) -> tuple[int, int] | None:
    """Weeks in which nobody came in this hour say more about the record than about the hour."""
    minute = local_minute(now, timezone=house.timezone)
    counts = []
    for day in open_days(house, today - timedelta(weeks=PAST_WEEKS), today - timedelta(days=1)):
        if day.weekday() == today.weekday():
            begin = instant(day, minute, timezone=house.timezone)
            came = select(func.count()).where(
                Visit.service_date == day,
                Visit.origin == Origin.WALK_IN,
                Visit.checked_in_at >= begin,
                Visit.checked_in_at < begin + HOUR,
            )
            counts.append(db.session.execute(came).scalar() or 0)
    seen = [count for count in counts if count]
    return (min(seen), max(seen)) if seen else None
