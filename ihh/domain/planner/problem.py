"""A planning problem as frozen values: what the house offers and what a party asks for.

Times of day are minutes from local midnight, spans are half-open, durations are minutes.
`read.parse_problem` builds these from the `ihh-visit-plan/1` format; the rest of the product
builds them from its live calendars. The planner trusts them: only the reader checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Span = tuple[int, int]
"""Half-open (start, end), minutes from local midnight."""

Spans = tuple[Span, ...]
"""In any order; they may overlap, and those that touch count as one."""

Lane = int
"""A day's slots as a bitmask: bit `s` is slot `s` of the grid from 00:00."""

Mode = Literal["desk", "walk_in"]
Prefer = Literal["earliest", "shortest", "balanced"]


@dataclass(frozen=True)
class PlannedService:
    id: str
    agency: str
    mode: Mode
    base_min: int
    per_extra_person_min: int
    wait_min: int = 0
    """Wait in the line; counts in a walk-in leg only."""
    after: tuple[str, ...] = ()
    """Services that come first, for a person who has both."""
    open: Mapping[date, Spans] = field(default_factory=dict)
    """When a walk-in line takes people; a desk service's hours are its desks'."""

    def duration_min(self, people: int) -> int:
        """Minutes a leg of so many people takes, before rounding to the grid."""
        wait = self.wait_min if self.mode == "walk_in" else 0
        return self.base_min + self.per_extra_person_min * (people - 1) + wait


@dataclass(frozen=True)
class PlannedDesk:
    id: str
    agency: str
    services: tuple[str, ...]
    languages: tuple[str, ...]
    open: Mapping[date, Spans] = field(default_factory=dict)
    busy: Mapping[date, Spans] = field(default_factory=dict)
    """May overlap itself and lie outside `open`."""
    free: Mapping[date, Lane] | None = None
    """The free slots ready made; where given, `open` and `busy` are not read."""
    kept: Mapping[str, Mapping[date, Lane]] = field(default_factory=dict)
    """Service → the slots in which this desk does not take it, free or not."""


@dataclass(frozen=True)
class LegRequest:
    service: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    legs: tuple[LegRequest, ...]
    language: str
    first: date
    last: date
    """The last date of the range, included."""
    not_before: int
    not_after: int
    prefer: Prefer = "balanced"
    options: int = 5
    """How many options at most."""


@dataclass(frozen=True)
class Problem:
    id: str
    grid_min: int
    walk_same: int
    """Walk between two agencies of one zone; inside one agency there is none."""
    walk_other: int
    agencies: Mapping[str, str]
    """Agency id → zone."""
    services: Mapping[str, PlannedService]
    desks: tuple[PlannedDesk, ...]
    request: Request
