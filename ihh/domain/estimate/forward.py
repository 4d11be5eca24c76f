"""The cold-start estimate: one deterministic run forward with planned durations, wide margins.

Each desk takes, in calling order, the first ticket it can serve; services last as planned. The
middle is the minute at which a ticket is taken, the interval is ± 40 % of it and never narrower
than five minutes. It knows nothing of people who have yet to arrive, so it is a range and no promise.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from ihh.domain.estimate.wait import Wait

MARGIN = 0.4
LEAST_MIN = 5
"""Added above the margin: even who is next may wait this long."""


@dataclass(frozen=True)
class OpenDesk:
    id: str
    free_in_min: float
    """Expected minutes until the desk can call, 0 when idle."""


@dataclass(frozen=True)
class QueuedTicket:
    """A ticket in calling order."""

    ticket_id: int
    desks: frozenset[str]
    """The desks that have its service and language."""
    planned_min: float
    not_before_min: float = 0
    """Keeps an early appointment until its time."""


def waits(line: Sequence[QueuedTicket], desks: Sequence[OpenDesk]) -> dict[int, Wait]:
    """Ticket id → wait; tickets no open desk can serve are left out (nothing honest can be said)."""
    free_at = [(desk.free_in_min, index) for index, desk in enumerate(desks)]
    heapq.heapify(free_at)
    left = list(line)
    found: dict[int, Wait] = {}
    while free_at and left:
        at, index = heapq.heappop(free_at)
        able = [item for item in left if desks[index].id in item.desks]
        if not able:
            continue
        # An early appointment waits for its time without keeping the desk from others.
        ticket = next((item for item in able if item.not_before_min <= at), None) or min(
            able, key=lambda item: item.not_before_min
        )
        left.remove(ticket)
        called = max(at, ticket.not_before_min)
        found[ticket.ticket_id] = as_range(called)
        heapq.heappush(free_at, (called + ticket.planned_min, index))
    return found


def as_range(middle: float) -> Wait:
    """The range around an expected wait in minutes."""
    return Wait(middle * (1 - MARGIN), middle, middle * (1 + MARGIN) + LEAST_MIN)
