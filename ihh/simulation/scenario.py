"""A scenario as frozen values: the days to play, and what only the scenario knows about them.

`reading.parse_scenario` builds these from the format `ihh-day/1`. Times of day are seconds from local
midnight, spans are half-open, durations are seconds unless the name says minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ihh.domain.house import LinePolicy

TIMEZONE = "Europe/Helsinki"

Span = tuple[int, int]


@dataclass(frozen=True)
class ScenarioService:
    id: str
    agency: str
    expected_min: float
    """What the house reckons with until it has learned better."""
    after: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioDesk:
    id: str
    agency: str
    services: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioPolicy:
    """All minutes; see `ihh.domain.house.Policy`."""

    overdue_min: float = 45
    early_min: float = 10
    late_min: float = 10
    lines: LinePolicy = LinePolicy.ALL


@dataclass(frozen=True)
class VisitorLeg:
    service: str
    length: int
    """How long the service will really take."""
    at: int | None
    """The booked time; None for a walk-in leg."""


@dataclass(frozen=True)
class Visitor:
    id: str
    arrives: int | None
    """None: booked, and never comes."""
    language: str
    people: int
    legs: tuple[VisitorLeg, ...]
    gives_up_after: int | None = None
    answers_calls: bool = True

    @property
    def is_booked(self) -> bool:
        return any(leg.at is not None for leg in self.legs)

    def leg(self, service: str) -> VisitorLeg:
        return next(leg for leg in self.legs if leg.service == service)


@dataclass(frozen=True)
class ScenarioDay:
    date: date
    desk_hours: Mapping[str, tuple[Span, ...]]
    """Of the desks that work that day: spans in order, with a break between each two."""
    visitors: tuple[Visitor, ...]


@dataclass(frozen=True)
class Scenario:
    id: str
    seed: int
    walk_same: int
    """Between two agencies of one zone; inside one agency there is no walk."""
    walk_other: int
    agencies: Mapping[str, str]
    """Agency id → zone."""
    services: Mapping[str, ScenarioService]
    desks: tuple[ScenarioDesk, ...]
    policy: ScenarioPolicy
    days: tuple[ScenarioDay, ...]

    def walk(self, start: str, end: str) -> int:
        """Seconds on foot from one agency's area to another's."""
        if start == end:
            return 0
        return self.walk_same if self.agencies[start] == self.agencies[end] else self.walk_other


def instant(day: date, second: int) -> datetime:
    """The UTC instant of a wall-clock second of `day`."""
    wall = datetime.combine(day, time(), ZoneInfo(TIMEZONE)) + timedelta(seconds=second)
    return wall.astimezone(UTC)
