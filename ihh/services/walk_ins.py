"""Walk-ins: which lines a visitor without a booking can join, when, and with whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ihh.domain.closed_days import open_days
from ihh.domain.daytime import instant, local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.estimate import Wait
from ihh.domain.house import Agency, House, Service, Zone
from ihh.domain.party import Party
from ihh.domain.route import LegChoice, check_legs, in_order, usual_people
from ihh.domain.wish import LegWish, Wish
from ihh.services import waits
from ihh.services.check_in import open_walk_ins
from ihh.services.house import current_house

LOOK_AHEAD_DAYS = 14
"""How far ahead a closed line's next opening is looked for."""


@dataclass(frozen=True)
class WalkInService:
    service: Service
    is_open: bool
    changes_at: datetime | None
    """When an open line closes or a closed one opens; None: not within two weeks."""


@dataclass(frozen=True)
class WalkInLine:
    """An agency's line as one who might join it sees it."""

    agency: Agency
    area: Zone | None
    wait: Wait | None
    """None where no desk is open."""
    services: tuple[WalkInService, ...]


def walk_in_lines(language: str, *, now: datetime) -> list[WalkInLine]:
    """Every agency with a walk-in line, in the house file's order, closed ones included."""
    house = current_house()
    is_open = {service.id for service in open_walk_ins(house, language, now=now)}
    places, desks = waits.agency_lines(house, now=now), waits.open_desks(house, now=now)
    found = []
    for agency in house.agencies:
        services = tuple(
            WalkInService(
                service, service.id in is_open, _changes_at(house, service, service.id in is_open, now)
            )
            for service in house.services
            if service.agency == agency.id and service.takes_walk_ins
        )
        if services:
            wait = waits.wait_for_newcomer(
                house, places.get(agency.id, []), desks.get(agency.id, []), now=now
            )
            found.append(WalkInLine(agency, house.zone.get(agency.zone or ""), wait, services))
    return found


def walk_in_wish(service_ids: Iterable[str], party: Party, language: str) -> Wish:
    """These services for their usual people of the party, in the order that honours prerequisites.

    Refuses `legs_invalid` with the first fault of `check_legs`.
    """
    house = current_house()
    wanted = set(service_ids)
    if not wanted or not wanted <= set(house.service):
        raise Refusal(Code.LEGS_INVALID)
    services = in_order(house, (house.service[service_id] for service_id in wanted))
    legs = tuple(LegWish(service.id, usual_people(service, party)) for service in services)
    faults = check_legs(house, party, [LegChoice(leg.service, leg.people) for leg in legs])
    if faults:
        raise Refusal(Code.LEGS_INVALID, fault=faults[0].code)
    return Wish(party, legs, language)


def _changes_at(house: House, service: Service, is_open: bool, now: datetime) -> datetime | None:
    for start, end in _openings(house, service, now):
        if is_open and start <= now < end:
            return end
        if not is_open and start > now:
            return start
    return None


def _openings(house: House, service: Service, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The line's spans on today and the days after it on which some desk serves it."""
    today = local_day(now, timezone=house.timezone)
    desks = [desk for desk in house.desks if service.id in desk.services]
    for day in open_days(house, today, today + timedelta(days=LOOK_AHEAD_DAYS)):
        if any(desk.hours[day.weekday()] for desk in desks):
            for span in (service.hours or house.hours)[day.weekday()]:
                yield (
                    instant(day, span.start, timezone=house.timezone),
                    instant(day, span.end, timezone=house.timezone),
                )
