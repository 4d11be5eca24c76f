"""Which periods a reader sets beside each other: months with the month before, days with the same weekday.

A Monday beside the closed Sunday before it says nothing: days are compared weeks apart, and whoever turns
from day to day passes over those on which the house was closed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

from ihh.domain.statistics.periods import Period, PeriodKind, Span, closes_on, containing

IsOpen = Callable[[date], bool]

WEEK = timedelta(days=7)
YEAR = 52 * WEEK
"""A year of days: the same weekday again."""

PATIENCE = 10
"""Weeks back to an open weekday, and days on to an open day: no house is closed for longer."""


def before(span: Span, *, is_open: IsOpen) -> Span:
    """The span just before, as long; of days the same weekdays, the last that were open."""
    count = sum(1 for _period in span)
    if span.kind is PeriodKind.DAY:
        return _weekdays(span, -(-count // 7) * WEEK, is_open)
    first = span.first
    for _step in range(count):
        first = first.previous
    return Span(first, span.first.previous)


def year_before(span: Span, *, is_open: IsOpen) -> Span:
    """The same a year earlier; of days the same weekdays, 52 weeks before."""
    if span.kind is PeriodKind.DAY:
        return _weekdays(span, YEAR, is_open)
    return Span(span.first.year_before, span.last.year_before)


def _weekdays(span: Span, back: timedelta, is_open: IsOpen) -> Span:
    found = _shifted(span, back)
    if not span.is_single:
        return found
    for _week in range(PATIENCE):
        if is_open(found.first.start):
            break
        found = _shifted(found, WEEK)
    return found


def _shifted(span: Span, back: timedelta) -> Span:
    return Span(Period(span.first.start - back, span.kind), Period(span.last.start - back, span.kind))


def neighbour(period: Period, step: int, *, is_open: IsOpen) -> Period:
    """The period before (`step` −1) or after it (1); of days the nearest open one."""
    found = period
    for _day in range(PATIENCE if period.kind is PeriodKind.DAY else 1):
        found = found.previous if step < 0 else found.next
        if is_open(found.start):
            break
    return found


def awaited(shown: Period, released: Collection[Period], *, first: date) -> Period | None:
    """The month that readers wait for: the one after the newest released.

    Where no month is released yet, the last that has ended since `first`, the first day with figures, else
    the one in which the period shown ends. None where a newer month than the one shown is there already.
    """
    newest = max(released, default=None)
    if newest is None:
        running = containing(shown.last, PeriodKind.MONTH)
        return running.previous if first <= running.previous.last else running
    return newest.next if shown == newest else None


def comes_on(period: Period, *, feedback_days: int, today: date) -> date | None:
    """The first day that has its figures; None where they are due and only have to be counted."""
    day = closes_on(period, feedback_days=feedback_days)
    return day if day > today else None
