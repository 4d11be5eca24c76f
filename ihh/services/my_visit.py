"""My visit: what one party needs to know now, without words (pages put them in)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ihh.db import db
from ihh.domain.estimate import Wait
from ihh.domain.house import House, Service, Zone
from ihh.domain.party import people_of
from ihh.domain.ticket import OPEN, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Leg, Ticket, Visit
from ihh.services import lines
from ihh.services.house import current_house
from ihh.services.tickets import tickets_of


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


@dataclass(frozen=True)
class VisitView:
    visit: Visit
    step: Step
    legs: tuple[LegView, ...]
    focus: LegView | None
    """The leg the next step is about."""


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
    step, focus = _next_step(legs)
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
    waiting = [ticket.agency_id for ticket in tickets if ticket.state == TicketState.WAITING]
    places = (
        {
            place.ticket.id: place
            for line in lines.agency_lines(house, now=now, agencies=sorted(set(waiting))).values()
            for place in line
        }
        if waiting
        else {}
    )
    return tuple(
        _ticket_view(house, ticket, tickets, places.get(ticket.id), legs.get(ticket.leg_id or -1))
        for ticket in tickets
        if ticket.service_id in house.service  # an old visit may name what the house has dropped since
    )


def _ticket_view(
    house: House, ticket: Ticket, siblings: list[Ticket], place: lines.Place | None, leg: Leg | None
) -> LegView:
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
        ahead=place.ahead if place else None,
        wait=place.wait if place else None,
        desk_label=desk.label if desk else None,
        called_at=ticket.last_called_at,
        ended_at=ticket.ended_at,
        after=tuple(
            house.service[other.service_id]
            for other in siblings
            if ticket.state == TicketState.LOCKED and other.service_id in first and other.state in OPEN
        ),
        ticket_id=ticket.id,
    )


def _next_step(legs: tuple[LegView, ...]) -> tuple[Step, LegView | None]:
    """Called before everything, then being served, then the line expected to call first."""
    for state, step in ((TicketState.CALLED, Step.TO_DESK), (TicketState.SERVING, Step.AT_DESK)):
        found = next((leg for leg in legs if leg.state == state), None)
        if found is not None:
            return step, found
    waiting = [leg for leg in legs if leg.state == TicketState.WAITING]
    if waiting:
        return Step.TO_AREA, min(waiting, key=_expected)
    held = next((leg for leg in legs if leg.state == TicketState.HELD), None)
    return (Step.HELD, held) if held is not None else (Step.DONE, None)


def _expected(leg: LegView) -> tuple[float, int]:
    return (leg.wait.middle if leg.wait else float("inf"), leg.ticket_id or 0)


def _area(house: House, service: Service, zone_id: str | None) -> Zone | None:
    return house.zone.get(zone_id or house.agency[service.agency].zone or "")
