from __future__ import annotations

import pytest

from ihh.domain import ticket as tickets
from ihh.domain import visit as visits
from ihh.domain.errors import Code, Refusal
from ihh.domain.ticket import AT_DESK, ENDED, TICKET_TABLE, TicketAction, TicketState
from ihh.domain.visit import VISIT_TABLE, VisitAction, VisitState


def test_ended_tickets_have_no_exit_and_all_others_have_one():
    leaving = {state for state, _ in TICKET_TABLE if state is not None}
    assert leaving == set(TicketState) - ENDED


def test_every_ticket_state_can_be_reached_and_every_action_is_used():
    reached: set[TicketState | None] = {None}
    while grown := {after for (state, _), after in TICKET_TABLE.items() if state in reached} - reached:
        reached |= grown
    assert reached - {None} == set(TicketState)
    assert {action for _, action in TICKET_TABLE} == set(TicketAction)


def test_only_calling_brings_a_ticket_to_a_desk():
    ways_in = {
        action for (state, action), after in TICKET_TABLE.items() if after in AT_DESK and state not in AT_DESK
    }
    assert ways_in == {TicketAction.CALL}


def test_a_time_can_change_until_the_call_and_a_lost_one_brings_nobody_nearer_to_a_desk():
    A, S = TicketAction, TicketState
    moved = {state: after for (state, action), after in TICKET_TABLE.items() if action is A.MOVE_TIME}
    assert moved == {state: state for state in (S.LOCKED, S.WAITING, S.HELD)}
    lost = {state: after for (state, action), after in TICKET_TABLE.items() if action is A.LOSE_TIME}
    assert lost == {S.LOCKED: S.LOCKED, S.WAITING: S.HELD, S.HELD: S.HELD}


@pytest.mark.parametrize("state", TicketState)
@pytest.mark.parametrize("action", TicketAction)
def test_what_the_table_does_not_name_is_refused(state, action):
    if (state, action) in TICKET_TABLE:
        assert tickets.after(state, action) is TICKET_TABLE[state, action]
    else:
        with pytest.raises(Refusal) as caught:
            tickets.after(state, action)
        assert caught.value.code is Code.WRONG_STATE


def test_a_finish_straight_from_waiting_is_refused():
    with pytest.raises(Refusal):
        tickets.after(TicketState.WAITING, TicketAction.COMPLETE)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (VisitState.CANCELLED, Code.VISIT_CANCELLED),
        (VisitState.IN_HOUSE, Code.ALREADY_CHECKED_IN),
        (VisitState.ENDED, Code.VISIT_ENDED),
        (VisitState.HELD, Code.NOT_BOOKED),
        (VisitState.EXPIRED, Code.HOLD_EXPIRED),
    ],
)
def test_a_refused_check_in_says_the_most_useful_reason(state, code):
    with pytest.raises(Refusal) as caught:
        visits.after(state, VisitAction.CHECK_IN)
    assert caught.value.code is code


def test_visit_actions_are_all_used():
    assert {action for _, action in VISIT_TABLE} == set(VisitAction)
