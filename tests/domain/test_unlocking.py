"""Which legs of a visit can be called: prerequisites, one line at a time, and what a clerk set aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.house import LinePolicy
from ihh.domain.ticket import OPEN, TicketState
from ihh.domain.unlocking import LegInHouse, unlocked

FIRST = {"dvv": frozenset(), "city": frozenset(), "kela": frozenset({"dvv"}), "vero": frozenset({"dvv"})}
TEN = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
P1, P2 = 1, 2


def leg(position, service, *, people=P1, at=None, **more):
    booked_at = None if at is None else TEN + timedelta(minutes=at)
    return LegInHouse(position, service, people, booked_at, **more)


def turn(*legs, lines=LinePolicy.ALL):
    return sorted(unlocked(legs, prerequisites=FIRST, lines=lines))


def turns(*legs):
    """The order in which legs are called where there is one line at a time, each served when unlocked."""
    legs, order = list(legs), []
    while chosen := turn(*legs, lines=LinePolicy.ONE_AT_A_TIME):
        order += [legs[index].service_id for index in chosen]
        legs = [
            replace(leg, state=TicketState.COMPLETED) if index in chosen else leg
            for index, leg in enumerate(legs)
        ]
    return order


class TestPrerequisites:
    def test_a_leg_waits_for_what_must_come_first(self):
        assert turn(leg(0, "dvv"), leg(1, "kela"), leg(2, "city")) == [0, 2]

    def test_until_it_has_ended_in_whatever_way(self):
        for state in TicketState:
            first = leg(0, "dvv", state=state)
            expected = ([0] if state is TicketState.LOCKED else []) if state in OPEN else [1]
            assert turn(first, leg(1, "kela")) == expected

    def test_the_others_of_a_family_do_not_wait(self):
        assert turn(leg(0, "dvv", people=P1), leg(1, "kela", people=P2)) == [0, 1]
        assert turn(leg(0, "dvv", people=P1), leg(1, "kela", people=P1 | P2)) == [0]

    def test_a_leg_whose_order_a_clerk_set_aside_waits_for_nothing(self):
        assert turn(leg(0, "dvv"), leg(1, "kela", is_overruled=True), leg(2, "vero")) == [0, 1]


class TestOneAtATime:
    def test_booked_legs_go_by_time_then_the_others_in_the_visits_order(self):
        legs = (leg(0, "city"), leg(1, "vero"), leg(2, "city", at=60), leg(3, "dvv", at=30))
        assert turns(*legs) == ["dvv", "city", "city", "vero"]

    def test_prerequisites_go_first_also_before_a_booked_leg(self):
        assert turns(leg(0, "city"), leg(1, "dvv"), leg(2, "kela", at=30)) == ["dvv", "kela", "city"]
        assert turns(leg(0, "vero"), leg(1, "kela"), leg(2, "dvv")) == ["dvv", "vero", "kela"]

    def test_a_ticket_that_waits_is_called_or_held_keeps_the_others_locked(self):
        for state in OPEN - {TicketState.LOCKED}:
            assert turn(leg(0, "dvv", state=state), leg(1, "city"), lines=LinePolicy.ONE_AT_A_TIME) == []

    def test_a_family_that_split_stands_in_one_line_for_each_of_them(self):
        legs = (leg(0, "dvv", people=P1), leg(1, "city", people=P2), leg(2, "vero", people=P1 | P2))
        assert turn(*legs, lines=LinePolicy.ONE_AT_A_TIME) == [0, 1]

    def test_an_overruled_leg_still_is_one_line_at_a_time(self):
        legs = (leg(0, "dvv", at=0), leg(1, "kela", is_overruled=True, at=-30))
        assert turns(*legs) == ["kela", "dvv"]


@given(
    st.lists(
        st.builds(
            LegInHouse,
            st.integers(0, 9),
            st.sampled_from(sorted(FIRST)),
            st.integers(1, 7),
            st.none() | st.integers(-60, 60).map(lambda minute: TEN + timedelta(minutes=minute)),
            st.booleans(),
        ),
        max_size=8,
    ),
    st.sampled_from(LinePolicy),
)
def test_every_leg_gets_its_turn_and_in_one_line_nobody_stands_twice(legs, lines):
    left = len(legs)
    for _ in range(left):
        chosen = sorted(unlocked(legs, prerequisites=FIRST, lines=lines))
        assert chosen or all(leg.state is TicketState.COMPLETED for leg in legs)
        if lines is LinePolicy.ONE_AT_A_TIME:
            assert sum(legs[index].people.bit_count() for index in chosen) == people_in(legs, chosen)
        legs = [
            replace(leg, state=TicketState.COMPLETED) if index in chosen else leg
            for index, leg in enumerate(legs)
        ]
    assert all(leg.state is TicketState.COMPLETED for leg in legs)


def people_in(legs, chosen):
    together = 0
    for index in chosen:
        together |= legs[index].people
    return together.bit_count()
