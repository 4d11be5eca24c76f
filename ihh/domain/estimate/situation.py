"""What the estimate knows of the present: who waits, who is served, which desks there are.

Times are minutes from now (negative: ago), durations minutes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ihh.domain.house import Policy

NEVER = math.inf


class Stage(StrEnum):
    NEXT = "next"
    """A walk-in who may join the line soon: not a ticket yet."""
    LOOKING = "looking"
    """One who only asks how long the line is, and takes no desk's time."""
    COMING = "coming"
    """An appointment whose visitor has not checked in yet."""
    LOCKED = "locked"
    WAITING = "waiting"
    HELD = "held"
    CALLED = "called"
    SERVING = "serving"


AT_DESK = (Stage.CALLED, Stage.SERVING)


@dataclass(frozen=True, slots=True)
class TicketNow:
    """A ticket that may still take a desk's time."""

    id: int
    """Of an appointment to come the negative id of its leg."""
    visit: str
    agency: str
    service: str
    people: int
    """Bit mask, see `ihh.domain.party`."""
    planned: float
    """The configured minutes for so many people."""
    stage: Stage
    desks: frozenset[str] = frozenset()
    """The desks that have its service and language."""
    arrived: float = 0.0
    """Check-in; of an appointment to come the first appointment of its visit."""
    received: float = 0.0
    """Service the visitor has already received in the house today."""
    booked: float | None = None
    is_excused: bool = False
    """As in `ihh.domain.calling.LineTicket`."""
    need: float | None = None
    """When a clerk marked the visitor as in need."""
    after: tuple[int, ...] = ()
    """Tickets that must end before this one can be called."""
    returns: float = NEVER
    """When a held ticket comes back by itself."""
    was_unanswered: bool = False
    desk: str | None = None
    """Who has called or serves it."""
    since: float = 0.0
    """When it was called, or began to be served (holds left out)."""


@dataclass(frozen=True, slots=True)
class DeskNow:
    id: str
    agency: str
    opens: float = 0.0
    """When it can call, as far as its calendar says: 0 when open, `NEVER` when it will not open today."""
    breaks: tuple[tuple[float, float], ...] = ()
    """Times at which it only finishes whom it serves, in order."""
    closes: float = NEVER
    """When its last hours end: it then serves on, but only those who had checked in before."""


@dataclass(frozen=True, slots=True)
class DoneToday:
    """Services a desk has completed today, of one kind."""

    agency: str
    desk: str
    service: str
    size: int
    planned: float
    minutes: tuple[float, ...]


@dataclass(frozen=True)
class Situation:
    tickets: tuple[TicketNow, ...]
    desks: tuple[DeskNow, ...]
    policy: Policy = field(default_factory=Policy)
    done: tuple[DoneToday, ...] = ()
    after_overdue: frozenset[str] = frozenset()
    """Agencies whose last call was an overdue walk-in."""
    joining: Mapping[str, float] = field(default_factory=dict)
    """Agency → walk-ins who joined its line a minute lately."""
    minute: int = 0
    """Of the day; moves the draws on, so that an unlucky set of them does not stay all day."""
