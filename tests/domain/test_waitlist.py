"""The waitlist's rules: what may follow what, whose turn it is, who is ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.errors import Code, Refusal
from ihh.domain.waitlist import (
    OPEN,
    WAITLIST_TABLE,
    Turn,
    WaitlistAction,
    WaitlistState,
    after,
    ahead_of,
    half_day,
    in_turn,
)

MONDAY = date(2026, 11, 30)
SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def turn(
    name: str, *, since: int = 0, first: int = 0, last: int = 4, hours: tuple[int, int] = (0, 24 * 60)
) -> Turn:
    return Turn(name, SINCE + timedelta(minutes=since), day(first), day(last), *hours)


@st.composite
def turns(draw: st.DrawFn) -> list[Turn]:
    def one(index: int) -> Turn:
        first, last = sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6))))
        opens, closes = sorted(draw(st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True)))
        since = draw(st.integers(0, 3))
        return turn(f"e{index}", since=since, first=first, last=last, hours=(opens * 60, closes * 60))

    return [one(index) for index in range(draw(st.integers(0, 8)))]


def test_what_has_ended_stays_ended() -> None:
    ended = set(WaitlistState) - set(OPEN)
    assert {state for state, _ in WAITLIST_TABLE} == set(OPEN)
    for state in ended:
        for action in WaitlistAction:
            with pytest.raises(Refusal) as caught:
                after(state, action)
            assert caught.value.code == Code.WRONG_STATE


def test_only_an_offer_is_taken_or_declined() -> None:
    assert after(WaitlistState.OFFERED, WaitlistAction.TAKE) == WaitlistState.TAKEN
    assert after(WaitlistState.OFFERED, WaitlistAction.DECLINE) == WaitlistState.WAITING
    for action in (WaitlistAction.TAKE, WaitlistAction.DECLINE):
        with pytest.raises(Refusal):
            after(WaitlistState.WAITING, action)


def test_longest_first_and_only_those_who_want_one_of_the_days() -> None:
    late, early = turn("late", since=9), turn("early", since=1)
    monday, friday = turn("monday", since=0, last=0), turn("friday", since=5, first=4)
    everyone = [late, early, monday, friday]
    assert in_turn(everyone, [day(4), day(2)]) == [early, friday, late]
    assert in_turn(everyone, [day(7)]) == []
    assert in_turn(everyone, []) == []


@given(turns(), st.sets(st.integers(0, 6)))
def test_the_order_does_not_depend_on_how_they_come(everyone: list[Turn], numbers: set[int]) -> None:
    days = [day(number) for number in numbers]
    asked = in_turn(everyone, days)
    assert in_turn(reversed(everyone), days) == asked
    assert {each.entry_id for each in asked} == {
        each.entry_id
        for each in everyone
        if {day(number) for number in range(7) if each.covers(day(number))} & {*days}
    }
    assert all((one.since, one.entry_id) < (other.since, other.entry_id) for one, other in pairwise(asked))


@given(turns())
def test_ahead_are_those_asked_before_about_an_hour_that_both_want(everyone: list[Turn]) -> None:
    def hours(one: Turn) -> set[tuple[int, int]]:
        return {
            (number, hour)
            for number in range(7)
            if one.covers(day(number))
            for hour in range(one.not_before // 60, one.not_after // 60)
        }

    for one in everyone:
        ahead = [
            other
            for other in everyone
            if (other.since, other.entry_id) < (one.since, one.entry_id) and hours(other) & hours(one)
        ]
        assert ahead_of(one, everyone) == len(ahead)


@pytest.mark.parametrize(("start", "half"), [(9 * 60, "am"), (11 * 60 + 55, "am"), (12 * 60, "pm")])
def test_a_day_has_two_halves(start: int, half: str) -> None:
    assert half_day(MONDAY, start) == f"2026-11-30 {half}"
