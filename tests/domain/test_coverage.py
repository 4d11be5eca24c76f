"""Ranges of recorded days against plain sets of days."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest

from ihh.domain.statistics.coverage import DayRange, covered, joined, outside
from ihh.domain.statistics.periods import containing, parse

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=number) for number in range(60)]


def ranges(dice: random.Random, most: int) -> list[DayRange]:
    found = []
    for _ in range(dice.randrange(most)):
        first = dice.choice(DAYS)
        found.append(DayRange(first, first + timedelta(days=dice.randrange(8))))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_joined_ranges_hold_the_same_days_and_never_touch(seed: int) -> None:
    dice = random.Random(seed)
    given = ranges(dice, 9)
    found = joined(given)
    held = {day for one in given for day in one.days()}
    assert {day for one in found for day in one.days()} == held
    for before, after in pairwise(found):
        assert before.last + timedelta(days=1) < after.first
    asked = dice.sample(DAYS, 20)
    assert outside(found, asked) == sorted(day for day in asked if day not in held)


@pytest.mark.parametrize("seed", range(200))
def test_a_period_is_there_where_no_needed_day_of_it_is_missing(seed: int) -> None:
    dice = random.Random(seed)
    declared, needed = ranges(dice, 5), set(dice.sample(DAYS, 40))
    own = DayRange(dice.choice(DAYS[30:50]), DAYS[-1]) if dice.random() < 0.7 else None
    is_all_own = own is not None and not declared
    found = covered(declared, own, needed=needed, is_all_own=is_all_own)
    held = {day for one in [*declared, *([own] if own else [])] for day in one.days()}
    beginning = own.first if own and is_all_own else date.min
    for kind in parse("2026-01").kind.__class__:
        for day in DAYS:
            these = set(containing(day, kind).days())
            expected = bool(these & held) and all(one in held or one < beginning for one in these & needed)
            assert found.has(containing(day, kind)) == expected, (kind, day)
