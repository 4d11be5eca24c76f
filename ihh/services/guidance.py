"""What a party is told after something happened to it: how long it may wait, where to wait meanwhile,
and when one that is served elsewhere may be back.

Where the party should wait is kept in `Visit.guided_to`; `ihh.domain.guiding` has the rule.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from ihh.db import db, is_writing, transaction
from ihh.domain.daytime import local_day
from ihh.domain.guiding import Prospect, where_to_wait
from ihh.domain.house import House
from ihh.domain.party import people_of
from ihh.domain.ticket import TicketState
from ihh.models import Ticket, Visit
from ihh.models.ticket import IS_AT_DESK
from ihh.services import waits
from ihh.services.house import current_house
from ihh.services.waits import Place

log = logging.getLogger(__name__)

OUTLASTED_MIN = 2.0
"""A service that has outlasted its plan is expected to go on for this long, not to end this second."""

SPREAD = 0.4
"""How far the end of a service may lie from the expected one, as a share of what is left."""


@dataclass(frozen=True)
class Elsewhere:
    """An agency has the party at a desk; it is expected back in `low` to `high` minutes."""

    agency_id: str
    low: int
    high: int


def place_of(visit: Visit) -> str | None:
    """The agency in whose area the party was last told to wait; None before it waits for anything."""
    return visit.guided_to


def inform(visit_id: str, *, now: datetime) -> None:
    """Write down what a party is told that has begun to wait: the estimate of each new wait, and where to go.

    Does nothing inside a transaction: who began that informs when it is done. A failure is logged.
    """
    if is_writing():
        return
    try:
        _inform(visit_id, now=now)
    except Exception:  # what happened is safe in the database: telling it must not undo the answer
        log.exception("guidance failed")


def _inform(visit_id: str, *, now: datetime) -> None:
    waiting = _waiting(visit_id)
    if not waiting:
        return
    house = current_house()
    agencies = sorted({ticket.agency_id for ticket in waiting})
    told = db.session.get_one(Visit, visit_id, populate_existing=True).guided_to
    goes_to: str | None = agencies[0]
    fresh = {ticket.id for ticket in waiting if _is_fresh(ticket, now)}
    places = waits.places_of(visit_id, house, now=now) if fresh or len(agencies) > 1 else []
    if len(agencies) > 1:
        goes_to = _where_to_wait(house, places, told)
    if not fresh and goes_to in (None, told):
        return
    with transaction():
        for place in places:
            if place.ticket.id in fresh:
                waits.note(db.session.get_one(Ticket, place.ticket.id), place, now=now)
        if goes_to not in (None, told):
            _send({visit_id: (told, goes_to)})


def refresh(*, now: datetime) -> list[str]:
    """Look anew where each free party with a choice of lines should wait; the ids of those sent on."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    have_choice = (
        select(Visit.id, Visit.guided_to)
        .join(Ticket, Ticket.visit_id == Visit.id)
        .where(Ticket.service_date == today, Ticket.state == TicketState.WAITING)
        .group_by(Visit.id, Visit.guided_to)
        .having(func.count(Ticket.agency_id.distinct()) > 1)
    )
    told = {row.id: row.guided_to for row in db.session.execute(have_choice)}
    if not told:
        return []
    by_visit: dict[str, list[Place]] = defaultdict(list)
    for line in waits.agency_lines(house, now=now).values():
        for place in line:
            by_visit[place.ticket.visit_id].append(place)
    sent = {}
    for visit_id in told:
        goes_to = _where_to_wait(house, by_visit[visit_id], told[visit_id])
        if goes_to not in (None, told[visit_id]):
            sent[visit_id] = (told[visit_id], goes_to)
    if sent:
        with transaction():
            _send(sent)
    return sorted(sent)


def elsewhere(visit_id: str, *, now: datetime) -> Elsewhere | None:
    """Which agency has the party at a desk, and when it may be back; None when no desk has any of it.

    Of a party that is at two desks, the one expected to take longer.
    """
    house = current_house()
    query = select(Ticket).where(Ticket.visit_id == visit_id, IS_AT_DESK)
    left = {
        ticket.agency_id: _minutes_left(house, ticket, now)
        for ticket in db.session.scalars(query.execution_options(populate_existing=True))
    }
    if not left:
        return None
    agency_id = max(left, key=lambda agency: left[agency])
    minutes = left[agency_id]
    return Elsewhere(agency_id, math.floor(minutes * (1 - SPREAD)), math.ceil(minutes * (1 + SPREAD)))


def _waiting(visit_id: str) -> list[Ticket]:
    query = select(Ticket).where(Ticket.visit_id == visit_id, Ticket.state == TicketState.WAITING)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _is_fresh(ticket: Ticket, now: datetime) -> bool:
    """Whether the ticket has just begun to wait, and nothing has been said about it yet."""
    is_new = ticket.joined_at is not None and ticket.joined_at >= now
    return is_new and ticket.called_at is None and ticket.estimate_middle is None


def _where_to_wait(house: House, places: Iterable[Place], told: str | None) -> str | None:
    """None when nobody who waits is free to go anywhere."""
    prospects = [
        Prospect(place.ticket.agency_id, place.wait.middle if place.wait else None, place.ahead)
        for place in places
        if place.choice.ticket.is_free
    ]
    return where_to_wait(prospects, told=told, agencies=[agency.id for agency in house.agencies])


def _send(sent: Mapping[str, tuple[str | None, str | None]]) -> None:
    """Visit → (told until now, told from now on); one whom another process has sent on meanwhile stays."""
    for visit_id, (told, goes_to) in sent.items():
        as_seen = (Visit.id == visit_id, Visit.guided_to.is_not_distinct_from(told))
        db.session.execute(update(Visit).where(*as_seen).values(guided_to=goes_to))


def _minutes_left(house: House, ticket: Ticket, now: datetime) -> float:
    planned = house.service[ticket.service_id].planned_min(len(people_of(ticket.people)))
    served = float(ticket.served_seconds)
    if ticket.state == TicketState.SERVING and ticket.resumed_at is not None:
        served += (now - ticket.resumed_at).total_seconds()
    return max(planned - served / 60, OUTLASTED_MIN)
