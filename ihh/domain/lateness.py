"""Who runs late: when the people of a visit will be free again, and which appointments that misses.

All times are minutes from local midnight, as in the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ihh.domain.planner.replan import Ready

STILL_GOING_MIN = 2.0
"""A service that has outlasted its expected time is expected to go on a little, not to end this second."""


@dataclass(frozen=True)
class AtDesk:
    """A service that has begun, or someone called to one."""

    people: tuple[str, ...]
    agency: str
    since: float
    """Start of the service; of a call, when the visitor will have walked over."""
    expected_min: float


@dataclass(frozen=True)
class Due:
    """An appointment that has not begun."""

    leg: int
    people: tuple[str, ...]
    agency: str
    start: int


def ready(
    people: Iterable[str],
    at_desks: Sequence[AtDesk],
    *,
    now: float,
    agencies: Mapping[str, str | None],
) -> dict[str, Ready]:
    """When and where each person is free; `agencies` tells where those who are free now stand."""
    found = {person: Ready(at=_up(now), agency=agencies.get(person)) for person in people}
    for service in at_desks:
        ends = max(service.since + service.expected_min, now + STILL_GOING_MIN)
        for person in service.people:
            found[person] = Ready(at=_up(ends), agency=service.agency)
    return found


def missed(
    due: Iterable[Due], free: Mapping[str, Ready], *, late_min: int, walk: Mapping[tuple[str, str], int]
) -> list[Due]:
    """The appointments that someone will reach more than `late_min` after their time."""
    return [
        appointment
        for appointment in due
        if any(
            free[person].at + _walk(free[person], appointment.agency, walk) > appointment.start + late_min
            for person in appointment.people
        )
    ]


def _walk(free: Ready, agency: str, walk: Mapping[tuple[str, str], int]) -> int:
    return walk.get((free.agency, agency), 0) if free.agency is not None else 0


def _up(minutes: float) -> int:
    return -int(-minutes // 1)
