"""Whom a desk calls next, by the words of the guarded rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
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


def calls(line, now=0.0, after_overdue=False):
    """Whom desks call one after the other, each looking at the agency's last call."""
    left, called = list(line), []
    while choice := pick_next(left, now=clock(now), policy=POLICY, after_overdue=after_overdue):
        called.append(choice.ticket.ticket_id)
        after_overdue = choice.reason.code is ReasonCode.OVERDUE
        left.remove(choice.ticket)
    return called


class TestNeed:
    """0. A clerk's mark of need, by the time of the mark."""

    def test_it_goes_before_everything_by_the_time_of_the_mark(self):
        line = [
            booked(1, 0, -5),
            walk_in(2, -60),
            walk_in(3, -1, need_at=clock(-1)),
            walk_in(4, -2, need_at=clock(-2)),
        ]
        assert order(line) == [4, 3, 2, 1]
        assert reason(line) is ReasonCode.NEED

    def test_also_for_an_early_appointment_and_a_late_comer(self):
        line = [walk_in(1, -60), booked(2, 50, -5, need_at=clock(-1)), booked(3, -60, -5, need_at=clock(0))]
        assert order(line) == [2, 3, 1]


class TestAppointmentsAndOverdueWalkIns:
    """1. Appointments from 10 min before their time, by time; walk-ins who have waited M, by joining + M."""

    @pytest.mark.parametrize(("minutes_early", "due"), [(10, True), (10.1, False)])
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
        assert calls(line) == [2, 1, 3]
        assert calls(line, after_overdue=True) == [1, 2, 3]

    def test_only_a_due_appointment_goes_next_not_an_early_one_or_a_late_comer(self):
        line = [booked(1, 10.1, -5), booked(2, -20, -5), walk_in(3, -50)]
        assert calls(line, after_overdue=True) == [3, 2, 1]

    def test_after_an_appointment_the_keys_decide_again(self):
        line = [booked(1, 0, -5), booked(2, 1, -5), walk_in(3, -60), walk_in(4, -59), walk_in(5, -58)]
        assert calls(line) == [3, 1, 4, 2, 5]

    def test_someone_in_need_goes_before_the_appointment_that_would_be_next(self):
        line = [booked(1, 0, -5), walk_in(2, -60), walk_in(3, -1, need_at=clock(0))]
        assert calls(line, after_overdue=True)[0] == 3


class TestOthers:
    """2. Other walk-ins by joining, and late-comers."""

    def test_walk_ins_go_by_joining(self):
        assert order([walk_in(1, -3), walk_in(2, -30), walk_in(3, -10)]) == [2, 3, 1]

    def test_late_comers_join_at_booked_time_or_22_and_a_half_minutes_before_check_in(self):
        late = booked(1, -30, 0)  # key −22.5
        assert order([late, walk_in(2, -23), walk_in(3, -22)]) == [2, 1, 3]
        a_little_late = booked(4, -11, 0)  # key −11: the booked time
        assert order([a_little_late, walk_in(5, -12), walk_in(6, -10)]) == [5, 4, 6]
        assert reason([late]) is ReasonCode.LATE

    @pytest.mark.parametrize(
        ("late", "code"), [(10, ReasonCode.BOOKED), (10.1, ReasonCode.LATE), (-5, ReasonCode.BOOKED)]
    )
    def test_late_is_who_checked_in_more_than_ten_minutes_after_the_time(self, late, code):
        assert reason([booked(1, -20, -20 + late)]) is code

    def test_who_came_in_time_is_not_late_however_long_the_wait(self):
        assert reason([booked(1, -200, -205)]) is ReasonCode.BOOKED

    def test_one_whom_the_house_itself_kept_is_not_late(self):
        assert reason([booked(1, -30, 0, is_excused=True)]) is ReasonCode.BOOKED

    def test_a_late_comer_is_overdue_45_minutes_after_the_key(self):
        late = booked(1, -30, 0)  # key −22.5
        assert reason([late], now=22.4) is ReasonCode.LATE
        assert reason([late], now=22.5) is ReasonCode.OVERDUE


class TestEarly:
    """3. Appointments more than 10 min early, only when this desk could call nobody else."""

    def test_only_when_nobody_else(self):
        early = booked(1, 30, -40)
        assert order([early, walk_in(2, 0)]) == [2, 1]
        assert reason([early]) is ReasonCode.EARLY

    def test_the_busy_are_nobody_whom_the_desk_could_call(self):
        early = booked(1, 30, -40)
        assert pick_next([early, walk_in(2, 0, is_free=False)], now=TEN, policy=POLICY).ticket is early


class TestSecondLines:
    """Joining is replaced by seniority: arrival in the house + service time already received."""

    def test_time_being_served_elsewhere_is_no_advantage(self):
        served = walk_in(1, -30, received=timedelta(minutes=20))
        assert order([served, walk_in(2, -15)]) == [2, 1]
        assert order([served, walk_in(2, -5)]) == [1, 2]

    def test_overdue_counts_from_seniority(self):
        served = walk_in(1, -60, received=timedelta(minutes=20))
        assert reason([served]) is ReasonCode.WALK_IN
        assert reason([served], now=5) is ReasonCode.OVERDUE


class TestBusy:
    def test_they_are_skipped_and_keep_their_place(self):
        line = [walk_in(1, -40, is_free=False), walk_in(2, -1)]
        assert order(line) == [1, 2]
        assert pick_next(line, now=TEN, policy=POLICY).ticket.ticket_id == 2
        assert pick_next(line[:1], now=TEN, policy=POLICY) is None

    def test_a_busy_appointment_does_not_use_up_the_turn_after_an_overdue_walk_in(self):
        line = [booked(1, 0, -5, is_free=False), booked(2, 5, -5), walk_in(3, -60)]
        assert order(line, after_overdue=True) == [1, 2, 3]
        assert calls(line, after_overdue=True) == [2, 3]


minutes = st.integers(-120, 0)
rows = st.lists(
    st.builds(
        lambda arrived, book, received, free, need: (arrived, book, received, free, need),
        minutes,
        st.none() | st.integers(-60, 60),
        st.integers(0, 40),
        st.booleans(),
        st.none() | minutes,
    ),
    max_size=12,
)


def line_of(found, *, all_free=False):
    return [
        LineTicket(
            index,
            f"v{index}",
            "",
            clock(arrived),
            booked_at=None if book is None else clock(book),
            need_at=None if need is None else clock(need),
            received=timedelta(minutes=received),
            is_free=free or all_free,
        )
        for index, (arrived, book, received, free, need) in enumerate(found)
    ]


@given(rows, st.integers(0, 120), st.booleans())
def test_everyone_has_exactly_one_place_whatever_the_order_of_input(found, now, after_overdue):
    line = line_of(found)
    forwards = order(line, now, after_overdue=after_overdue)
    assert sorted(forwards) == list(range(len(line)))
    assert order(list(reversed(line)), now, after_overdue=after_overdue) == forwards


@given(rows, st.integers(0, 120), st.booleans())
def test_the_order_told_is_the_order_in_which_desks_call(found, now, after_overdue):
    line = line_of(found)
    free = {ticket.ticket_id for ticket in line if ticket.is_free}
    told = [ticket_id for ticket_id in order(line, now, after_overdue=after_overdue) if ticket_id in free]
    assert told == calls(line, now, after_overdue)


@given(rows)
def test_after_two_hours_no_newcomer_passes_a_waiting_walk_in(found):
    line = [walk_in(index, arrived) for index, (arrived, *_) in enumerate(found)]
    assert order([*line, walk_in(99, 119)], 120)[-1] == 99


class TestNobodyIsPassedOverForGood:
    """The bound that the rule's docstring derives, against calls by desks of differing abilities.

    Everyone who comes is made before the first call; whoever arrives later is seen from then on.
    Desks call one a minute, so that ranks change between calls.
    """

    people = st.lists(
        st.tuples(
            st.integers(-90, 40),  # arrival
            st.none() | st.integers(-60, 60),  # booked time
            st.none() | st.integers(-30, 60),  # mark of need
            st.sampled_from([{"a"}, {"b"}, {"a", "b"}]),  # desks that can serve
        ),
        min_size=1,
        max_size=25,
    )

    @settings(max_examples=300)
    @given(people, st.lists(st.sampled_from("ab"), min_size=60, max_size=60), st.booleans())
    def test_n_calls_by_desks_that_can_serve(self, people, desks, after_overdue):
        line = [
            LineTicket(
                index,
                f"v{index}",
                "",
                clock(arrived),
                booked_at=None if book is None else clock(book),
                need_at=None if need is None else clock(need),
            )
            for index, (arrived, book, need, _) in enumerate(people)
        ]
        able = [able for *_, able in people]
        history = play(line, able, desks, after_overdue)
        for ticket in line:
            self.check(ticket, line, able, history)

    def check(self, ticket, line, able, history):
        standing = rank_one_key(ticket)
        meanwhile = []
        for at, desk, choice in history:
            if choice is not None and choice.ticket.ticket_id == ticket.ticket_id:
                break
            if choice is not None and at >= max(standing.due, ticket.arrived_at):
                meanwhile.append((desk, choice))
        elsewhere = [choice for desk, choice in meanwhile if desk in able[ticket.ticket_id]]
        in_need = {c.ticket.ticket_id for c in elsewhere if c.reason.code is ReasonCode.NEED}
        earlier = {
            other.ticket_id
            for other in line
            if other.ticket_id != ticket.ticket_id and rank_one_key(other).key <= standing.key
        }
        overdue = sum(choice.reason.code is ReasonCode.OVERDUE for _, choice in meanwhile)
        assert len(elsewhere) <= len(in_need) + len(earlier - in_need) + overdue + 1


class Standing:
    def __init__(self, due: datetime, key: datetime) -> None:
        self.due, self.key = due, key


def rank_one_key(ticket: LineTicket) -> Standing:
    """From when a ticket ranks 1 and with which key, told anew from the rule's words."""
    if ticket.booked_at is not None and ticket.arrived_at <= ticket.booked_at + timedelta(minutes=10):
        return Standing(ticket.booked_at - timedelta(minutes=10), ticket.booked_at)
    joined = ticket.arrived_at
    if ticket.booked_at is not None:
        joined = max(ticket.booked_at, ticket.arrived_at - timedelta(minutes=22.5))
    return Standing(joined + timedelta(minutes=45), joined + timedelta(minutes=45))


def play(line, able, desks, after_overdue):
    """A call a minute by the desks in turn: (when, desk, choice or None), each with the tickets seen then."""
    left, history = list(line), []
    for minute, desk in enumerate(desks):
        now = clock(minute)
        here = [
            replace(ticket, need_at=ticket.need_at if ticket.need_at and ticket.need_at <= now else None)
            for ticket in left
            if ticket.arrived_at <= now and desk in able[ticket.ticket_id]
        ]
        choice = pick_next(here, now=now, policy=POLICY, after_overdue=after_overdue)
        history.append((now, desk, choice))
        if choice is not None:
            after_overdue = choice.reason.code is ReasonCode.OVERDUE
            left = [ticket for ticket in left if ticket.ticket_id != choice.ticket.ticket_id]
    return history
