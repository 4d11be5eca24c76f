"""What the house has learned of its days; without history the configured values and plain guesses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

LOG_SD = 0.4
"""Spread of the logarithm of a service's length until it has been measured."""
DOUBT = 0.2
"""Spread of the logarithm by which the configured minutes may be off, until they have been measured."""
SHAPE_SHARES = (0.0005, 0.004, *((index + 0.5) / 40 for index in range(40)), 0.996, 0.9995)
NORMAL_SHAPE = tuple(NormalDist().inv_cdf(share) for share in SHAPE_SHARES)
"""Logarithms of lengths at `SHAPE_SHARES`, in spreads from their mean, where they are normal."""
SHARES = tuple((index + 0.5) / 20 for index in range(20))
"""Shares of the appointments at which lateness is kept."""
PUNCTUAL = tuple(-20.0 + 28.0 * share - 6.0 * (1 - share) ** 4 for share in SHARES)
PATIENCE_EDGES = (0.0, 15.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0)
"""Minutes in the house between which the rate of leaving is taken as constant."""
LEAVING = (0.0, 0.0005, 0.001, 0.002, 0.003, 0.003, 0.003, 0.003)


def planned_log(planned: float) -> float:
    """Mean of the logarithm of a length whose mean is as configured."""
    return math.log(max(planned, 1.0)) - LOG_SD**2 / 2


@dataclass(frozen=True)
class ServiceTime:
    """Length of a service for so many people: mean and spread of the logarithm of its minutes."""

    n: int
    log_mean: float
    log_sd: float


@dataclass(frozen=True)
class History:
    """Learned from recorded days by `ihh.domain.estimate.learning`; the defaults are a house without any."""

    services: Mapping[tuple[str, int], ServiceTime] = field(default_factory=dict)
    """By service and people; shrunk to the configured minutes where there is little history."""
    offsets: Mapping[str, float] = field(default_factory=dict)
    """Service → how far its logarithm lies from the configured one, for sizes that have not been seen."""
    size_offsets: Mapping[int, float] = field(default_factory=dict)
    desks: Mapping[str, float] = field(default_factory=dict)
    """Desk → how far the logarithm of its services lies from the average, shrunk."""
    day_sd: float = 0.12
    """Spread of the logarithm of an agency's pace between days."""
    desk_sd: float = 0.05
    shape: tuple[float, ...] = NORMAL_SHAPE
    """As `NORMAL_SHAPE`, measured."""
    show_rate: float = 0.92
    lateness: tuple[float, ...] = PUNCTUAL
    """Minutes after the first appointment at which its visitor checks in, at `SHARES`."""
    unanswered_rate: float = 0.03
    leaving: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: {"walk_in": LEAVING, "booked": LEAVING}
    )
    """Share of those waiting who leave in a minute, by `PATIENCE_EDGES`, while nothing has begun."""
    way_min: float = 0.5
    """From call to start."""
    turn_min: float = 0.3
    """From the end of a service to the next call, with someone waiting."""
    days: int = 0

    def service(self, service: str, size: int, planned: float) -> ServiceTime:
        known = self.services.get((service, size))
        if known is not None:
            return known
        offset = self.offsets.get(service, 0.0) + self.size_offsets.get(size, 0.0)
        return ServiceTime(0, planned_log(planned) + offset, LOG_SD)

    def doubt(self, service: str, size: int) -> float:
        """Spread of the logarithm by which the learned length of the service may still be off."""
        known = self.services.get((service, size))
        if known is None:
            return DOUBT if service not in self.offsets else DOUBT / 2
        return min(known.log_sd / math.sqrt(known.n), DOUBT)


COLD = History()


def to_document(history: History) -> dict[str, Any]:
    return {
        "days": history.days,
        "services": [
            [service, size, time.n, round(time.log_mean, 4), round(time.log_sd, 4)]
            for (service, size), time in sorted(history.services.items())
        ],
        "offsets": _rounded(history.offsets),
        "size_offsets": {str(size): round(offset, 4) for size, offset in history.size_offsets.items()},
        "desks": _rounded(history.desks),
        "day_sd": round(history.day_sd, 4),
        "desk_sd": round(history.desk_sd, 4),
        "shape": [round(value, 3) for value in history.shape],
        "show_rate": round(history.show_rate, 4),
        "lateness": [round(minutes, 2) for minutes in history.lateness],
        "unanswered_rate": round(history.unanswered_rate, 4),
        "leaving": {kind: [round(rate, 6) for rate in rates] for kind, rates in history.leaving.items()},
        "way_min": round(history.way_min, 3),
        "turn_min": round(history.turn_min, 3),
    }


def from_document(document: Mapping[str, Any]) -> History:
    """Raises KeyError, TypeError or ValueError for one of another make: learned anew the next night."""
    return History(
        services={
            (service, size): ServiceTime(n, log_mean, log_sd)
            for service, size, n, log_mean, log_sd in document["services"]
        },
        offsets=document["offsets"],
        size_offsets={int(size): offset for size, offset in document["size_offsets"].items()},
        desks=document["desks"],
        day_sd=document["day_sd"],
        desk_sd=document["desk_sd"],
        shape=tuple(document["shape"]),
        show_rate=document["show_rate"],
        lateness=tuple(document["lateness"]),
        unanswered_rate=document["unanswered_rate"],
        leaving={kind: tuple(rates) for kind, rates in document["leaving"].items()},
        way_min=document["way_min"],
        turn_min=document["turn_min"],
        days=document["days"],
    )


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in sorted(values.items())}
