"""Which periods somebody asked for, as typed: "2026-11", "2026-W47", "2026-01--2026-11"."""

from __future__ import annotations

from datetime import date

from ihh.domain.statistics.periods import Period, Span, parse, single

YEARS = range(2000, 2200)
"""Further away nothing can be meant."""

LONGEST = 1100
"""Periods in a row: three years of days."""


def span_of(code: str) -> Span:
    """The span that a code names. Raises ValueError for what is none."""
    first, dashes, last = code.partition("--")
    return span_between(first, last if dashes else first)


def span_between(first: str, last: str) -> Span:
    """From one period to another of its kind, both by code. Raises ValueError for what is no span."""
    begin, end = _near(first), _near(last)
    if begin == end:
        return single(begin)
    span = Span(begin, end)
    if (end.start - begin.start).days >= LONGEST * (begin.next.start - begin.start).days:
        raise ValueError(f"more than {LONGEST} periods")
    return span


def near_day(text: str) -> date:
    """A date as 2026-11-30. Raises ValueError for what is none, or far from today."""
    day = date.fromisoformat(text)
    if day.year not in YEARS or len(text) != 10:
        raise ValueError(f"{text!r} is not a date as 2026-11-30")
    return day


def _near(code: str) -> Period:
    if not (code[:4].isdigit() and code.isascii() and int(code[:4]) in YEARS):
        raise ValueError(f"{code!r} is not a day, week, month or year")
    return parse(code)
