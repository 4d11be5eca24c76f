"""Races, on SQLite and PostgreSQL: the database lets one win, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Engagement, Slot, Ticket, User, Visit
from ihh.services import booking, check_in, desks, proposals, serving
from ihh.services.hold_limits import Source
from tests.situations import at, booked, clerk, events, opened, walked_in, wish

KELA_DESKS = ("kela-1", "kela-2", "kela-3")


def codes(outcomes: list[object]) -> Counter[str]:
    return Counter(outcome.code if isinstance(outcome, Refusal) else "done" for outcome in outcomes)


class TestOneSlot:
    def test_eight_take_it_one_gets_it_and_seven_are_told(self, app, threads):
        now = at("12:00") - timedelta(days=3)
        wanted = wish("dvv.register")
        option = proposals.propose(wanted, now=now).earliest

        outcomes = threads(
            8, lambda index: booking.hold(wanted, option, source=Source(f"s{index}", 20), now=now)
        )

        assert codes(outcomes) == {"done": 1, Code.SLOT_TAKEN: 7}
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 1
        assert len(events("hold_slots")) == 1

    def test_overlapping_visits_of_several_legs_are_kept_whole_or_not_at_all(self, app, threads):
        now = at("12:00") - timedelta(days=3)
        wanted = wish("dvv.register", "kela.social_security")
        options = proposals.propose(wanted, now=now).all
        outcomes = threads(
            16, lambda index: booking.hold(wanted, options[index % len(options)], source=None, now=now)
        )
        held = [outcome for outcome in outcomes if isinstance(outcome, Visit)]
        assert len(held) == len(options), codes(outcomes)
        for visit in held:
            fresh = db.session.get(Visit, visit.id, populate_existing=True)
            assert [leg.service_id for leg in fresh.legs] == ["dvv.register", "kela.social_security"]
            for leg in fresh.legs:
                steps = db.session.scalars(select(Slot.starts_at).where(Slot.leg_id == leg.id)).all()
                assert sorted(steps) == [
                    leg.starts_at + timedelta(minutes=5 * step)
                    for step in range(int((leg.ends_at - leg.starts_at).total_seconds() // 300))
                ]

    def test_the_loser_is_offered_the_next_best(self, app):
        now = at("12:00") - timedelta(days=3)
        wanted = wish("migri.eu_registration")
        first = proposals.propose(wanted, now=now).earliest
        booking.hold(wanted, first, source=None, now=now)
        again = proposals.propose(wanted, now=now).earliest
        assert again is not None
        assert (again.date, again.start, again.legs) != (first.date, first.start, first.legs)


class TestOneLine:
    def test_eight_desks_call_different_visitors(self, app, threads):
        morning = at("09:30")
        desk_ids = [*KELA_DESKS, "vero-1", "vero-2", "vero-3", "city-1", "city-2"]
        opened(*desk_ids, now=morning)
        for index in range(4):
            walked_in("kela.social_security", now=morning + timedelta(minutes=index))
            walked_in("vero.tax_card", now=morning + timedelta(minutes=index))
            walked_in(
                "kela.social_security",
                "vero.tax_card",
                "city.guidance",
                now=morning + timedelta(minutes=index),
            )

        calls = threads(8, lambda index: serving.call_next(desk_ids[index], now=at("09:45"), by="demo"))

        assert codes(calls) == {"done": 8}
        assert len({call.number for call in calls}) == 8
        assert len(events("call")) == 8
        assert db.session.scalar(select(func.count()).select_from(Engagement)) == 8

    def test_three_desks_one_visitor(self, app, threads):
        opened(*KELA_DESKS, now=at("09:30"))
        walked_in("kela.social_security", now=at("09:31"))
        outcomes = threads(3, lambda index: serving.call_next(KELA_DESKS[index], now=at("09:32"), by="demo"))
        assert codes(outcomes) == {"done": 1, Code.NOBODY_TO_CALL: 2}

    def test_one_desk_pressed_eight_times_has_one_visitor(self, app, threads):
        opened("kela-1", now=at("09:30"))
        for minute in range(8):
            walked_in("kela.social_security", now=at(f"09:3{minute}"))
        outcomes = threads(8, lambda index: serving.call_next("kela-1", now=at("09:40"), by="demo"))
        assert codes(outcomes) == {"done": 1, Code.DESK_BUSY: 7}
        assert len(events("call")) == 1

    def test_a_family_that_split_is_called_to_two_desks_but_no_person_twice(self, app, threads):
        opened("kela-1", "vero-1", "city-1", now=at("09:30"))
        party = Party(2)
        legs = (
            LegWish("kela.social_security", ("p1",)),
            LegWish("vero.tax_card", ("p2",)),
            LegWish("city.guidance", ("p1", "p2")),
        )
        check_in.take_number(Wish(party, legs, "en"), now=at("09:31"), by="kiosk:test")
        desk_ids = ("kela-1", "vero-1", "city-1")
        threads(3, lambda index: serving.call_next(desk_ids[index], now=at("09:32"), by="demo"))
        at_desks = db.session.execute(select(Engagement.visit_id, Engagement.person)).all()
        assert len(at_desks) == len(set(at_desks)) == 2


class TestNumbers:
    def test_160_walk_ins_at_once_get_160_numbers(self, app, threads):
        def ten(index):
            return [walked_in("vero.tax_card", now=at("09:30")).queue_number for _ in range(10)]

        numbers = [number for outcome in threads(16, ten) for number in outcome]
        assert len(numbers) == len(set(numbers)) == 160
        revisions = [event.revision for event in events()]
        assert revisions == list(range(1, len(revisions) + 1))
        assert len(events("take_number")) == 160


class TestRepeatedRequests:
    def test_the_same_scan_eight_times_is_one_check_in(self, app, threads):
        visit = booked(wish("dvv.register"))
        first = min(leg.starts_at for leg in visit.legs)
        visit_id, token = visit.id, visit.check_in_token
        outcomes = threads(
            8, lambda _: check_in.check_in(token, now=first, by="kiosk:1", request_id="scan-1")
        )
        assert set(outcomes) == {check_in.CheckedIn(visit_id, check_in.Punctuality.ON_TIME, 0)}
        assert len(events("check_in")) == 1
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1

    def test_two_kiosks_one_code(self, app, threads):
        visit = booked(wish("dvv.register"))
        first = min(leg.starts_at for leg in visit.legs)
        code = visit.booking_code
        outcomes = threads(
            2, lambda index: check_in.check_in(code, now=first, by=f"kiosk:{index}", request_id=f"r{index}")
        )
        assert codes(outcomes) == {"done": 1, Code.ALREADY_CHECKED_IN: 1}


class TestDesks:
    def test_two_clerks_one_desk(self, app, threads):
        ids = [clerk(username="anna").id, clerk(username="bo").id]

        def take(index):
            return desks.open_desk("kela-1", db.session.get(User, ids[index]), now=at("09:00"))

        outcomes = threads(2, take)
        assert codes(outcomes) == {"done": 1, Code.DESK_TAKEN: 1}

    def test_finish_and_no_show_at_once_is_one_of_them(self, app, threads):
        opened("kela-1", now=at("09:30"))
        walked_in("kela.social_security", now=at("09:31"))
        serving.call_next("kela-1", now=at("09:32"), by="demo")
        acts = (serving.start, serving.mark_no_show, serving.hold, serving.requeue) * 2
        outcomes = threads(8, lambda index: acts[index]("kela-1", now=at("09:33"), by="demo"))
        after_call = [
            event for event in events() if event.action in ("start", "mark_no_show", "hold", "requeue")
        ]
        accepted = sum(not isinstance(outcome, Refusal) for outcome in outcomes)
        # Holding someone whose service was just started is a second, legal action; nothing else can follow.
        legal = {("start",), ("mark_no_show",), ("hold",), ("requeue",), ("start", "hold")}
        assert tuple(event.action for event in after_call) in legal
        assert accepted == len(after_call)
