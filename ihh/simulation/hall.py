"""Who is in the house and what each line holds, folded from the queue events and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from ihh.db import db
from ihh.domain.house import Desk, House, desk_serves
from ihh.domain.ticket import AT_DESK, OPEN, TicketAction, TicketState
from ihh.domain.visit import VisitAction
from ihh.models import QueueEvent, Ticket, Visit


@dataclass
class Standing:
    """A ticket as the events tell it."""

    id: int
    visit_id: str
    agency: str
    service: str
    people: int
    state: TicketState
    desk: str | None = None
    """Where it was last called."""
    calls: int = 0


@dataclass
class Guest:
    """A visit in the house."""

    visit_id: str
    language: str
    arrived_at: datetime
    tickets: dict[int, Standing] = field(default_factory=dict)
    has_started: bool = False

    @property
    def busy(self) -> int:
        """Bit mask of the people called to a desk or served at one."""
        mask = 0
        for standing in self.tickets.values():
            if standing.state in AT_DESK:
                mask |= standing.people
        return mask


class Hall:
    def __init__(self, house: House) -> None:
        self.house = house
        self.guests: dict[str, Guest] = {}
        self.at_desk: dict[str, Standing] = {}
        """Desk → whom it has called or serves."""
        self.lines: dict[str, dict[int, Standing]] = defaultdict(dict)
        """Agency → its waiting tickets."""
        self.touched: set[str] = set()
        """Agencies where somebody may have become callable, or a desk free, since the desks last looked."""

    def hear(self, event: QueueEvent) -> Standing | None:
        """Take an event in; the ticket it is about, None where it is about a visit as a whole."""
        if event.visit_id is None:
            return None
        if event.ticket_id is None:
            self._visit(event, event.visit_id)
            return None
        guest = self.guests.get(event.visit_id) or self._enter(event.visit_id, event.at)
        standing = guest.tickets.get(event.ticket_id)
        if standing is None:
            standing = guest.tickets[event.ticket_id] = _standing(event, event.ticket_id)
        self._ticket(guest, standing, event)
        return standing

    def can_call(self, desk: Desk) -> bool:
        """Whether somebody waits whom the desk may call, and who is at no desk."""
        return any(
            desk_serves(self.house, desk, standing.service, guest.language)
            and not guest.busy & standing.people
            for standing in self.lines[desk.agency].values()
            if (guest := self.guests.get(standing.visit_id)) is not None
        )

    @property
    def is_anyone_out(self) -> bool:
        """Whether someone is called or held: for nobody else the house's clock has anything to do."""
        return any(
            standing.state in (TicketState.CALLED, TicketState.HELD)
            for guest in self.guests.values()
            for standing in guest.tickets.values()
        )

    @property
    def is_anyone_waiting(self) -> bool:
        return any(self.lines.values())

    def open_tickets(self, guest: Guest) -> list[Standing]:
        """Those that wait, are locked or held: whom a desk has is not among them."""
        return [
            standing
            for standing in guest.tickets.values()
            if standing.state in OPEN and standing.state not in AT_DESK
        ]

    def _visit(self, event: QueueEvent, visit_id: str) -> None:
        if event.action in (VisitAction.CHECK_IN, VisitAction.TAKE_NUMBER):
            self._enter(visit_id, event.at)
        elif event.action == VisitAction.END:
            self.guests.pop(visit_id, None)

    def _enter(self, visit_id: str, at: datetime) -> Guest:
        visit = db.session.get_one(Visit, visit_id)
        guest = self.guests[visit_id] = Guest(visit_id, visit.language, visit.checked_in_at or at)
        return guest

    def _ticket(self, guest: Guest, standing: Standing, event: QueueEvent) -> None:
        before, standing.state = standing.state, TicketState(event.after or standing.state)
        if event.action == TicketAction.CALL:
            standing.desk = event.desk_id
            standing.calls += 1
        guest.has_started = guest.has_started or standing.state is TicketState.SERVING
        if standing.state is TicketState.WAITING:
            self.lines[standing.agency][standing.id] = standing
            self.touched.add(standing.agency)
        else:
            self.lines[standing.agency].pop(standing.id, None)
        if standing.desk is not None:
            if standing.state in AT_DESK:
                self.at_desk[standing.desk] = standing
            elif before in AT_DESK:
                self.at_desk.pop(standing.desk, None)
                self.touched.update(other.agency for other in guest.tickets.values())


def _standing(event: QueueEvent, ticket_id: int) -> Standing:
    ticket = db.session.get_one(Ticket, ticket_id)
    return Standing(
        ticket_id,
        ticket.visit_id,
        ticket.agency_id,
        ticket.service_id,
        ticket.people,
        TicketState(event.after or ""),
    )
