"""The demonstration's past: synthetic facts of the months before its first day."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.house import House
from ihh.domain.statistics.periods import Period, PeriodKind, containing
from ihh.models import Visit, VisitFactRow
from ihh.services.statistics import bulk
from ihh.simulation import history

VISITS_PER_DAY = 90


def fill(house: House, until: date, *, months: int) -> int:
    """Facts of whole months and of the last one's days before `until`; how many visits.

    Only in a house that has no past at all. Figures of these months are released by the night's work.
    """
    if months < 1 or _has_past():
        return 0
    first: Period = containing(until, PeriodKind.MONTH)
    for _ in range(months):
        first = first.previous
    with transaction():
        visits = 0
        made = history.days(
            house,
            first.start,
            until - timedelta(days=1),
            seed=until.toordinal(),
            visits_per_day=VISITS_PER_DAY,
        )
        for day, found in made:
            visits += bulk.add(found)[0]
            bulk.add_numbers(day, history.numbers(house, day, found))
    return visits


def _has_past() -> bool:
    return any(db.session.execute(select(of.id).limit(1)).first() is not None for of in (VisitFactRow, Visit))
