"""The line at a desk's screen: who waits, who is on hold and why, and what became of the last calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ihh.db import db
from ihh.domain.calling import Choice, Reason, ReasonCode
from ihh.domain.daytime import local_day
from ihh.domain.house import Agency, Desk, House, desk_serves
from ihh.domain.party import people_of
from ihh.domain.ticket import AT_DESK, HeldFor, TicketAction, TicketState
from ihh.models import QueueEvent, Ticket, Visit
from ihh.services import guidance, lines
from ihh.services.day_clock import BY as HOUSE
from ihh.services.guidance import Elsewhere


@dataclass(frozen=True)
class LastCall:
    """A ticket's last call, and how it was repeated."""

    at: datetime
    detail: Mapping[str, Any]
    """See `ihh.presentation.sentences.call_reason`."""
    recalls: int = 0
    by_itself: int = 0
    """How many of the recalls were the house's own."""


@dataclass(frozen=True)
class LineRow:
    ticket_id: int
    number: str
    reason: Reason
    need: str | None
    """Why a clerk marked the visitor as in need."""
    language: str
    speaks: bool
    """Whether this desk has the visitor's language."""
    people: int
    waited_min: int
    """Since arrival in the house."""
    is_next: bool
    is_free: bool
    with_agency: Agency | None
    """Who has the visitor now, where not free."""
    elsewhere: Elsewhere | None
    """When that is expected to be over, where it can be told."""


@dataclass(frozen=True)
class HeldRow:
    ticket_id: int
    number: str
    held_for: HeldFor
    since: datetime | None
    returns_at: datetime | None
    """When the house lets it wait again; None where someone or something ends the hold."""
    call: LastCall | None
    language: str
    people: int
    elsewhere: Elsewhere | None
    """Where a desk has the party meanwhile."""


def rows_of_line(house: House, desk: Desk, *, now: datetime) -> tuple[LineRow, ...]:
    """Those whom the desk may call, best first, those busy elsewhere included."""
    choices = lines.line_of_desk(house, desk, now=now)
    rows = _rows([choice.ticket.ticket_id for choice in choices])
    having = _agencies_having(
        house, [rows[choice.ticket.ticket_id][0] for choice in choices if not choice.ticket.is_free]
    )
    in_need = [choice.ticket.ticket_id for choice in choices if choice.reason.code is ReasonCode.NEED]
    needs = needs_of(in_need)
    first = next((choice for choice in choices if choice.ticket.is_free), None)
    return tuple(
        _line_row(desk, choice, *rows[choice.ticket.ticket_id], having, needs, choice is first, now=now)
        for choice in choices
    )


def rows_on_hold(house: House, desk: Desk, *, now: datetime) -> tuple[HeldRow, ...]:
    """The held visitors whom the desk may serve."""
    query = (
        select(Ticket, Visit)
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(
            Ticket.service_date == local_day(now, timezone=house.timezone),
            Ticket.agency_id == desk.agency,
            Ticket.state == TicketState.HELD,
        )
        .order_by(Ticket.id)
    )
    rows = [
        (ticket, visit)
        for ticket, visit in db.session.execute(query)
        if desk_serves(house, desk, ticket.service_id, visit.language)
    ]
    calls = last_calls([ticket.id for ticket, _ in rows])
    return tuple(_held_row(ticket, visit, calls.get(ticket.id), now=now) for ticket, visit in rows)


def last_calls(ticket_ids: Sequence[int]) -> dict[int, LastCall]:
    """Ticket id → its last call."""
    found: dict[int, LastCall] = {}
    for event in _events(ticket_ids, TicketAction.CALL, TicketAction.RECALL):
        assert event.ticket_id is not None  # both actions are a ticket's
        before = found.get(event.ticket_id)
        if event.action == TicketAction.CALL:
            found[event.ticket_id] = LastCall(event.at, event.detail)
        elif before is not None:
            by_itself = before.by_itself + (event.actor == HOUSE)
            found[event.ticket_id] = LastCall(before.at, before.detail, before.recalls + 1, by_itself)
    return found


def needs_of(ticket_ids: Sequence[int]) -> dict[int, str]:
    """Ticket id → why a clerk marked its visitor as in need, as the last mark says."""
    return {
        event.ticket_id: str(event.detail.get("why", ""))
        for event in _events(ticket_ids, TicketAction.MARK_NEED)
        if event.ticket_id is not None
    }


def _line_row(
    desk: Desk,
    choice: Choice,
    ticket: Ticket,
    visit: Visit,
    having: Mapping[int, Agency],
    needs: Mapping[int, str],
    is_next: bool,
    *,
    now: datetime,
) -> LineRow:
    agency = having.get(ticket.id)
    elsewhere = guidance.elsewhere(visit.id, now=now) if agency is not None else None
    return LineRow(
        ticket_id=ticket.id,
        number=choice.ticket.number,
        reason=choice.reason,
        need=needs.get(ticket.id),
        language=visit.language,
        speaks=visit.language in desk.languages,
        people=len(people_of(ticket.people)),
        waited_min=max(int((now - choice.ticket.arrived_at) / timedelta(minutes=1)), 0),
        is_next=is_next,
        is_free=choice.ticket.is_free,
        with_agency=agency,
        # Of a party that is at two desks only one end is reckoned: the other is not this ticket's.
        elsewhere=elsewhere if elsewhere and agency and elsewhere.agency_id == agency.id else None,
    )


def _held_row(ticket: Ticket, visit: Visit, call: LastCall | None, *, now: datetime) -> HeldRow:
    held_for = HeldFor(ticket.held_for) if ticket.held_for is not None else HeldFor.CLERK
    waits_for_people = held_for is HeldFor.LOST_TIME
    return HeldRow(
        ticket_id=ticket.id,
        number=visit.queue_number or "",
        held_for=held_for,
        since=ticket.held_at,
        returns_at=ticket.returns_at,
        call=call,
        language=visit.language,
        people=len(people_of(ticket.people)),
        elsewhere=guidance.elsewhere(visit.id, now=now) if waits_for_people else None,
    )


def _rows(ticket_ids: Sequence[int]) -> dict[int, tuple[Ticket, Visit]]:
    query = select(Ticket, Visit).join(Visit, Ticket.visit_id == Visit.id).where(Ticket.id.in_(ticket_ids))
    return {ticket.id: (ticket, visit) for ticket, visit in db.session.execute(query)} if ticket_ids else {}


def _agencies_having(house: House, tickets: Sequence[Ticket]) -> dict[int, Agency]:
    """Ticket id → the agency that has one of its people at a desk now."""
    if not tickets:
        return {}
    visit_ids = {ticket.visit_id for ticket in tickets}
    query = select(Ticket).where(Ticket.visit_id.in_(visit_ids), Ticket.state.in_(AT_DESK))
    busy = list(db.session.scalars(query))
    return {
        ticket.id: house.agency[other.agency_id]
        for ticket in tickets
        for other in busy
        if other.visit_id == ticket.visit_id and other.people & ticket.people
    }


def _events(ticket_ids: Sequence[int], *actions: TicketAction) -> Iterable[QueueEvent]:
    """These actions on these tickets, oldest first."""
    if not ticket_ids:
        return []
    query = (
        select(QueueEvent)
        .where(QueueEvent.ticket_id.in_(ticket_ids), QueueEvent.action.in_(actions))
        .order_by(QueueEvent.id)
    )
    return db.session.scalars(query)
