"""Five years of a busy house: made once a run, written into each database, and released period by period."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.house import House
from ihh.domain.statistics.facts import VisitFact
from ihh.domain.statistics.periods import Period, PeriodKind, containing
from ihh.services.statistics import bulk, releasing
from ihh.simulation import history

SEED = 2021


@dataclass(frozen=True)
class Size:
    visits: int
    years: int
    last_year: int = 2025

    @property
    def first(self) -> date:
        return date(self.last_year - self.years + 1, 1, 1)

    @property
    def last(self) -> date:
        return date(self.last_year, 12, 31)


FULL = Size(1_000_000, 5)
SMALL = Size(50_000, 1)


def make(house: House, size: Size, file: Path) -> tuple[int, int]:
    """The facts day by day into a file, exactly as many visits, and services; how many."""
    visits = services = 0
    with file.open("wb") as out:
        for year in range(size.first.year, size.last.year + 1):
            for _, found in history.days(
                house,
                date(year, 1, 1),
                date(year, 12, 31),
                seed=SEED,
                visits_per_day=1.01 * size.visits / size.years / _busy_days(house, year),
            ):
                wanted = size.visits * (year - size.first.year + 1) // size.years
                kept = found[: wanted - visits]
                visits += len(kept)
                services += sum(len(visit.services) for visit in kept)
                if kept:
                    pickle.dump(kept, out, protocol=5)
    return visits, services


def _busy_days(house: House, year: int) -> float:
    """A year's open days, each counted by how busy it is: so its visits reach to its end."""
    days = open_days(house, date(year, 1, 1), date(year, 12, 31))
    return sum(history.SEASON[day.month - 1] * history.WEEKDAYS[min(day.weekday(), 4)] for day in days)


def made(file: Path) -> Iterator[VisitFact]:
    with file.open("rb") as kept:
        while True:
            try:
                yield from pickle.load(kept)
            except EOFError:
                return


def write(file: Path) -> float:
    """Into the database at hand; seconds."""
    began = time.perf_counter()
    with transaction():
        bulk.add(made(file))
    with transaction():
        db.session.execute(text("ANALYZE"))
    return time.perf_counter() - began


def release(size: Size, *, kinds: tuple[PeriodKind, ...]) -> dict[PeriodKind, list[float]]:
    """Every period of these kinds, in the order in which they end; seconds of each."""
    now = datetime.combine(size.last + timedelta(days=30), datetime.min.time(), UTC)
    spent: dict[PeriodKind, list[float]] = {kind: [] for kind in kinds}
    for period in _periods(size, kinds):
        began = time.perf_counter()
        with transaction():
            releasing.release(period, now=now)
        spent[period.kind].append(time.perf_counter() - began)
    return spent


def _periods(size: Size, kinds: tuple[PeriodKind, ...]) -> list[Period]:
    found = []
    for kind in kinds:
        period = containing(size.first, kind)
        while period.last <= size.last:
            found.append(period)
            period = period.next
    return sorted(found, key=lambda one: (one.last, releasing.KINDS.index(one.kind)))
