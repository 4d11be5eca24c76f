"""Visits on offer: one, two, with walk-in numbers, or a second one weeks later; and what helps where none is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.services import booking, proposals
from ihh.services.calendars import Audience
from ihh.services.house import load_house
from tests.servers.site import house_document
from tests.situations import TUESDAY, at, kept_busy, visit, wish

EARLIER = at("18:00", TUESDAY - timedelta(days=4))
MONDAY = TUESDAY - timedelta(days=1)
DVV = ("dvv-1", "dvv-2", "dvv-3", "dvv-4")
MIGRI = ("migri-1", "migri-2")
KELA = ("kela-1", "kela-2", "kela-3")
EMPLOYMENT = ("employment-1", "employment-2")


def offers(*services, now=EARLIER, **named):
    return proposals.propose(wish(*services), now=now, **named)


def modes(option):
    return {leg.service: "line" if leg.desk is None else "booked" for leg in option.legs}


class TestTwoVisits:
    def test_they_are_offered_where_the_second_is_sooner_than_one_visit(self, app):
        kept_busy(*MIGRI, day=TUESDAY)
        kept_busy(*MIGRI, day=TUESDAY + timedelta(days=1))
        kept_busy(*DVV, day=MONDAY)
        kept_busy(*DVV, day=TUESDAY + timedelta(days=1))
        for later in range(2, 7):
            kept_busy(*DVV, day=TUESDAY + timedelta(days=later))
        found = offers("migri.eu_registration", "dvv.register")
        two = found.two
        assert found.earliest.date == TUESDAY + timedelta(days=7)
        assert (two.first.date, two.first_legs, two.second.date, two.second_legs) == (
            MONDAY,
            (0,),
            TUESDAY,
            (1,),
        )
        backwards = offers("migri.eu_registration", "dvv.register", first=TUESDAY)
        assert backwards.two is None, "DVV could be had on Tuesday, but comes after Migri"

    def test_they_are_offered_where_no_single_visit_is_possible(self, app):
        kept_busy(*MIGRI, day=TUESDAY)
        kept_busy("chamber-1", day=MONDAY)
        found = offers("migri.eu_registration", "chamber.employer", last=TUESDAY)
        assert found.earliest is None
        assert found.blocked == ()
        assert (found.two.first.date, found.two.second.date) == (MONDAY, TUESDAY)

    def test_a_leg_without_any_place_makes_two_visits_impossible_too(self, app):
        kept_busy("chamber-1", day=MONDAY)
        kept_busy("chamber-1", day=TUESDAY)
        found = offers("migri.eu_registration", "chamber.employer", last=TUESDAY)
        assert (found.blocked, found.two) == ((1,), None)

    def test_a_booked_visit_is_not_split_when_it_moves(self, app):
        wanted = wish("migri.eu_registration", "chamber.employer")
        option = proposals.propose(wanted, now=EARLIER, first=MONDAY, last=MONDAY).earliest
        held = booking.hold(wanted, option, source=None, now=EARLIER)
        range_ = {"first": TUESDAY, "last": TUESDAY + timedelta(days=1), "moving": held.id}
        kept_busy(*MIGRI, day=TUESDAY + timedelta(days=1))
        kept_busy("chamber-1", day=TUESDAY)
        assert proposals.propose(wanted, now=EARLIER, **range_).two is not None
        booking.confirm(held.id, None, now=EARLIER)
        assert proposals.propose(wanted, now=EARLIER, **range_).two is None


class TestMixed:
    """Kela and the employment services have a line too; DVV and Migri serve only by appointment."""

    def test_a_number_from_the_line_where_that_is_sooner(self, app):
        for day in (MONDAY, TUESDAY):
            kept_busy(*KELA, day=day)
        found = offers("dvv.register", "kela.social_security")
        assert found.earliest.date > TUESDAY
        assert found.mixed.date == MONDAY
        assert modes(found.mixed) == {"dvv.register": "booked", "kela.social_security": "line"}

    def test_or_on_the_same_date_and_shorter(self, app):
        kept_busy(*KELA, day=MONDAY, until="15:00")
        kept_busy(*DVV, day=MONDAY, since="10:00")
        found = offers("dvv.register", "kela.social_security", last=MONDAY)
        assert found.earliest.end - found.earliest.start > found.mixed.end - found.mixed.start

    def test_not_where_appointments_are_as_good(self, app):
        """The line's wait makes it longer."""
        assert offers("dvv.register", "kela.social_security").mixed is None

    @pytest.mark.parametrize(
        "services",
        [
            ("kela.social_security", "employment.jobseeker"),
            ("dvv.register", "migri.eu_registration"),
            ("kela.social_security", "vero.tax_card"),
        ],
    )
    def test_not_without_a_line_or_without_anything_left_to_book(self, app, services):
        kept_busy(*KELA, *EMPLOYMENT, *DVV, day=MONDAY)
        assert offers(*services, last=TUESDAY).mixed is None

    def test_where_there_is_no_other_visit(self, app):
        kept_busy(*KELA, day=MONDAY)
        found = offers("dvv.register", "kela.social_security", last=MONDAY)
        assert (found.earliest, found.blocked) == (None, (1,))
        assert found.mixed is not None

    def test_held_it_keeps_its_line_and_blocks_no_desk(self, app):
        kept_busy(*KELA, day=MONDAY)
        wanted = wish("dvv.register", "kela.social_security")
        mixed = proposals.propose(wanted, now=EARLIER).mixed
        held = booking.hold(wanted, mixed, source=None, now=EARLIER)
        legs = {leg.service_id: leg for leg in visit(held.id).legs}
        line = legs["kela.social_security"]
        assert (legs["dvv.register"].mode, line.mode, line.desk_id) == ("desk", "walk_in", None)
        assert line.starts_at is not None


class TestFollowUps:
    WAITS = replace(
        wish("migri.eu_registration"), later=(LegWish("dvv.register", ("p1",)),), later_after_days=21
    )

    def test_each_best_first_visit_has_the_soonest_second_one(self, app):
        found = proposals.propose(self.WAITS, now=EARLIER)
        assert [pair.first for pair in found.pairs] == list(found.best)
        for pair in found.pairs:
            due = pair.first.date + timedelta(days=21)
            alone = proposals.propose(
                wish("dvv.register"), now=EARLIER, first=due, last=due + timedelta(days=60)
            )
            second = (alone.earliest.date, alone.earliest.start)
            assert (pair.second.date, pair.second.start) == second
            assert (pair.first_legs, pair.second_legs) == ((0,), (0,))
        assert found.two is None

    def test_the_seconds_horizon_begins_with_its_own_first_day(self, app):
        """The last first visits are 60 days ahead, and DVV is asked for three weeks after that."""
        last = EARLIER.date() + timedelta(days=60)
        found = proposals.propose(self.WAITS, now=EARLIER, first=last - timedelta(days=3))
        assert found.pairs[0].second.date > last

    def test_a_first_visit_without_a_second_one_is_offered_alone(self, app):
        document = house_document()
        document["limits"]["horizon_days"] = 2
        load_house(document, now=EARLIER)
        saturday = at("18:00", MONDAY - timedelta(days=2))
        closed = replace(self.WAITS, later_after_days=25)
        assert MONDAY + timedelta(days=25) == TUESDAY.replace(day=25), "Christmas Day, a Friday"
        found = proposals.propose(closed, now=saturday)
        assert {option.date for option in found.best} == {MONDAY}
        assert (found.pairs, found.alone) == ((), found.best)
        found = proposals.propose(replace(closed, later_after_days=26), now=saturday)
        assert (len(found.pairs), found.alone) == (len(found.best), ())

    def test_without_a_first_visit_there_is_no_second(self, app):
        kept_busy(*MIGRI, day=MONDAY)
        found = proposals.propose(self.WAITS, now=EARLIER, last=MONDAY)
        assert (found.earliest, found.pairs, found.alone) == (None, (), ())


class TestNoVisit:
    def test_the_waitlist_helps_where_everything_is_booked(self, app):
        kept_busy("chamber-1", day=MONDAY)
        found = offers("chamber.employer", last=MONDAY)
        assert (found.earliest, found.blocked, found.can_wait) == (None, (0,), True)

    @pytest.mark.parametrize(
        "narrow",
        [
            {"not_after": 9 * 60 + 20},
            {"first": TUESDAY + timedelta(days=4), "last": TUESDAY + timedelta(days=5)},
        ],
    )
    def test_but_not_where_nobody_serves(self, app, narrow):
        """Twenty minutes are too few, and on a weekend the house is closed."""
        found = offers("chamber.employer", **narrow)
        assert (found.earliest, found.can_wait) == (None, False)

    def test_remote_services_of_the_agency_in_the_way_are_named(self, app):
        document = house_document()
        by_phone = {
            **next(each for each in document["service"] if each["id"] == "sak.rights"),
            "id": "chamber.phone",
            "agency": "chamber",
            "phone": "+358 9 228 601",
            "documents": [],
            "applies": [],
        }
        document["service"].append(by_phone)
        load_house(document, now=EARLIER)
        kept_busy("chamber-1", day=MONDAY)
        found = offers("chamber.employer", "dvv.register", last=MONDAY)
        assert (found.blocked, found.remote) == ((0,), ("chamber.phone",))
        assert offers("chamber.employer", "dvv.register").remote == ()
        assert offers("dvv.register", not_after=60).remote == ()


def test_kept_time_is_only_offered_by_the_house(app):
    """Half of the only desk's time is kept, until two days before it."""
    document = house_document()
    service = next(each for each in document["service"] if each["id"] == "chamber.employer")
    service["kept_pct"] = 50
    load_house(document, now=EARLIER)
    day = TUESDAY + timedelta(days=8)

    def free_starts(audience, now):
        named = {"first": day, "last": day, "audience": audience, "now": now}
        starts = range(9 * 60, 16 * 60 - 45, 5)
        return sum(
            offers("chamber.employer", **named, not_before=start, not_after=start + 45).earliest is not None
            for start in starts
        )

    assert 0 < free_starts(Audience.PUBLIC, EARLIER) < free_starts(Audience.HOUSE, EARLIER)
    eve = at("18:00", day - timedelta(days=1))
    assert free_starts(Audience.PUBLIC, eve) == free_starts(Audience.HOUSE, eve)


def test_what_a_clerk_set_aside_does_not_order_the_visit(app):
    kept_busy(*DVV, day=MONDAY, until="14:00")
    kept_busy(*KELA, day=MONDAY, since="13:00")
    legs = (LegWish("dvv.register", ("p1",)), LegWish("kela.social_security", ("p1",)))
    bound = Wish(Party(1), legs, "en")
    aside = replace(bound, legs=(legs[0], replace(legs[1], override_reason="moved here long ago")))
    assert proposals.propose(bound, now=EARLIER, last=MONDAY).earliest is None
    assert proposals.propose(aside, now=EARLIER, last=MONDAY).earliest is not None
