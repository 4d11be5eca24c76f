"""What recorded days teach: lengths of services, pace, punctuality, patience. Pure, and linear in its facts.

Every value is shrunk to a plain guess with the weight of so many observations, so that a first day
teaches something and a single odd one not too much.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ihh.domain.estimate.history import (
    COLD,
    LOG_SD,
    NORMAL_SHAPE,
    PATIENCE_EDGES,
    SHAPE_SHARES,
    SHARES,
    History,
    ServiceTime,
    planned_log,
)
from ihh.domain.estimate.situation import DoneToday

SHORTEST_MIN, LONGEST_MIN = 0.5, 240.0
"""A service outside is counted as one at the bound: a clerk forgot to press a button."""
MEAN_WEIGHT, OFFSET_WEIGHT, SIZE_WEIGHT, SPREAD_WEIGHT, SHAPE_WEIGHT = 8.0, 4.0, 20.0, 20.0, 200.0
PACE_WEIGHT, SHOW_WEIGHT, CALL_WEIGHT, TURN_WEIGHT = 10.0, 20.0, 50.0, 20.0
LEAVING_WEIGHT_MIN = 500.0
"""Weights of the guesses, in observations of the same kind."""
FEWEST_IN_GROUP = 4
"""Services from which the pace of a day or a desk is judged."""
ROUNDS = 4

K = TypeVar("K")
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Served:
    """A completed service of known length."""

    day: date
    agency: str
    desk: str
    service: str
    size: int
    planned: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Stay:
    """Minutes in the house until a first service began, or until the visitor gave up."""

    is_booked: bool
    minutes: float
    gave_up: bool


@dataclass(frozen=True)
class Days:
    """Facts of the days that are learned from."""

    served: Sequence[Served] = ()
    stays: Sequence[Stay] = ()
    lateness: Sequence[float | None] = ()
    """Of each booked visit that was not cancelled: minutes after its first appointment; None: never came."""
    calls: int = 0
    unanswered: int = 0
    ways: Sequence[float] = ()
    """Minutes from call to start."""
    turns: Sequence[float] = ()
    """Minutes from the end of a service to the desk's next call, where somebody waited."""
    count: int = 0


@dataclass
class _Sum:
    n: int = 0
    sum: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        self.sum += value

    def mean(self, weight: float, prior: float = 0.0) -> float:
        return (self.sum + weight * prior) / (self.n + weight)


def learn(days: Days) -> History:
    logs = [math.log(min(max(fact.minutes, SHORTEST_MIN), LONGEST_MIN)) for fact in days.served]
    offsets, size_offsets = _offsets(days.served, logs)
    means = _means(days.served, logs, offsets, size_offsets)
    left = [log - means[_key(fact)][1] for log, fact in zip(logs, days.served, strict=True)]
    sds = _spreads(days.served, left)
    paces = _day_paces(days.served, left, sds)
    left = [
        value - paces.effects[fact.day, fact.agency] for value, fact in zip(left, days.served, strict=True)
    ]
    desks = _desk_paces(days.served, left, sds)
    came = [late for late in days.lateness if late is not None]
    return History(
        services={key: ServiceTime(n, mean, sds[key[0]]) for key, (n, mean) in means.items()},
        offsets=offsets,
        size_offsets=size_offsets,
        desks=desks.effects,
        day_sd=paces.sd,
        desk_sd=desks.sd,
        shape=_shape([value / sds[fact.service] for value, fact in zip(left, days.served, strict=True)]),
        show_rate=_rate(len(came), len(days.lateness), COLD.show_rate, SHOW_WEIGHT),
        lateness=_quantiles(came, SHARES, COLD.lateness, SHOW_WEIGHT),
        unanswered_rate=_rate(days.unanswered, days.calls, COLD.unanswered_rate, CALL_WEIGHT),
        leaving={
            kind: _leaving([stay for stay in days.stays if stay.is_booked == (kind == "booked")])
            for kind in COLD.leaving
        },
        way_min=_mean(days.ways, COLD.way_min, TURN_WEIGHT),
        turn_min=_mean(days.turns, COLD.turn_min, TURN_WEIGHT),
        days=days.count,
    )


def learn_today(done: Iterable[DoneToday]) -> History:
    """On a house's first day: from what it has completed so far."""
    return learn(
        Days(
            [
                Served(date.min, item.agency, item.desk, item.service, item.size, item.planned, minutes)
                for item in done
                for minutes in item.minutes
            ]
        )
    )


def _key(fact: Served) -> Key:
    return fact.service, fact.size


def _offsets(served: Sequence[Served], logs: Sequence[float]) -> tuple[dict[str, float], dict[int, float]]:
    """What a service, and what a party's size, adds to the logarithm of the configured minutes.

    Found in turn, each from what the others leave over.
    """
    excess = [log - planned_log(fact.planned) for log, fact in zip(logs, served, strict=True)]
    of_service: dict[str, float] = {}
    of_size: dict[int, float] = {}
    for _ in range(ROUNDS):
        of_service = _shrunk(
            (
                (fact.service, value - of_size.get(fact.size, 0.0))
                for value, fact in zip(excess, served, strict=True)
            ),
            OFFSET_WEIGHT,
        )
        of_size = _shrunk(
            (
                (fact.size, value - of_service[fact.service])
                for value, fact in zip(excess, served, strict=True)
            ),
            SIZE_WEIGHT,
        )
    return of_service, of_size


def _shrunk(pairs: Iterable[tuple[K, float]], weight: float) -> dict[K, float]:
    seen: dict[K, _Sum] = defaultdict(_Sum)
    for key, value in pairs:
        seen[key].add(value)
    return {key: total.mean(weight) for key, total in seen.items()}


def _means(
    served: Sequence[Served],
    logs: Sequence[float],
    of_service: Mapping[str, float],
    of_size: Mapping[int, float],
) -> dict[Key, tuple[int, float]]:
    """Count and mean of the logarithm by service and size, shrunk to what their offsets say."""
    seen: dict[Key, _Sum] = defaultdict(_Sum)
    planned = {_key(fact): fact.planned for fact in served}
    for fact, log in zip(served, logs, strict=True):
        seen[_key(fact)].add(log)
    return {
        (service, size): (
            total.n,
            total.mean(
                MEAN_WEIGHT,
                planned_log(planned[service, size]) + of_service[service] + of_size[size],
            ),
        )
        for (service, size), total in seen.items()
    }


def _spreads(served: Sequence[Served], left: Sequence[float]) -> dict[str, float]:
    """Service → spread of the logarithm within one size."""
    seen: dict[str, _Sum] = defaultdict(_Sum)
    for fact, value in zip(served, left, strict=True):
        seen[fact.service].add(value * value)
    return {service: math.sqrt(squares.mean(SPREAD_WEIGHT, LOG_SD**2)) for service, squares in seen.items()}


@dataclass(frozen=True)
class _Paces(Generic[K]):
    sd: float
    effects: dict[K, float]
    """Shrunk towards 0 by what the spread between days or desks allows."""


def _day_paces(
    served: Sequence[Served], left: Sequence[float], sds: Mapping[str, float]
) -> _Paces[tuple[date, str]]:
    return _paces([(fact.day, fact.agency) for fact in served], served, left, sds, COLD.day_sd)


def _desk_paces(served: Sequence[Served], left: Sequence[float], sds: Mapping[str, float]) -> _Paces[str]:
    return _paces([fact.desk for fact in served], served, left, sds, COLD.desk_sd)


def _paces(
    groups: Sequence[K],
    served: Sequence[Served],
    left: Sequence[float],
    sds: Mapping[str, float],
    guess: float,
) -> _Paces[K]:
    """Spread of the groups' means beyond what chance explains (method of moments), and each group's mean."""
    seen: dict[K, _Sum] = defaultdict(_Sum)
    noise: dict[K, float] = defaultdict(float)
    for group, fact, value in zip(groups, served, left, strict=True):
        seen[group].add(value)
        noise[group] += sds[fact.service] ** 2
    beyond = _Sum()
    for group, total in seen.items():
        if total.n >= FEWEST_IN_GROUP:
            beyond.add((total.sum**2 - noise[group]) / total.n**2)
    variance = max(beyond.mean(PACE_WEIGHT, guess**2), 0.0)
    effects = {
        group: total.sum / (total.n + noise[group] / total.n / variance) if variance else 0.0
        for group, total in seen.items()
    }
    return _Paces(math.sqrt(variance), effects)


def _shape(standard: Sequence[float]) -> tuple[float, ...]:
    return _quantiles(standard, SHAPE_SHARES, NORMAL_SHAPE, SHAPE_WEIGHT)


def _quantiles(
    values: Sequence[float], shares: Sequence[float], guess: Sequence[float], weight: float
) -> tuple[float, ...]:
    """The values at these shares, mixed with the guess."""
    if not values:
        return tuple(guess)
    ordered, trust = sorted(values), len(values) / (len(values) + weight)
    found = (ordered[min(int(share * len(ordered)), len(ordered) - 1)] for share in shares)
    return tuple(trust * value + (1 - trust) * plain for value, plain in zip(found, guess, strict=True))


def _leaving(stays: Sequence[Stay]) -> tuple[float, ...]:
    """Share that leaves in a minute, for each stretch of a stay."""
    rates = []
    for begins, ends, guess in zip(
        PATIENCE_EDGES, (*PATIENCE_EDGES[1:], math.inf), COLD.leaving["walk_in"], strict=True
    ):
        minutes = math.fsum(min(stay.minutes, ends) - begins for stay in stays if stay.minutes > begins)
        left = sum(stay.gave_up and begins < stay.minutes <= ends for stay in stays)
        rates.append((left + guess * LEAVING_WEIGHT_MIN) / (minutes + LEAVING_WEIGHT_MIN))
    return tuple(rates)


def _rate(happened: int, of: int, guess: float, weight: float) -> float:
    return (happened + guess * weight) / (of + weight)


def _mean(values: Sequence[float], guess: float, weight: float) -> float:
    return (math.fsum(values) + guess * weight) / (len(values) + weight)
