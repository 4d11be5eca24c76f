"""An early finisher may have a freed slot: the next appointment sooner, if the visitor wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ihh.db import Transaction, db, transaction
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House, Service
from ihh.domain.party import people_of
from ihh.domain.planner import VisitOption, plan
from ihh.domain.planner.problem import LegRequest
from ihh.domain.ticket import AT_DESK, OPEN, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Leg, Ticket, Visit
from ihh.services.calendars import Audience, Query, problem
from ihh.services.house import current_house
from ihh.services.slots import free_leg, occupy_leg, taking_slots
from ihh.services.tickets import move_time, tickets_of

WORTH_MIN = 15
"""An appointment sooner by less is not offered: it would only make people hurry."""


@dataclass(frozen=True)
class Sooner:
    """A free time for the visit's next appointment, well before the one it has."""

    ticket_id: int
    service: Service
    starts_at: datetime
    instead_of: datetime


def sooner(visit: Visit, *, now: datetime) -> Sooner | None:
    """What could be offered now; None while someone is at a desk, or when nothing is worth it."""
    house = current_house()
    ticket = _next(visit)
    option = _option(house, visit, ticket, now=now) if ticket is not None else None
    if ticket is None or option is None or ticket.booked_at is None:
        return None
    starts_at = instant(option.date, option.start, timezone=house.timezone)
    return Sooner(ticket.id, house.service[ticket.service_id], starts_at, ticket.booked_at)


def take_sooner(visit_id: str, ticket_id: int, starts_at: datetime, *, now: datetime) -> Ticket:
    """Move the appointment to the time that was offered. Refuses `slot_taken` when it is gone."""
    house = current_house()
    with taking_slots(), transaction() as tx:
        visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
        if visit is None:
            raise Refusal(Code.NOT_FOUND)
        ticket = _next(visit)
        option = _option(house, visit, ticket, now=now, at=starts_at) if ticket is not None else None
        if ticket is None or ticket.id != ticket_id or option is None:
            raise Refusal(Code.SLOT_TAKEN)
        _move(tx, house, ticket, option, now=now)
        tx.change_calendar(visit.service_date)
    return ticket


def _next(visit: Visit) -> Ticket | None:
    """The next appointment of a party of whom nobody is at a desk, or called to one."""
    if visit.state != VisitState.IN_HOUSE:
        return None
    still_open = [ticket for ticket in tickets_of(visit.id) if ticket.state in OPEN]
    if any(ticket.state in AT_DESK for ticket in still_open):
        return None
    booked = [
        (ticket.booked_at, ticket.id, ticket)
        for ticket in still_open
        if ticket.booked_at is not None and ticket.state == TicketState.WAITING
    ]
    return min(booked)[2] if booked else None


def _option(
    house: House, visit: Visit, ticket: Ticket, *, now: datetime, at: datetime | None = None
) -> VisitOption | None:
    """The soonest time that is worth it, or the one `at` if it still is free."""
    booked_at = ticket.booked_at
    assert booked_at is not None  # only appointments are next
    latest = booked_at - timedelta(minutes=WORTH_MIN)
    soonest = max(now + timedelta(minutes=_walk(house, visit, ticket)), at or now)
    if soonest > latest or local_day(now, timezone=house.timezone) != visit.service_date:
        return None
    people = people_of(ticket.people)
    query = Query(
        legs=(LegRequest(ticket.service_id, people),),
        language=visit.language,
        first=visit.service_date,
        last=visit.service_date,
        prefer="earliest",
        options=1,
        not_before=local_minute(soonest, timezone=house.timezone),
        audience=Audience.HOUSE,
        ahead_min=0,
    )
    found = next(iter(plan(problem(house, query, now=now, ignoring=[visit.id])).options), None)
    if found is None:
        return None
    starts_at = instant(found.date, found.start, timezone=house.timezone)
    return found if starts_at <= latest and (at is None or starts_at == at) else None


def _walk(house: House, visit: Visit, ticket: Ticket) -> int:
    """Minutes from where the party was last told to wait."""
    if visit.guided_to in (None, ticket.agency_id) or visit.guided_to not in house.agency:
        return 0
    zones = {house.agency[name].zone for name in (visit.guided_to, ticket.agency_id)}
    return house.walk.same_zone if len(zones) == 1 else house.walk.other_zone


def _move(tx: Transaction, house: House, ticket: Ticket, option: VisitOption, *, now: datetime) -> None:
    leg = db.session.get(Leg, ticket.leg_id) if ticket.leg_id is not None else None
    planned = option.legs[0]
    if leg is None or planned.desk is None:
        raise Refusal(Code.SLOT_TAKEN)
    starts_at = instant(option.date, planned.start, timezone=house.timezone)
    free_leg(leg)
    occupy_leg(house, leg, planned.desk, starts_at, minutes=planned.end - planned.start)
    move_time(tx, ticket, starts_at, now=now, by="visitor", detail={"why": "sooner"})
