"""The desk's screen: line, visitor, visit today and where a transfer may go, without words.

The data wall stands here: of other agencies the values carry place and time, never a service,
so that no template can show one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from ihh.db import db
from ihh.domain.calling import Choice, Reason
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.estimate import Wait
from ihh.domain.house import Agency, Desk, Document, House, Service, Zone, desk_serves
from ihh.domain.party import people_of
from ihh.domain.ticket import AT_DESK, TicketAction, TicketState
from ihh.models import DeskSession, Leg, QueueEvent, Ticket, User, Visit
from ihh.services import desks, lines
from ihh.services.desk_visit import DeskLeg, Target, next_stop, targets_of, visit_today
from ihh.services.house import current_house
from ihh.services.serving import at_desk


class DeskState(StrEnum):
    """How a desk stands for someone who looks for one."""

    FREE = "free"
    YOURS = "yours"
    TAKEN = "taken"
    DEMONSTRATION = "demonstration"
    """Run by the demonstration: a clerk may take it over."""


@dataclass(frozen=True)
class DeskChoice:
    desk: Desk
    agency: Agency
    services: tuple[Service, ...]
    state: DeskState
    hours: Hours


class HoursState(StrEnum):
    OPEN = "open"
    BREAK = "break"
    BEFORE = "before"
    OVER = "over"
    CLOSED = "closed"
    """No hours today."""


@dataclass(frozen=True)
class Hours:
    """How the desk's hours stand, and the local minute at which that ends (of OVER: began)."""

    state: HoursState
    minute: int | None = None


@dataclass(frozen=True)
class LineRow:
    ticket_id: int
    number: str
    reason: Reason
    language: str
    speaks: bool
    """Whether this desk has the visitor's language."""
    people: int
    waited_min: int
    """Since arrival in the house."""
    is_next: bool
    is_free: bool
    with_agency: Agency | None
    """Who has the visitor now, where not free."""


@dataclass(frozen=True)
class HeldRow:
    ticket_id: int
    number: str
    since: datetime | None
    language: str
    people: int


@dataclass(frozen=True)
class Guest:
    """The visitor whom the desk has called or serves."""

    ticket: Ticket
    number: str
    service: Service
    people: int
    language: str
    speaks: bool
    waited_min: int
    planned_min: int
    call: dict[str, Any] | None
    """Detail of the last call's event, see `ihh.presentation.sentences.call_reason`."""
    documents: tuple[Document, ...]
    legs: tuple[DeskLeg, ...]
    next_stop: DeskLeg | None
    """Where the visitor should go from here."""

    @property
    def is_serving(self) -> bool:
        return self.ticket.state == TicketState.SERVING


@dataclass(frozen=True)
class DeskView:
    desk: Desk
    agency: Agency
    zone: Zone
    hours: Hours
    is_paused: bool
    line: tuple[LineRow, ...]
    held: tuple[HeldRow, ...]
    newcomer_wait: Wait | None
    guest: Guest | None
    targets: tuple[Target, ...]

    @property
    def next(self) -> LineRow | None:
        return next((row for row in self.line if row.is_next), None)

    @property
    def longest_min(self) -> int:
        return max((row.waited_min for row in self.line), default=0)


def choices_for(user: User, *, now: datetime) -> list[DeskChoice]:
    """The desks the user may serve at, and whether each can be had."""
    house = current_house()
    sessions = desks.open_sessions()
    return [
        DeskChoice(
            desk,
            house.agency[desk.agency],
            tuple(house.service[name] for name in desk.services),
            _state(sessions.get(desk.id), user),
            hours_of(house, desk, now=now),
        )
        for desk in desks.desks_for(user)
    ]


def view_desk(desk_id: str, *, now: datetime) -> DeskView:
    """All that the desk's screen shows at this instant."""
    house = current_house()
    desk = house.desk[desk_id]
    session = desks.session_at(desk_id)
    ticket = at_desk(desk_id)
    guest = _guest(house, desk, ticket, now=now) if ticket is not None else None
    places = lines.agency_lines(house, now=now, agencies=() if guest else (desk.agency,))
    open_now = lines.open_desks(house, now=now)
    own = lines.wait_for_newcomer(house, places.get(desk.agency, []), open_now.get(desk.agency, []), now=now)
    targets = targets_of(house, desk, guest.legs, places, open_now, now=now) if guest else ()
    return DeskView(
        desk=desk,
        agency=house.agency[desk.agency],
        zone=house.zone[desk.zone],
        hours=hours_of(house, desk, now=now),
        is_paused=session is not None and session.paused_at is not None,
        line=_line(house, desk, now=now),
        held=_held(house, desk, now=now),
        newcomer_wait=own,
        guest=guest,
        targets=targets,
    )


def hours_of(house: House, desk: Desk, *, now: datetime) -> Hours:
    day = local_day(now, timezone=house.timezone)
    minute = local_minute(now, timezone=house.timezone)
    spans = desk.hours[day.weekday()] if is_open(house, day) else ()
    if not spans:
        return Hours(HoursState.CLOSED)
    here = next((span for span in spans if span.start <= minute < span.end), None)
    if here is not None:
        return Hours(HoursState.OPEN, here.end)
    later = next((span for span in spans if span.start > minute), None)
    if later is None:
        return Hours(HoursState.OVER, spans[-1].end)
    is_first = later is spans[0]
    return Hours(HoursState.BEFORE if is_first else HoursState.BREAK, later.start)


def _state(session: DeskSession | None, user: User) -> DeskState:
    if session is None:
        return DeskState.FREE
    if session.user_id is None:
        return DeskState.DEMONSTRATION
    return DeskState.YOURS if session.user_id == user.id else DeskState.TAKEN


def _line(house: House, desk: Desk, *, now: datetime) -> tuple[LineRow, ...]:
    choices = lines.line_of_desk(house, desk, now=now)
    rows = _rows([choice.ticket.ticket_id for choice in choices])
    away = [choice for choice in choices if not choice.ticket.is_free]
    having = _agencies_having(house, [rows[choice.ticket.ticket_id][0] for choice in away])
    first = next((choice for choice in choices if choice.ticket.is_free), None)
    return tuple(
        _line_row(desk, choice, *rows[choice.ticket.ticket_id], having, is_next=choice is first, now=now)
        for choice in choices
    )


def _line_row(
    desk: Desk,
    choice: Choice,
    ticket: Ticket,
    visit: Visit,
    having: dict[int, Agency],
    *,
    is_next: bool,
    now: datetime,
) -> LineRow:
    return LineRow(
        ticket_id=ticket.id,
        number=choice.ticket.number,
        reason=choice.reason,
        language=visit.language,
        speaks=visit.language in desk.languages,
        people=len(people_of(ticket.people)),
        waited_min=_minutes(now - choice.ticket.arrived_at),
        is_next=is_next,
        is_free=choice.ticket.is_free,
        with_agency=having.get(ticket.id),
    )


def _rows(ticket_ids: Sequence[int]) -> dict[int, tuple[Ticket, Visit]]:
    query = select(Ticket, Visit).join(Visit, Ticket.visit_id == Visit.id).where(Ticket.id.in_(ticket_ids))
    return {ticket.id: (ticket, visit) for ticket, visit in db.session.execute(query)} if ticket_ids else {}


def _agencies_having(house: House, tickets: Sequence[Ticket]) -> dict[int, Agency]:
    """Ticket id → the agency that has one of its people at a desk now."""
    if not tickets:
        return {}
    visit_ids = {ticket.visit_id for ticket in tickets}
    query = select(Ticket).where(Ticket.visit_id.in_(visit_ids), Ticket.state.in_(AT_DESK))
    busy = list(db.session.scalars(query))
    return {
        ticket.id: house.agency[other.agency_id]
        for ticket in tickets
        for other in busy
        if other.visit_id == ticket.visit_id and other.people & ticket.people
    }


def _held(house: House, desk: Desk, *, now: datetime) -> tuple[HeldRow, ...]:
    today = local_day(now, timezone=house.timezone)
    query = (
        select(Ticket, Visit)
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(
            Ticket.service_date == today,
            Ticket.agency_id == desk.agency,
            Ticket.state == TicketState.HELD,
        )
        .order_by(Ticket.id)
    )
    rows = [
        (ticket, visit)
        for ticket, visit in db.session.execute(query)
        if desk_serves(house, desk, ticket.service_id, visit.language)
    ]
    since = _last_events([ticket.id for ticket, _ in rows], TicketAction.HOLD)
    return tuple(
        HeldRow(
            ticket.id,
            visit.queue_number or "",
            since[ticket.id].at if ticket.id in since else None,
            visit.language,
            len(people_of(ticket.people)),
        )
        for ticket, visit in rows
    )


def _last_events(ticket_ids: Sequence[int], action: TicketAction) -> dict[int, QueueEvent]:
    """Ticket id → its last event of this action."""
    if not ticket_ids:
        return {}
    query = (
        select(QueueEvent)
        .where(QueueEvent.ticket_id.in_(ticket_ids), QueueEvent.action == action)
        .order_by(QueueEvent.id)
    )
    return {event.ticket_id: event for event in db.session.scalars(query) if event.ticket_id is not None}


def _guest(house: House, desk: Desk, ticket: Ticket, *, now: datetime) -> Guest:
    visit = db.session.get_one(Visit, ticket.visit_id)
    leg = db.session.get(Leg, ticket.leg_id) if ticket.leg_id is not None else None
    service = house.service[ticket.service_id]
    people = len(people_of(ticket.people))
    call = _last_events([ticket.id], TicketAction.CALL).get(ticket.id)
    legs = visit_today(house, desk, visit, ticket, now=now)
    called_at = ticket.called_at or now
    return Guest(
        ticket=ticket,
        number=visit.queue_number or "",
        service=service,
        people=people,
        language=visit.language,
        speaks=visit.language in desk.languages,
        waited_min=_minutes(called_at - (ticket.joined_at or called_at)),
        planned_min=service.planned_min(people),
        call=call.detail if call is not None else None,
        documents=tuple(house.document[name] for name in leg.documents if name in house.document)
        if leg
        else (),
        legs=legs,
        next_stop=next_stop(legs),
    )


def _minutes(span: timedelta) -> int:
    return max(int(span.total_seconds() // 60), 0)
