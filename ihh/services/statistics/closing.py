"""Ended days become facts: every night, and again while feedback about them may still come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.statistics.periods import DAY, PeriodKind, containing
from ihh.domain.visit import VisitState
from ihh.models import ClosedDay, Release, Visit, VisitFactRow
from ihh.services.house import current_house
from ihh.services.statistics.day_numbers import numbers_of
from ihh.services.statistics.fact_rows import first_day, replace_day
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


def unclosed_days(house: House, today: date) -> set[date]:
    """Ended days of which facts are still to be made: those with visits, and open days without any."""
    had_visits = _days(today, Visit.state.not_in(NEVER_BOOKED))
    first = first_day() or min(had_visits, default=today)
    closed = set(db.session.scalars(select(ClosedDay.day)))
    return (had_visits | set(open_days(house, first, today - DAY)) - _days_with_facts(first)) - closed


def _to_close(house: House, today: date) -> list[date]:
    """Days never closed, and those about which feedback may have come since."""
    answered_since = today - timedelta(days=house.limits.feedback_days + 1)
    again = set(db.session.scalars(select(ClosedDay.day).where(ClosedDay.day >= answered_since)))
    return sorted((unclosed_days(house, today) | again) - _days(today, Visit.state.in_(UNENDED)))


def _days(today: date, condition: ColumnElement[bool]) -> set[date]:
    query = select(Visit.service_date).where(Visit.service_date < today, condition).distinct()
    return set(db.session.scalars(query))


def _days_with_facts(first: date) -> set[date]:
    """Also of another system: then this house has nothing to add."""
    return set(db.session.scalars(select(VisitFactRow.day).where(VisitFactRow.day >= first).distinct()))


def _is_released(day: date) -> bool:
    month = containing(day, PeriodKind.MONTH)
    return db.session.get(Release, (month.kind.value, month.start)) is not None
