"""Periods for which figures are published: days, ISO weeks, months and years, each as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """From short to long, the order in which periods that end on the same day are published."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


WITH_FEEDBACK = frozenset({PeriodKind.MONTH, PeriodKind.YEAR})
"""Periods that are published when feedback about them is over; of days and weeks answers may still come."""

_CODES = {
    PeriodKind.DAY: re.compile(r"\d{4}-\d{2}-\d{2}"),
    PeriodKind.WEEK: re.compile(r"(\d{4})-W(\d{2})"),
    PeriodKind.MONTH: re.compile(r"(\d{4})-(\d{2})"),
    PeriodKind.YEAR: re.compile(r"\d{4}"),
}


@dataclass(frozen=True, order=True)
class Period:
    start: date
    kind: PeriodKind

    @property
    def last(self) -> date:
        return self.next.start - DAY

    @property
    def next(self) -> Period:
        if self.kind is PeriodKind.DAY:
            return Period(self.start + DAY, self.kind)
        if self.kind is PeriodKind.WEEK:
            return Period(self.start + 7 * DAY, self.kind)
        return containing(self.start + (31 if self.kind is PeriodKind.MONTH else 366) * DAY, self.kind)

    @property
    def previous(self) -> Period:
        return containing(self.start - DAY, self.kind)

    @property
    def year_before(self) -> Period:
        """The same month, the same week number or the same date a year earlier (28 February for the 29th)."""
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.start.isocalendar()
            last_week = date(year - 1, 12, 28).isocalendar().week
            return Period(date.fromisocalendar(year - 1, min(week, last_week), 1), self.kind)
        is_leap_day = (self.start.month, self.start.day) == (2, 29)
        day = 28 if is_leap_day else self.start.day
        return Period(self.start.replace(year=self.start.year - 1, day=day), self.kind)

    @property
    def code(self) -> str:
        """ "2026-11-23", "2026-W48", "2026-11" or "2026": it says the kind as well."""
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.start.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return self.start.isoformat()[
            : {PeriodKind.DAY: 10, PeriodKind.MONTH: 7, PeriodKind.YEAR: 4}[self.kind]
        ]

    def days(self) -> Iterator[date]:
        day = self.start
        while day <= self.last:
            yield day
            day += DAY


def containing(day: date, kind: PeriodKind) -> Period:
    """The period of that kind in which the day lies."""
    if kind is PeriodKind.WEEK:
        return Period(day - timedelta(days=day.weekday()), kind)
    if kind is PeriodKind.MONTH:
        return Period(day.replace(day=1), kind)
    if kind is PeriodKind.YEAR:
        return Period(day.replace(month=1, day=1), kind)
    return Period(day, kind)


def parse(code: str) -> Period:
    """The period that a code names. Raises ValueError for what is none."""
    for kind, pattern in _CODES.items():
        found = pattern.fullmatch(code)
        if found is None or not code.isascii():
            continue
        if kind is PeriodKind.WEEK:
            return Period(date.fromisocalendar(int(found[1]), int(found[2]), 1), kind)
        start = {PeriodKind.DAY: code, PeriodKind.MONTH: f"{code}-01", PeriodKind.YEAR: f"{code}-01-01"}[kind]
        return Period(date.fromisoformat(start), kind)
    raise ValueError(f"{code!r} is not a day, week, month or year")


@dataclass(frozen=True)
class Span:
    """Whole periods of one kind in a row, both ends included."""

    first: Period
    last: Period

    def __post_init__(self) -> None:
        if self.first.kind is not self.last.kind or self.last < self.first:
            raise ValueError("a span needs two periods of one kind, in order")

    @property
    def kind(self) -> PeriodKind:
        return self.first.kind

    @property
    def is_single(self) -> bool:
        return self.first == self.last

    @property
    def code(self) -> str:
        return self.first.code if self.is_single else f"{self.first.code}--{self.last.code}"

    def __iter__(self) -> Iterator[Period]:
        period = self.first
        while period <= self.last:
            yield period
            period = period.next


def closes_on(period: Period, *, feedback_days: int) -> date:
    """The first day on which its figures can be released.

    Days and weeks the day after they end; months and years once feedback about their last day, given until
    `feedback_days` after it, is in.
    """
    waits = feedback_days + 1 if period.kind in WITH_FEEDBACK else 0
    return period.last + DAY + timedelta(days=waits)


def single(period: Period) -> Span:
    return Span(period, period)
