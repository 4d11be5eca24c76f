"""Situations for the estimate's tests, minutes from now, in a house of one agency unless something else is said."""

from __future__ import annotations

import math
from typing import Any

from ihh.domain.estimate import DeskNow, History, Situation, Stage, TicketNow
from ihh.domain.estimate.draws import RUNS
from ihh.domain.estimate.history import PATIENCE_EDGES, SHARES, ServiceTime
from ihh.domain.estimate.runs import play

NOBODY_LEAVES = (0.0,) * len(PATIENCE_EDGES)


def clockwork(**minutes: float) -> History:
    """A house where nothing is left to chance: each service takes its minutes, everybody comes and answers."""
    return History(
        services={
            (service, size): ServiceTime(1000, math.log(each), 0.0)
            for service, each in minutes.items()
            for size in range(1, 7)
        },
        day_sd=0.0,
        desk_sd=0.0,
        show_rate=1.0,
        lateness=(0.0,) * len(SHARES),
        unanswered_rate=0.0,
        leaving={"walk_in": NOBODY_LEAVES, "booked": NOBODY_LEAVES},
        way_min=0.0,
        turn_min=0.0,
        days=60,
    )


def random_house(log_sd: float = 0.5, **minutes: float) -> History:
    """As `clockwork`, but with lengths that vary around the same median."""
    services = {
        (service, size): ServiceTime(1000, math.log(each), log_sd)
        for service, each in minutes.items()
        for size in range(1, 7)
    }
    return History(
        services=services,
        unanswered_rate=0.0,
        leaving={"walk_in": NOBODY_LEAVES, "booked": NOBODY_LEAVES},
        days=60,
    )


def desk(name: str, agency: str = "a", **facts: Any) -> DeskNow:
    return DeskNow(name, agency, **facts)


def ticket(number: int, arrived: float, desks: str = "x", **facts: Any) -> TicketNow:
    """A walk-in of one person for service "s"; `desks` names those that can serve, a letter each."""
    known = {"visit": f"v{number}", "agency": "a", "service": "s", "people": 1, "planned": 10.0}
    return TicketNow(
        number,
        stage=facts.pop("stage", Stage.WAITING),
        desks=frozenset(desks),
        arrived=arrived,
        **(known | facts),
    )


def at_desk(number: int, where: str, since: float, **facts: Any) -> TicketNow:
    return ticket(number, since - 1, where, stage=Stage.SERVING, desk=where, since=since, **facts)


def exact(
    tickets: list[TicketNow], desks: list[DeskNow], history: History | None = None, **facts: Any
) -> dict[int, float]:
    """Ticket → its wait, which must be the same in every run; who is never called is left out."""
    outcome = play(Situation(tuple(tickets), tuple(desks), **facts), history or clockwork(s=10))
    found = {}
    for number, minutes in outcome.tickets.items():
        if len(minutes):
            assert len(minutes) == RUNS
            assert minutes[0] == minutes[-1]
            found[number] = round(float(minutes[0]), 6)
    return found
