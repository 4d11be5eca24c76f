"""Five years of a busy house: made once, released once, and copied into each database that is measured.

Making and releasing take a quarter of an hour, so a folder may keep them from run to run.
"""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.house import House
from ihh.domain.statistics.facts import VisitFact
from ihh.domain.statistics.periods import Period, PeriodKind, containing
from ihh.models import FigureRow, Release
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


@dataclass(frozen=True)
class Made:
    """A folder with everything that is measured."""

    folder: Path

    @property
    def facts(self) -> Path:
        return self.folder / "facts"

    @property
    def database(self) -> Path:
        return self.folder / "years.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def _about(self) -> Path:
        return self.folder / "about.json"

    @property
    def is_there(self) -> bool:
        return self._about.exists()

    def note(self, **about: Any) -> None:
        """The last thing that is written: then everything is there."""
        self._about.write_text(json.dumps(about))

    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._about.read_text())
        return found


def copy_releases(source: Engine, target: Engine) -> None:
    """The released figures as they are: the same facts have the same figures and masks everywhere."""
    with source.connect() as reading, target.begin() as writing:
        for table in (Release.__table__, FigureRow.__table__):
            rows = reading.execution_options(stream_results=True).execute(table.select())
            for some in rows.mappings().partitions(2_000):
                writing.execute(table.insert(), [dict(row) for row in some])
        writing.execute(text("ANALYZE"))


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
    """Every period of these kinds, in the order in which they end; seconds of the processor for each."""
    now = datetime.combine(size.last + timedelta(days=30), datetime.min.time(), UTC)
    spent: dict[PeriodKind, list[float]] = {kind: [] for kind in kinds}
    for period in _periods(size, kinds):
        began = time.process_time()
        releasing.release(period, now=now)
        spent[period.kind].append(time.process_time() - began)
    return spent


def _periods(size: Size, kinds: tuple[PeriodKind, ...]) -> list[Period]:
    found = []
    for kind in kinds:
        period = containing(size.first, kind)
        while period.last <= size.last:
            found.append(period)
            period = period.next
    return sorted(found, key=lambda one: (one.last, releasing.KINDS.index(one.kind)))
