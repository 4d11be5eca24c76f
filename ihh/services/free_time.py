"""The desks' free time as bitmasks of the grid, kept in this process for as long as nothing changes it.

What the database says of a day (bookings, holds, absences) is kept with the day's `calendar_version`,
which advances in the very transaction that changes any of it, in whichever process that runs. A query
reads the versions of its days first and then only the days that are stale: what is committed in between
makes a copy newer than its label, so it is read once more the next time, but never missed. Holds carry the
instant at which they run out, so they let go without a write. What the house file says is added at every
query.

Inside a transaction of one's own nothing is kept: what it reads may yet be rolled back. A database put back
to an earlier state needs `forget`, or a new process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, and_, select

from ihh.db import db, is_writing
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.house import House, Span
from ihh.domain.planner.calendar import free_lane
from ihh.domain.planner.problem import Lane
from ihh.domain.visit import VisitState
from ihh.domain.waitlist import WaitlistState
from ihh.models import DeskAbsence, Leg, ServiceDay, Slot, Visit, WaitlistEntry

DAY_MIN = 24 * 60

ON_OFFER = select(WaitlistEntry.offered_visit_id).where(WaitlistEntry.state == WaitlistState.OFFERED)
"""Visits held for someone on the waitlist. Their slots go to the next in line, so they do not run out by
themselves: until `ihh.services.waitlist` has ended the offer they are nobody else's."""

FreeTime = dict[str, dict[date, Lane]]
"""Desk → day → its free slots."""


class Taken(NamedTuple):
    """A visit's slots at one desk."""

    desk_id: str
    visit_id: str
    lane: Lane
    expires_at: datetime | None
    """When a hold runs out; None for a booking, and for a visit on offer from the waitlist."""


@dataclass(frozen=True)
class Day:
    """A day as it was committed when its calendar had this version, or later."""

    version: int
    bookings: tuple[Taken, ...]
    holds: tuple[Taken, ...]
    absent: Mapping[str, Lane]
    """Desk → slots without anybody there."""
    barred: Mapping[str, Lane]
    """Desk → slots absent or booked; the same for whoever asks, unlike holds."""


def free_time(
    house: House, days: Sequence[date], *, now: datetime, ignoring: Collection[str] = ()
) -> FreeTime:
    """What is free at the desks on open `days`: hours, without absences, bookings and holds that still run.

    `ignoring` are visits whose slots count as free.
    """
    known = _days(house, days, now=now)
    free: FreeTime = {}
    opened: dict[str, list[Lane]] = {}
    for desk in house.desks:
        opened[desk.id] = week = [open_lane(spans, house.grid_min) for spans in desk.hours]
        barred = ((day, known[day].barred.get(desk.id, 0)) for day in days)
        free[desk.id] = {day: week[day.weekday()] & ~lane for day, lane in barred}
    for day, state in known.items():
        for taken in state.holds:
            if taken.desk_id in free and _runs(taken, now) and taken.visit_id not in ignoring:
                free[taken.desk_id][day] &= ~taken.lane
        for taken in state.bookings if ignoring else ():
            if taken.desk_id in free and taken.visit_id in ignoring:
                usable = opened[taken.desk_id][day.weekday()] & ~state.absent.get(taken.desk_id, 0)
                free[taken.desk_id][day] |= taken.lane & usable
    return free


@lru_cache(maxsize=1024)
def open_lane(spans: tuple[Span, ...], grid_min: int) -> Lane:
    """The slots of a day that lie whole in the spans; a gap between two is a break."""
    return free_lane(spans, (), grid_min)


def forget() -> None:
    """Drop all that is kept, for every database."""
    with _making:
        _kept.clear()


def _runs(hold: Taken, now: datetime) -> bool:
    return hold.expires_at is None or hold.expires_at > now


class _Days:
    """Days of one database on one grid: replaced, never changed, and read anew by one thread at a time."""

    def __init__(self) -> None:
        self._days: dict[date, Day] = {}
        self._loading = Lock()

    def fresh(self, house: House, days: Sequence[date], *, now: datetime) -> dict[date, Day]:
        versions = _versions(days)
        found, stale = self._sorted_out(days, versions)
        if stale:
            with self._loading:
                found, stale = self._sorted_out(days, versions)
                loaded = _load(house, stale, versions)
                self._days.update(loaded)
                self._forget_before(local_day(now, timezone=house.timezone))
            found |= loaded
        return found

    def _sorted_out(
        self, days: Sequence[date], versions: Mapping[date, int]
    ) -> tuple[dict[date, Day], list[date]]:
        """Days that are up to date, and those to read: also one whose version is lower than the copy's."""
        found = {day: kept for day in days if (kept := self._days.get(day)) is not None}
        found = {day: kept for day, kept in found.items() if kept.version == versions.get(day, 0)}
        return found, [day for day in days if day not in found]

    def _forget_before(self, today: date) -> None:
        for day in [day for day in self._days if day < today]:
            del self._days[day]


_kept: WeakKeyDictionary[Engine, dict[tuple[int, str], _Days]] = WeakKeyDictionary()
_making = Lock()


def _days(house: House, days: Sequence[date], *, now: datetime) -> dict[date, Day]:
    if not days:
        return {}
    if is_writing():
        return _load(house, days, _versions(days))
    with _making:
        of_database = _kept.setdefault(db.engine, {})
        kept = of_database.setdefault((house.grid_min, house.timezone), _Days())
    return kept.fresh(house, days, now=now)


def _versions(days: Sequence[date]) -> dict[date, int]:
    """The days' versions; a day nobody has touched has none, which is as good as 0."""
    query = select(ServiceDay.date, ServiceDay.calendar_version).where(
        ServiceDay.date.between(min(days), max(days))
    )
    return {row.date: row.calendar_version for row in db.session.execute(query)}


def _load(house: House, days: Sequence[date], versions: Mapping[date, int]) -> dict[date, Day]:
    if not days:
        return {}
    taken, absent = _taken(house, days), _absent(house, days)
    loaded: dict[date, Day] = {}
    for day in days:
        barred = defaultdict(int, absent[day])
        for each in taken[day]:
            barred[each.desk_id] |= each.lane if each.expires_at is None else 0
        loaded[day] = Day(
            version=versions.get(day, 0),
            bookings=tuple(each for each in taken[day] if each.expires_at is None),
            holds=tuple(each for each in taken[day] if each.expires_at is not None),
            absent=absent[day],
            barred=dict(barred),
        )
    return loaded


def _taken(house: House, days: Sequence[date]) -> Mapping[date, list[Taken]]:
    runs_out = and_(Visit.state == VisitState.HELD, Visit.id.not_in(ON_OFFER))
    query = (
        select(Visit.service_date, Slot.desk_id, Visit.id, runs_out, Visit.hold_expires_at, Slot.starts_at)
        .join(Leg, Slot.leg_id == Leg.id)
        .join(Visit, Leg.visit_id == Visit.id)
        .where(Visit.service_date.in_(days))
    )
    bits: dict[datetime, int] = {}
    lanes: dict[tuple[date, str, str, datetime | None], Lane] = defaultdict(int)
    for day, desk_id, visit_id, can_run_out, expires_at, starts_at in db.session.execute(query):
        bit = bits.get(starts_at)
        if bit is None:
            minute = local_minute(starts_at, timezone=house.timezone)
            bit = bits[starts_at] = 1 << minute // house.grid_min
        lanes[day, desk_id, visit_id, expires_at if can_run_out else None] |= bit
    taken: dict[date, list[Taken]] = defaultdict(list)
    for (day, desk_id, visit_id, expires_at), lane in lanes.items():
        taken[day].append(Taken(desk_id, visit_id, lane, expires_at))
    return taken


def _absent(house: House, days: Sequence[date]) -> Mapping[date, dict[str, Lane]]:
    begins = {day: instant(day, 0, timezone=house.timezone) for day in days}
    ends = {day: instant(day + timedelta(days=1), 0, timezone=house.timezone) for day in days}
    query = select(DeskAbsence.desk_id, DeskAbsence.starts_at, DeskAbsence.ends_at).where(
        DeskAbsence.ends_at > min(begins.values()), DeskAbsence.starts_at < max(ends.values())
    )
    absent: dict[date, dict[str, Lane]] = defaultdict(lambda: defaultdict(int))
    for desk_id, starts_at, ends_at in db.session.execute(query):
        for day in days:
            if starts_at < ends[day] and ends_at > begins[day]:
                first = 0 if starts_at <= begins[day] else local_minute(starts_at, timezone=house.timezone)
                end = DAY_MIN if ends_at >= ends[day] else _ceiled_minute(ends_at, house)
                absent[day][desk_id] |= _touched(first, end, house.grid_min)
    return absent


def _ceiled_minute(at: datetime, house: House) -> int:
    minute = local_minute(at, timezone=house.timezone)
    return minute + 1 if at.second or at.microsecond else minute


def _touched(first: int, end: int, grid_min: int) -> Lane:
    """The slots that any minute from `first` up to `end` lies in."""
    return (1 << -(-end // grid_min)) - (1 << first // grid_min)
