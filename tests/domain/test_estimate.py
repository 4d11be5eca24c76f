from __future__ import annotations

import pytest

from ihh.domain.estimate import OpenDesk, QueuedTicket, waits
from ihh.domain.estimate.forward import as_range

BOTH = frozenset({"a", "b"})


def test_two_desks_take_the_line_in_order():
    line = [QueuedTicket(1, BOTH, 20), QueuedTicket(2, BOTH, 20), QueuedTicket(3, BOTH, 20)]
    found = waits(line, [OpenDesk("a", 0), OpenDesk("b", 5)])
    assert {ticket: wait.middle for ticket, wait in found.items()} == {1: 0, 2: 5, 3: 20}


def test_a_desk_passes_over_whom_it_cannot_serve():
    line = [QueuedTicket(1, frozenset({"b"}), 20), QueuedTicket(2, BOTH, 10)]
    found = waits(line, [OpenDesk("a", 0), OpenDesk("b", 30)])
    assert {ticket: wait.middle for ticket, wait in found.items()} == {1: 30, 2: 0}


def test_nothing_is_said_where_no_open_desk_can_serve():
    assert waits([QueuedTicket(1, frozenset({"c"}), 20)], [OpenDesk("a", 0)]) == {}
    assert waits([QueuedTicket(1, BOTH, 20)], []) == {}


def test_an_early_appointment_waits_for_its_time():
    found = waits([QueuedTicket(1, BOTH, 20, not_before_min=25)], [OpenDesk("a", 0)])
    assert found[1].middle == 25


def test_an_early_appointment_does_not_keep_the_desk_from_those_behind_it():
    line = [QueuedTicket(1, BOTH, 20, not_before_min=60), QueuedTicket(2, BOTH, 20)]
    found = waits(line, [OpenDesk("a", 0)])
    assert {ticket: wait.middle for ticket, wait in found.items()} == {2: 0, 1: 60}


@pytest.mark.parametrize(
    ("middle", "low", "high"), [(0, 0, 5), (5, 0, 15), (17, 10, 30), (30, 15, 50), (100, 60, 145)]
)
def test_ranges_are_wide_and_in_steps_of_five(middle, low, high):
    wait = as_range(middle)
    assert (wait.low, wait.high) == (low, high)
    assert wait.low <= middle <= wait.high
