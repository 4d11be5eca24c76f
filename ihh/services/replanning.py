"""A leg runs late: the rest of the visit is planned anew, and nobody loses a place without being told.

Looked at every few seconds. An appointment that its visitor will reach more than the house's tolerance
after its time, because another desk still has them, gets another slot today; one that no slot can save
becomes a held walk-in ticket, which the clock lets into its line as soon as its people are free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ihh.db import Transaction, db, transaction
from ihh.domain.daytime import instant, local_day
from ihh.domain.errors import Refusal
from ihh.domain.house import House
from ihh.domain.lateness import AtDesk, Due, missed, ready
from ihh.domain.party import people_of
from ihh.domain.planner.problem import LegRequest
from ihh.domain.planner.replan import BookedLeg, Ready, Replan, replan
from ihh.domain.ticket import AT_DESK, OPEN, TicketState
from ihh.models import Leg, Ticket, Visit
from ihh.services.calendars import Audience, Query, problem
from ihh.services.durations import planned
from ihh.services.house import current_house
from ihh.services.slots import free_leg, occupy_leg, taking_slots
from ihh.services.tickets import lose_time, move_time

PLANNABLE = (TicketState.WAITING, TicketState.LOCKED, TicketState.HELD)
"""States in which a leg can still be moved."""


@dataclass(frozen=True)
class _Rest:
    """What is left of a visit: the tickets that can be moved, and those at a desk."""

    visit: Visit
    open: tuple[Ticket, ...]
    at_desk: tuple[Ticket, ...]
    legs: Mapping[int, Leg]
    """By ticket id; a ticket made by a transfer has none."""


def replan_late_visits(*, now: datetime) -> int:
    """Plan anew every visit that runs late; gives how many changed. Safe to run twice and side by side."""
    house = current_house()
    changed = 0
    for visit_id in _candidates(house, now):
        try:
            with taking_slots(), transaction() as tx:
                changed += _replan_visit(tx, house, visit_id, now=now)
        except Refusal:
            continue  # a booker or a desk was faster: the next look sees how it stands then
    return changed


def _candidates(house: House, now: datetime) -> list[str]:
    """Visits with an appointment still to come whose people are with another desk now."""
    today = local_day(now, timezone=house.timezone)
    busy = select(Ticket.visit_id).where(Ticket.service_date == today, Ticket.state.in_(AT_DESK))
    query = (
        select(Ticket.visit_id)
        .where(
            Ticket.service_date == today,
            Ticket.state.in_((TicketState.WAITING, TicketState.LOCKED)),
            Ticket.booked_at.is_not(None),
            Ticket.visit_id.in_(busy),
        )
        .distinct()
        .order_by(Ticket.visit_id)
    )
    return list(db.session.scalars(query))


def _replan_visit(tx: Transaction, house: House, visit_id: str, *, now: datetime) -> bool:
    visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    rest = _rest(visit) if visit is not None else None
    if rest is None or not rest.open:
        return False
    free = _ready(house, rest, now=now)
    late = missed(_due(house, rest), free, late_min=house.policy.late_min, walk=_walks(house))
    if not late:
        return False
    found = _plan(house, rest, free, now=now)
    if not found.moved and not found.dropped:
        return False
    _apply(tx, house, rest, found, now=now)
    tx.change_calendar(rest.visit.service_date)
    return True


def _rest(visit: Visit) -> _Rest:
    query = select(Ticket).where(Ticket.visit_id == visit.id, Ticket.state.in_(OPEN)).order_by(Ticket.id)
    tickets = list(db.session.scalars(query.execution_options(populate_existing=True)))
    legs = {leg.id: leg for leg in visit.legs}
    return _Rest(
        visit=visit,
        open=tuple(ticket for ticket in tickets if ticket.state in PLANNABLE),
        at_desk=tuple(ticket for ticket in tickets if ticket.state in AT_DESK),
        legs={ticket.id: legs[ticket.leg_id] for ticket in tickets if ticket.leg_id in legs},
    )


def _ready(house: House, rest: _Rest, *, now: datetime) -> dict[str, Ready]:
    """When and where each person of the open tickets is free again, minutes from local midnight."""
    people = sorted({person for ticket in rest.open for person in people_of(ticket.people)})
    durations = planned(house)
    at_desks = [
        AtDesk(
            people=people_of(ticket.people),
            agency=ticket.agency_id,
            since=_minute(house, ticket.resumed_at or ticket.last_called_at or now, rest.visit.service_date),
            expected_min=durations[ticket.service_id].used
            + house.service[ticket.service_id].per_extra_person_min * (len(people_of(ticket.people)) - 1),
        )
        for ticket in rest.at_desk
    ]
    here = rest.visit.guided_to
    return ready(
        people,
        at_desks,
        now=_minute(house, now, rest.visit.service_date),
        agencies=dict.fromkeys(people, here),
    )


def _due(house: House, rest: _Rest) -> Iterable[Due]:
    day = rest.visit.service_date
    return [
        Due(index, people_of(ticket.people), ticket.agency_id, int(_minute(house, ticket.booked_at, day)))
        for index, ticket in enumerate(rest.open)
        if ticket.booked_at is not None
    ]


def _plan(house: House, rest: _Rest, free: Mapping[str, Ready], *, now: datetime) -> Replan:
    """The best that is left of today, on the calendars as they stand in this transaction."""
    day = rest.visit.service_date
    query = Query(
        legs=tuple(LegRequest(ticket.service_id, people_of(ticket.people)) for ticket in rest.open),
        language=rest.visit.language,
        first=day,
        last=day,
        audience=Audience.HOUSE,
        walk_in=frozenset(ticket.service_id for ticket in rest.open if ticket.booked_at is None),
        waived=frozenset(
            ticket.service_id
            for ticket in rest.open
            if (leg := rest.legs.get(ticket.id)) is not None and leg.override_reason is not None
        ),
        ahead_min=0,
    )
    asked = problem(house, query, now=now, ignoring=[rest.visit.id])
    return replan(asked, _booked(house, rest), ready=free)


def _booked(house: House, rest: _Rest) -> tuple[BookedLeg, ...]:
    """Where each open leg stands now; a walk-in's start is free."""
    day = rest.visit.service_date
    return tuple(
        BookedLeg(
            index,
            rest.legs[ticket.id].desk_id if ticket.booked_at is not None else None,
            int(_minute(house, ticket.booked_at or ticket.issued_at, day)),
        )
        for index, ticket in enumerate(rest.open)
    )


def _apply(tx: Transaction, house: House, rest: _Rest, found: Replan, *, now: datetime) -> None:
    day = rest.visit.service_date
    lost = [rest.open[index] for index in sorted(found.dropped) if rest.open[index].booked_at is not None]
    for ticket in [*(rest.open[index] for index in sorted(found.moved)), *lost]:
        free_leg(rest.legs[ticket.id])
    for leg in found.kept:
        if leg.index in found.moved:
            ticket = rest.open[leg.index]
            starts_at = instant(day, leg.start, timezone=house.timezone)
            assert leg.desk is not None  # only appointments can be moved
            occupy_leg(house, rest.legs[ticket.id], leg.desk, starts_at, minutes=leg.end - leg.start)
            move_time(tx, ticket, starts_at, now=now, by="house", detail={"why": "runs_late"})
    for ticket in lost:
        lose_time(tx, ticket, now=now, by="house", detail={"why": "runs_late"})


def _walks(house: House) -> dict[tuple[str, str], int]:
    """Minutes between two agencies of the house; none inside one."""
    zones = {agency.id: agency.zone for agency in house.agencies if agency.zone is not None}
    return {
        (here, there): house.walk.same_zone if zones[here] == zones[there] else house.walk.other_zone
        for here in zones
        for there in zones
        if here != there
    }


def _minute(house: House, at: datetime, day: date) -> float:
    """Minutes from the day's local midnight; a fraction counts."""
    return (at - instant(day, 0, timezone=house.timezone)) / timedelta(minutes=1)
