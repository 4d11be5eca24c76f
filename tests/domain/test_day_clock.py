"""What the clock does with an unanswered call and with held tickets, minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.day_clock import ClockAction, ClockedTicket, due_step, steps
from ihh.domain.house import Policy
from ihh.domain.ticket import HeldFor, TicketState

POLICY = Policy(recall_min=1, park_min=3, return_min=10, last_call_min=2)
TEN = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def clock(minutes: float) -> datetime:
    """Minutes after ten."""
    return TEN + timedelta(minutes=minutes)


CALLED = ClockedTicket(TicketState.CALLED, unanswered_since=TEN, last_called_at=TEN)


def due(ticket, minute):
    step = due_step(ticket, POLICY, now=clock(minute))
    return step.action if step else None


def test_an_unanswered_call_is_recalled_after_one_and_two_minutes_and_parked_after_three():
    assert [(step.action, step.at) for step in steps(CALLED, POLICY)] == [
        (ClockAction.RECALL, clock(1)),
        (ClockAction.RECALL, clock(2)),
        (ClockAction.PARK, clock(3)),
    ]


@pytest.mark.parametrize(
    ("minute", "recalled", "action"),
    [
        (0.99, 0, None),
        (1, 0, ClockAction.RECALL),
        (1.5, 1.1, None),
        (2, 1.1, ClockAction.RECALL),
        (2.9, 2, None),
        (3, 2, ClockAction.PARK),
        (30, 0, ClockAction.PARK),  # no server ran: what was missed is not made up for
        (2.5, 0, ClockAction.RECALL),
    ],
)
def test_what_is_due_when(minute, recalled, action):
    assert due(replace(CALLED, last_called_at=clock(recalled)), minute) is action


def test_after_a_late_recall_the_next_one_is_still_at_its_minute():
    late = replace(CALLED, last_called_at=clock(1.9))
    assert [step.at for step in steps(late, POLICY)] == [clock(2), clock(3)]
    very_late = replace(CALLED, last_called_at=clock(2.5))
    assert [step.at for step in steps(very_late, POLICY)] == [clock(3)]


def test_a_call_by_a_person_starts_the_clock_anew():
    again = replace(CALLED, unanswered_since=clock(2.5), last_called_at=clock(2.5))
    assert [step.at for step in steps(again, POLICY)] == [clock(3.5), clock(4.5), clock(5.5)]


def test_the_call_after_the_return_is_given_up_after_two_minutes_without_recalls():
    last = replace(CALLED, unanswered=1)
    assert [(step.action, step.at) for step in steps(last, POLICY)] == [(ClockAction.GIVE_UP, clock(2))]
    assert (due(last, 1.99), due(last, 2)) == (None, ClockAction.GIVE_UP)


def test_recalls_at_or_after_parking_are_left_out():
    hasty = replace(POLICY, recall_min=2, park_min=3)
    assert [step.at for step in steps(CALLED, hasty)] == [clock(2), clock(3)]


class TestHeld:
    unanswered = ClockedTicket(
        TicketState.HELD, held_for=HeldFor.UNANSWERED, held_at=TEN, returns_at=clock(10), unanswered=1
    )

    def test_an_unanswered_one_returns_at_its_time(self):
        assert (due(self.unanswered, 9.9), due(self.unanswered, 10)) == (None, ClockAction.RELEASE)

    def test_one_that_a_clerk_parked_waits_for_a_clerk(self):
        assert steps(ClockedTicket(TicketState.HELD, held_for=HeldFor.CLERK, held_at=TEN), POLICY) == []

    def test_one_that_lost_its_time_returns_as_soon_as_its_people_are_free(self):
        lost = ClockedTicket(TicketState.HELD, held_for=HeldFor.LOST_TIME, held_at=TEN, is_free=False)
        assert due(lost, 60) is None
        assert due(replace(lost, is_free=True), 0) is ClockAction.RELEASE


@pytest.mark.parametrize("state", sorted(set(TicketState) - {TicketState.CALLED, TicketState.HELD}))
def test_the_clock_leaves_all_other_states_alone(state):
    assert steps(replace(CALLED, state=state, returns_at=TEN), POLICY) == []


@given(st.lists(st.floats(0.01, 4), min_size=1, max_size=12))
def test_however_rarely_the_clock_is_looked_at_a_desk_is_free_at_the_first_look_after_three_minutes(pauses):
    ticket, minute = CALLED, 0.0
    for pause in pauses:
        minute += pause
        action = due(ticket, minute)
        assert (action is ClockAction.PARK) == (minute >= 3)
        if action is ClockAction.PARK:
            break
        if action is ClockAction.RECALL:
            ticket = replace(ticket, last_called_at=clock(minute))
        assert due(ticket, minute) is None, "nothing is left to do at that instant"
