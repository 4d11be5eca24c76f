"""Booking: holds, confirmation, limits, moving, cancelling; one event for each accepted action."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.planner.problem import LegRequest
from ihh.domain.visit import Origin
from ihh.domain.wish import LegWish, Wish
from ihh.models import Contact, DeskAbsence, Slot, Visit
from ihh.services import booking, calendars, day_end, new_visits, proposals
from ihh.services.calendars import Audience
from ihh.services.hold_limits import Source
from ihh.services.house import current_house
from tests.situations import TUESDAY, at, booked, events, kept_busy, visit, wish

EARLIER = at("18:00", TUESDAY - timedelta(days=4))
ANN = Reachable("ann@example.com", None)


def held(wanted=None, *, now=EARLIER, source="s", allowed=20):
    wanted = wanted or wish("dvv.register")
    option = proposals.propose(wanted, now=now).earliest
    return booking.hold(wanted, option, source=Source(source, allowed), now=now)


def refused(act, *args, **named):
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value.code


def slots():
    return db.session.scalar(select(func.count()).select_from(Slot))


def test_an_expired_hold_is_free_again_and_cannot_be_confirmed(app):
    first = held()
    later = EARLIER + timedelta(minutes=10)
    again = held(now=later)
    assert [(leg.desk_id, leg.starts_at) for leg in again.legs] == [
        (leg.desk_id, leg.starts_at) for leg in first.legs
    ]
    assert refused(booking.confirm, first.id, None, now=later) == Code.HOLD_EXPIRED
    assert [event.action for event in events()] == ["hold_slots", "expire", "hold_slots"]


def test_a_hold_can_be_extended_once_by_five_minutes(app):
    first = held()
    booking.extend_hold(first.id, now=EARLIER + timedelta(minutes=9))
    booking.extend_hold(first.id, now=EARLIER + timedelta(minutes=14))
    assert visit(first.id).hold_expires_at == EARLIER + timedelta(minutes=15)
    assert refused(booking.extend_hold, first.id, now=EARLIER + timedelta(minutes=15)) == Code.HOLD_EXPIRED


def test_confirming_twice_is_one_booking_and_one_event(app):
    first = held()
    for _ in range(2):
        booking.confirm(first.id, ANN, now=EARLIER)
    assert len(events("confirm")) == 1
    contact = db.session.get(Contact, first.id)
    assert contact.delete_after == first.service_date + timedelta(days=30)


def test_one_network_may_hold_twenty_an_hour_and_a_listed_one_more(app):
    for _ in range(20):
        booking.cancel(held(source="one").id, now=EARLIER)
    assert refused(held, source="one") == Code.TOO_MANY_HOLDS
    held(source="another")
    held(source="one", allowed=21)
    held(source="one", now=EARLIER + timedelta(minutes=61))


def test_what_network_held_is_forgotten_after_an_hour(app):
    first = held(source="one")
    day_end.tidy(now=EARLIER + timedelta(minutes=59))
    assert visit(first.id).hold_source == "one"
    day_end.tidy(now=EARLIER + timedelta(minutes=60))
    assert visit(first.id).hold_source is None


def test_one_contact_may_have_three_open_visits(app):
    for _ in range(3):
        booking.confirm(held().id, ANN, now=EARLIER)
    fourth = held()
    assert refused(booking.confirm, fourth.id, ANN, now=EARLIER) == Code.TOO_MANY_OPEN_VISITS
    assert visit(fourth.id).state == "held", (
        "the refused visit is still held and can be confirmed without a contact"
    )
    booking.confirm(fourth.id, None, now=EARLIER)


def test_moving_keeps_code_and_links_and_frees_the_old_slots(app):
    first = booked(wish("dvv.register", "kela.social_security"))
    before = slots()
    code, old_date = first.booking_code, first.service_date
    option = proposals.propose(
        new_visits.wish_of(first), now=EARLIER, first=old_date + timedelta(days=1), moving=first.id
    ).earliest
    moved = booking.move(first.id, option, now=EARLIER)
    assert (moved.booking_code, moved.service_date) == (code, option.date)
    assert slots() == before
    assert events("move")[0].detail == {"from": old_date.isoformat()}


def test_moving_onto_someone_elses_slot_keeps_the_old_one(app):
    first = booked(wish("migri.eu_registration"))
    kept = [(leg.desk_id, leg.starts_at) for leg in first.legs]
    option = proposals.propose(
        new_visits.wish_of(first), now=EARLIER, first=TUESDAY + timedelta(days=1)
    ).earliest
    booking.hold(wish("migri.eu_registration"), option, source=None, now=EARLIER)
    assert refused(booking.move, first.id, option, now=EARLIER) == Code.SLOT_TAKEN
    assert [(leg.desk_id, leg.starts_at) for leg in visit(first.id).legs] == kept
    assert events("move") == []


def test_a_visit_may_move_within_its_own_slots(app):
    first = booked(wish("chamber.employer"))
    offers = proposals.propose(
        new_visits.wish_of(first), now=EARLIER, first=TUESDAY, last=TUESDAY, moving=first.id
    )
    shifted = [option for option in offers.all if option.date == TUESDAY][0]
    booking.move(first.id, shifted, now=EARLIER)
    assert visit(first.id).service_date == TUESDAY


def test_cancelling_twice_is_harmless_and_frees_the_slots(app):
    first = booked(wish("dvv.register"))
    for _ in range(2):
        booking.cancel(first.id, now=EARLIER)
    assert slots() == 0
    assert len(events("cancel_visit")) == 1


def test_no_visit_is_offered_sooner_than_the_house_can_expect_it(app):
    now = at("09:30")
    first = proposals.propose(wish("dvv.register"), now=now).earliest
    assert (first.date, first.start) == (TUESDAY, 10 * 60)


def test_a_party_that_splits_gets_parallel_legs(app):
    party = Party(2)
    legs = (LegWish("dvv.register", ("p1",)), LegWish("migri.eu_registration", ("p2",)))
    option = proposals.propose(Wish(party, legs, "en"), now=EARLIER).shortest
    starts = {leg.start for leg in option.legs}
    assert len(starts) == 1


def test_the_planner_sees_what_is_booked(app):
    first = booked(wish("chamber.employer"))
    house = current_house()
    query = calendars.Query((LegRequest("chamber.employer", ("p1",)),), "en", TUESDAY, TUESDAY)

    def free_steps(**named):
        asked = calendars.problem(house, query, now=EARLIER, **named)
        desk = next(desk for desk in asked.desks if desk.id == first.legs[0].desk_id)
        return desk.free[TUESDAY].bit_count()

    assert free_steps(ignoring=(first.id,)) - free_steps() == 45 // house.grid_min


def test_the_day_after_a_visit_nobody_came_to_is_a_no_show(app):
    first = booked(wish("dvv.register"))
    day_end.tidy(now=at("23:00"))
    assert visit(first.id).state == "booked"
    for _ in range(2):
        day_end.tidy(now=at("00:10", TUESDAY + timedelta(days=1)))
    assert visit(first.id).state == "no_show"
    assert len(events("miss")) == 1
    assert db.session.query(Visit).count() == 1


def test_a_contact_is_forgotten_30_days_after_the_visit_and_the_visit_stays(app):
    first = held()
    booking.confirm(first.id, ANN, now=EARLIER)
    last_day = first.service_date + timedelta(days=30)
    day_end.tidy(now=at("12:00", last_day))
    assert db.session.get(Contact, first.id) is not None
    day_end.tidy(now=at("00:10", last_day + timedelta(days=1)))
    db.session.expire_all()
    assert db.session.get(Contact, first.id) is None
    assert visit(first.id).booking_code == first.booking_code


def test_a_plan_whose_time_has_begun_is_stale(app):
    wanted = wish("dvv.register")
    option = proposals.propose(wanted, now=EARLIER, first=TUESDAY, last=TUESDAY).earliest
    start = at(f"{option.start // 60:02}:{option.start % 60:02}")
    late = start + timedelta(minutes=1)
    assert refused(booking.hold, wanted, option, source=None, now=late) == Code.PLAN_STALE
    booking.hold(wanted, option, source=None, now=start)


def test_nothing_is_held_at_a_desk_that_will_not_be_manned(app):
    wanted = wish("chamber.employer")
    option = proposals.propose(wanted, now=EARLIER).earliest
    leaves = at("00:00", option.date) + timedelta(minutes=option.legs[0].end - 5)
    away = DeskAbsence(
        desk_id=option.legs[0].desk,
        starts_at=leaves,
        ends_at=leaves + timedelta(hours=1),
        created_at=EARLIER,
        created_by="supervisor:1",
    )
    with transaction():
        db.session.add(away)
    assert refused(booking.hold, wanted, option, source=None, now=EARLIER) == Code.SLOT_TAKEN
    assert refused(hold_by_staff, wanted, option) == Code.SLOT_TAKEN


def hold_by_staff(wanted, option):
    return booking.hold(wanted, option, source=None, now=EARLIER, by="clerk:7", audience=Audience.HOUSE)


class TestByStaff:
    """A clerk books for someone who cannot: also kept time, and rules set aside for a reason."""

    def kept(self, service):
        """A visit a week ahead, in time that is kept from the public."""
        house, day = current_house(), TUESDAY + timedelta(days=7)
        length = house.service[service].base_min
        for desk in (desk for desk in house.desks if service in desk.services):
            for start in range(9 * 60, 11 * 60 - length, 5):
                begin = at("00:00", day) + timedelta(minutes=start)
                end = begin + timedelta(minutes=length)
                if not calendars.is_public(house, service, desk.id, begin, end, now=EARLIER):
                    leg = PlannedLeg(service, ("p1",), desk.id, start, start + length)
                    return VisitOption(day, leg.start, leg.end, (leg,))
        raise AssertionError("the day keeps time for the house")

    def test_kept_time_is_for_the_house_alone(self, app):
        wanted = wish("dvv.register")
        option = self.kept("dvv.register")
        public = booked(wanted)
        assert refused(booking.hold, wanted, option, source=None, now=EARLIER) == Code.SLOT_TAKEN
        assert refused(booking.move, public.id, option, now=EARLIER) == Code.SLOT_TAKEN
        assert visit(public.id).service_date == TUESDAY
        assert hold_by_staff(wanted, option).origin == Origin.STAFF
        released = at("12:00", option.date - timedelta(days=1))
        other = self.kept("migri.eu_registration")
        booking.hold(wish("migri.eu_registration"), other, source=None, now=released)

    def test_a_booked_visit_moves_into_kept_time_by_staff(self, app):
        wanted = wish("dvv.register")
        moved = booked(wanted)
        option = self.kept("dvv.register")
        booking.move(moved.id, option, now=EARLIER, by="clerk:7", audience=Audience.HOUSE)
        assert visit(moved.id).service_date == option.date
        assert events("move")[0].actor == "clerk:7"

    def test_a_rule_set_aside_is_recorded_and_no_longer_binds(self, app):
        why = "has the certificate in paper"
        legs = (LegWish("kela.social_security", ("p1",), (), why), LegWish("dvv.register", ("p1",)))
        wanted = Wish(Party(1), legs, "en")
        bound = Wish(Party(1), (LegWish("kela.social_security", ("p1",)), legs[1]), "en")
        monday = TUESDAY - timedelta(days=1)
        kept_busy("dvv-1", "dvv-2", "dvv-3", "dvv-4", day=monday, until="14:00")
        kept_busy("kela-1", "kela-2", "kela-3", day=monday, since="13:00")

        def on_monday(asked):
            found = proposals.propose(asked, now=EARLIER, first=monday, last=monday, audience=Audience.HOUSE)
            return found.earliest

        assert on_monday(bound) is None, "registration in the afternoon comes after social security"
        option = on_monday(wanted)
        assert option.legs[0].end < option.legs[1].start
        done = hold_by_staff(wanted, option)
        assert [leg.override_reason for leg in visit(done.id).legs] == [why, None]
        event = events("hold_slots")[-1]
        assert event.detail == {"overrides": {"kela.social_security": why}}
        assert event.actor == "clerk:7"
        confirmed = booking.confirm(done.id, None, now=EARLIER, by="clerk:7")
        again = proposals.propose(
            new_visits.wish_of(confirmed), now=EARLIER, first=monday, last=monday, moving=done.id
        )
        assert again.earliest is not None, "it still does not bind when the visit is moved"
