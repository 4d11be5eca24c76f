"""A visit as one desk may see it, and where the desk may send it: places and times of other agencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ihh.domain.daytime import local_day, local_minute
from ihh.domain.estimate import OpenDesk, Wait
from ihh.domain.house import Agency, Desk, House, Service, Zone
from ihh.domain.ticket import OPEN, TicketState
from ihh.models import Ticket, Visit
from ihh.services import waits
from ihh.services.my_visit import LegView, view_visit


@dataclass(frozen=True)
class DeskLeg:
    agency: Agency
    area: Zone | None
    state: TicketState
    is_here: bool
    """The leg this desk has now."""
    service: Service | None
    """None for other agencies: what is done there is not this desk's business."""
    booked_at: datetime | None
    ended_at: datetime | None
    after: tuple[Agency, ...]
    """Agencies that must be done first, where it is locked."""
    is_after_here: bool
    """Locked by this desk's leg only: the next one to unlock."""
    closes_min: int | None
    """Local minute at which the agency's last desk closes, where that is before the house does."""
    wait: Wait | None


class TargetState(StrEnum):
    OPEN = "open"
    APPOINTMENT = "appointment"
    """Usually by appointment; a transfer waits in the line all the same."""
    UNSTAFFED = "unstaffed"
    """Has hours left today, but no desk calls now."""
    CLOSED = "closed"
    IN_LINE = "in_line"
    IN_VISIT = "in_visit"


@dataclass(frozen=True)
class Target:
    """An agency to which a visitor may be sent."""

    agency: Agency
    area: Zone | None
    services: tuple[Service, ...]
    """From the public catalogue; empty where no transfer is possible."""
    state: TargetState
    wait: Wait | None


def visit_today(
    house: House, desk: Desk, visit: Visit, ticket: Ticket, *, now: datetime
) -> tuple[DeskLeg, ...]:
    """The visit's legs for the desk that has `ticket`."""
    legs = view_visit(visit, now=now).legs
    return tuple(_leg(house, desk, leg, ticket, now=now) for leg in legs)


def next_stop(legs: Sequence[DeskLeg]) -> DeskLeg | None:
    """Where to go from here: the line expected to call first, else what this desk's leg unlocks."""
    waiting = [leg for leg in legs if leg.state == TicketState.WAITING and not leg.is_here]
    if waiting:
        return min(waiting, key=lambda leg: leg.wait.middle if leg.wait else float("inf"))
    return next((leg for leg in legs if leg.is_after_here), None)


def targets_of(
    house: House,
    desk: Desk,
    legs: Sequence[DeskLeg],
    places: Mapping[str, Sequence[waits.Place]],
    open_now: Mapping[str, Sequence[OpenDesk]],
    *,
    now: datetime,
) -> tuple[Target, ...]:
    """Every other agency in the house, with what its line would mean for this visitor."""
    found = []
    for agency in house.agencies:
        services = tuple(item for item in house.services if item.agency == agency.id and item.is_in_house)
        if agency.id == desk.agency or not services:
            continue
        wait = waits.wait_for_newcomer(house, places.get(agency.id, []), open_now.get(agency.id, []), now=now)
        mine = [leg for leg in legs if leg.agency.id == agency.id and leg.state in OPEN]
        state = _target_state(house, services, mine, wait, now=now)
        if state is TargetState.IN_LINE:
            wait = next((leg.wait for leg in mine if leg.wait is not None), None)
        can_go = state in (TargetState.OPEN, TargetState.APPOINTMENT, TargetState.UNSTAFFED)
        area = house.zone.get(agency.zone or "")
        found.append(Target(agency, area, services if can_go else (), state, wait))
    return tuple(
        sorted(found, key=lambda target: target.state not in (TargetState.IN_LINE, TargetState.IN_VISIT))
    )


def _leg(house: House, desk: Desk, leg: LegView, ticket: Ticket, *, now: datetime) -> DeskLeg:
    agency = house.agency[leg.service.agency]
    before = [other.id for other in leg.after]
    is_locked = leg.state == TicketState.LOCKED
    return DeskLeg(
        agency=agency,
        area=leg.area,
        state=TicketState(leg.state),
        is_here=leg.ticket_id == ticket.id,
        service=leg.service if agency.id == desk.agency else None,
        booked_at=leg.booked_at,
        ended_at=leg.ended_at,
        after=tuple(house.agency[name] for name in dict.fromkeys(other.agency for other in leg.after)),
        is_after_here=is_locked and before == [ticket.service_id],
        closes_min=_closes_early(house, agency.id, now=now) if leg.state in OPEN else None,
        wait=leg.wait,
    )


def _target_state(
    house: House, services: Sequence[Service], mine: Sequence[DeskLeg], wait: Wait | None, *, now: datetime
) -> TargetState:
    if any(leg.state == TicketState.WAITING for leg in mine):
        return TargetState.IN_LINE
    if mine:
        return TargetState.IN_VISIT
    closes = _closes(house, services[0].agency, now=now)
    if closes is None or closes <= local_minute(now, timezone=house.timezone):
        return TargetState.CLOSED
    if not any(service.takes_walk_ins for service in services):
        return TargetState.APPOINTMENT
    return TargetState.OPEN if wait is not None else TargetState.UNSTAFFED


def _closes(house: House, agency_id: str, *, now: datetime) -> int | None:
    """Local minute at which the agency's last desk closes today; None: it has no hours."""
    weekday = local_day(now, timezone=house.timezone).weekday()
    ends = [span.end for desk in house.desks if desk.agency == agency_id for span in desk.hours[weekday]]
    return max(ends, default=None)


def _closes_early(house: House, agency_id: str, *, now: datetime) -> int | None:
    weekday = local_day(now, timezone=house.timezone).weekday()
    closes = _closes(house, agency_id, now=now)
    house_closes = max((span.end for span in house.hours[weekday]), default=None)
    return closes if closes is not None and house_closes is not None and closes < house_closes else None
