"""The demonstration's past: synthetic facts of the months before its first day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.house import House
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.periods import DAY, Period, PeriodKind, containing
from ihh.models import Visit, VisitFactRow
from ihh.services.statistics import bulk, declaring
from ihh.simulation import history

VISITS_PER_DAY = 90


def fill(house: House, until: date, *, months: int, now: datetime) -> int:
    """Facts of whole months and of the last one's days before `until`; how many visits.

    Only in a house that has no past at all. All of it is made, so all of it is declared complete: figures
    of these months are released by the night's work.
    """
    if months < 1 or _has_past():
        return 0
    first: Period = containing(until, PeriodKind.MONTH)
    for _ in range(months):
        first = first.previous
    past = DayRange(first.start, until - DAY)
    with transaction():
        visits = 0
        made = history.days(
            house, past.first, past.last, seed=until.toordinal(), visits_per_day=VISITS_PER_DAY
        )
        for day, found in made:
            visits += bulk.add(found)[0]
            bulk.add_numbers(day, history.numbers(house, day, found))
        declaring.keep(past, now=now)
    return visits


def _has_past() -> bool:
    return any(db.session.execute(select(of.id).limit(1)).first() is not None for of in (VisitFactRow, Visit))
