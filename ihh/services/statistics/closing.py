"""Ended days become facts: every night, and again while feedback about them may still come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.statistics.periods import DAY, PeriodKind, containing
from ihh.domain.visit import VisitState
from ihh.models import ClosedDay, Release, Visit
from ihh.services.house import current_house
from ihh.services.statistics.day_numbers import numbers_of
from ihh.services.statistics.fact_rows import replace_day
from ihh.services.statistics.raw_facts import NEVER_BOOKED, visits_between

UNENDED = (VisitState.BOOKED, VisitState.IN_HOUSE)


def close_days(*, now: datetime) -> int:
    """Make facts of all ended days that had visits or should have had; how many. Safe to run twice.

    A day with a visit that nobody ended yet waits for the next run. Facts of days whose month is released
    stay as they were.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    closed = 0
    for day in _to_close(house, today):
        with transaction():
            if not _is_released(day):
                replace_day(day, visits_between(day, day), numbers_of(house, day))
                db.session.merge(ClosedDay(day=day, closed_at=now))
                closed += 1
    return closed


def begun_on(today: date) -> date | None:
    """The first day that this house recorded itself; None while it has ended none."""
    closed = select(func.min(ClosedDay.day)).where(ClosedDay.closed_at.is_not(None))
    visited = select(func.min(Visit.service_date)).where(_had_visits(today))
    days = (db.session.execute(query).scalar() for query in (closed, visited))
    return min((day for day in days if day is not None), default=None)


def unclosed_days(house: House, today: date) -> set[date]:
    """Ended days of which facts are still to be made: those with visits, and open days without any.

    None before the house began: that nobody came on a day is known only to who was there.
    """
    first = begun_on(today)
    if first is None:
        return set()
    closed = set(db.session.scalars(select(ClosedDay.day)))
    return (_days(_had_visits(today)) | set(open_days(house, first, today - DAY))) - closed


def _to_close(house: House, today: date) -> list[date]:
    """Days never closed, and those about which feedback may have come since."""
    answered_since = today - timedelta(days=house.limits.feedback_days + 1)
    again = set(db.session.scalars(select(ClosedDay.day).where(ClosedDay.day >= answered_since)))
    return sorted(
        (unclosed_days(house, today) | again) - _days((Visit.service_date < today) & Visit.state.in_(UNENDED))
    )


def _had_visits(today: date) -> ColumnElement[bool]:
    return (Visit.service_date < today) & Visit.state.not_in(NEVER_BOOKED)


def _days(condition: ColumnElement[bool]) -> set[date]:
    return set(db.session.scalars(select(Visit.service_date).where(condition).distinct()))


def _is_released(day: date) -> bool:
    month = containing(day, PeriodKind.MONTH)
    return db.session.get(Release, (month.kind.value, month.start)) is not None
