"""What the figures are counted from: one fact a visit, one a service it had or booked.

Facts are pseudonymous: no code, no link, no contact, no desk and no clerk. Days of this house become
facts when they have ended; years from another system come in as facts (`ihh import-events`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

HOUSE = "house"
"""Source of facts that this system recorded itself."""


@dataclass(frozen=True)
class ServiceFact:
    """A ticket, with its appointment if it had one, or an appointment for which nobody checked in."""

    agency: str
    service: str
    people: int
    """Bit mask, see `ihh.domain.party`."""
    state: str
    """Of its ticket (`TicketState`); "absent" where there never was one."""
    outcome: str | None = None
    booked_at: datetime | None = None
    joined_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    served_s: int = 0
    """Seconds at the desk, holds left out."""
    calls: int = 0
    estimate_low: float | None = None
    """Minutes, as told when it began to wait; with `middle`, `high` and the yardstick `naive`."""
    estimate_middle: float | None = None
    estimate_high: float | None = None
    estimate_naive: float | None = None
    csat: int | None = None
    effort: int | None = None


ABSENT = "absent"


@dataclass(frozen=True)
class VisitFact:
    """A visit that was booked and not cancelled, or that walked in."""

    day: date
    key: str
    """Unique within its source."""
    channel: str
    language: str
    customer_type: str
    party_size: int
    services: tuple[ServiceFact, ...]
    source: str = HOUSE
    municipality: str | None = None
    checked_in_at: datetime | None = None
    """None: never came."""
    ended_at: datetime | None = None
    moves: int = 0
    """How often the visitor moved it by the link."""
    is_synthetic: bool = False
    csat: int | None = None
    effort: int | None = None
    nps: int | None = None
