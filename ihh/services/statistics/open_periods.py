"""Which months and years are released, and whether they are real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ihh.db import db
from ihh.domain.statistics.periods import Period, PeriodKind
from ihh.models import Release


@dataclass(frozen=True)
class OpenPeriod:
    period: Period
    is_synthetic: bool
    released_at: datetime


def open_periods(kinds: Sequence[PeriodKind]) -> list[OpenPeriod]:
    """Released periods of these kinds, in the order in which they ended."""
    query = select(
        Release.period_kind, Release.period_start, Release.is_synthetic, Release.released_at
    ).where(Release.period_kind.in_([kind.value for kind in kinds]))
    found = [
        OpenPeriod(Period(start, PeriodKind(kind)), is_synthetic, released_at)
        for kind, start, is_synthetic, released_at in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.period.last, kinds.index(one.period.kind)))
