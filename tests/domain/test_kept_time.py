"""Time kept for the house: the right share, in whole pieces, until its release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.daytime import instant
from ihh.domain.house import House, Span, Week
from ihh.domain.house_file import parse_house
from ihh.domain.kept_time import kept_week, still_kept
from tests.servers.site import house_document

MONDAY = date(2026, 11, 30)
LUNCH_AT_NOON = (*(((Span(540, 720), Span(750, 960)),) * 5), (), ())


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Up to three spans a day, with breaks between them, not always on the grid."""

    def day() -> tuple[Span, ...]:
        bounds = sorted(draw(st.sets(st.integers(96, 228), max_size=6)))
        shift = draw(st.sampled_from([0, 0, 0, 2]))
        return tuple(
            Span(start * 5 + shift, end * 5 + shift)
            for start, end in zip(bounds[::2], bounds[1::2], strict=False)
        )

    return tuple(day() for _ in range(7))


pieces = st.integers(5, 90)
grids = st.sampled_from([5, 10, 15])
desks = st.from_regex(r"[a-z]{2,8}-[1-9]", fullmatch=True)


def minutes(spans: tuple[Span, ...]) -> set[int]:
    return {minute for span in spans for minute in range(span.start, span.end)}


def places(week: Week, piece: int, grid: int) -> int:
    """How many whole pieces fit, laid one after another from the first step of the grid on."""
    found = 0
    for day in week:
        for span in day:
            at = span.start + -span.start % grid
            while at + piece <= span.end:
                found, at = found + 1, at + piece
    return found


@given(desks, weeks(), st.integers(0, 99), pieces, grids)
def test_the_share_is_kept_as_closely_as_whole_pieces_allow(
    desk: str, week: Week, share: int, length: int, grid: int
) -> None:
    piece = length + -length % grid
    kept = [
        span
        for day in kept_week(desk, week, share_pct=share, piece_min=length, grid_min=grid)
        for span in day
    ]
    wanted = share / 100 * sum(span.end - span.start for day in week for span in day)
    if len(kept) < places(week, piece, grid):
        # A day cut up by breaks may hold fewer pieces than are due by then: a later day makes up for it, not an earlier.
        short = sum(
            max(0, share / 100 * len(minutes(day)) - piece * places((day,), piece, grid)) for day in week
        )
        assert abs(len(kept) * piece - wanted) <= piece / 2 + short
    else:
        assert len(kept) * piece <= wanted + piece / 2


@given(desks, weeks(), st.integers(1, 99), pieces, grids)
def test_kept_pieces_are_open_whole_apart_and_on_the_grid(
    desk: str, week: Week, share: int, length: int, grid: int
) -> None:
    for opened, kept in zip(
        week, kept_week(desk, week, share_pct=share, piece_min=length, grid_min=grid), strict=True
    ):
        assert minutes(kept) <= minutes(opened)
        assert len(minutes(kept)) == sum(span.end - span.start for span in kept)
        for span in kept:
            assert span.start % grid == 0
            assert span.end - span.start == length + -length % grid
            assert any(one.start <= span.start and span.end <= one.end for one in opened)


@given(desks, weeks(), pieces, grids)
def test_all_or_nothing(desk: str, week: Week, length: int, grid: int) -> None:
    assert kept_week(desk, week, share_pct=100, piece_min=length, grid_min=grid) == week
    assert not any(kept_week(desk, week, share_pct=0, piece_min=length, grid_min=grid))


@given(desks, st.integers(1, 99), pieces)
def test_pieces_spread_over_the_day(desk: str, share: int, length: int) -> None:
    """Each half of the places has as many of them as the other, give or take one."""
    week = (((Span(480, 480 + 12 * length * 5)),),) * 7
    for kept in kept_week(desk, week, share_pct=share, piece_min=length * 5, grid_min=5):
        early = sum(span.start < 480 + 6 * length * 5 for span in kept)
        assert abs(early - (len(kept) - early)) <= 1


def test_what_rounding_leaves_out_is_not_the_same_day_at_every_desk() -> None:
    empty = [
        {
            day
            for day, kept in enumerate(
                kept_week(f"desk-{n}", LUNCH_AT_NOON, share_pct=10, piece_min=45, grid_min=5)
            )
            if not kept and day < 5
        }
        for n in range(6)
    ]
    assert all(empty)
    assert not set.intersection(*empty)


@pytest.fixture(scope="module")
def house() -> House:
    return parse_house(house_document())


@given(
    st.integers(0, 20 * 24 * 60),
    st.sampled_from([0, 1, 24, 48, 100]),
    st.lists(st.integers(0, 90), max_size=5, unique=True),
)
def test_a_piece_is_kept_until_so_many_hours_before_it_begins(
    house: House, minute: int, hours: int, starts: list[int]
) -> None:
    house = replace(house, limits=replace(house.limits, release_hours=hours))
    now = instant(MONDAY - timedelta(days=7), 0, timezone=house.timezone) + timedelta(minutes=minute)
    pieces = tuple(Span(480 + start * 5, 480 + start * 5 + 30) for start in sorted(starts))
    kept = still_kept(house, MONDAY, pieces, now=now)
    for piece in pieces:
        left = instant(MONDAY, piece.start, timezone=house.timezone) - now
        assert (piece in kept) == (left > timedelta(hours=hours))
