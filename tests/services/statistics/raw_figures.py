"""The figures worked out once more, from the raw queue events and the legs, sharing no code with the product.

Written from the definitions: it folds each ticket's events, and never looks at what the product
keeps of times and states in its tickets.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.models import Leg, QueueEvent, Ticket, Visit

ZONE = ZoneInfo("Europe/Helsinki")
GRACE = timedelta(minutes=15)
ABANDONED = ("left", "no_show")


def tickets_from_events() -> list[SimpleNamespace]:
    """Every ticket that was ever issued, as its events tell it."""
    legs = {leg.id: leg for leg in db.session.scalars(select(Leg))}
    leg_of = dict(db.session.execute(select(Ticket.id, Ticket.leg_id)).all())
    found: dict[int, SimpleNamespace] = {}
    for event in db.session.scalars(
        select(QueueEvent).order_by(QueueEvent.service_date, QueueEvent.revision)
    ):
        if event.ticket_id is None:
            continue
        if event.before is None:
            leg = legs.get(leg_of[event.ticket_id])
            origin = found.get(event.detail.get("from"))
            found[event.ticket_id] = SimpleNamespace(
                visit=event.visit_id,
                agency=event.agency_id,
                service=event.service_id,
                people=leg.people if leg else origin.people,
                booked=leg.starts_at if leg is not None and leg.mode == "desk" else None,
                joined=event.at if event.after == "waiting" else None,
                called=None,
                started=None,
                at_desk=timedelta(0),
                since=None,
                state=None,
                outcome=None,
            )
        _fold(found[event.ticket_id], event)
    return list(found.values())


def _fold(ticket: SimpleNamespace, event: QueueEvent) -> None:
    ticket.state = event.after
    if event.action == "unlock":
        ticket.joined = event.at
    if event.action == "call" and ticket.called is None:
        ticket.called = event.at
    if event.action == "start":
        ticket.started = ticket.started or event.at
        ticket.since = event.at
    if event.action in ("hold", "complete") and event.before == "serving":
        ticket.at_desk += event.at - ticket.since
    if event.action == "complete":
        ticket.outcome = event.detail["outcome"]


def expected(key: Any, now: datetime) -> dict[str, dict[str, Any]]:
    """Row code → figures. `key(thing)` names the row of a visit, or of a ticket or appointment.

    `key` is "channel", "language", None for the total, or "agency", "service", "hour".
    """
    events = list(db.session.scalars(select(QueueEvent)))
    check_in = {e.visit_id: e.at for e in events if e.action in ("check_in", "take_number")}
    ended = {e.visit_id for e in events if e.action == "end"}
    cancelled = {e.visit_id for e in events if e.action in ("cancel_visit", "expire")}
    visits = {visit.id: visit for visit in db.session.scalars(select(Visit)) if visit.id not in cancelled}
    tickets = tickets_from_events()
    whole = key in (None, "channel", "language")
    rows: dict[str, SimpleNamespace] = defaultdict(
        lambda: SimpleNamespace(tickets=[], appointments=[], visits=set())
    )
    for visit_id, visit in visits.items():
        if whole:
            code = {"channel": visit.origin, "language": visit.language, None: "total"}[key]
            if visit_id in check_in:
                rows[code].visits.add(visit_id)
    for ticket in tickets:
        visit = visits[ticket.visit]
        code = {
            None: "total",
            "channel": visit.origin,
            "language": visit.language,
            "agency": ticket.agency,
            "service": ticket.service,
            "hour": _hour(max(ticket.joined, ticket.booked or ticket.joined)) if ticket.joined else None,
        }[key]
        if code is not None:
            rows[code].tickets.append(ticket)
            rows[code].visits.add(ticket.visit)
    for leg in db.session.scalars(select(Leg).where(Leg.mode == "desk")):
        if leg.visit_id not in visits:
            continue
        visit = visits[leg.visit_id]
        agency = leg.service_id.split(".")[0]
        code = {
            None: "total",
            "channel": visit.origin,
            "language": visit.language,
            "agency": agency,
            "service": leg.service_id,
            "hour": _hour(leg.starts_at),
        }[key]
        rows[code].appointments.append(leg)
    all_of = defaultdict(list)
    for ticket in tickets:
        all_of[ticket.visit].append(ticket)
    return {code: _figures(row, whole, visits, check_in, ended, all_of, now) for code, row in rows.items()}


def _figures(row, whole, visits, check_in, ended, all_of, now) -> dict[str, Any]:
    served = [t for t in row.tickets if t.state == "completed"]
    waits = [t.called - t.joined for t in served if t.booked is None]
    booked = [
        max(t.called - max(check_in[t.visit], t.booked), timedelta(0)) for t in served if t.booked is not None
    ]
    way = [t.started - t.called for t in served]
    desk = [timedelta(seconds=int(t.at_desk.total_seconds())) for t in served]
    people: dict[str, int] = defaultdict(int)
    for ticket in row.tickets:
        people[ticket.visit] |= ticket.people
    if whole:
        customers = sum(visits[v].adults + visits[v].minors for v in row.visits)
    else:
        customers = sum(bin(people[v]).count("1") for v in row.visits)
    due = [leg for leg in row.appointments if leg.starts_at + GRACE <= now]
    missed = [
        leg
        for leg in due
        if check_in.get(leg.visit_id, now) > leg.starts_at + GRACE or leg.visit_id not in check_in
    ]
    over = [t for t in row.tickets if t.state in ("completed", "left", "no_show")]
    finished = [v for v in row.visits if v in ended]
    good = [
        v
        for v in finished
        if all(t.state == "completed" and t.outcome in ("done", "transferred") for t in all_of[v])
    ]
    both = waits + booked
    return {
        "visits": len(row.visits),
        "customers": customers,
        "service_events": len(served),
        "wait_median_min": _rank(both, 0.5),
        "wait_p90_min": _rank(both, 0.9),
        "walk_in_wait_median_min": _rank(waits, 0.5),
        "walk_in_wait_p90_min": _rank(waits, 0.9),
        "booked_wait_median_min": _rank(booked, 0.5),
        "booked_wait_p90_min": _rank(booked, 0.9),
        "way_median_min": _rank(way, 0.5),
        "way_p90_min": _rank(way, 0.9),
        "service_median_min": _rank(desk, 0.5),
        "service_p90_min": _rank(desk, 0.9),
        "within_service_level_pct": _percent(sum(w <= timedelta(minutes=15) for w in both), len(both)),
        "no_show_pct": _percent(len(missed), len(due)),
        "abandoned_pct": _percent(sum(t.state in ABANDONED for t in over), len(over)),
        "one_visit_pct": _percent(len(good), len(finished)),
    }


def _rank(values: list[timedelta], part: float) -> Decimal | None:
    """Nearest rank: the value at place ⌈part × n⌉ of the sorted ones."""
    if not values:
        return None
    place = math.ceil(round(part * len(values), 6))
    return _tenth(sorted(values)[place - 1].total_seconds(), 60)


def _percent(part: int, whole: int) -> Decimal | None:
    return _tenth(100 * part, whole) if whole else None


def _tenth(number: float, by: int) -> Decimal:
    tenths = Decimal(str(number)) * 10 / by
    return Decimal(math.floor(tenths + Decimal("0.5"))) / 10


def _hour(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H")
