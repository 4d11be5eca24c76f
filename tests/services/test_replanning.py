"""A leg runs late: what becomes of the rest of the visit, of its slots and of its place."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.ticket import HeldFor, TicketAction, TicketState
from ihh.models import Leg, Slot, Ticket
from ihh.services import booking, check_in, day_clock, proposals, serving
from ihh.services.replanning import replan_late_visits
from ihh.services.tickets import tickets_of
from tests.situations import at, booked, events, opened, visit, wish

KELA = "kela.social_security"


def arrived(*services, not_before="09:00", party=Party(1)):
    """A booked visit whose first leg is being served: (visit, ticket at the desk, the others)."""
    found = booked(wish(*services, party=party), not_before=not_before)
    first = min(found.legs, key=lambda leg: leg.starts_at)
    opened(first.desk_id, now=at("09:00"))
    check_in.check_in(found.check_in_token, now=first.starts_at - timedelta(minutes=5), by="kiosk:test")
    serving.call_next(first.desk_id, now=first.starts_at, by="t")
    serving.start(first.desk_id, now=first.starts_at + timedelta(minutes=1), by="t")
    own = next(ticket for ticket in tickets_of(found.id) if ticket.desk_id == first.desk_id)
    return visit(found.id), own, [ticket for ticket in tickets_of(found.id) if ticket.id != own.id]


def fresh(ticket):
    return db.session.get(Ticket, ticket.id, populate_existing=True)


def slots_of(leg_id):
    return sorted(db.session.scalars(select(Slot.starts_at).where(Slot.leg_id == leg_id)))


def fill_kela_after(found, start):
    """Book every Kela slot that is left from a time on."""
    day = found.service_date
    while (
        option := proposals.propose(
            wish(KELA), now=at("08:00", day - timedelta(days=1)), first=day, last=day, not_before=start
        ).earliest
    ) is not None:
        held = booking.hold(wish(KELA), option, source=None, now=at("08:00", day - timedelta(days=1)))
        booking.confirm(held.id, None, now=at("08:00", day - timedelta(days=1)))


def test_a_visit_in_time_is_left_alone(app):
    _visit, _dvv, (kela,) = arrived("dvv.register", KELA)
    before = len(events())
    assert replan_late_visits(now=kela.booked_at - timedelta(minutes=30)) == 0
    assert len(events()) == before


def test_a_late_appointment_moves_to_the_next_slot_its_visitor_can_reach(app):
    _visit, _dvv, (kela,) = arrived("dvv.register", KELA)
    now = kela.booked_at + timedelta(minutes=12)  # still at the first desk, past the tolerance
    old = kela.booked_at
    assert replan_late_visits(now=now) == 1
    moved = fresh(kela)
    assert moved.state in (TicketState.WAITING, TicketState.LOCKED)
    assert now < moved.booked_at <= now + timedelta(minutes=25)
    leg = db.session.get(Leg, moved.leg_id)
    assert leg.starts_at == moved.booked_at
    steps = slots_of(leg.id)
    assert steps[0] == moved.booked_at
    assert len(steps) == (leg.ends_at - leg.starts_at) // timedelta(minutes=5)
    event = events(TicketAction.MOVE_TIME)[-1]
    assert event.detail["why"] == "runs_late"
    assert event.detail["from"] == old.isoformat()
    assert replan_late_visits(now=now) == 0  # once is enough


def test_a_leg_no_slot_can_save_becomes_a_held_walk_in_with_its_place(app):
    found, dvv, (kela,) = arrived("dvv.register", KELA)
    fill_kela_after(found, 0)
    now = kela.booked_at + timedelta(minutes=12)
    assert replan_late_visits(now=now) == 1
    lost = fresh(kela)
    assert lost.booked_at is None
    assert slots_of(lost.leg_id) == []
    assert len(events(TicketAction.LOSE_TIME)) == 1
    serving.complete(dvv.desk_id, now=now + timedelta(minutes=5), by="t")
    day_clock.tick(now=now + timedelta(minutes=5, seconds=5))
    back = fresh(kela)
    assert back.state == TicketState.WAITING
    assert (back.held_for, back.booked_at) == (None, None)
    opened("kela-1", now=now)
    call = serving.call_next("kela-1", now=now + timedelta(minutes=6), by="t")
    assert call.ticket_id == kela.id


def test_an_unlocked_lost_leg_is_held_until_its_people_are_free(app):
    found, dvv, (chamber,) = arrived("dvv.register", "chamber.employer")
    day = found.service_date
    wanted = wish("chamber.employer")
    eve = at("08:00", day - timedelta(days=1))
    while (option := proposals.propose(wanted, now=eve, first=day, last=day).earliest) is not None:
        booking.confirm(booking.hold(wanted, option, source=None, now=eve).id, None, now=eve)
    now = chamber.booked_at + timedelta(minutes=15)
    assert replan_late_visits(now=now) == 1
    held = fresh(chamber)
    assert (held.state, held.held_for) == (TicketState.HELD, HeldFor.LOST_TIME)
    day_clock.tick(now=now + timedelta(minutes=1))
    assert fresh(chamber).state == TicketState.HELD  # still with the other desk
    serving.complete(dvv.desk_id, now=now + timedelta(minutes=2), by="t")
    day_clock.tick(now=now + timedelta(minutes=3))
    assert fresh(chamber).state == TicketState.WAITING


def test_replanning_side_by_side_changes_a_visit_once(app, threads):
    _visit, _dvv, (kela,) = arrived("dvv.register", KELA)
    now = kela.booked_at + timedelta(minutes=12)
    done = threads(6, lambda index: replan_late_visits(now=now))
    assert sum(done) == 1
    assert len(events(TicketAction.MOVE_TIME)) == 1
    assert len(slots_of(fresh(kela).leg_id)) > 0
