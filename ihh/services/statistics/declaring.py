"""Somebody declares that every visit of some days is here: only then are their figures made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.retention import LONGER_MONTHS, first_kept
from ihh.domain.statistics.coverage import DayRange, outside
from ihh.domain.statistics.periods import DAY, PeriodKind, containing
from ihh.models import ClosedDay, CompleteRange
from ihh.services.hold_limits import one_at_a_time
from ihh.services.house import current_house
from ihh.services.statistics.closing import begun_on
from ihh.services.statistics.coverage import HISTORY, days_with_visits, declared


class Undeclarable(Exception):
    """These days cannot be declared complete; the message says why."""


@dataclass(frozen=True)
class Declared:
    days: DayRange
    visits: int
    """Of other systems, on these days."""
    open_days: int
    empty_days: int
    """Open days without any visit: they count as days on which nobody came."""


def declare(days: DayRange, *, now: datetime, nobody_came: bool = False) -> Declared:
    """Declare that no visit of these days is missing; from then on nothing is imported into them.

    Safe to repeat. Raises Undeclarable for days that have not ended, that this house records itself, or
    whose events are deleted; and, unless `nobody_came`, for a month of which no visit is here.
    """
    with transaction():
        one_at_a_time(HISTORY)
        check(days, now=now, nobody_came=nobody_came)
        keep(days, now=now)
    return told(days)


def keep(days: DayRange, *, now: datetime) -> None:
    """Write the declaration down, unchecked; within a transaction."""
    if db.session.get(CompleteRange, (days.first, days.last)) is None:
        db.session.add(CompleteRange(first=days.first, last=days.last, declared_at=now))


def check(days: DayRange, *, now: datetime, nobody_came: bool = False, coming: Collection[date] = ()) -> None:
    """Raises Undeclarable as `declare` does, with visits on the days `coming` as good as here."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    if days.last < days.first:
        raise Undeclarable(f"{days.last} is before {days.first}")
    if days.last >= today:
        raise Undeclarable(f"{days.last} has not ended: only past days can be complete")
    begun = begun_on(today)
    if begun is not None and days.last >= begun:
        raise Undeclarable(f"this house records its days itself since {begun}: declare days before it")
    new = outside(declared(), days.days())
    _check_events(new, coming)
    if not nobody_came:
        _check_months(house, days, new, coming)


def told(days: DayRange) -> Declared:
    """What is here of days that are declared."""
    house, visits = current_house(), days_with_visits(days)
    opened = [day for day in days.days() if is_open(house, day)]
    return Declared(days, sum(visits.values()), len(opened), len(set(opened) - visits.keys()))


def whole_months(first: date, last: date, *, now: datetime) -> DayRange:
    """The months around two days, as far as they can be declared: what is complete mostly is whole months."""
    today = local_day(now, timezone=current_house().timezone)
    end = min(begun_on(today) or today, today) - DAY
    months = containing(first, PeriodKind.MONTH), containing(last, PeriodKind.MONTH)
    return DayRange(months[0].start, min(months[1].last, end))


def kept_since(*, now: datetime) -> date:
    """The first day whose events are kept over the night though no figure is made of them."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    return first_kept(today + DAY, house.retention.events_months + LONGER_MONTHS)


def _check_events(new: Collection[date], coming: Collection[date]) -> None:
    gone = select(func.min(ClosedDay.day)).where(
        ClosedDay.closed_at.is_(None), ClosedDay.day.in_(set(new) - set(coming))
    )
    if (first := db.session.execute(gone).scalar()) is not None:
        raise Undeclarable(
            f"the events of {first} are past their time and were deleted before anybody declared the day"
            " complete: import them again, and declare the same day"
        )


def _check_months(house: House, days: DayRange, new: Collection[date], coming: Collection[date]) -> None:
    """A year mistyped would be published as one in which nobody came, for good."""
    here = {containing(day, PeriodKind.MONTH) for day in {*days_with_visits(days), *coming} if day in days}
    opened = {containing(day, PeriodKind.MONTH) for day in new if is_open(house, day)}
    if empty := sorted(opened - here):
        raise Undeclarable(
            f"no visit of {', '.join(month.code for month in empty)} is here;"
            " if nobody came then, add --nobody-came"
        )
