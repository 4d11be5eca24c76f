"""How fast the desks are today, against what the house has learned: from the services they have completed."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ihh.domain.estimate.history import History
from ihh.domain.estimate.situation import DoneToday, Situation

LEAST_SD = 0.05
"""Even a service that has always taken the same does not tell a pace exactly."""


@dataclass(frozen=True)
class DeskPace:
    """Logarithm of what a desk's services take against the learned length: its mean, and what is unsure."""

    mean: float
    day_sd: float
    """Shared by the agency's desks."""
    desk_sd: float


@dataclass
class _Seen:
    weight: float = 0.0
    sum: float = 0.0


def paces(situation: Situation, history: History) -> list[DeskPace]:
    """The pace of each desk, in the situation's order: normal priors, updated by today's services.

    Agency first, desks by what the agency's pace leaves over; a desk's own prior is its learned mean.
    """
    by_agency: dict[str, list[DoneToday]] = defaultdict(list)
    for done in situation.done:
        by_agency[done.agency].append(done)
    doubts = _doubts(situation, history)
    found = []
    days: dict[str, tuple[float, float]] = {}
    own: dict[str, _Seen] = {}
    for desk in situation.desks:
        if desk.agency not in days:
            prior = history.day_sd**2 + doubts.get(desk.agency, 0.0) ** 2
            days[desk.agency] = _posterior(prior, _agency_seen(by_agency[desk.agency], history))
            own |= _desks_seen(by_agency[desk.agency], days[desk.agency][0], history)
        mean, day_sd = days[desk.agency]
        desk_mean, desk_sd = _posterior(history.desk_sd**2, own.get(desk.id, _Seen()))
        found.append(DeskPace(mean + history.desks.get(desk.id, 0.0) + desk_mean, day_sd, desk_sd))
    return found


def _doubts(situation: Situation, history: History) -> dict[str, float]:
    """Agency → how unsure the learned lengths of the services are that its visitors wait for."""
    found: dict[str, list[float]] = defaultdict(list)
    for ticket in situation.tickets:
        found[ticket.agency].append(history.doubt(ticket.service, ticket.people.bit_count()))
    return {agency: math.fsum(doubts) / len(doubts) for agency, doubts in found.items()}


def _agency_seen(done: Sequence[DoneToday], history: History) -> _Seen:
    seen = _Seen()
    for item in done:
        _add(seen, item, history, history.desks.get(item.desk, 0.0))
    return seen


def _desks_seen(done: Sequence[DoneToday], agency_mean: float, history: History) -> dict[str, _Seen]:
    found: dict[str, _Seen] = defaultdict(_Seen)
    for item in done:
        _add(found[item.desk], item, history, history.desks.get(item.desk, 0.0) + agency_mean)
    return found


def _add(seen: _Seen, done: DoneToday, history: History, expected: float) -> None:
    time = history.service(done.service, done.size, done.planned)
    weight = 1 / max(time.log_sd, LEAST_SD) ** 2
    for minutes in done.minutes:
        seen.weight += weight
        seen.sum += weight * (math.log(max(minutes, 0.5)) - time.log_mean - expected)


def _posterior(prior_variance: float, seen: _Seen) -> tuple[float, float]:
    """Mean and spread of a normal quantity around 0, given weighted observations of it."""
    if prior_variance <= 0:
        return 0.0, 0.0
    precision = 1 / prior_variance + seen.weight
    return seen.sum / precision, math.sqrt(1 / precision)
