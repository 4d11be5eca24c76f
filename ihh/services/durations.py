"""How long the services take: what the house file says, what was measured, and what the planner uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.party import people_of
from ihh.domain.ranks import nearest_rank
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.models import Learned, Ticket, Visit
from ihh.services.house import current_house

NAME = "durations"
LEARNED_FROM_DAYS = 365
PLANNED_PERCENT = 80
"""Planned by the mean, more than a third of all visits of three legs had a leg over ten minutes late."""
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True)
class PlannedDuration:
    """Minutes for one person."""

    configured: int
    measured: float | None
    """80th percentile, nearest rank; None where nothing was measured."""
    median: float | None
    n: int
    """Services measured."""
    used: int
    """The measured one, rounded up, from `Limits.measured_from` services on; else the configured."""


def planned(house: House) -> Mapping[str, PlannedDuration]:
    """For every service in the house."""
    row = db.session.execute(select(Learned.document).where(Learned.name == NAME)).scalar()
    learned: Mapping[str, Mapping[str, int]] = row["services"] if row else {}
    return {
        service.id: _planned(service.base_min, learned.get(service.id), house.limits.measured_from)
        for service in house.services
        if service.is_in_house
    }


def learn(*, now: datetime, is_demo: bool = False) -> bool:
    """Measure the services of the last year anew, once a day; False where today it was done already.

    A demonstration learns from its synthetic visits, a real house from its real ones.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    row = db.session.get(Learned, NAME, populate_existing=True)
    if row is not None and row.learned_on == today and row.document["is_synthetic"] == is_demo:
        return False
    times = _service_times(house, today, is_synthetic=is_demo)
    document = {
        "is_synthetic": is_demo,
        "services": {service_id: _figures(found) for service_id, found in times.items()},
    }
    try:
        with transaction():
            db.session.merge(Learned(name=NAME, learned_on=today, document=document))
    except IntegrityError:
        return False  # another process was faster
    return True


def _planned(configured: int, learned: Mapping[str, int] | None, measured_from: int) -> PlannedDuration:
    if learned is None:
        return PlannedDuration(configured, None, None, 0, configured)
    is_enough = learned["n"] >= measured_from
    return PlannedDuration(
        configured=configured,
        measured=learned["p80_s"] / 60,
        median=learned["median_s"] / 60,
        n=learned["n"],
        used=-(-learned["p80_s"] // 60) if is_enough else configured,
    )


def _service_times(house: House, today: date, *, is_synthetic: bool) -> dict[str, list[timedelta]]:
    """Service times of the year before `today`, brought to one person, in order."""
    query = (
        select(Ticket.service_id, Ticket.people, Ticket.served_seconds)
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(
            Ticket.service_date.between(today - timedelta(days=LEARNED_FROM_DAYS), today - timedelta(days=1)),
            Ticket.state == TicketState.COMPLETED,
            Ticket.outcome != UNKNOWN_OUTCOME,
            Visit.is_synthetic == is_synthetic,
        )
    )
    times: dict[str, list[timedelta]] = defaultdict(list)
    for service_id, people, seconds in db.session.execute(query):
        if service_id in house.service:
            further = house.service[service_id].per_extra_person_min * (len(people_of(people)) - 1)
            one = timedelta(seconds=seconds) - timedelta(minutes=further)
            times[service_id].append(max(one, SHORTEST))
    return {service_id: sorted(found) for service_id, found in times.items()}


def _figures(ordered: list[timedelta]) -> dict[str, int]:
    return {
        "n": len(ordered),
        "median_s": round(nearest_rank(ordered, 50).total_seconds()),
        "p80_s": round(nearest_rank(ordered, PLANNED_PERCENT).total_seconds()),
    }
