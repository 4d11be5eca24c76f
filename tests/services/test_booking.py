"""Booking: holds, confirmation, limits, moving, cancelling; one event for each accepted action."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.models import Contact, Slot, Visit
from ihh.services import booking, calendars, day_end
from tests.situations import TUESDAY, at, booked, events, visit, wish

EARLIER = at("18:00", TUESDAY - timedelta(days=4))
ANN = Reachable("ann@example.com", None)


def held(wanted=None, *, now=EARLIER, source="s"):
    wanted = wanted or wish("dvv.register")
    option = booking.propose(wanted, now=now).earliest
    return booking.hold(wanted, option, source=source, now=now)


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


def test_one_network_may_hold_twenty_an_hour(app):
    for _ in range(20):
        booking.cancel(held(source="one").id, now=EARLIER)
    assert refused(held, source="one") == Code.TOO_MANY_HOLDS
    held(source="another")
    held(source="one", now=EARLIER + timedelta(minutes=61))


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
    option = booking.propose(
        booking.wish_of(first), now=EARLIER, first=old_date + timedelta(days=1), moving=first.id
    ).earliest
    moved = booking.move(first.id, option, now=EARLIER)
    assert (moved.booking_code, moved.service_date) == (code, option.date)
    assert slots() == before
    assert events("move")[0].detail == {"from": old_date.isoformat()}


def test_moving_onto_someone_elses_slot_keeps_the_old_one(app):
    first = booked(wish("migri.eu_registration"))
    kept = [(leg.desk_id, leg.starts_at) for leg in first.legs]
    option = booking.propose(booking.wish_of(first), now=EARLIER, first=TUESDAY + timedelta(days=1)).earliest
    booking.hold(wish("migri.eu_registration"), option, source=None, now=EARLIER)
    assert refused(booking.move, first.id, option, now=EARLIER) == Code.SLOT_TAKEN
    assert [(leg.desk_id, leg.starts_at) for leg in visit(first.id).legs] == kept
    assert events("move") == []


def test_a_visit_may_move_within_its_own_slots(app):
    first = booked(wish("chamber.employer"))
    offers = booking.propose(
        booking.wish_of(first), now=EARLIER, first=TUESDAY, last=TUESDAY, moving=first.id
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
    first = booking.propose(wish("dvv.register"), now=now).earliest
    assert (first.date, first.start) == (TUESDAY, 10 * 60)


def test_a_party_that_splits_gets_parallel_legs(app):
    party = Party(2)
    legs = (booking.LegWish("dvv.register", ("p1",)), booking.LegWish("migri.eu_registration", ("p2",)))
    option = booking.propose(booking.Wish(party, legs, "en"), now=EARLIER).shortest
    starts = {leg.start for leg in option.legs}
    assert len(starts) == 1


def test_the_planner_sees_what_is_booked(app):
    first = booked(wish("chamber.employer"))
    house = booking.current_house()
    query = calendars.Query((booking.LegRequest("chamber.employer", ("p1",)),), "en", TUESDAY, TUESDAY)
    asked = calendars.problem(house, query, now=EARLIER)
    desk = next(desk for desk in asked.desks if desk.id == first.legs[0].desk_id)
    minutes = sum(end - start for start, end in desk.busy[TUESDAY])
    assert minutes == 45
    freed = calendars.problem(house, query, now=EARLIER, ignoring=first.id)
    assert not any(desk.busy[TUESDAY] for desk in freed.desks)


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
