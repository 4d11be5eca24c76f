"""What is kept for how long: days whose events go, days that must wait for their figures, and logs.

Events go `events_months` after their day (`ihh.domain.house.Retention`), once every period that the day
lies in is published: a figure made of half the facts would be false. Where a period never gets published
its days wait a year more and go then; such a period is never published afterwards. Aggregates stay.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ihh.domain.statistics.periods import Period, PeriodKind, containing

LONGER_MONTHS = 12
"""How much longer the events of unpublished periods are kept, at most."""


@dataclass(frozen=True)
class Due:
    """Days with events past their time, each kind in order."""

    going: tuple[date, ...]
    waiting: tuple[date, ...]
    """Kept on: a period they lie in is not published."""
    unpublished: tuple[date, ...]
    """Of those that go the ones whose periods never were."""


def first_kept(today: date, months: int) -> date:
    """The first day that is not older than so many months; nothing is kept a day longer."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    if today.day > monthrange(year, month + 1)[1]:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)
    return date(year, month + 1, today.day)


def due(
    days: Iterable[date],
    *,
    released: Collection[Period],
    first_counted: date | None,
    today: date,
    months: int,
) -> Due:
    """Which of these days go today. What ended before the first day with anything to count has no figures."""
    before, at_last = first_kept(today, months), first_kept(today, months + LONGER_MONTHS)
    going: list[date] = []
    waiting: list[date] = []
    unpublished: list[date] = []
    for day in sorted(day for day in set(days) if day < before):
        needed = (containing(day, kind) for kind in PeriodKind)
        if first_counted is None or all(
            period in released or period.last < first_counted for period in needed
        ):
            going.append(day)
        elif day < at_last:
            going.append(day)
            unpublished.append(day)
        else:
            waiting.append(day)
    return Due(tuple(going), tuple(waiting), tuple(unpublished))


def may_be_emptied(
    period: Period, *, released: Collection[Period], first_left: date, today: date, months: int
) -> bool:
    """Whether the hidden rows of a published period may lose what they were counted from.

    Its events are gone, all before `first_left`, and so is every later period published whose masks hang
    together with its own: the week after it, the two months and the year in which that ends, for a month
    looks back as far as the first week of the month before it.
    """
    if period.last >= first_left:
        return False
    if period.last < first_kept(today, months + LONGER_MONTHS):
        return True
    after = period.last + timedelta(days=7)
    month = containing(after, PeriodKind.MONTH)
    needed = (containing(after, PeriodKind.WEEK), month, month.next, containing(after, PeriodKind.YEAR))
    return all(follower in released for follower in needed)


def last_kept(day: date, months: int) -> date:
    """The last day on which what happened on `day` is still kept."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
