"""The day: check-in, one number, calling, serving, transferring; one event per accepted action."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ihh.db import transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.services import boards, booking, check_in, day_end, desks, my_visit, proposals, serving
from ihh.services.tickets import move_time, tickets_of
from tests.situations import TUESDAY, at, booked, clerk, events, opened, visit, walked_in, wish


def refused(act, *args, **named):
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value


def states(visit_id):
    return [ticket.state for ticket in tickets_of(visit_id)]


def serve(desk_id, begin, minutes=10):
    start = at(begin)
    serving.call_next(desk_id, now=start, by="demo")
    serving.start(desk_id, now=start + timedelta(minutes=1), by="demo")
    return serving.complete(desk_id, now=start + timedelta(minutes=1 + minutes), by="demo")


class TestCheckIn:
    @pytest.mark.parametrize(
        ("minutes", "punctuality", "told"),
        [
            (-60, "early", 60),
            (-11, "early", 11),
            (-10, "on_time", 0),
            (10, "on_time", 0),
            (11, "late", 11),
            (90, "late", 90),
        ],
    )
    def test_early_and_late_are_told(self, sqlite_app, minutes, punctuality, told):
        first = booked(wish("dvv.register"), not_before="11:00")
        done = check_in.check_in(
            first.booking_code, now=first.legs[0].starts_at + timedelta(minutes=minutes), by="kiosk:1"
        )
        assert (done.punctuality, done.minutes) == (punctuality, told)

    def test_too_early_says_when_to_come(self, sqlite_app):
        first = booked(wish("dvv.register"), not_before="12:00")
        refusal = refused(check_in.check_in, first.booking_code, now=at("10:59"), by="kiosk:1")
        assert (refusal.code, refusal.facts["opens_at"]) == (Code.TOO_EARLY, at("11:00"))

    def test_wrong_day_cancelled_repeated_unknown(self, sqlite_app):
        first = booked(wish("dvv.register"))
        day = timedelta(days=1)
        asked = first.booking_code
        assert refused(check_in.check_in, asked, now=at("09:00") - day, by="k").code == Code.WRONG_DAY_EARLY
        assert refused(check_in.check_in, asked, now=at("09:00") + day, by="k").code == Code.WRONG_DAY_PAST
        assert refused(check_in.check_in, "ABCD1234", now=at("09:00"), by="k").code == Code.UNKNOWN_CODE
        assert refused(check_in.check_in, "?", now=at("09:00"), by="k").code == Code.UNKNOWN_CODE
        check_in.check_in(asked, now=at("09:00"), by="k")
        again = refused(check_in.check_in, asked, now=at("09:01"), by="k")
        assert again.code == Code.ALREADY_CHECKED_IN
        assert again.facts["number"] == visit(first.id).queue_number
        second = booked(wish("dvv.register"))
        booking.cancel(second.id, now=at("08:00") - day)
        assert (
            refused(check_in.check_in, second.booking_code, now=at("09:00"), by="k").code
            == Code.VISIT_CANCELLED
        )

    def test_a_held_visit_is_not_a_booking(self, sqlite_app):
        wanted, now = wish("dvv.register"), at("12:00", TUESDAY - timedelta(days=1))
        held = booking.hold(wanted, proposals.propose(wanted, now=now).earliest, source=None, now=now)
        assert (
            refused(check_in.check_in, held.booking_code, now=at("09:00"), by="k").code == Code.UNKNOWN_CODE
        )

    def test_the_tax_line_is_open_until_noon(self, sqlite_app):
        walked_in("vero.tax_card", now=at("11:59"))
        refusal = refused(walked_in, "vero.tax_card", now=at("12:00"))
        assert (refusal.code, refusal.facts["service"]) == (Code.NO_WALK_IN_NOW, "vero.tax_card")
        assert refused(walked_in, "dvv.register", now=at("10:00")).code == Code.NO_WALK_IN_NOW

    def test_one_number_for_all_lines_and_an_estimate_for_each(self, sqlite_app):
        opened("kela-1", "vero-1", now=at("09:00"))
        came = walked_in("kela.social_security", "vero.tax_card", now=at("09:30"))
        tickets = tickets_of(came.id)
        assert [ticket.state for ticket in tickets] == ["waiting", "waiting"]
        assert all(ticket.estimate_low is not None for ticket in tickets)
        assert came.queue_number


class TestPrerequisites:
    def test_kela_is_locked_until_dvv_is_done_and_then_waits_with_its_seniority(self, app):
        first = booked(wish("dvv.register", "kela.social_security"))
        opened(first.legs[0].desk_id, now=at("09:00"))
        check_in.check_in(first.booking_code, now=first.legs[0].starts_at, by="k")
        assert states(first.id) == ["waiting", "locked"]
        begin = first.legs[0].starts_at.astimezone(at("09:00").tzinfo).strftime("%H:%M")
        serve(first.legs[0].desk_id, begin)
        assert states(first.id) == ["completed", "waiting"]
        assert [event.action for event in events()][-2:] == ["complete", "unlock"]

    def test_the_others_of_a_family_are_not_locked(self, app):
        legs = (LegWish("dvv.register", ("p1",)), LegWish("kela.social_security", ("p2",)))
        first = booked(Wish(Party(2), legs, "en"))
        check_in.check_in(first.booking_code, now=at("09:00"), by="k")
        assert states(first.id) == ["waiting", "waiting"]


class TestServing:
    def test_times_are_counted_as_defined(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.social_security", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:40"), by="demo")
        serving.recall("kela-1", now=at("09:41"), by="demo")
        serving.start("kela-1", now=at("09:42"), by="demo")
        serving.hold("kela-1", now=at("09:50"), by="demo")
        ticket = tickets_of(came.id)[0]
        serving.release(ticket.id, agency_id="kela", now=at("10:00"), by="demo")
        serving.call_next("kela-1", now=at("10:05"), by="demo")
        serving.start("kela-1", now=at("10:06"), by="demo")
        done = serving.complete("kela-1", now=at("10:16"), by="demo")
        assert (done.joined_at, done.called_at, done.started_at) == (at("09:30"), at("09:40"), at("09:42"))
        assert done.served_seconds == (8 + 10) * 60
        assert visit(came.id).state == "ended"
        assert [event.action for event in events()] == [
            *(
                "take_number",
                "issue",
                "call",
                "recall",
                "start",
                "hold",
                "release",
                "call",
                "start",
                "complete",
                "end",
            )
        ]

    def test_a_transfer_keeps_the_number_and_the_seniority(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        came = walked_in("kela.social_security", now=at("09:30"))
        other = walked_in("city.guidance", now=at("09:40"))
        serving.call_next("kela-1", now=at("09:41"), by="demo")
        serving.start("kela-1", now=at("09:41"), by="demo")
        serving.transfer("kela-1", "city.guidance", now=at("09:46"), by="demo")
        assert states(came.id) == ["completed", "waiting"]
        call = serving.call_next("city-1", now=at("09:47"), by="demo")
        assert call.number == came.queue_number, (
            "came at 9:30 and was served 5 minutes: before one who came at 9:40"
        )
        assert other.queue_number != call.number

    def test_a_transfer_to_what_the_visit_has_or_to_a_phone_is_refused(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in("kela.social_security", "city.guidance", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:41"), by="demo")
        serving.start("kela-1", now=at("09:41"), by="demo")
        before = len(events())
        for service, code in (
            ("city.guidance", Code.ALREADY_IN_VISIT),
            ("sak.rights", Code.NOT_IN_HOUSE),
            ("x", Code.NOT_IN_HOUSE),
        ):
            assert refused(serving.transfer, "kela-1", service, now=at("09:42"), by="demo").code == code
        assert len(events()) == before

    def test_finish_and_call_next_with_an_empty_line_finishes(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.social_security", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        assert serving.complete_and_call_next("kela-1", now=at("09:40"), by="demo", request_id="r") is None
        assert serving.complete_and_call_next("kela-1", now=at("09:41"), by="demo", request_id="r") is None
        assert states(came.id) == ["completed"]

    def test_a_refused_action_writes_nothing(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in("kela.social_security", now=at("09:30"))
        before = len(events())
        for act in (
            serving.recall,
            serving.start,
            serving.complete,
            serving.hold,
            serving.mark_no_show,
            serving.requeue,
        ):
            assert refused(act, "kela-1", now=at("09:31"), by="demo").code == Code.WRONG_STATE
        assert refused(serving.call_next, "kela-2", now=at("09:31"), by="demo").code == Code.DESK_CLOSED
        assert len(events()) == before

    def test_a_no_show_ends_the_visits_other_tickets_unless_someone_is_served(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.social_security", "city.guidance", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.mark_no_show("kela-1", now=at("09:34"), by="demo")
        assert states(came.id) == ["no_show", "no_show"]
        assert visit(came.id).state == "ended"

    def test_leaving_ends_what_waits_and_keeps_what_is_served(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.social_security", "city.guidance", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        serving.leave(came.id, now=at("09:33"))
        assert states(came.id) == ["serving", "left"]
        serving.complete("kela-1", now=at("09:40"), by="demo")
        assert visit(came.id).state == "ended"

    def test_a_desk_calls_only_languages_it_has(self, app):
        house = desks.current_house()
        desk = next(d for d in house.desks if d.agency == "kela" and "ru" not in d.languages)
        speaker = next((d for d in house.desks if d.agency == "kela" and "ru" in d.languages), None)
        opened(desk.id, now=at("09:00"))
        walked_in("kela.social_security", now=at("09:30"), language="ru")
        if speaker is None:
            assert serving.call_next(desk.id, now=at("09:31"), by="demo")
        else:
            assert refused(serving.call_next, desk.id, now=at("09:31"), by="demo").code == Code.NOBODY_TO_CALL


class TestOutOfTurn:
    @pytest.fixture
    def third(self, app):
        opened("kela-1", now=at("09:00"))
        return [walked_in("kela.social_security", now=at(f"09:3{minute}")) for minute in range(3)][2]

    def test_a_clerk_may_choose_and_says_why(self, third):
        ticket = tickets_of(third.id)[0]
        serving.call_ticket("kela-1", ticket.id, now=at("09:40"), by="clerk:1", why=" meets a train ")
        detail = events("call")[0].detail
        assert (detail["chosen"], detail["why"], detail["reason"]) == (True, "meets a train", "walk_in")

    def test_a_choice_without_a_word_says_that_a_clerk_chose(self, third):
        serving.call_ticket("kela-1", tickets_of(third.id)[0].id, now=at("09:40"), by="clerk:1")
        assert events("call")[0].detail["why"] == "chosen by clerk"

    @pytest.mark.parametrize(
        ("why", "code"),
        [("  ", Code.INVALID), ("x" * 201, Code.INVALID), ("is 131052-308T", Code.IDENTITY_CODE_GIVEN)],
    )
    def test_no_reason_and_no_identity_code(self, third, why, code):
        ticket, before = tickets_of(third.id)[0], len(events())
        said = {"now": at("09:40"), "by": "clerk:1"}
        assert refused(serving.call_ticket, "kela-1", ticket.id, why=why, **said).code == code
        assert refused(serving.mark_need, ticket.id, why, agency_id="kela", **said).code == code
        assert len(events()) == before

    def test_a_second_mark_of_need_keeps_the_place_of_the_first(self, third):
        ticket = tickets_of(third.id)[0]
        for minute in ("09:40", "09:50"):
            serving.mark_need(ticket.id, "small_children", agency_id="kela", now=at(minute), by="clerk:1")
        assert tickets_of(third.id)[0].need_at == at("09:40")

    def test_one_who_does_not_wait_here_cannot_be_called(self, third):
        opened("vero-1", now=at("09:00"))
        ticket = tickets_of(third.id)[0]
        said = {"now": at("09:40"), "by": "clerk:1", "why": "x"}
        assert refused(serving.call_ticket, "vero-1", ticket.id, **said).code == Code.WRONG_STATE
        serving.call_ticket("kela-1", ticket.id, **said)
        assert refused(serving.call_ticket, "kela-1", ticket.id, **said).code == Code.DESK_BUSY


class TestJoining:
    """`joined_at`: when a ticket could first be called."""

    def test_a_walk_in_joins_at_issue(self, app):
        assert tickets_of(walked_in("kela.advice", now=at("09:30")).id)[0].joined_at == at("09:30")

    def test_an_appointment_not_before_its_time(self, app):
        first = booked(wish("dvv.register"), not_before="10:00")
        starts_at = first.legs[0].starts_at
        check_in.check_in(first.booking_code, now=starts_at - timedelta(minutes=20), by="k")
        assert tickets_of(first.id)[0].joined_at == starts_at

    def test_a_late_comer_at_check_in(self, app):
        first = booked(wish("dvv.register"), not_before="10:00")
        late = first.legs[0].starts_at + timedelta(minutes=25)
        check_in.check_in(first.booking_code, now=late, by="k")
        assert tickets_of(first.id)[0].joined_at == late

    def test_a_locked_one_when_its_prerequisite_is_done_and_not_before_its_time(self, app):
        first = booked(wish("dvv.register", "kela.social_security"))
        dvv, kela = first.legs
        opened(dvv.desk_id, now=at("09:00"))
        check_in.check_in(first.booking_code, now=dvv.starts_at, by="k")
        assert tickets_of(first.id)[1].joined_at is None
        done = serve(dvv.desk_id, dvv.starts_at.astimezone(at("09:00").tzinfo).strftime("%H:%M"), 3).ended_at
        assert tickets_of(first.id)[1].joined_at == max(done, kela.starts_at)

    def test_a_transferred_one_at_the_transfer(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.advice", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        serving.transfer("kela-1", "city.guidance", now=at("09:40"), by="demo")
        new = tickets_of(came.id)[1]
        assert (new.issued_at, new.joined_at) == (at("09:40"), at("09:40"))

    def test_neither_a_hold_nor_a_call_taken_back_changes_it(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.advice", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.requeue("kela-1", now=at("09:32"), by="demo")
        serving.call_next("kela-1", now=at("09:33"), by="demo")
        serving.hold("kela-1", now=at("09:34"), by="demo")
        serving.release(tickets_of(came.id)[0].id, agency_id=None, now=at("09:50"), by="demo")
        assert tickets_of(came.id)[0].joined_at == at("09:30")


class TestTheRuleInTheHouse:
    """Sentences of the rule that need the house's own memory: who was served, held, late, and where."""

    def test_a_service_that_was_interrupted_keeps_its_place(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.advice", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:31"), by="demo")
        serving.hold("kela-1", now=at("09:46"), by="demo")
        walked_in("kela.advice", now=at("09:40"))
        serving.release(tickets_of(came.id)[0].id, agency_id=None, now=at("09:50"), by="demo")
        assert serving.call_next("kela-1", now=at("09:50"), by="demo").number == came.queue_number, (
            "time served in this very line is no service in another"
        )

    def test_service_of_others_of_the_party_is_not_theirs(self, app):
        opened("kela-1", "city-1", now=at("09:00"))
        legs = (LegWish("kela.advice", ("p1",)), LegWish("city.guidance", ("p2",)))
        family = check_in.take_number(Wish(Party(2), legs, "en"), now=at("09:30"), by="k").visit_id
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:31"), by="demo")
        serving.complete("kela-1", now=at("09:51"), by="demo")
        walked_in("city.guidance", now=at("09:40"))
        assert serving.call_next("city-1", now=at("09:52"), by="demo").number == visit(family).queue_number

    def test_the_last_call_is_the_agencys_not_the_desks(self, app):
        opened("kela-1", "kela-2", "city-1", now=at("09:00"))
        waiting = [walked_in("kela.advice", now=at(f"09:0{minute}")) for minute in range(3)]
        walked_in("city.guidance", now=at("09:00"))
        booked_one = walked_in("kela.advice", now=at("10:00"))
        with transaction() as tx:
            move_time(tx, tickets_of(booked_one.id)[0], at("10:00"), now=at("10:00"), by="house")
        calls = [
            serving.call_next(desk, now=at("10:01"), by="demo").number
            for desk in ("kela-1", "city-1", "kela-2")
        ]
        assert (calls[0], calls[2]) == (waiting[0].queue_number, booked_one.queue_number)

    def test_an_appointment_of_someone_served_elsewhere_at_its_time_keeps_its_rank(self, app):
        first = booked(wish("dvv.register", "kela.social_security"))
        dvv, kela = first.legs
        opened(dvv.desk_id, kela.desk_id, now=at("09:00"))
        check_in.check_in(first.booking_code, now=dvv.starts_at, by="k")
        serving.call_next(dvv.desk_id, now=dvv.starts_at, by="demo")
        serving.start(dvv.desk_id, now=dvv.starts_at, by="demo")
        over = kela.starts_at + timedelta(minutes=25)
        serving.complete(dvv.desk_id, now=over, by="demo")
        serving.call_next(kela.desk_id, now=over, by="demo")
        assert events("call")[-1].detail["reason"] == "booked"


class TestDesks:
    def test_a_clerk_takes_over_a_desk_of_the_demonstration_with_its_visitor(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in("kela.social_security", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        desks.open_desk("kela-1", clerk(), now=at("09:32"))
        assert serving.at_desk("kela-1") is not None
        assert refused(desks.close_desk, "kela-1", now=at("09:33")).code == Code.DESK_BUSY

    def test_a_clerk_serves_at_desks_of_the_own_agency_and_one_at_a_time(self, app):
        kela = clerk()
        assert refused(desks.open_desk, "vero-1", kela, now=at("09:00")).code == Code.NOT_YOUR_AGENCY
        desks.open_desk("kela-1", kela, now=at("09:00"))
        assert refused(desks.open_desk, "kela-2", kela, now=at("09:01")).code == Code.DESK_BUSY

    def test_on_a_break_a_desk_calls_nobody(self, app):
        opened("kela-1", now=at("09:00"))
        walked_in("kela.social_security", now=at("09:30"))
        desks.pause_desk("kela-1", now=at("09:31"))
        assert refused(serving.call_next, "kela-1", now=at("09:32"), by="demo").code == Code.DESK_CLOSED
        desks.resume_desk("kela-1")
        assert serving.call_next("kela-1", now=at("09:33"), by="demo")


class TestViews:
    def test_the_board_shows_numbers_desks_and_areas_and_nothing_else(self, app):
        opened("kela-1", now=at("09:00"))
        came = walked_in("kela.social_security", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        board = boards.hall_board(now=at("09:32"))
        assert set(board["calls"][0]) == {"id", "number", "desk", "area", "state", "at"}
        assert board["calls"][0]["number"] == came.queue_number
        assert board["revision"] == events()[-1].revision

    def test_my_visit_says_one_next_step(self, app):
        opened("kela-1", now=at("09:00"))
        ahead = walked_in("kela.social_security", now=at("09:29"))
        came = walked_in("kela.social_security", now=at("09:30"))
        view = my_visit.view_visit(came, now=at("09:30"))
        assert (view.step, view.focus.ahead) == ("to_area", 1)
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        assert my_visit.view_visit(visit(ahead.id), now=at("09:31")).step == "to_desk"
        view = my_visit.view_visit(came, now=at("09:31"))
        assert view.focus.ahead == 0
        serving.leave(came.id, now=at("09:32"))
        assert my_visit.view_visit(visit(came.id), now=at("09:33")).step == "done"

    def test_the_night_ends_what_a_clerk_forgot(self, app):
        opened("kela-1", now=at("09:00"))
        served = walked_in("kela.social_security", now=at("09:29"))
        waiting = walked_in("kela.social_security", now=at("09:30"))
        serving.call_next("kela-1", now=at("09:31"), by="demo")
        serving.start("kela-1", now=at("09:32"), by="demo")
        day_end.tidy(now=at("00:05", TUESDAY + timedelta(days=1)))
        assert (states(served.id), states(waiting.id)) == (["completed"], ["left"])
        assert tickets_of(served.id)[0].served_seconds == 0
        assert desks.open_sessions() == {}
