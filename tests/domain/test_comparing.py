"""What is set beside what: days by their weekday, months by the month before, and what readers wait for."""

from __future__ import annotations

from datetime import date

import pytest

from ihh.domain.statistics import comparing
from ihh.domain.statistics.periods import Period, Span, parse

CLOSED = {date(2026, 12, 7), date(2026, 12, 24), date(2026, 12, 25)}


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in CLOSED


def span(code: str) -> Span:
    first, _mark, last = code.partition("--")
    return Span(parse(first), parse(last or first))


@pytest.mark.parametrize(
    ("shown", "before"),
    [
        ("2026-11-30", "2026-11-23"),
        ("2026-12-14", "2026-11-30"),  # a week earlier was closed
        ("2026-11-16--2026-11-20", "2026-11-09--2026-11-13"),
        ("2026-11-16--2026-11-25", "2026-11-02--2026-11-11"),  # ten days: two weeks back
        ("2026-W49", "2026-W48"),
        ("2026-11", "2026-10"),
        ("2026-01--2026-03", "2025-10--2025-12"),
        ("2026", "2025"),
    ],
)
def test_the_span_before(shown: str, before: str) -> None:
    assert comparing.before(span(shown), is_open=is_open) == span(before)


@pytest.mark.parametrize(
    ("shown", "before"),
    [
        ("2026-11-30", "2025-12-01"),
        ("2027-12-23", "2026-12-17"),  # 24 December 2026 was closed
        ("2026-W48", "2025-W48"),
        ("2026-11", "2025-11"),
    ],
)
def test_a_year_before(shown: str, before: str) -> None:
    assert comparing.year_before(span(shown), is_open=is_open) == span(before)


@pytest.mark.parametrize(
    ("shown", "step", "found"),
    [
        ("2026-11-30", -1, "2026-11-27"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-12-04", 1, "2026-12-08"),
        ("2026-12-28", -1, "2026-12-23"),
        ("2026-W49", -1, "2026-W48"),
        ("2026-12", 1, "2027-01"),
    ],
)
def test_neighbours_pass_over_closed_days(shown: str, step: int, found: str) -> None:
    assert comparing.neighbour(parse(shown), step, is_open=is_open) == parse(found)


def months(*codes: str) -> list[Period]:
    return [parse(code) for code in codes]


def test_the_month_after_the_newest_is_awaited() -> None:
    known = months("2026-09", "2026-10")
    first = date(2026, 9, 1)
    assert comparing.awaited(parse("2026-10"), known, first=first) == parse("2026-11")
    assert comparing.awaited(parse("2026-09"), known, first=first) is None
    assert comparing.awaited(parse("2026-11-27"), known, first=first) is None


def test_where_no_month_is_there_it_is_the_last_that_has_ended() -> None:
    shown = parse("2026-11-27")
    assert comparing.awaited(shown, [], first=date(2026, 10, 30)) == parse("2026-10")
    assert comparing.awaited(shown, [], first=date(2026, 11, 2)) == parse("2026-11")


def test_it_comes_when_feedback_is_over_or_is_due_already() -> None:
    november = parse("2026-11")
    came = date(2026, 12, 5)  # three days for feedback, and the night after them
    assert comparing.comes_on(november, feedback_days=3, today=date(2026, 12, 1)) == came
    assert comparing.comes_on(november, feedback_days=3, today=date(2026, 12, 4)) == came
    assert comparing.comes_on(november, feedback_days=3, today=came) is None
