"""The staffing's last word: days with the reckoned arrivals played through the house's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ihh.domain.staffing import BIN_MIN, PERIOD_MIN
from ihh.services.staffing import AgencyStaffing
from ihh.simulation.kpi import waiting_time
from ihh.simulation.replay import play_days
from ihh.simulation.rows import Outcome, TicketRow
from ihh.simulation.scenario import (
    Scenario,
    ScenarioDay,
    ScenarioDesk,
    ScenarioPolicy,
    ScenarioService,
    Span,
    Visitor,
    VisitorLeg,
)

DAYS = 8
"""Played for each answer: with 30 visitors a day a share is known to about six points."""
LANGUAGE = "en"
SERVICE = "service"


@dataclass(frozen=True)
class Check:
    """What played days came to."""

    share: float | None
    """Of those called, called within the target's minutes; None where nobody was called."""
    left: int
    """Visitors whom no desk served before it closed."""
    visitors: int


def check(
    row: AgencyStaffing, desks: Sequence[int], *, opens: int, wait_min: float, seed: int, days: int = DAYS
) -> Check:
    """Play days with `desks` open in each half hour from `opens`, minutes from local midnight.

    Arrivals are drawn evenly within each five minutes around the expected number, service times from
    those measured: what the formula took for an equilibrium is played as the day it is.
    """
    tickets = [
        ticket
        for day in play_days(_scenario(row, desks, opens=opens, seed=seed, days=days))
        for ticket in day.tickets
    ]
    waits = [wait for ticket in tickets if (wait := waiting_time(ticket)) is not None]
    limit = timedelta(minutes=wait_min)
    return Check(
        share=sum(wait <= limit for wait in waits) / len(waits) if waits else None,
        left=sum(_was_left(ticket) for ticket in tickets),
        visitors=len(tickets),
    )


def _was_left(ticket: TicketRow) -> bool:
    return ticket.outcome is Outcome.LEFT


def _scenario(row: AgencyStaffing, desks: Sequence[int], *, opens: int, seed: int, days: int) -> Scenario:
    first = date(2026, 1, 5)
    mean = sum(row.service_min) / len(row.service_min)
    return Scenario(
        id=f"staffing {row.agency}",
        seed=seed,
        walk_same=0,
        walk_other=0,
        agencies={row.agency: "A"},
        services={SERVICE: ScenarioService(SERVICE, row.agency, max(mean, 1), ())},
        desks=tuple(
            ScenarioDesk(_desk(index), row.agency, (SERVICE,), (LANGUAGE,)) for index in range(max(desks))
        ),
        policy=ScenarioPolicy(),
        days=tuple(
            ScenarioDay(
                first + timedelta(days=number),
                {
                    _desk(index): hours
                    for index in range(max(desks))
                    if (hours := _hours(desks, index, opens))
                },
                _visitors(row, Random(f"staffing {seed} {number}"), opens),
            )
            for number in range(days)
        ),
    )


def _desk(index: int) -> str:
    return f"desk-{index + 1:02d}"


def _hours(desks: Sequence[int], index: int, opens: int) -> tuple[Span, ...]:
    """When the desk with this index is one of those open, in seconds; half hours that follow join."""
    spans: list[Span] = []
    for number, count in enumerate(desks):
        if index >= count:
            continue
        start = (opens + number * PERIOD_MIN) * 60
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + PERIOD_MIN * 60)
        else:
            spans.append((start, start + PERIOD_MIN * 60))
    return tuple(spans)


def _visitors(row: AgencyStaffing, random: Random, opens: int) -> tuple[Visitor, ...]:
    """A Poisson number in each five minutes, by counting exponential gaps."""
    arrivals = []
    for number, expected in enumerate(row.arrivals):
        at = random.expovariate(1) if expected else 1.0
        while expected and at < expected:
            arrivals.append((opens + (number + random.random()) * BIN_MIN) * 60)
            at += random.expovariate(1)
    return tuple(
        Visitor(
            id=f"v{index}",
            arrives=int(at),
            language=LANGUAGE,
            people=1,
            legs=(VisitorLeg(SERVICE, max(round(random.choice(row.service_min) * 60), 1), None),),
        )
        for index, at in enumerate(sorted(arrivals))
    )
