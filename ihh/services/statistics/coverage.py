"""Which days are recorded as a whole: closed by this house, or declared complete for another system."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select

from ihh.db import db
from ihh.domain.closed_days import open_days
from ihh.domain.house import House
from ihh.domain.statistics.coverage import Coverage, DayRange, covered, joined, outside
from ihh.domain.statistics.facts import HOUSE
from ihh.domain.statistics.periods import DAY, Period, PeriodKind, containing
from ihh.models import CompleteRange, VisitFactRow
from ihh.services.statistics.closing import begun_on

HISTORY = "history"
"""Name of the lock under which history comes in, is declared complete, and is released."""

IMPORTED: ColumnElement[bool] = or_(VisitFactRow.source < HOUSE, VisitFactRow.source > HOUSE)
"""So that the index on the source is used: mostly there is none."""


def declared() -> tuple[DayRange, ...]:
    """The days declared complete, in order, none touching the next."""
    query = select(CompleteRange.first, CompleteRange.last)
    return joined(DayRange(first, last) for first, last in db.session.execute(query))


def coverage(house: House, today: date) -> Coverage:
    """What is recorded, from the year of the first day of which anything is known until yesterday.

    Every open day must be, and every day that has visits of another system.
    """
    complete, begun, imported = declared(), begun_on(today), _imported_days()
    known = [*imported, *(one.first for one in complete), *([begun] if begun else [])]
    if not known:
        return Coverage((), ())
    year = containing(min(known), PeriodKind.YEAR)
    needed = {*open_days(house, containing(year.start, PeriodKind.WEEK).start, today - DAY), *imported}
    own = DayRange(begun, today - DAY) if begun and begun < today else None
    return covered(complete, own, needed=needed, is_all_own=not (complete or imported))


def has_stray(period: Period, ranges: tuple[DayRange, ...]) -> bool:
    """Whether it has visits of another system on days outside of the ranges."""
    query = select(VisitFactRow.day).where(IMPORTED, VisitFactRow.day.between(period.start, period.last))
    return bool(outside(ranges, db.session.scalars(query.distinct())))


def _imported_days() -> set[date]:
    if not db.session.execute(select(exists().where(IMPORTED))).scalar():
        return set()
    return set(db.session.scalars(select(VisitFactRow.day).where(IMPORTED).distinct()))


def days_with_visits(days: DayRange) -> dict[date, int]:
    """How many visits each of the days has that has any, whoever recorded them."""
    query = (
        select(VisitFactRow.day, func.count())
        .where(VisitFactRow.day.between(days.first, days.last))
        .group_by(VisitFactRow.day)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
