"""The estimate against queues played by a simulator of its own, which shares no line with it."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from statistics import fmean

import pytest

from ihh.domain.estimate import Calibration, DeskNow, Situation, Stage, TicketNow, told
from ihh.domain.estimate.calibration import Pair, recalibrated
from ihh.domain.estimate.learning import Days, Served, Stay, learn

DESKS = ("d1", "d2", "d3")
DAY_MIN = 420.0


@dataclass
class Party:
    number: int
    arrived: float
    minutes: float
    started: float | None = None
    ended: float | None = None
    desk: str | None = None


@dataclass
class Day:
    """First come, first served; `asked` has what was known at each arrival."""

    parties: list[Party] = field(default_factory=list)
    asked: list[tuple[Party, list[Party], dict[str, Party]]] = field(default_factory=list)


def queue(seed: int, *, kind: str, a_minute: float = 0.2) -> Day:
    """Poisson arrivals at three desks, about 0.87 of whose time is taken."""
    rng, day, at = random.Random(f"{kind} {seed}"), Day(), 0.0
    free = [(0.0, name) for name in DESKS]
    pace = rng.lognormvariate(0, 0.15) if kind == "lognormal" else 1.0
    while at < DAY_MIN:
        at += rng.expovariate(a_minute)
        minutes = {
            "exponential": lambda: rng.expovariate(1 / 13),
            "lognormal": lambda: pace * rng.lognormvariate(2.45, 0.5),
            "uniform": lambda: rng.uniform(5, 21),
        }[kind]()
        day.parties.append(Party(len(day.parties) + 1, at, minutes))
    for party in day.parties:
        opens, name = heapq.heappop(free)
        party.started, party.desk = max(opens, party.arrived), name
        party.ended = party.started + party.minutes
        heapq.heappush(free, (party.ended, name))
    for party in day.parties:
        before = [other for other in day.parties if other.number < party.number]
        waiting = [other for other in before if other.started > party.arrived]
        served = {other.desk: other for other in before if other.started <= party.arrived < other.ended}
        day.asked.append((party, waiting, served))
    return day


def situation(day: Day, index: int) -> Situation:
    party, waiting, served = day.asked[index]
    now = party.arrived
    line = [_ticket(other, now, Stage.WAITING) for other in (*waiting, party)]
    at_desks = [_ticket(other, now, Stage.SERVING, name) for name, other in served.items()]
    return Situation((*line, *at_desks), tuple(DeskNow(name, "a") for name in DESKS), minute=int(now))


def _ticket(party: Party, now: float, stage: Stage, desk: str | None = None) -> TicketNow:
    return TicketNow(
        id=party.number,
        visit=f"v{party.number}",
        agency="a",
        service="s",
        people=1,
        planned=15.0,
        stage=stage,
        desks=frozenset(DESKS),
        arrived=party.arrived - now,
        desk=desk,
        since=party.started - now if desk else 0.0,
    )


def recorded(days: list[Day]) -> Days:
    first = date(2026, 12, 1)
    return Days(
        served=[
            Served(first + timedelta(days=number), "a", party.desk, "s", 1, 15.0, party.minutes)
            for number, day in enumerate(days)
            for party in day.parties
        ],
        stays=[
            Stay(False, party.started - party.arrived, gave_up=False) for day in days for party in day.parties
        ],
        calls=sum(len(day.parties) for day in days),
        ways=[0.0] * 500,
        turns=[0.0] * 500,
        count=len(days),
    )


@cache
def told_pairs(kind: str) -> list[Pair]:
    """What was told on twelve days to those who had to wait, after thirty to learn from."""
    history = learn(recorded([queue(seed, kind=kind) for seed in range(30)]))
    pairs = []
    for seed in range(100, 112):
        day = queue(seed, kind=kind)
        for index, (party, _, served) in enumerate(day.asked):
            if len(served) == len(DESKS) and index % 2:
                found = told(situation(day, index), history, Calibration(), targets={party.number})
                pairs.append(Pair(found.tickets[party.number], party.started - party.arrived))
    return pairs


@pytest.mark.parametrize("kind", ["exponential", "lognormal", "uniform"])
def test_four_of_five_waits_lie_in_the_range_and_the_middle_leans_to_no_side(kind):
    pairs = told_pairs(kind)
    inside = fmean(pair.wait.p10 <= pair.actual <= pair.wait.p90 for pair in pairs)
    error = fmean(abs(pair.wait.p50 - pair.actual) for pair in pairs)
    bias = fmean(pair.wait.p50 - pair.actual for pair in pairs)
    assert len(pairs) > 250
    assert 0.76 <= inside <= 0.86
    assert abs(bias) < 2
    assert error < 0.35 * fmean(pair.actual for pair in pairs)


@pytest.mark.parametrize("stretch", [0.4, 2.0])
def test_ranges_that_are_too_narrow_or_wide_are_put_right(stretch):
    """Told by somebody with the right middles and wrong ranges, for a hundred nights."""
    true = told_pairs("exponential")
    calibration = Calibration()

    def by_now(pair):
        middle = pair.wait.p50
        wrong = type(pair.wait)(
            middle - stretch * (middle - pair.wait.p10), middle, middle + stretch * (pair.wait.p90 - middle)
        )
        return Pair(calibration.apply(wrong), pair.actual)

    for _ in range(100):
        calibration = recalibrated(calibration, [by_now(pair) for pair in true])
    told_by_now = [by_now(pair) for pair in true]
    inside = fmean(pair.wait.p10 <= pair.actual <= pair.wait.p90 for pair in told_by_now)
    assert 0.76 <= inside <= 0.86
