"""Waits: each line in calling order with how long each ticket may still wait.

Many screens ask at once: what is told of the whole house is reckoned once for a state of it and
`KEPT_S` seconds, in each process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from ihh.db import db, is_writing
from ihh.domain.calling import Choice
from ihh.domain.daytime import local_day
from ihh.domain.estimate import OpenDesk, Told, Wait
from ihh.domain.house import House
from ihh.domain.ticket import TicketState
from ihh.models import Ticket
from ihh.services import reckoning
from ihh.services.present import Present, Seen, Signs, read_present, read_signs
from ihh.services.reckoning import Line

KEPT_S = 15


@dataclass(frozen=True)
class Place:
    """A waiting ticket with its place in its agency's line."""

    ticket: Seen
    choice: Choice
    ahead: int
    """Free visitors called before this one, by the rule as it stands now."""
    wait: Wait | None
    """None where nothing honest can be said, as when no desk that can serve the ticket is open."""
    naive: float
    """The yardstick, see `ihh.domain.estimate.naive`."""


class AgencyDesks(list[OpenDesk]):
    """An agency's desks that call now, with what one who joined its line would be told."""

    newcomer: Wait | None = None


@dataclass(frozen=True)
class HouseWaits:
    """What is told of the whole house at one state of it."""

    revision: int
    """Of the day's last queue event."""
    lines: Mapping[str, list[Place]]
    desks: Mapping[str, AgencyDesks]
    known_by: tuple[Signs, int]
    """The state and the stretch of time that it is of."""
    house: House


_kept: WeakKeyDictionary[Engine, HouseWaits] = WeakKeyDictionary()


def agency_lines(house: House, *, now: datetime, agencies: Sequence[str] = ()) -> dict[str, list[Place]]:
    """Agency → its waiting tickets in calling order with estimates; all agencies by default."""
    lines = house_waits(house, now=now).lines
    return {name: places for name, places in lines.items() if not agencies or name in agencies}


def open_desks(house: House, *, now: datetime) -> dict[str, AgencyDesks]:
    """Agency → its desks that call now, with the minutes until each is expected to be free."""
    return dict(house_waits(house, now=now).desks)


def wait_for_newcomer(
    house: House, places: Sequence[Place], desks: Sequence[OpenDesk], *, now: datetime
) -> Wait | None:
    """What one who joined an agency's line now, behind everybody, would be told; None: no desk is open.

    `desks` are the agency's, as `open_desks` gave them.
    """
    return desks.newcomer if isinstance(desks, AgencyDesks) else None


def places_of(visit_id: str, house: House, *, now: datetime) -> list[Place]:
    """A visit's own places, sooner reckoned than whole lines."""
    day = local_day(now, timezone=house.timezone)
    present = read_present(house, day, read_signs(house, day), now=now)
    own = {
        row.id: row.agency_id
        for row in present.seen
        if row.id is not None and row.state == TicketState.WAITING and row.visit_id == visit_id
    }
    if not own:
        return []
    lines = reckoning.lines_of(house, present, now=now, agencies=set(own.values()))
    desks = reckoning.open_desks(house, present, now=now)
    found = reckoning.reckon(house, present, lines, desks, now=now, targets=set(own))
    places = (place for line in lines.values() for place in _places(house, present, line, found))
    return [place for place in places if place.ticket.id in own]


def note(ticket: Ticket, place: Place, *, now: datetime) -> None:
    """Keep with a ticket what is told of its wait, if anything is."""
    if place.wait is not None:
        ticket.estimated_at = now
        ticket.estimate_low, ticket.estimate_middle = place.wait.p10, place.wait.p50
        ticket.estimate_high, ticket.estimate_naive = place.wait.p90, place.naive


def house_waits(house: House, *, now: datetime) -> HouseWaits:
    """All lines and desks at once: one statement where this process knows them already, else three."""
    day = local_day(now, timezone=house.timezone)
    signs = read_signs(house, day)
    known_by = (signs, int(now.timestamp()) // KEPT_S)
    kept = None if is_writing() else _kept.get(db.engine)
    if kept is not None and kept.house is house and kept.known_by == known_by:
        return kept
    present = read_present(house, day, signs, now=now)
    lines = reckoning.lines_of(house, present, now=now)
    desks = {
        agency_id: AgencyDesks(found)
        for agency_id, found in reckoning.open_desks(house, present, now=now).items()
    }
    found = reckoning.reckon(house, present, lines, desks, now=now)
    for agency_id, agency_desks in desks.items():
        agency_desks.newcomer = found.newcomers.get(agency_id)
    places = {agency_id: _places(house, present, line, found) for agency_id, line in lines.items()}
    fresh = HouseWaits(present.revision, places, desks, known_by, house)
    if not is_writing():
        _kept[db.engine] = fresh
    return fresh


def _places(house: House, present: Present, line: Line, found: Told) -> list[Place]:
    places, ahead = [], 0
    for choice in line.order:
        row, wait = line.rows[choice.ticket.ticket_id], found.tickets.get(choice.ticket.ticket_id)
        places.append(Place(row, choice, ahead, wait, reckoning.yardstick(house, present, row, ahead)))
        ahead += choice.ticket.is_free
    return places
