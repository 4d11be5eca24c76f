"""Visits, tickets and appointments of some days as their raw rows tell them; shares no code with the product.

Each ticket's queue events are folded here once more; what the product keeps of times and states in a ticket or
a visit is never looked at. Only what no event tells is read from rows: who came, what was booked, what was
told of the wait, what was answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from ihh.db import db
from ihh.models import Feedback, Leg, QueueEvent, Ticket, Visit

KNOWN_ACTIONS = {
    "issue", "issue_locked", "unlock", "call", "recall", "start", "complete", "hold", "release", "mark_need",
    "requeue", "mark_no_show", "transfer", "leave",
}  # fmt: skip
"""Of tickets. Appointments that were given another time while in the house are not played here."""


@dataclass
class RawService:
    """A ticket, or an appointment for which there never was one."""

    agency: str
    service: str
    people: int
    """Bit mask."""
    booked: datetime | None = None
    joined: datetime | None = None
    called: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    at_desk: timedelta = timedelta(0)
    resumed: datetime | None = None
    state: str = "absent"
    outcome: str | None = None
    told: tuple[float, float, float, float] | None = None
    """Low, middle, high and yardstick, in minutes."""
    csat: int | None = None
    effort: int | None = None
    nps: int | None = None
    """Never asked of a single service."""

    @property
    def is_ticket(self) -> bool:
        return self.state != "absent"

    @property
    def is_served(self) -> bool:
        return self.state == "completed"

    @property
    def heads(self) -> set[int]:
        return {bit for bit in range(6) if self.people >> bit & 1}


@dataclass
class RawVisit:
    id: str
    day: date
    origin: str
    language: str
    customer_type: str
    municipality: str | None
    size: int
    came: datetime | None = None
    has_ended: bool = False
    moves: int = 0
    services: list[RawService] = field(default_factory=list)
    csat: int | None = None
    effort: int | None = None
    nps: int | None = None

    @property
    def tickets(self) -> list[RawService]:
        return [one for one in self.services if one.is_ticket]

    @property
    def served(self) -> list[RawService]:
        return [one for one in self.services if one.is_served]


def visits_of(first: date, last: date) -> list[RawVisit]:
    """Visits of the days from `first` to `last`: those that came, and those that were booked and kept."""
    by_visit: dict[str, list[QueueEvent]] = {}
    for event in _events():
        if event.visit_id is not None:
            by_visit.setdefault(event.visit_id, []).append(event)
    found = []
    for row in db.session.scalars(select(Visit).where(Visit.service_date.between(first, last))):
        events = by_visit.get(row.id, [])
        actions = {event.action for event in events}
        if actions & {"cancel_visit", "expire"} or not actions & {"confirm", "take_number"}:
            continue
        visit = _visit(row, events)
        visit.services = _services(row, [event for event in events if event.ticket_id is not None])
        found.append(visit)
    return found


def _events() -> Iterable[QueueEvent]:
    order = (QueueEvent.service_date, QueueEvent.revision)
    return db.session.scalars(select(QueueEvent).order_by(*order))


def _visit(row: Visit, events: list[QueueEvent]) -> RawVisit:
    visit = RawVisit(
        id=row.id,
        day=row.service_date,
        origin=row.origin,
        language=row.language,
        customer_type=row.customer_type,
        municipality=row.municipality,
        size=row.adults + row.minors,
    )
    for event in events:
        if event.action in ("check_in", "take_number"):
            visit.came = event.at
        visit.has_ended |= event.action == "end"
        visit.moves += event.action == "move" and event.actor == "visitor"
    query = select(Feedback).where(Feedback.visit_id == row.id, Feedback.ticket_id.is_(None))
    for answer in db.session.scalars(query):
        visit.csat, visit.effort, visit.nps = answer.csat, answer.effort, answer.nps
    return visit


def _services(row: Visit, events: list[QueueEvent]) -> list[RawService]:
    legs = {leg.id: leg for leg in db.session.scalars(select(Leg).where(Leg.visit_id == row.id))}
    kept = {one.id: one for one in db.session.scalars(select(Ticket).where(Ticket.visit_id == row.id))}
    found: dict[Any, RawService] = {}
    for event in events:
        if event.before is None:
            ticket = kept[event.ticket_id]
            leg = legs.pop(ticket.leg_id, None)
            people = found[event.detail["from"]].people if leg is None else leg.people
            found[event.ticket_id] = _issued(ticket, leg, people, event)
        _fold(found[event.ticket_id], event)
    for answer in db.session.scalars(select(Feedback).where(Feedback.visit_id == row.id)):
        if answer.ticket_id is not None:
            found[answer.ticket_id].csat = answer.csat
            found[answer.ticket_id].effort = answer.effort
    absent = [
        RawService(leg.service_id.split(".")[0], leg.service_id, leg.people, booked=leg.starts_at)
        for leg in legs.values()
        if leg.mode == "desk"
    ]
    return [*found.values(), *absent]


def _issued(ticket: Ticket, leg: Leg | None, people: int, event: QueueEvent) -> RawService:
    low, middle = ticket.estimate_low, ticket.estimate_middle
    high, naive = ticket.estimate_high, ticket.estimate_naive
    is_told = low is not None and middle is not None and high is not None and naive is not None
    assert event.agency_id is not None
    assert event.service_id is not None
    return RawService(
        event.agency_id,
        event.service_id,
        people,
        booked=leg.starts_at if leg is not None and leg.mode == "desk" else None,
        joined=event.at if event.after == "waiting" else None,
        told=(low, middle, high, naive) if is_told else None,  # type: ignore[arg-type]
    )


def _fold(ticket: RawService, event: QueueEvent) -> None:
    assert event.action in KNOWN_ACTIONS, event.action
    assert event.after is not None
    ticket.state = event.after
    if event.action == "unlock":
        ticket.joined = event.at
    if event.action == "call" and ticket.called is None:
        ticket.called = event.at
    if event.action == "start":
        ticket.started = ticket.started or event.at
        ticket.resumed = event.at
    if event.action in ("hold", "complete") and event.before == "serving":
        assert ticket.resumed is not None
        ticket.at_desk += event.at - ticket.resumed
    if event.action == "complete":
        ticket.outcome = event.detail["outcome"]
        ticket.ended = event.at
