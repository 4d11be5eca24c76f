"""Which days are recorded as a whole, and so which periods have figures: a day nobody recorded is no zero."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ihh.domain.statistics.periods import DAY, Period


@dataclass(frozen=True, order=True)
class DayRange:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def days(self) -> Iterable[date]:
        return (self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Coverage:
    """The recorded days of a house, and the open days between and around them that nobody recorded."""

    ranges: tuple[DayRange, ...]
    """In order, none touching the next."""
    missing: tuple[date, ...]
    """In order."""

    def has(self, period: Period) -> bool:
        """Whether something of it is recorded and nothing is missing."""
        place = bisect_left(self.missing, period.start)
        is_missed = place < len(self.missing) and self.missing[place] <= period.last
        return not is_missed and any(
            one.first <= period.last and period.start <= one.last for one in self.ranges
        )


def covered(
    declared: Iterable[DayRange], own: DayRange | None, *, needed: Iterable[date], is_all_own: bool
) -> Coverage:
    """The days declared complete and the house's own, of which those that are `needed` must not be missing.

    Where nothing comes from another system (`is_all_own`), the days before the house's first are before its
    beginning, and none of them is missing.
    """
    ranges = joined([*declared, own] if own else declared)
    beginning = own.first if own and is_all_own else date.min
    return Coverage(ranges, tuple(day for day in outside(ranges, needed) if day >= beginning))


def joined(ranges: Iterable[DayRange]) -> tuple[DayRange, ...]:
    """In order; those that overlap or follow on one another are one."""
    found: list[DayRange] = []
    for one in sorted(ranges):
        if found and one.first <= found[-1].last + DAY:
            found[-1] = DayRange(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return tuple(found)


def outside(ranges: Sequence[DayRange], days: Iterable[date]) -> list[date]:
    """Those of the days, in order, that lie in none of the joined ranges."""
    found, left = [], iter(ranges)
    current = next(left, None)
    for day in sorted(set(days)):
        while current is not None and current.last < day:
            current = next(left, None)
        if current is None or day < current.first:
            found.append(day)
    return found
