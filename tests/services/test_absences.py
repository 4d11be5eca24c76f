"""Absences: what they close, which days they make stale, and who is booked into them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.models import DeskAbsence, ServiceDay
from ihh.services import absences, booking, free_time, proposals
from ihh.services.house import current_house
from tests.situations import TUESDAY, at, booked, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)


def add(desk_id="chamber-1", begin="10:00", end="11:00", day=TUESDAY, last=None, now=NOW):
    return absences.add(desk_id, at(begin, day), at(end, last or day), now=now, by="clerk:1")


def versions() -> dict[date, int]:
    db.session.rollback()
    return dict(db.session.execute(select(ServiceDay.date, ServiceDay.calendar_version)).all())


def free(desk_id: str, day: date) -> set[int]:
    """Minutes at which a free slot of five minutes begins."""
    db.session.rollback()
    lane = free_time.free_time(current_house(), [day], now=NOW)[desk_id][day]
    return {5 * slot for slot in range(288) if lane >> slot & 1}


class TestWhatItCloses:
    def test_its_time_and_nothing_else(self, app):
        before, elsewhere = free("chamber-1", TUESDAY), free("kela-1", TUESDAY)
        add(begin="10:02", end="10:58")
        assert before - free("chamber-1", TUESDAY) == set(range(600, 660, 5))
        assert free("kela-1", TUESDAY) == elsewhere

    def test_no_visit_is_offered_into_it(self, app):
        add(begin="09:00", end="15:00")
        offers = proposals.propose(wish("chamber.employer"), now=NOW, first=TUESDAY, last=TUESDAY)
        assert {option.start for option in offers.all} == {15 * 60}

    def test_several_days_with_the_nights_between(self, app):
        add(begin="14:00", day=TUESDAY, end="10:00", last=THURSDAY)
        assert max(free("chamber-1", TUESDAY)) == 14 * 60 - 5
        assert free("chamber-1", WEDNESDAY) == set()
        assert min(free("chamber-1", THURSDAY)) == 10 * 60
        assert versions() == {TUESDAY: 1, WEDNESDAY: 1, THURSDAY: 1}

    def test_one_that_ends_at_midnight_leaves_the_next_day_alone(self, app):
        add(begin="09:00", end="00:00", last=WEDNESDAY)
        assert versions() == {TUESDAY: 1}
        assert free("chamber-1", TUESDAY) == set()
        assert min(free("chamber-1", WEDNESDAY)) == 9 * 60

    def test_removing_gives_the_time_back(self, app):
        before = free("chamber-1", TUESDAY)
        absence_id = add().id
        absences.remove(absence_id)
        assert free("chamber-1", TUESDAY) == before
        assert versions() == {TUESDAY: 2}
        absences.remove(absence_id)
        assert versions() == {TUESDAY: 2}

    def test_two_that_overlap_end_apart(self, app):
        first = add(begin="10:00", end="11:00")
        add(begin="10:30", end="12:00")
        absences.remove(first.id)
        assert set(range(540, 630, 5)) <= free("chamber-1", TUESDAY)
        assert free("chamber-1", TUESDAY).isdisjoint(range(630, 720))


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"desk_id": "nowhere-1"}, Code.NOT_FOUND),
            ({"begin": "11:00", "end": "10:00"}, Code.RANGE_REVERSED),
            ({"begin": "11:00", "end": "11:00"}, Code.RANGE_REVERSED),
            ({"now": at("11:00")}, Code.RANGE_PAST),
            ({"last": TUESDAY + timedelta(days=400)}, Code.INVALID),
        ],
    )
    def test_what_makes_no_sense(self, app, given, code):
        with pytest.raises(Refusal) as refused:
            add(**given)
        assert refused.value.code == code
        assert versions() == {}
        assert db.session.scalars(select(DeskAbsence)).all() == []

    def test_one_that_has_begun_is_no_past(self, app):
        assert add(now=at("10:59")).created_by == "clerk:1"

    def test_the_same_twice_is_one(self, app):
        assert add().id == add().id
        assert versions() == {TUESDAY: 1}

    def test_eight_at_once_are_one_or_as_good_as_one(self, app, threads):
        outcomes = threads(8, lambda _: add())
        assert all(isinstance(outcome, DeskAbsence) for outcome in outcomes)
        for absence in absences.upcoming(current_house(), NOW):
            absences.remove(absence.id)
        assert 600 in free("chamber-1", TUESDAY)


def test_upcoming_ends_with_its_last_minute(app):
    later, now_on = add(day=WEDNESDAY), add()
    house = current_house()
    assert [found.id for found in absences.upcoming(house, NOW)] == [now_on.id, later.id]
    assert [found.id for found in absences.upcoming(house, at("10:59"))] == [now_on.id, later.id]
    assert [found.id for found in absences.upcoming(house, at("11:00"))] == [later.id]


def test_booked_legs_are_told_by_code_until_they_are_moved(app):
    visit = booked(wish("chamber.employer"), not_before="10:00")
    before, after = booked(wish("chamber.employer")), booked(wish("chamber.employer"), not_before="11:00")
    held = proposals.propose(wish("chamber.employer"), now=NOW, first=WEDNESDAY, last=WEDNESDAY).earliest
    booking.hold(wish("chamber.employer"), held, source=None, now=NOW)
    leg = visit.legs[0]
    assert [one.legs[0].starts_at for one in (before, visit, after)] == [
        at("09:00"),
        at("10:00"),
        at("11:00"),
    ]

    absence, whole_day = add(), add(day=WEDNESDAY, begin="09:00", end="16:00")
    found = absences.booked_into([absence, whole_day])
    assert found == {
        absence.id: (absences.BookedLeg(visit.booking_code, "chamber.employer", leg.starts_at, leg.ends_at),),
        whole_day.id: (),
    }
    assert absences.is_absent("chamber-1", leg.starts_at, leg.ends_at)
    assert not absences.is_absent("chamber-1", at("09:00"), at("10:00"))
    assert not absences.is_absent("kela-1", leg.starts_at, leg.ends_at)

    offers = proposals.propose(
        wish("chamber.employer"), now=NOW, first=TUESDAY, last=TUESDAY, moving=visit.id
    )
    booking.move(visit.id, offers.earliest, now=NOW)
    assert absences.booked_into([absence]) == {absence.id: ()}
