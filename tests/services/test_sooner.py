"""An early finisher is offered a freed slot, and gets it only while it is free."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.ticket import TicketAction
from ihh.models import Slot
from ihh.services import booking, check_in, proposals, serving
from ihh.services.house import current_house
from ihh.services.slots import free_leg, occupy_leg
from ihh.services.sooner import sooner, take_sooner
from ihh.services.tickets import tickets_of
from tests.situations import TUESDAY, at, booked, events, opened, visit, wish

KELA = "kela.social_security"


def early_finisher(*, kela_from="11:30"):
    """DVV done long before the Kela appointment: (visit, Kela's ticket, when)."""
    wanted = wish("dvv.register", KELA)
    eve = at("12:00", TUESDAY - timedelta(days=4))
    hour, minute = kela_from.split(":")
    found = booked(wanted)
    kela = next(leg for leg in found.legs if leg.service_id == KELA)
    dvv = next(leg for leg in found.legs if leg.service_id == "dvv.register")
    # Kela's appointment to the afternoon, as one who books a long day would have it.
    later = proposals.propose(
        wish(KELA), now=eve, first=TUESDAY, last=TUESDAY, not_before=int(hour) * 60 + int(minute)
    )
    planned = later.earliest.legs[0]
    with transaction() as tx:
        leg = db.session.merge(kela)
        free_leg(leg)
        occupy_leg(current_house(), leg, planned.desk, at(kela_from), minutes=planned.end - planned.start)
        tx.change_calendar(TUESDAY)
    opened(dvv.desk_id, now=at("09:00"))
    check_in.check_in(found.check_in_token, now=dvv.starts_at, by="kiosk:test")
    serving.call_next(dvv.desk_id, now=dvv.starts_at, by="t")
    serving.start(dvv.desk_id, now=dvv.starts_at, by="t")
    done = dvv.starts_at + timedelta(minutes=20)
    serving.complete(dvv.desk_id, now=done, by="t")
    ticket = next(ticket for ticket in tickets_of(found.id) if ticket.service_id == KELA)
    return visit(found.id), ticket, done


def test_a_freed_slot_is_offered_and_taken(app):
    found, kela, now = early_finisher()
    offer = sooner(found, now=now)
    assert offer.instead_of == at("11:30")
    assert now <= offer.starts_at <= at("11:15")
    moved = take_sooner(found.id, offer.ticket_id, offer.starts_at, now=now)
    assert moved.booked_at == offer.starts_at
    event = events(TicketAction.MOVE_TIME)[-1]
    assert (event.actor, event.detail["why"]) == ("visitor", "sooner")
    taken = db.session.execute(select(func.min(Slot.starts_at)).where(Slot.leg_id == kela.leg_id)).scalar()
    assert taken == offer.starts_at
    assert sooner(visit(found.id), now=now) is None


def test_nothing_is_offered_while_someone_is_at_a_desk(app):
    found, kela, now = early_finisher()
    opened("kela-1", now=now)
    serving.call_ticket("kela-1", kela.id, now=now, by="t")
    assert sooner(visit(found.id), now=now) is None


def test_a_few_minutes_are_not_worth_it(app):
    found, kela, _now = early_finisher()
    assert sooner(found, now=kela.booked_at - timedelta(minutes=14)) is None


def test_an_offer_that_another_booked_meanwhile_is_refused(app):
    found, _kela, now = early_finisher()
    offer = sooner(found, now=now)
    eve = now - timedelta(hours=2)
    while True:
        option = proposals.propose(wish(KELA), now=eve, first=TUESDAY, last=TUESDAY).earliest
        if option is None or option.start * 60 > (at("12:00") - at("00:00")).total_seconds():
            break
        booking.confirm(booking.hold(wish(KELA), option, source=None, now=eve).id, None, now=eve)
    with pytest.raises(Refusal) as refused:
        take_sooner(found.id, offer.ticket_id, offer.starts_at, now=now)
    assert refused.value.code is Code.SLOT_TAKEN
    assert events(TicketAction.MOVE_TIME) == []


def test_pressing_twice_moves_it_once(app, threads):
    found, kela, now = early_finisher()
    offer = sooner(found, now=now)

    def take(index):
        try:
            take_sooner(found.id, kela.id, offer.starts_at, now=now)
        except Refusal as refused:
            return refused.code
        return "moved"

    done = threads(6, take)
    assert done.count("moved") == 1
    db.session.rollback()  # a read before the threads would pin what it saw
    assert len(events(TicketAction.MOVE_TIME)) == 1
