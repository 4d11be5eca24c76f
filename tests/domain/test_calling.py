"""Whom a desk calls next, by the words of the guarded rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.calling import LineTicket, ReasonCode, calling_order, pick_next
from ihh.domain.house import Policy

POLICY = Policy(overdue_min=45, early_min=10, late_min=10)
TEN = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def clock(minutes: float) -> datetime:
    """Minutes after ten."""
    return TEN + timedelta(minutes=minutes)


def walk_in(id: int, arrived: float, **more) -> LineTicket:
    return LineTicket(id, f"v{id}", f"N {id}", clock(arrived), **more)


def booked(id: int, at: float, arrived: float, **more) -> LineTicket:
    return LineTicket(id, f"v{id}", f"B {id}", clock(arrived), booked_at=clock(at), **more)


def order(line, now=0.0, **more):
    return [choice.ticket.ticket_id for choice in calling_order(line, now=clock(now), policy=POLICY, **more)]


def reason(line, now=0.0):
    return pick_next(line, now=clock(now), policy=POLICY).reason.code


class TestRanks:
    def test_need_goes_before_everything_by_the_time_of_the_mark(self):
        line = [
            booked(1, 0, -5),
            walk_in(2, -60),
            walk_in(3, -1, need_at=clock(-1)),
            walk_in(4, -2, need_at=clock(-2)),
        ]
        assert order(line) == [4, 3, 2, 1]
        assert reason(line) is ReasonCode.NEED

    @pytest.mark.parametrize(("minutes_early", "due"), [(10, True), (11, False)])
    def test_an_appointment_is_due_from_ten_minutes_before(self, minutes_early, due):
        line = [booked(1, minutes_early, -30), walk_in(2, -1)]
        assert order(line) == ([1, 2] if due else [2, 1])

    def test_appointments_go_by_time_not_by_arrival(self):
        assert order([booked(1, 5, -20), booked(2, 0, -1)]) == [2, 1]

    def test_a_walk_in_of_45_minutes_ranks_with_appointments_by_joining_plus_45(self):
        assert order([booked(1, 0, -5), walk_in(2, -46)]) == [2, 1]
        assert order([booked(1, -2, -5), walk_in(2, -46)]) == [1, 2]
        assert reason([walk_in(2, -45)]) is ReasonCode.OVERDUE
        assert reason([walk_in(2, -44.9)]) is ReasonCode.WALK_IN

    def test_after_an_overdue_walk_in_a_due_appointment_goes_next(self):
        line = [booked(1, 0, -5), walk_in(2, -60), walk_in(3, -50)]
        assert order(line) == [2, 3, 1]
        assert order(line, after_overdue=True) == [1, 2, 3]

    def test_late_comers_join_the_walk_ins_at_booked_time_or_22_and_a_half_minutes_before_arrival(self):
        late = booked(1, -30, 0)  # key −22.5
        assert order([late, walk_in(2, -23), walk_in(3, -22)]) == [2, 1, 3]
        a_little_late = booked(4, -11, 0)  # key −11: the booked time
        assert order([a_little_late, walk_in(5, -12), walk_in(6, -10)]) == [5, 4, 6]
        assert reason([late]) is ReasonCode.LATE

    def test_ten_minutes_late_is_not_late(self):
        assert reason([booked(1, -10, 0)]) is ReasonCode.BOOKED

    def test_one_whom_the_house_itself_kept_is_not_late(self):
        assert reason([booked(1, -30, 0, is_excused=True)]) is ReasonCode.BOOKED

    def test_early_ones_only_when_nobody_else(self):
        early = booked(1, 30, -40)
        assert order([early, walk_in(2, 0)]) == [2, 1]
        assert reason([early]) is ReasonCode.EARLY

    def test_time_being_served_elsewhere_is_no_advantage(self):
        served = walk_in(1, -30, received=timedelta(minutes=20))
        assert order([served, walk_in(2, -15)]) == [2, 1]

    def test_the_busy_are_skipped_and_keep_their_place(self):
        line = [walk_in(1, -40, is_free=False), walk_in(2, -1)]
        assert order(line) == [1, 2]
        assert pick_next(line, now=TEN, policy=POLICY).ticket.ticket_id == 2
        assert pick_next(line[:1], now=TEN, policy=POLICY) is None


tickets = st.lists(
    st.builds(
        lambda arrived, book, free: (arrived, book, free),
        st.integers(-120, 0),
        st.one_of(st.none(), st.integers(-60, 60)),
        st.booleans(),
    ),
    max_size=12,
)


@given(tickets, st.integers(0, 120))
def test_everyone_has_exactly_one_place_whatever_the_order_of_input(rows, now):
    line = [
        walk_in(i, a, is_free=f) if b is None else booked(i, b, a, is_free=f)
        for i, (a, b, f) in enumerate(rows)
    ]
    forwards = order(line, now)
    assert sorted(forwards) == list(range(len(line)))
    assert order(list(reversed(line)), now) == forwards


@given(tickets)
def test_after_two_hours_no_newcomer_passes_a_waiting_walk_in(rows):
    """Overdue walk-ins are bounded by those who came before them and by due appointments."""
    line = [walk_in(i, a) for i, (a, b, f) in enumerate(rows)]
    newcomer = walk_in(99, 119)
    assert order([*line, newcomer], 120)[-1] == 99
