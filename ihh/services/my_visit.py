"""My visit: what one party needs to know now, without words (pages put them in)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ihh.db import db
from ihh.domain import day_clock
from ihh.domain.day_clock import ClockedTicket
from ihh.domain.estimate import Wait
from ihh.domain.house import House, Service, Zone
from ihh.domain.party import people_of
from ihh.domain.ticket import OPEN, HeldFor, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Leg, Ticket, Visit
from ihh.services import guidance, waits
from ihh.services.house import current_house
from ihh.services.running_late import agencies_behind
from ihh.services.tickets import tickets_of
from ihh.services.time_changes import TimeChange, time_changes


class Step(StrEnum):
    """The one next step."""

    TO_DESK = "to_desk"
    AT_DESK = "at_desk"
    TO_AREA = "to_area"
    HELD = "held"
    DONE = "done"
    COME = "come"
    """Booked, not in the house yet."""


@dataclass(frozen=True)
class LegView:
    """One leg, before check-in (no ticket) or in its line."""

    service: Service
    people: tuple[str, ...]
    area: Zone | None
    state: str
    """A ticket state, or "booked" before check-in."""
    booked_at: datetime | None
    planned_at: datetime | None
    documents: tuple[str, ...]
    ahead: int | None = None
    wait: Wait | None = None
    desk_label: str | None = None
    called_at: datetime | None = None
    ended_at: datetime | None = None
    after: tuple[Service, ...] = ()
    """What must be done first, where it is locked."""
    ticket_id: int | None = None
    first_called_at: datetime | None = None
    """Of the call that nobody has answered yet, before its recalls."""
    is_last_call: bool = False
    """Unanswered, this call ends the visit."""
    to_come: tuple[day_clock.Step, ...] = ()
    """What the house will still do about its call."""
    held_for: HeldFor | None = None
    returns_at: datetime | None = None
    """When it waits again by itself; None where someone or something ends the hold."""
    behind_min: int = 0
    """By how much the agency calls its appointments late, where this is one still to come."""
    change: TimeChange | None = None


@dataclass(frozen=True)
class VisitView:
    visit: Visit
    step: Step
    legs: tuple[LegView, ...]
    focus: LegView | None
    """The leg the next step is about."""

    @property
    def then(self) -> tuple[LegView, ...]:
        """The other agencies in whose lines the party waits, the next call first; one leg of each."""
        if self.step is not Step.TO_AREA or self.focus is None:
            return ()
        waiting = [leg for leg in self.legs if leg.state == TicketState.WAITING]
        first: dict[str, LegView] = {}
        for leg in sorted(waiting, key=_expected):
            first.setdefault(leg.service.agency, leg)
        return tuple(leg for name, leg in first.items() if name != self.focus.service.agency)


def visit_by_id(visit_id: str) -> Visit | None:
    """The visit a device of the house dealt with; visitors come by their link (`find_by_link`)."""
    return db.session.get(Visit, visit_id)


def view_visit(visit: Visit, *, now: datetime) -> VisitView:
    """All that My visit, the slip and the kiosk's answer show."""
    house = current_house()
    if visit.checked_in_at is None:
        legs = tuple(_planned(house, leg) for leg in visit.legs if leg.service_id in house.service)
        step = Step.COME if visit.state == VisitState.BOOKED else Step.DONE
        return VisitView(visit, step, legs, legs[0] if legs else None)
    legs = _queued(house, visit, now=now)
    step, focus = _next_step(legs, guidance.place_of(visit))
    return VisitView(visit, step, legs, focus)


def _planned(house: House, leg: Leg) -> LegView:
    service = house.service[leg.service_id]
    desk = house.desk.get(leg.desk_id or "")
    return LegView(
        service=service,
        people=people_of(leg.people),
        area=_area(house, service, desk.zone if desk else None),
        state="booked",
        booked_at=leg.starts_at if desk else None,
        planned_at=leg.starts_at,
        documents=tuple(leg.documents),
    )


def _queued(house: House, visit: Visit, *, now: datetime) -> tuple[LegView, ...]:
    tickets = tickets_of(visit.id)
    legs = {leg.id: leg for leg in visit.legs}
    asked = {ticket.agency_id for ticket in tickets if _is_to_come(ticket)}
    lines = waits.agency_lines(house, now=now, agencies=sorted(asked)) if asked else {}
    places = {place.ticket.id: place for line in lines.values() for place in line}
    behind = agencies_behind(house, lines, now=now)
    changes = time_changes(visit.id, tickets)
    return tuple(
        replace(
            _ticket_view(house, ticket, tickets, legs.get(ticket.leg_id or -1)),
            ahead=place.ahead if (place := places.get(ticket.id)) else None,
            wait=place.wait if place else None,
            behind_min=behind.get(ticket.agency_id, 0) if ticket.booked_at and _is_to_come(ticket) else 0,
            change=changes.get(ticket.id),
            to_come=steps_to_come(house, ticket, now=now),
        )
        for ticket in tickets
        if ticket.service_id in house.service  # an old visit may name what the house has dropped since
    )


def _is_to_come(ticket: Ticket) -> bool:
    is_booked = ticket.booked_at is not None and ticket.state in (TicketState.LOCKED, TicketState.HELD)
    return is_booked or ticket.state == TicketState.WAITING


def _ticket_view(house: House, ticket: Ticket, siblings: list[Ticket], leg: Leg | None) -> LegView:
    service = house.service[ticket.service_id]
    desk = house.desk.get(ticket.desk_id or "")
    first = house.prerequisites[ticket.service_id]
    return LegView(
        service=service,
        people=people_of(ticket.people),
        area=_area(house, service, desk.zone if desk and ticket.state in ("called", "serving") else None),
        state=ticket.state,
        booked_at=ticket.booked_at,
        planned_at=leg.starts_at if leg else None,
        documents=tuple(leg.documents) if leg else (),
        desk_label=desk.label if desk else None,
        called_at=ticket.last_called_at,
        first_called_at=ticket.unanswered_since or ticket.last_called_at,
        is_last_call=ticket.state == TicketState.CALLED and ticket.unanswered > 0,
        held_for=HeldFor(ticket.held_for) if ticket.held_for is not None else None,
        returns_at=ticket.returns_at,
        ended_at=ticket.ended_at,
        after=tuple(
            house.service[other.service_id]
            for other in siblings
            if ticket.state == TicketState.LOCKED and other.service_id in first and other.state in OPEN
        ),
        ticket_id=ticket.id,
    )


def steps_to_come(house: House, ticket: Ticket, *, now: datetime) -> tuple[day_clock.Step, ...]:
    """What the house will still do by itself about a call, as long as nobody answers it."""
    if ticket.state != TicketState.CALLED:
        return ()
    clocked = ClockedTicket(
        state=TicketState.CALLED,
        unanswered_since=ticket.unanswered_since,
        last_called_at=ticket.last_called_at,
        unanswered=ticket.unanswered,
    )
    return tuple(step for step in day_clock.steps(clocked, house.policy) if step.at > now)


def _next_step(legs: tuple[LegView, ...], guided_to: str | None) -> tuple[Step, LegView | None]:
    """Called before everything, then being served, then the line where the party was told to wait."""
    for state, step in ((TicketState.CALLED, Step.TO_DESK), (TicketState.SERVING, Step.AT_DESK)):
        found = next((leg for leg in legs if leg.state == state), None)
        if found is not None:
            return step, found
    waiting = [leg for leg in legs if leg.state == TicketState.WAITING]
    if waiting:
        return Step.TO_AREA, min(waiting, key=lambda leg: (leg.service.agency != guided_to, _expected(leg)))
    held = next((leg for leg in legs if leg.state == TicketState.HELD), None)
    return (Step.HELD, held) if held is not None else (Step.DONE, None)


def _expected(leg: LegView) -> tuple[float, int]:
    return (leg.wait.middle if leg.wait else float("inf"), leg.ticket_id or 0)


def _area(house: House, service: Service, zone_id: str | None) -> Zone | None:
    return house.zone.get(zone_id or house.agency[service.agency].zone or "")
