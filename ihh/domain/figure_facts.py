"""What the figures are counted from: visits with their tickets and appointments, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ihh.domain.ticket import TicketState


@dataclass(frozen=True)
class TicketFact:
    service: str
    agency: str
    people: int
    """Bit mask, see `ihh.domain.party`."""
    state: str
    outcome: str | None
    booked_at: datetime | None
    joined_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    served_seconds: int

    @property
    def is_served(self) -> bool:
        return self.state == TicketState.COMPLETED


@dataclass(frozen=True)
class AppointmentFact:
    service: str
    agency: str
    people: int
    starts_at: datetime


@dataclass(frozen=True)
class VisitFact:
    """A visit that was booked and not cancelled, or that walked in; cancelled tickets are left out."""

    day: date
    channel: str
    language: str
    party_size: int
    state: str
    checked_in_at: datetime | None
    tickets: tuple[TicketFact, ...] = ()
    appointments: tuple[AppointmentFact, ...] = ()


@dataclass(frozen=True)
class Share:
    """The part of a visit that belongs to one row of a table: all of it, or what one agency or hour had."""

    visit: VisitFact
    tickets: tuple[TicketFact, ...]
    appointments: tuple[AppointmentFact, ...]
    is_whole: bool

    @property
    def customers(self) -> int:
        """Who came: the whole party, or those whom the row's tickets are for."""
        if self.visit.checked_in_at is None:
            return 0
        return self.visit.party_size if self.is_whole else people_in(self.tickets)


def people_in(facts: Iterable[TicketFact | AppointmentFact]) -> int:
    """How many different people of one visit the facts are about."""
    mask = 0
    for fact in facts:
        mask |= fact.people
    return mask.bit_count()
