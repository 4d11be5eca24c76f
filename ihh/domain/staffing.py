"""How many desks an agency needs, half hour by half hour, for its waiting target.

Arrivals change over the day, so a half hour is not staffed for those who come in it but for those who
are there: the modified offered load (Jennings, Mandelbaum, Massey and Whitt, "Server staffing to meet
time-varying demand", Management Science 1996) is the expected number of busy desks if there were always
one free,

    m(t) = sum over earlier moments u of  arrivals(u) × P(service time > t − u).

In each half hour the line is then taken for one in equilibrium with that load (Erlang C), and the
fewest desks are counted with which the wanted share waits no longer than the target. It is a first
answer: appointments, languages and breaks are not in it, so a played day has the last word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BIN_MIN = 5
"""Width of the bins in which arrivals are counted."""
PERIOD_MIN = 30
"""Desks are planned by the half hour."""
MOST_DESKS = 200


@dataclass(frozen=True)
class Target:
    """The share of visitors who should wait at most so many minutes."""

    wait_min: float
    share: float


@dataclass(frozen=True)
class Need:
    """What one half hour needs."""

    start: int
    """Minutes from local midnight."""
    arrivals: float
    """Expected tickets that join in it."""
    load: float
    """Largest modified offered load within it, in desks."""
    desks: int
    share_in_time: float
    """Expected share called within the target's minutes with these desks."""


def needs(
    arrivals: Sequence[float], service_min: Sequence[float], *, opens: int, target: Target
) -> list[Need]:
    """The need of each half hour from `opens` on.

    `arrivals` are the expected tickets in each five minutes from `opens`, minutes from local midnight;
    `service_min` a sample of service times in minutes. Without a sample or arrivals nothing is needed.
    """
    if not service_min:
        return []
    loads = offered_load(arrivals, service_min)
    mean = sum(service_min) / len(service_min)
    bins = PERIOD_MIN // BIN_MIN
    found = []
    for first in range(0, len(arrivals), bins):
        load = max(loads[first : first + bins])
        desks = fewest_desks(load, mean, target)
        found.append(
            Need(
                start=opens + first * BIN_MIN,
                arrivals=sum(arrivals[first : first + bins]),
                load=load,
                desks=desks,
                share_in_time=share_within(desks, load, mean, target.wait_min),
            )
        )
    return found


def offered_load(arrivals: Sequence[float], service_min: Sequence[float]) -> list[float]:
    """The modified offered load at the end of each bin; within a bin people come evenly."""
    ages = [_still_there(service_min, bins_ago) for bins_ago in range(len(arrivals))]
    return [
        sum(arrivals[earlier] * ages[at - earlier] for earlier in range(at + 1))
        for at in range(len(arrivals))
    ]


def erlang_c(desks: int, load: float) -> float:
    """The probability that a visitor has to wait at all; 1 where the desks can't keep up.

    By Erlang's B recursion, which stays exact where factorials overflow.
    """
    if load <= 0:
        return 0.0
    if desks <= load:
        return 1.0
    blocked = 1.0
    for count in range(1, desks + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / desks * (1 - blocked))


def share_within(desks: int, load: float, mean_min: float, wait_min: float) -> float:
    """The share of visitors who wait at most `wait_min` in equilibrium; 0 where the line only grows.

    P(wait > t) = C(desks, load) · exp(−(desks − load) · t / mean service time).
    """
    if load <= 0:
        return 1.0
    if desks <= load:
        return 0.0
    return 1 - erlang_c(desks, load) * math.exp(-(desks - load) * wait_min / mean_min)


def fewest_desks(load: float, mean_min: float, target: Target) -> int:
    """The fewest desks that meet the target; none are needed without load."""
    if load <= 0:
        return 0
    desks = math.floor(load) + 1
    while desks < MOST_DESKS and share_within(desks, load, mean_min, target.wait_min) < target.share:
        desks += 1
    return desks


def _still_there(service_min: Sequence[float], bins_ago: int) -> float:
    """The share of a bin's arrivals still being served at the end of a bin so many later, exactly:
    P(service time > t), as the sample has it, averaged over the bin."""
    youngest = bins_ago * BIN_MIN
    parts = (min(max((minutes - youngest) / BIN_MIN, 0.0), 1.0) for minutes in service_min)
    return sum(parts) / len(service_min)
