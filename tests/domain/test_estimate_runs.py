"""The conditional simulation where chance has no say, so that every minute can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ihh.domain.estimate import DoneToday, Situation, Stage
from ihh.domain.estimate.history import PATIENCE_EDGES, ServiceTime
from ihh.domain.estimate.runs import play
from ihh.domain.house import Policy
from tests.domain.estimate_situations import at_desk, clockwork, desk, exact, random_house, ticket

X, Y = desk("x"), desk("y")


class TestOneLine:
    def test_a_known_line_at_one_desk(self):
        line = [ticket(1, -3), ticket(2, -2), ticket(3, -1)]
        assert exact(line, [X]) == {1: 0, 2: 10, 3: 20}

    def test_who_is_being_served_keeps_the_desk_for_the_rest_of_the_time(self):
        assert exact([at_desk(9, "x", -4), ticket(1, -1)], [X]) == {1: 6}

    def test_a_service_that_has_outlasted_its_time_ends_now(self):
        assert exact([at_desk(9, "x", -25), ticket(1, -1)], [X]) == {1: 0}

    def test_two_desks_share_the_line(self):
        line = [at_desk(9, "x", -4), *(ticket(number, number - 9, "xy") for number in (1, 2, 3))]
        assert exact(line, [X, Y]) == {1: 0, 2: 6, 3: 10}

    def test_way_and_turn_are_the_desks_time_too(self):
        slow = replace(clockwork(s=10), way_min=1.0, turn_min=0.5)
        assert exact([ticket(1, -2), ticket(2, -1)], [X], slow) == {1: 0, 2: 11.5}

    def test_a_called_visitor_still_has_the_whole_service_before_them(self):
        called = ticket(9, -5, stage=Stage.CALLED, desk="x", since=0.0)
        assert exact([called, ticket(1, -1)], [X]) == {1: 10}

    def test_larger_parties_take_their_own_time(self):
        times = {**clockwork(s=10).services, ("s", 2): ServiceTime(50, np.log(25.0), 0.0)}
        history = replace(clockwork(s=10), services=times)
        assert exact([ticket(1, -2, people=0b11), ticket(2, -1)], [X], history) == {1: 0, 2: 25}


class TestWhoCanServeWhom:
    def test_a_desk_passes_over_those_it_cannot_serve(self):
        line = [at_desk(9, "y", -4), ticket(1, -3, "y"), ticket(2, -2, "x"), ticket(3, -1, "xy")]
        assert exact(line, [X, Y]) == {1: 6, 2: 0, 3: 10}

    def test_whom_no_desk_can_serve_is_never_called(self):
        assert exact([ticket(1, -1, "z"), ticket(2, -1, "x")], [X]) == {2: 0}

    def test_another_agencys_desk_is_no_help(self):
        line = [ticket(1, -2), ticket(2, -1), ticket(3, -1, "o", agency="b")]
        assert exact(line, [X, desk("o", "b")]) == {1: 0, 2: 10, 3: 0}


class TestCalendars:
    def test_nobody_is_called_in_a_break_but_whoever_is_there_is_finished(self):
        lunch = desk("x", breaks=((5.0, 35.0),))
        assert exact([ticket(1, -3), ticket(2, -2), ticket(3, -1)], [lunch]) == {1: 0, 2: 35, 3: 45}

    def test_a_desk_that_opens_later_helps_from_then_on(self):
        later = desk("y", opens=12.0)
        line = [ticket(number, number - 9, "xy") for number in (1, 2, 3, 4)]
        assert exact(line, [X, later]) == {1: 0, 2: 10, 3: 12, 4: 20}

    def test_after_its_hours_a_desk_serves_only_those_who_came_before(self):
        line = [ticket(1, -8), ticket(2, -6), ticket(3, -1)]
        assert exact(line, [desk("x", closes=-2.0)]) == {1: 0, 2: 10}

    def test_a_desk_that_never_opens_calls_nobody(self):
        assert exact([ticket(1, -1)], [desk("x", opens=float("inf"))]) == {}


class TestTheCallingRule:
    def test_need_goes_first_and_due_appointments_before_walk_ins(self):
        line = [
            ticket(1, -30),
            ticket(2, -20),
            ticket(3, -10, booked=5.0),
            ticket(4, -2, need=-1.0),
        ]
        assert exact(line, [X]) == {4: 0, 3: 10, 1: 20, 2: 30}

    def test_an_early_appointment_waits_for_those_whose_turn_it_is(self):
        line = [ticket(1, -5, booked=25.0), ticket(2, -3), ticket(3, -2), ticket(4, -1)]
        assert exact(line, [X]) == {2: 0, 3: 10, 1: 20, 4: 30}

    def test_an_early_appointment_is_called_when_nobody_else_can_be(self):
        assert exact([ticket(1, -5, booked=45.0)], [X]) == {1: 0}

    def test_a_late_comer_stands_in_the_line_by_half_the_overdue_time(self):
        line = [ticket(1, -21), ticket(2, -24), ticket(3, 0, booked=-40.0)]
        assert exact(line, [X], policy=Policy(overdue_min=45)) == {2: 0, 3: 10, 1: 20}
        excused = [*line[:2], ticket(3, 0, booked=-40.0, is_excused=True)]
        assert exact(excused, [X]) == {3: 0, 2: 10, 1: 20}

    def test_after_an_overdue_walk_in_an_appointment_goes_next_whichever_desk_calls(self):
        line = [ticket(1, -80), ticket(2, -70), ticket(3, -5, booked=0.0)]
        assert exact(line, [X]) == {1: 0, 3: 10, 2: 20}
        assert exact(line, [X], after_overdue=frozenset("a")) == {3: 0, 1: 10, 2: 20}

    def test_a_walk_in_becomes_overdue_while_waiting(self):
        line = [at_desk(9, "x", 0), ticket(1, -40), ticket(2, -1, booked=12.0), ticket(3, -1, booked=13.0)]
        assert exact(line, [X]) == {1: 10, 2: 20, 3: 30}


class TestAppointmentsToCome:
    def test_who_is_still_to_come_goes_before_walk_ins_when_due(self):
        coming = ticket(-1, 15.0, stage=Stage.COMING, booked=15.0)
        line = [at_desk(9, "x", 0), ticket(1, -3), ticket(2, -2)]
        assert exact([*line, coming], [X]) == {1: 10, 2: 30}

    def test_who_never_comes_keeps_nobody(self):
        absent = replace(clockwork(s=10), show_rate=0.0)
        coming = ticket(-1, 15.0, stage=Stage.COMING, booked=15.0)
        line = [at_desk(9, "x", 0), ticket(1, -3), ticket(2, -2), coming]
        assert exact(line, [X], absent) == {1: 10, 2: 20}

    def test_half_of_them_come(self):
        half = replace(clockwork(s=10), show_rate=0.5)
        coming = ticket(-1, 5.0, stage=Stage.COMING, booked=5.0)
        waits = play(Situation((at_desk(9, "x", 0), ticket(1, -3), coming), (X,)), half).tickets[1]
        assert sorted(set(waits.round(6))) == [10, 20]
        assert np.mean(waits < 15) == pytest.approx(0.5, abs=0.02)


class TestSeveralLines:
    DESKS = [desk("o", "b"), X]

    def test_who_is_busy_elsewhere_is_skipped_and_keeps_the_place(self):
        """v1 is at the other agency for ten more minutes; the ten received count as if arrived later."""
        line = [
            at_desk(8, "o", -5, visit="v1", agency="b", service="long"),
            ticket(1, -9),
            ticket(2, -3),
            ticket(3, 0),
        ]
        found = exact(line, self.DESKS, clockwork(s=10, long=12))
        assert found == {2: 0, 3: 10, 1: 20}
        short = exact(line, self.DESKS, clockwork(s=10, long=7))
        assert short == {2: 0, 1: 10, 3: 20}

    def test_one_visitor_is_called_to_one_desk_at_a_time(self):
        both = [ticket(1, -5), ticket(2, -5, "o", visit="v1", agency="b")]
        assert exact(both, self.DESKS) == {2: 0, 1: 10}

    def test_others_of_the_party_are_not_kept(self):
        apart = [ticket(1, -5, people=1), ticket(2, -5, "o", visit="v1", agency="b", people=2)]
        assert exact(apart, self.DESKS) == {1: 0, 2: 0}

    def test_a_locked_ticket_joins_when_what_it_waits_for_is_done(self):
        """Unlocked after 4 minutes with an older seniority than the walk-in behind."""
        line = [
            at_desk(8, "o", -6, visit="v1", agency="b"),
            ticket(1, -30, visit="v1", stage=Stage.LOCKED, after=(8,)),
            at_desk(9, "x", -1),
            ticket(2, -2),
        ]
        assert exact(line, self.DESKS) == {2: 19}

    def test_an_idle_desk_calls_who_is_unlocked(self):
        line = [
            at_desk(8, "o", -6, visit="v1", agency="b"),
            ticket(1, -30, visit="v1", stage=Stage.LOCKED, after=(8,)),
            ticket(2, 0, visit="v2", booked=200.0),
            at_desk(9, "x", -7),
        ]
        assert exact(line, self.DESKS) == {2: 3}

    @pytest.mark.parametrize(("arrived", "wait"), [(-12, 20), (-6, 30)])
    def test_a_chain_of_locks(self, arrived, wait):
        """v1 is through with two services 14 minutes from now, and counts as having come 10 minutes ago."""
        line = [
            at_desk(8, "o", -6, visit="v1", agency="b"),
            ticket(1, -30, "o", visit="v1", agency="b", stage=Stage.LOCKED, after=(8,)),
            ticket(2, -30, visit="v1", stage=Stage.LOCKED, after=(8, 1)),
            at_desk(9, "x", 0, service="long"),
            ticket(3, arrived),
        ]
        assert exact(line, self.DESKS, clockwork(s=10, long=20)) == {3: wait}


class TestHeldAndAnswering:
    def test_a_held_ticket_returns_to_its_old_place(self):
        held = ticket(1, -30, stage=Stage.HELD, returns=5.0)
        assert exact([at_desk(9, "x", 0), held, ticket(2, -2)], [X]) == {2: 20}

    def test_one_that_nobody_brings_back_keeps_nobody(self):
        held = ticket(1, -30, stage=Stage.HELD)
        assert exact([at_desk(9, "x", 0), held, ticket(2, -2)], [X]) == {2: 10}

    def test_an_unanswered_call_keeps_the_desk_only_as_long_as_it_is_tried(self):
        deaf = replace(clockwork(s=10), unanswered_rate=1.0)
        policy = Policy(park_min=3, last_call_min=2)
        assert exact([ticket(1, -2), ticket(2, -1)], [X], deaf, policy=policy) == {1: 0, 2: 5}

    def test_nobody_is_waited_for_who_has_left(self):
        everyone = {kind: (1e6,) * len(PATIENCE_EDGES) for kind in ("walk_in", "booked")}
        impatient = replace(clockwork(s=10), leaving=everyone)
        situation = Situation((at_desk(9, "x", 0), ticket(1, -2), ticket(2, -1)), (X,))
        assert [len(waits) for waits in play(situation, impatient).tickets.values()] == [0, 0]


class TestNewcomers:
    def test_one_who_only_asks_is_behind_everybody_and_takes_no_time(self):
        situation = Situation((at_desk(9, "x", -4), ticket(1, -3), ticket(2, -1)), (X,))
        outcome = play(situation, clockwork(s=10), newcomers=["a"])
        assert set(outcome.newcomers["a"].round(6)) == {26}
        assert set(outcome.tickets[2].round(6)) == {16}

    def test_an_idle_desk_takes_a_newcomer_at_once(self):
        outcome = play(Situation((), (X,)), clockwork(s=10), newcomers=["a"])
        assert set(outcome.newcomers["a"]) == {0}


class TestChance:
    """With the same draws for the same tickets, so that only what changes makes a difference."""

    LINE = [at_desk(99, "x", -4), *(ticket(number, number - 20, "xy") for number in range(1, 13))]

    def waits(self, tickets, desks, history=None):
        outcome = play(Situation(tuple(tickets), tuple(desks)), history or random_house(s=12))
        return {number: minutes.mean() for number, minutes in outcome.tickets.items()}

    def test_the_same_question_has_the_same_answer(self):
        situation = Situation(tuple(self.LINE), (X, Y), minute=615)
        first, again = (play(situation, random_house(s=12)).tickets[12] for _ in range(2))
        assert np.array_equal(first, again)

    def test_waits_grow_along_the_line(self):
        waits = self.waits(self.LINE, [X, Y])
        assert list(waits.values()) == sorted(waits.values())

    def test_one_more_ahead_is_never_shorter(self):
        fewer = self.waits([*self.LINE[:5], *self.LINE[6:]], [X, Y])
        more = self.waits(self.LINE, [X, Y])
        assert all(more[number] >= fewer[number] for number in fewer)
        assert more[12] > fewer[12] + 3

    def test_one_more_desk_is_never_longer(self):
        line = [at_desk(99, "x", -4), *(ticket(number, number - 20, "xyz") for number in range(1, 13))]
        two, three = self.waits(line, [X, Y]), self.waits(line, [X, Y, desk("z")])
        assert all(three[number] <= two[number] + 1e-9 for number in two)
        assert three[12] < two[12] - 3

    def test_the_longer_a_service_has_lasted_the_less_is_left_of_it_until_it_is_beyond_all_experience(self):
        left = [self.waits([at_desk(9, "x", -since), ticket(1, -1)], [X])[1] for since in (0, 6, 12)]
        assert left == sorted(left, reverse=True)
        assert self.waits([at_desk(9, "x", -200.0), ticket(1, -1)], [X])[1] > 2

    def test_slow_services_today_make_all_waits_longer(self):
        done = (DoneToday("a", "x", "s", 1, 10.0, (25.0,) * 20),)
        situation = Situation(tuple(self.LINE), (X, Y))
        usual = play(situation, random_house(s=12)).tickets[12].mean()
        slow = play(Situation(tuple(self.LINE), (X, Y), done=done), random_house(s=12)).tickets[12].mean()
        assert 1.15 * usual < slow < 2.1 * usual

    def test_only_the_house_around_the_target_is_played_and_it_makes_no_difference(self):
        away = [ticket(100 + number, number - 9, "o", agency="b", booked=None) for number in range(8)]
        situation = Situation((*self.LINE, *away), (X, Y, desk("o", "b")))
        whole, part = play(situation, random_house(s=12)), play(situation, random_house(s=12), targets={12})
        assert set(part.tickets) == {12}
        assert part.tickets[12].mean() == pytest.approx(whole.tickets[12].mean(), rel=0.02)

    def test_walk_ins_to_come_overtake_one_who_is_served_elsewhere_first(self):
        line = [
            at_desk(8, "o", -1, visit="v1", agency="b", service="long"),
            at_desk(9, "x", 0),
            ticket(1, -2),
        ]
        desks, history = (X, desk("o", "b")), random_house(0.2, s=10, long=20)
        quiet = play(Situation(tuple(line), desks), history).tickets[1].mean()
        busy = play(Situation(tuple(line), desks, joining={"a": 0.2}), history).tickets[1].mean()
        assert busy > quiet + 5

    def test_nobody_overtakes_one_whose_other_tickets_wait_for_this_one(self):
        locked = ticket(2, -2, "o", visit="v1", agency="b", stage=Stage.LOCKED, after=(1,))
        line, desks = (at_desk(9, "x", 0), ticket(1, -2), locked), (desk("o", "b"), X)
        quiet, busy = (
            play(Situation(line, desks, joining=joining), random_house(s=12)).tickets[1]
            for joining in ({}, {"a": 0.2})
        )
        assert np.array_equal(quiet, busy)
