"""The yardstick beside every estimate: what the length of the line and an average say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ihh.domain.estimate.situation import DoneToday

MEASURED_FROM = 10
"""Completed services from which their mean counts instead of the configured minutes."""


def naive_wait(ahead: int, *, planned: float, done: Iterable[DoneToday], desks: Sequence[bool]) -> float:
    """(ahead + 1) × mean minutes of the agency's completed services ÷ desks; 0 where called at once.

    `ahead` counts the callable tickets ranked before, `desks` are the open ones that have the service
    and language (at least one is reckoned with): True where idle.
    """
    if ahead == 0 and any(desks):
        return 0.0
    minutes = [each for item in done for each in item.minutes]
    mean = math.fsum(minutes) / len(minutes) if len(minutes) >= MEASURED_FROM else planned
    return (ahead + 1) * mean / max(len(desks), 1)
