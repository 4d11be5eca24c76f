"""The desk's screen: line, visitor, visit today and where a transfer may go, without words.

The data wall stands here: of other agencies the values carry place and time, never a service,
so that no template can show one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ihh.db import db
from ihh.domain.closed_days import is_open
from ihh.domain.day_clock import Step
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.estimate import Wait
from ihh.domain.house import Agency, Desk, Document, House, Service, Zone
from ihh.domain.party import people_of
from ihh.domain.ticket import TicketState
from ihh.models import DeskSession, Leg, Ticket, User, Visit
from ihh.services import desks, waits
from ihh.services.desk_line import (
    HeldRow,
    LastCall,
    LineRow,
    last_calls,
    needs_of,
    rows_of_line,
    rows_on_hold,
)
from ihh.services.desk_visit import DeskLeg, Target, next_stop, targets_of, visit_today
from ihh.services.house import current_house
from ihh.services.my_visit import steps_to_come
from ihh.services.running_late import agencies_behind
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
    call: LastCall | None
    need: str | None
    """Why a clerk marked the visitor as in need."""
    to_come: tuple[Step, ...]
    """What the house will do by itself about the call, while nobody answers it."""
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
    behind_min: int
    """By how much the agency calls its appointments late; 0 where it is in time."""
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
    places = waits.agency_lines(house, now=now, agencies=() if guest else (desk.agency,))
    open_now = waits.open_desks(house, now=now)
    own = waits.wait_for_newcomer(house, places.get(desk.agency, []), open_now.get(desk.agency, []), now=now)
    targets = targets_of(house, desk, guest.legs, places, open_now, now=now) if guest else ()
    return DeskView(
        desk=desk,
        agency=house.agency[desk.agency],
        zone=house.zone[desk.zone],
        hours=hours_of(house, desk, now=now),
        is_paused=session is not None and session.paused_at is not None,
        line=rows_of_line(house, desk, now=now),
        held=rows_on_hold(house, desk, now=now),
        newcomer_wait=own,
        behind_min=agencies_behind(house, places, now=now).get(desk.agency, 0),
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


def _guest(house: House, desk: Desk, ticket: Ticket, *, now: datetime) -> Guest:
    visit = db.session.get_one(Visit, ticket.visit_id)
    leg = db.session.get(Leg, ticket.leg_id) if ticket.leg_id is not None else None
    service = house.service[ticket.service_id]
    people = len(people_of(ticket.people))
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
        call=last_calls([ticket.id]).get(ticket.id),
        need=needs_of([ticket.id]).get(ticket.id),
        to_come=steps_to_come(house, ticket, now=now),
        documents=tuple(house.document[name] for name in leg.documents if name in house.document)
        if leg
        else (),
        legs=legs,
        next_stop=next_stop(legs),
    )


def _minutes(span: timedelta) -> int:
    return max(int(span.total_seconds() // 60), 0)
