"""Years from another system come in as facts: the whole file or nothing, and nothing twice.

A file is read twice. First everything in it is checked, without a lock; then it is written in one
transaction. On SQLite nobody else can write meanwhile, so large files are for a closed house.
Its figures are made once its days are declared complete (`declaring`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.events_file import Fault, Found, visits
from ihh.domain.statistics.events_values import Expected
from ihh.domain.statistics.facts import HOUSE, VisitFact
from ihh.domain.statistics.periods import PeriodKind, containing
from ihh.models import ClosedDay, Release, VisitFactRow
from ihh.services.hold_limits import one_at_a_time
from ihh.services.house import current_house
from ihh.services.statistics import bulk, declaring
from ihh.services.statistics.closing import begun_on
from ihh.services.statistics.coverage import HISTORY, declared

FAULTS_TOLD = 100
ASKED_AT_ONCE = 500

Tell = Callable[[int], None]
"""Hears how many more bytes were read; each byte is read twice, in a dry run once."""


@dataclass
class Report:
    """What stands in a file."""

    visits: int = 0
    services: int = 0
    first: date = date.max
    last: date = date.min
    unknown_agencies: set[str] = field(default_factory=set)
    unknown_services: set[str] = field(default_factory=set)
    """Not in the house file: imported as they are, shown by their codes."""


class Faulty(Exception):
    """The file cannot be imported; `faults` holds the first of them, in the file's order."""

    def __init__(self, faults: Sequence[Fault], count: int) -> None:
        super().__init__(f"{count} faults")
        self.faults = sorted(faults, key=lambda fault: fault.line)
        self.count = count


@dataclass(frozen=True)
class Complete:
    """A declaration that goes with a file: with it, no visit of these days is missing."""

    days: DayRange
    nobody_came: bool = False
    """Also in months of which there is no visit."""


def check(
    path: Path, source: str, *, now: datetime, complete: Complete | None = None, tell: Tell | None = None
) -> Report:
    """Read a file and say what an import of it would bring. Raises Faulty, and OSError for no file.

    Raises Undeclarable for what cannot be declared `complete`. Refuses `invalid` for a source's name that is
    the house's own or no name.
    """
    expected = _expected(source, now)
    report, count = Report(), 0
    faults: list[Fault] = []
    days: dict[date, int] = {}
    with closing(_Keys()) as keys:
        for found in _read(path, expected, tell):
            if isinstance(found, Fault):
                count += 1
                faults += [found] if len(faults) < FAULTS_TOLD else []
            else:
                line, visit = found
                days.setdefault(visit.day, line)
                keys.add(visit.key, line)
                _note(report, visit)
        for fault in (*_forbidden(days, expected.today), *keys.faults(source)):
            count += 1
            faults += [fault] if len(faults) < FAULTS_TOLD else []
    if not faults and not report.visits:
        faults, count = [Fault(1, "", "no row follows the header")], 1
    if faults:
        raise Faulty(faults, count)
    if complete is not None:
        declaring.check(complete.days, now=now, nobody_came=complete.nobody_came, coming=days)
    report.first, report.last = min(days), max(days)
    house = current_house()
    report.unknown_agencies -= house.agency.keys()
    report.unknown_services -= house.service.keys()
    return report


def bring_in(
    path: Path, source: str, *, now: datetime, complete: Complete | None = None, tell: Tell | None = None
) -> Report:
    """Check a file and write its facts, with what is declared about them. Raises and refuses as `check` does.

    What others did between the checking and the writing counts: then nothing is imported either.
    """
    report = check(path, source, now=now, complete=complete, tell=tell)
    expected = _expected(source, now)
    days: dict[date, int] = {}
    try:
        with transaction():
            one_at_a_time(HISTORY)
            bulk.add(_clean(_read(path, expected, tell), days))
            if changed := list(_forbidden(days, expected.today)):
                raise Faulty(changed, len(changed))
            _bring_back(days)
            if complete is not None:
                declaring.check(complete.days, now=now, nobody_came=complete.nobody_came)
                declaring.keep(complete.days, now=now)
    except IntegrityError:
        raise Faulty([Fault(1, "visit", "visits of this file were imported meanwhile")], 1) from None
    return report


def _bring_back(days: Iterable[date]) -> None:
    """Days of another system that were purged have facts again."""
    db.session.execute(delete(ClosedDay).where(ClosedDay.day.in_(list(days)), ClosedDay.closed_at.is_(None)))


def _clean(found: Iterator[Found | Fault], days: dict[date, int]) -> Iterator[VisitFact]:
    for one in found:
        if isinstance(one, Fault):
            raise Faulty([one], 1)
        days.setdefault(one[1].day, one[0])
        yield one[1]


def _expected(source: str, now: datetime) -> Expected:
    if (
        source == HOUSE
        or not 1 <= len(source) <= 40
        or not source.replace("-", "").replace("_", "").isalnum()
    ):
        raise Refusal(Code.INVALID, field="source")
    house = current_house()
    return Expected(
        ZoneInfo(house.timezone),
        local_day(now, timezone=house.timezone),
        {service.id: service.agency for service in house.services},
        source,
    )


def _read(path: Path, expected: Expected, tell: Tell | None) -> Iterator[Found | Fault]:
    def lines() -> Iterator[bytes]:
        with path.open("rb") as file:
            for line in file:
                if tell is not None:
                    tell(len(line))
                yield line

    return visits(lines(), expected)


def _note(report: Report, visit: VisitFact) -> None:
    report.visits += 1
    report.services += len(visit.services)
    for service in visit.services:
        report.unknown_agencies.add(service.agency)
        report.unknown_services.add(service.service)


def _forbidden(days: Mapping[date, int], today: date) -> Iterator[Fault]:
    """Days of which something is published, that are declared complete, or that this house records itself."""
    released = {
        (kind, start) for kind, start in db.session.execute(select(Release.period_kind, Release.period_start))
    }
    complete, begun = declared(), begun_on(today) or date.max
    for day, line in days.items():
        periods = [containing(day, kind) for kind in reversed(PeriodKind)]
        if codes := [one.code for one in periods if (one.kind.value, one.start) in released]:
            yield Fault(line, "day", f"figures of {codes[0]} are published and stay as they are")
        elif within := [str(one) for one in complete if day in one]:
            yield Fault(line, "day", f"{within[0]} is declared complete and takes no more visits")
        elif day >= begun:
            yield Fault(line, "day", f"this house records its days itself since {begun}")


class _Keys:
    """The file's keys, kept on disk: there may be millions."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("")
        self._kept.execute("CREATE TABLE kept (key TEXT NOT NULL, line INTEGER NOT NULL)")
        self._new: list[tuple[str, int]] = []

    def add(self, key: str, line: int) -> None:
        self._new.append((key, line))
        if len(self._new) == ASKED_AT_ONCE:
            self._keep()

    def faults(self, source: str) -> Iterator[Fault]:
        self._keep()
        twice = "SELECT max(line) FROM kept GROUP BY key HAVING count(*) > 1"
        for (line,) in self._kept.execute(twice):
            yield Fault(line, "visit", "this visit was there before: its rows stand together")
        known = select(exists().where(VisitFactRow.source == source))
        if not db.session.execute(known).scalar():
            return
        every = iter(self._kept.execute("SELECT key, line FROM kept"))
        for some in iter(partial(_first, every, ASKED_AT_ONCE), {}):
            query = select(VisitFactRow.key).where(VisitFactRow.source == source, VisitFactRow.key.in_(some))
            for key in db.session.scalars(query):
                yield Fault(some[key], "visit", "this visit was imported before")

    def close(self) -> None:
        self._kept.close()

    def _keep(self) -> None:
        self._kept.executemany("INSERT INTO kept VALUES (?, ?)", self._new)
        self._new.clear()


def _first(rows: Iterator[tuple[str, int]], count: int) -> dict[str, int]:
    return dict(islice(rows, count))
