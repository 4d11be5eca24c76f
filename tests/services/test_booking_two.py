"""Two visits that are held and confirmed together: all of both or nothing, and apart once they are booked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.two_visits import TwoVisits
from ihh.domain.wish import LegWish, Wish
from ihh.models import Contact, Leg, Slot, Visit
from ihh.services import booking, check_in, day_end, new_visits, proposals
from ihh.services.calendars import Audience
from ihh.services.hold_limits import Source
from tests.situations import TUESDAY, at, booked, events, visit, wish

EARLIER = at("18:00", TUESDAY - timedelta(days=4))
WEDNESDAY = TUESDAY + timedelta(days=1)
ANN = Reachable("ann@example.com", "+358401234567")
BOUND = ("migri.eu_registration", "dvv.register")
FREE = ("migri.eu_registration", "chamber.employer")
WAITS = Wish(
    Party(1),
    (LegWish("migri.eu_registration", ("p1",)),),
    "en",
    later=(LegWish("dvv.register", ("p1",)), LegWish("kela.social_security", ("p1",))),
    later_after_days=21,
)


def soonest(wanted, day, *, audience=Audience.PUBLIC):
    option = proposals.propose(wanted, now=EARLIER, first=day, audience=audience).earliest
    assert option is not None
    return option


def two_of(*services, first=TUESDAY, second=WEDNESDAY):
    return TwoVisits(soonest(wish(services[0]), first), (0,), soonest(wish(services[1]), second), (1,))


def held_two(*services, source=None, now=EARLIER, **days):
    return booking.hold_two(wish(*services), two_of(*services, **days), source=source, now=now)


def booked_two(*services, contact=None, **days):
    first, second = held_two(*services, **days)
    booking.confirm(first.id, contact, now=EARLIER)
    return visit(first.id), visit(second.id)


def refused(act, *args, **named):
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value.code


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def states(*visits):
    return [visit(each.id).state for each in visits]


class TestHeld:
    def test_each_has_its_legs_and_the_second_follows_the_first(self, app):
        first, second = held_two(*BOUND)
        assert second.follows_id == first.id
        assert (first.service_date, second.service_date) == (TUESDAY, WEDNESDAY)
        assert [leg.service_id for leg in visit(first.id).legs] == ["migri.eu_registration"]
        assert [leg.service_id for leg in visit(second.id).legs] == ["dvv.register"]
        assert first.hold_expires_at == second.hold_expires_at == EARLIER + timedelta(minutes=10)
        assert count(Slot) == (20 + 25) // 5
        assert new_visits.booked_with(first).id == second.id
        assert new_visits.booked_with(second).id == first.id

    @pytest.mark.parametrize("lost", [0, 1])
    def test_where_either_is_taken_nothing_is_held(self, app, lost):
        two = two_of(*FREE)
        option = (two.first, two.second)[lost]
        other = booking.hold(wish(FREE[lost]), option, source=None, now=EARLIER)
        assert refused(booking.hold_two, wish(*FREE), two, source=None, now=EARLIER) == Code.SLOT_TAKEN
        assert [row.id for row in db.session.scalars(select(Visit))] == [other.id]
        assert set(db.session.scalars(select(Leg.visit_id))) == {other.id}
        assert len(events()) == 1

    def test_they_are_one_hold_of_their_network(self, app):
        source = Source("one", 2)
        held_two(*BOUND, source=source)
        held_two(*BOUND, source=source)
        assert refused(held_two, *BOUND, source=source) == Code.TOO_MANY_HOLDS

    @pytest.mark.parametrize("chosen", [0, 1])
    def test_either_is_extended_confirmed_and_given_back_with_the_other(self, app, chosen):
        two = held_two(*BOUND)
        booking.extend_hold(two[chosen].id, now=EARLIER + timedelta(minutes=9))
        booking.extend_hold(two[1 - chosen].id, now=EARLIER + timedelta(minutes=9))
        assert {visit(each.id).hold_expires_at for each in two} == {EARLIER + timedelta(minutes=15)}
        assert booking.confirm(two[chosen].id, ANN, now=EARLIER).id == two[chosen].id
        assert booking.confirm(two[1 - chosen].id, ANN, now=EARLIER).state == "booked"
        assert states(*two) == ["booked", "booked"]
        assert len(events("confirm")) == 2
        kept = {row.visit_id: row.delete_after for row in db.session.scalars(select(Contact))}
        assert kept == {each.id: each.service_date + timedelta(days=30) for each in two}

        given_back = held_two(*BOUND)
        booking.cancel(given_back[chosen].id, now=EARLIER)
        booking.cancel(given_back[1 - chosen].id, now=EARLIER)
        assert states(*given_back) == ["cancelled", "cancelled"]
        assert len(events("cancel_visit")) == 2

    def test_both_run_out_together(self, app):
        two = held_two(*BOUND)
        over = EARLIER + timedelta(minutes=10)
        assert refused(booking.confirm, two[1].id, ANN, now=over) == Code.HOLD_EXPIRED
        assert refused(booking.extend_hold, two[1].id, now=over) == Code.HOLD_EXPIRED
        day_end.tidy(now=over)
        assert states(*two) == ["expired", "expired"]
        assert count(Slot) == count(Contact) == 0

    def test_when_one_has_run_out_the_other_cannot_be_confirmed(self, app):
        """Another process may have let go of one of them and not yet of the other."""
        first, second = held_two(*BOUND)
        db.session.get(Visit, second.id).state = "expired"
        db.session.commit()
        assert refused(booking.confirm, first.id, ANN, now=EARLIER) == Code.HOLD_EXPIRED
        assert states(first, second) == ["held", "expired"]
        assert count(Contact) == 0

    @pytest.mark.parametrize("chosen", [0, 1])
    def test_choosing_again_frees_the_slots_of_both(self, app, chosen):
        wanted = wish("chamber.employer")
        two = held_two(*FREE)
        day = two[1].service_date

        def starts(**named):
            found = proposals.propose(wanted, now=EARLIER, first=day, last=day, not_after=10 * 60, **named)
            return [option.start for option in found.all]

        assert two[1].legs[0].starts_at == at("09:00", day)
        assert starts() == []
        assert starts(moving=two[chosen].id) == [9 * 60]


class TestBooked:
    def test_they_count_as_one_open_visit(self, app):
        for _ in range(3):
            booked_two(*BOUND, contact=ANN)
        again = held_two(*BOUND)
        code = refused(booking.confirm, again[0].id, ANN, now=EARLIER)
        assert code == Code.TOO_MANY_OPEN_VISITS
        assert states(*again) == ["held", "held"]

    def test_the_second_alone_counts_too(self, app):
        for _ in range(3):
            first, _second = booked_two(*BOUND, contact=ANN)
            booking.cancel(first.id, now=EARLIER)
        again = held_two(*BOUND)
        assert refused(booking.confirm, again[0].id, ANN, now=EARLIER) == Code.TOO_MANY_OPEN_VISITS

    @pytest.mark.parametrize("chosen", [0, 1])
    def test_each_is_cancelled_by_itself(self, app, chosen):
        two = booked_two(*BOUND)
        booking.cancel(two[chosen].id, now=EARLIER)
        assert states(two[chosen], two[1 - chosen]) == ["cancelled", "booked"]

    def test_each_is_moved_by_itself_and_stays_on_its_side(self, app):
        first, second = booked_two(*BOUND, second=TUESDAY + timedelta(days=7))
        far = proposals.propose(new_visits.wish_of(first), now=EARLIER, moving=first.id)
        assert {option.date for option in far.all} <= {TUESDAY + timedelta(days=day) for day in range(-3, 7)}
        assert far.two is None
        near = proposals.propose(new_visits.wish_of(second), now=EARLIER, moving=second.id)
        assert near.earliest.date == WEDNESDAY

        later = soonest(wish(BOUND[0]), second.service_date)
        assert refused(booking.move, first.id, later, now=EARLIER) == Code.PLAN_STALE
        booking.move(first.id, soonest(wish(BOUND[0]), WEDNESDAY), now=EARLIER)
        assert refused(booking.move, second.id, near.earliest, now=EARLIER) == Code.PLAN_STALE
        assert visit(second.id).service_date == TUESDAY + timedelta(days=7)

    def test_without_a_rule_between_them_they_may_change_places(self, app):
        first, second = booked_two(*FREE)
        booking.move(first.id, soonest(wish(FREE[0]), TUESDAY + timedelta(days=6)), now=EARLIER)
        assert visit(first.id).service_date > visit(second.id).service_date

    def test_a_visit_that_is_over_binds_the_other_no_more(self, app):
        first, second = booked_two(*BOUND, second=TUESDAY + timedelta(days=7))
        booking.cancel(second.id, now=EARLIER)
        later = soonest(wish(BOUND[0]), TUESDAY + timedelta(days=8))
        booking.move(first.id, later, now=EARLIER)

    def test_each_checks_in_on_its_own_day(self, app):
        first, second = booked_two(*BOUND)
        begins = min(leg.starts_at for leg in first.legs)
        check_in.check_in(first.booking_code, now=begins, by="kiosk:test")
        assert refused(check_in.check_in, second.booking_code, now=begins, by="kiosk:test") == (
            Code.WRONG_DAY_EARLY
        )
        assert states(first, second) == ["in_house", "booked"]


class TestFollowUp:
    """What must wait for weeks is booked at once, for a day on which nothing stands in its way."""

    def test_the_second_visit_has_the_later_legs_after_the_gap(self, app):
        pair = proposals.propose(WAITS, now=EARLIER).pairs[0]
        first, second = booking.hold_two(WAITS, pair, source=None, now=EARLIER)
        assert [leg.service_id for leg in visit(first.id).legs] == ["migri.eu_registration"]
        assert [leg.service_id for leg in visit(second.id).legs] == ["dvv.register", "kela.social_security"]
        assert second.service_date >= first.service_date + timedelta(days=21)

    def test_neither_moves_into_the_gap(self, app):
        pair = proposals.propose(WAITS, now=EARLIER).pairs[0]
        first, second = booking.hold_two(WAITS, pair, source=None, now=EARLIER)
        booking.confirm(first.id, None, now=EARLIER)
        found = proposals.propose(new_visits.wish_of(second), now=EARLIER, moving=second.id)
        assert found.earliest.date >= first.service_date + timedelta(days=21)
        found = proposals.propose(new_visits.wish_of(first), now=EARLIER, moving=first.id)
        assert max(option.date for option in found.all) <= second.service_date - timedelta(days=21)
        option = soonest(new_visits.wish_of(second), first.service_date + timedelta(days=15))
        assert option.date < first.service_date + timedelta(days=21)
        assert refused(booking.move, second.id, option, now=EARLIER) == Code.PLAN_STALE

    def test_the_first_visit_can_be_held_alone(self, app):
        option = proposals.propose(WAITS, now=EARLIER).earliest
        alone = booking.hold(WAITS, option, source=None, now=EARLIER)
        assert new_visits.booked_with(alone) is None
        assert booked(wish("dvv.changes")).follows_id is None
