"""Lines: who waits for what, in the order in which they will be called, and how long it may take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ihh.db import db
from ihh.domain.calling import Choice, LineTicket, ReasonCode, calling_order
from ihh.domain.daytime import local_day
from ihh.domain.estimate import OpenDesk, QueuedTicket, Wait, waits
from ihh.domain.house import Desk, House, desk_serves
from ihh.domain.party import people_of
from ihh.domain.ticket import AT_DESK, TicketAction, TicketState
from ihh.models import DeskSession, Engagement, QueueEvent, Ticket, Visit


@dataclass(frozen=True)
class Place:
    """A waiting ticket with its place in its agency's line."""

    ticket: Ticket
    visit: Visit
    choice: Choice
    ahead: int
    """Free visitors called before this one, by the rule as it stands now."""
    wait: Wait | None
    """None where no open desk can serve the ticket."""


def line_of_desk(house: House, desk: Desk, *, now: datetime) -> list[Choice]:
    """The tickets the desk may call, best first, those busy elsewhere included."""
    rows = [
        (ticket, visit)
        for ticket, visit in _waiting(house, [desk.agency], now=now)
        if desk_serves(house, desk, ticket.service_id, visit.language)
    ]
    return _ordered(house, rows, now=now)


def agency_lines(house: House, *, now: datetime, agencies: Sequence[str] = ()) -> dict[str, list[Place]]:
    """Agency → its waiting tickets in calling order with estimates; all agencies by default."""
    rows = _waiting(house, agencies, now=now)
    by_agency: dict[str, list[tuple[Ticket, Visit]]] = defaultdict(list)
    for ticket, visit in rows:
        by_agency[ticket.agency_id].append((ticket, visit))
    desks = open_desks(house, now=now)
    line_tickets = _line_tickets([row for rows in by_agency.values() for row in rows])
    return {
        agency_id: _places(house, agency_rows, line_tickets, desks.get(agency_id, []), now=now)
        for agency_id, agency_rows in by_agency.items()
    }


def wait_for_newcomer(
    house: House, places: Sequence[Place], desks: Sequence[OpenDesk], *, now: datetime
) -> Wait | None:
    """What one who joined an agency's line now, behind everybody, would be told; None: no desk is open."""
    everywhere = frozenset(desk.id for desk in desks)
    last = QueuedTicket(-1, everywhere, 0)
    return waits([*(_queued(house, place, now=now) for place in places), last], desks).get(-1)


def open_desks(house: House, *, now: datetime) -> dict[str, list[OpenDesk]]:
    """Agency → its desks that call now, with the minutes until each is expected to be free."""
    sessions = select(DeskSession.desk_id).where(
        DeskSession.closed_at.is_(None), DeskSession.paused_at.is_(None)
    )
    today = local_day(now, timezone=house.timezone)
    at_desk = select(Ticket).where(Ticket.service_date == today, Ticket.state.in_(AT_DESK))
    in_use = {ticket.desk_id: ticket for ticket in db.session.scalars(at_desk)}
    found: dict[str, list[OpenDesk]] = defaultdict(list)
    for desk_id in sorted(db.session.scalars(sessions)):
        desk = house.desk.get(desk_id)
        if desk is not None:
            found[desk.agency].append(_open_desk(house, desk, in_use.get(desk_id), now))
    return found


def _open_desk(house: House, desk: Desk, ticket: Ticket | None, now: datetime) -> OpenDesk:
    free_in = 0.0
    if ticket is not None:
        planned = house.service[ticket.service_id].planned_min(len(people_of(ticket.people)))
        since = ticket.resumed_at or ticket.last_called_at or now
        # A service that has outlasted its plan is expected to go on a little, not to end this second.
        free_in = max(planned - (now - since).total_seconds() / 60, 2.0)
    return OpenDesk(desk.id, free_in)


def _waiting(house: House, agencies: Sequence[str], *, now: datetime) -> list[tuple[Ticket, Visit]]:
    today = local_day(now, timezone=house.timezone)
    query = (
        select(Ticket, Visit)
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(Ticket.service_date == today, Ticket.state == TicketState.WAITING)
        .order_by(Ticket.id)
    )
    if agencies:
        query = query.where(Ticket.agency_id.in_(agencies))
    return [(ticket, visit) for ticket, visit in db.session.execute(query)]


def _ordered(house: House, rows: Sequence[tuple[Ticket, Visit]], *, now: datetime) -> list[Choice]:
    if not rows:
        return []
    tickets = _line_tickets(rows)
    return calling_order(
        (tickets[ticket.id] for ticket, _ in rows),
        now=now,
        policy=house.policy,
        after_overdue=_after_overdue(rows[0][0]),
    )


def _places(
    house: House,
    rows: Sequence[tuple[Ticket, Visit]],
    tickets: dict[int, LineTicket],
    desks: Sequence[OpenDesk],
    *,
    now: datetime,
) -> list[Place]:
    order = calling_order(
        (tickets[ticket.id] for ticket, _ in rows),
        now=now,
        policy=house.policy,
        after_overdue=_after_overdue(rows[0][0]),
    )
    by_id = {ticket.id: (ticket, visit) for ticket, visit in rows}
    places, ahead = [], 0
    for choice in order:
        ticket, visit = by_id[choice.ticket.ticket_id]
        places.append(Place(ticket, visit, choice, ahead, None))
        ahead += choice.ticket.is_free
    found = waits([_queued(house, place, now=now) for place in places], desks)
    return [
        Place(place.ticket, place.visit, place.choice, place.ahead, found.get(place.ticket.id))
        for place in places
    ]


def _queued(house: House, place: Place, *, now: datetime) -> QueuedTicket:
    ticket, early = place.ticket, 0.0
    if ticket.booked_at is not None:
        due = ticket.booked_at - timedelta(minutes=house.policy.early_min)
        early = max((due - now).total_seconds() / 60, 0.0)
    language = place.visit.language
    able = (desk.id for desk in house.desks if desk_serves(house, desk, ticket.service_id, language))
    planned = house.service[ticket.service_id].planned_min(len(people_of(ticket.people)))
    return QueuedTicket(ticket.id, frozenset(able), planned, early)


def _line_tickets(rows: Sequence[tuple[Ticket, Visit]]) -> dict[int, LineTicket]:
    """What the calling rule needs to know of each ticket, in two more queries whatever their number."""
    visit_ids = {visit.id for _, visit in rows}
    engaged = _engaged(visit_ids)
    siblings: dict[str, list[Ticket]] = defaultdict(list)
    for sibling in db.session.scalars(select(Ticket).where(Ticket.visit_id.in_(visit_ids))):
        siblings[sibling.visit_id].append(sibling)
    return {
        ticket.id: LineTicket(
            ticket_id=ticket.id,
            visit_id=visit.id,
            number=visit.queue_number or "",
            arrived_at=visit.checked_in_at or ticket.issued_at,
            received=timedelta(seconds=sum(other.served_seconds for other in siblings[visit.id])),
            booked_at=ticket.booked_at,
            need_at=ticket.need_at,
            is_excused=_is_excused(ticket, siblings[visit.id]),
            is_free=not engaged[visit.id] & set(people_of(ticket.people)),
        )
        for ticket, visit in rows
    }


def _engaged(visit_ids: Iterable[str]) -> dict[str, set[str]]:
    """Visit → its people who are at a desk or called to one."""
    busy: dict[str, set[str]] = defaultdict(set)
    query = select(Engagement.visit_id, Engagement.person).where(Engagement.visit_id.in_(list(visit_ids)))
    for visit_id, person in db.session.execute(query):
        busy[visit_id].add(person)
    return busy


def _is_excused(ticket: Ticket, siblings: Iterable[Ticket]) -> bool:
    """Whether the house itself kept the visitor from the booked time."""
    booked = ticket.booked_at
    if booked is None:
        return False
    if ticket.issued_at <= booked and ticket.joined_at is not None and ticket.joined_at > booked:
        return True  # locked until after its time
    return any(
        other.id != ticket.id
        and other.started_at is not None
        and other.started_at <= booked
        and (other.ended_at is None or other.ended_at >= booked)
        for other in siblings
    )


def _after_overdue(ticket: Ticket) -> bool:
    """Whether the last call of the ticket's agency today was an overdue walk-in."""
    last = (
        select(QueueEvent.detail)
        .where(
            QueueEvent.service_date == ticket.service_date,
            QueueEvent.agency_id == ticket.agency_id,
            QueueEvent.action == TicketAction.CALL,
        )
        .order_by(QueueEvent.revision.desc())
        .limit(1)
    )
    detail = db.session.execute(last).scalar()
    return detail is not None and detail.get("reason") == ReasonCode.OVERDUE
