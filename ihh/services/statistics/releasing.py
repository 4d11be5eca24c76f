"""Closed periods are released: counted, masked over all that was ever published, and frozen."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.counting import Rules, count
from ihh.domain.statistics.coverage import Coverage
from ihh.domain.statistics.periods import Period, PeriodKind, closes_on, containing
from ihh.domain.statistics.pooling import together
from ihh.domain.statistics.tables import PUBLISHED, TOTAL, Dimension, Table, values
from ihh.models import ClosedDay, Release
from ihh.services.hold_limits import one_at_a_time
from ihh.services.house import current_house
from ihh.services.statistics import fact_rows, frozen
from ihh.services.statistics.closing import unclosed_days
from ihh.services.statistics.coverage import HISTORY, coverage, has_stray
from ihh.services.statistics.masks import Counted, first_read, masked
from ihh.services.statistics.row_order import known_values

log = logging.getLogger(__name__)

KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR)


def release_closed(*, now: datetime) -> list[Period]:
    """Release every closed period that is not yet; which ones, in the order in which they ended.

    Days and weeks close with their last day, months and years when feedback about it is over. Safe to run
    twice, and in several processes: the first to write a release makes it.
    """
    house = current_house()
    recorded = coverage(house, local_day(now, timezone=house.timezone))
    done = []
    for period in _due(house, recorded, now):
        try:
            release(period, now=now, recorded=recorded)
        except IntegrityError:
            log.info("%s was released by another process", period.code)
        except Stray:
            log.info("%s: visits were imported while it was counted", period.code)
        else:
            done.append(period)
    return sorted(done, key=lambda period: (period.last, KINDS.index(period.kind)))


class Stray(Exception):
    """Visits of another system came in of days that are not declared complete."""


def release(period: Period, *, now: datetime, recorded: Coverage | None = None) -> None:
    """Count, mask and freeze one period. Raises IntegrityError if it is released.

    Only what has been worked out is written in a transaction: masks may take a minute, and nobody is to wait
    for the night's work. Raises Stray if by then there are visits outside of what is `recorded`.
    """
    house = current_house()
    counted = _pooled(period) if period.kind is PeriodKind.YEAR else _counted(house, period)
    rows = masked(house, period, counted)
    made = Release(
        period_kind=period.kind.value,
        period_start=period.start,
        released_at=now,
        small_cell=house.figures.small_cell,
        service_level_min=house.figures.service_level_min,
        is_synthetic=fact_rows.has_synthetic(period.start, period.last),
    )
    with transaction():
        one_at_a_time(HISTORY)
        if recorded is not None and has_stray(period, recorded.ranges):
            raise Stray
        db.session.add(made)
        db.session.flush()
        frozen.add(rows)


def rules_of(house: House) -> Rules:
    return Rules(
        ZoneInfo(house.timezone),
        timedelta(minutes=house.policy.no_show_grace_min),
        timedelta(minutes=house.figures.service_level_min),
        way_target=timedelta(minutes=house.figures.way_target_min),
        services=house.service,
        open_hours=house.open_hours,
    )


def _due(house: House, recorded: Coverage, now: datetime) -> list[Period]:
    """Closed, recorded as a whole and not released; none that is lost. From short to long, the newest first.

    Who reads waits for the newest. Days and weeks go before all months, and months before all years: the
    longer are masked in view of the shorter, and a year is its months. Among equals the order tells nobody
    more, since a month is masked in view of its neighbours on either side.
    """
    if not recorded.ranges:
        return []
    today, days = local_day(now, timezone=house.timezone), house.limits.feedback_days
    waiting = min(unclosed_days(house, today), default=today)
    purged, emptied = _purged_days(), _emptied_periods()
    found = []
    for kind in KINDS:
        released = set(
            db.session.scalars(select(Release.period_start).where(Release.period_kind == kind.value))
        )
        period = containing(recorded.ranges[0].first, kind)
        while closes_on(period, feedback_days=days) <= today and period.last < waiting:
            is_new = period.start not in released and recorded.has(period)
            if is_new and not _is_lost(period, purged, emptied):
                found.append(period)
            period = period.next
    newest_first = sorted(found, key=lambda period: period.start, reverse=True)
    return sorted(newest_first, key=lambda period: KINDS.index(period.kind))


def _purged_days() -> list[date]:
    return list(db.session.scalars(select(ClosedDay.day).where(ClosedDay.purged_at.is_not(None))))


def _emptied_periods() -> list[Period]:
    query = select(Release.period_kind, Release.period_start).where(Release.emptied_at.is_not(None))
    return [Period(start, PeriodKind(kind)) for kind, start in db.session.execute(query)]


def _is_lost(period: Period, purged: Iterable[date], emptied: Iterable[Period]) -> bool:
    """Whether some of its days can no longer be counted, or some rows its masks depend on no longer read."""
    first = first_read(period)
    return any(period.start <= day <= period.last for day in purged) or any(
        one.start <= period.last and first <= one.last for one in emptied
    )


def _counted(house: House, period: Period) -> Counted:
    """From facts, with a row for everything the house has, whether anybody came or not."""
    facts = fact_rows.between(period.start, period.last)
    tables = PUBLISHED[period.kind]
    found = {
        table: {values(row_key): sources for row_key, sources in rows.items()}
        for table, rows in count(facts, tables, rules_of(house)).items()
    }
    seen = {dimension: {row[0] for row in found.get(Table((dimension,)), {})} for dimension in Dimension}
    known = known_values(house, period, seen)
    counted = {
        table: {
            row: found[table].get(row, Sources())
            for row in product(*(known[dimension] for dimension in table.dimensions))
        }
        for table in tables
    }
    return _with_numbers(counted, fact_rows.numbers_between(period.start, period.last))


def _with_numbers(counted: Counted, numbers: Mapping[tuple[str, str], int]) -> Counted:
    """The days' own numbers, in the total and by agency."""
    by_agency = Table((Dimension.AGENCY,))
    for (name, agency), amount in numbers.items():
        table, row = (by_agency, (agency,)) if agency else (TOTAL, ())
        if row in counted.get(table, {}):
            sources = counted[table][row]
            counted[table][row] = Sources({**sources.counts, name: amount}, sources.spreads)
    return counted


def _pooled(year: Period) -> Counted:
    """A year is its months: what they were made of, added up."""
    parts: dict[Table, dict[tuple[str, ...], list[Sources]]] = {table: {} for table in PUBLISHED[year.kind]}
    for table in parts:
        for row in frozen.read(PeriodKind.MONTH, [table], year.start, year.last, with_spreads=True):
            parts[table].setdefault(row.place.values, []).append(row.sources)
    return {table: {of: together(found) for of, found in rows.items()} for table, rows in parts.items()}
