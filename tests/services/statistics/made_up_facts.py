"""Random days as facts: families, appointments kept and missed, walk-ins, transfers, answers, odd hours."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.house import House
from ihh.domain.statistics.facts import ABSENT, ServiceFact, VisitFact
from ihh.models import ClosedDay
from ihh.services.statistics import bulk

LANGUAGES = ("en", "en", "en", "fi", "fi", "sv", "ru", "uk", "ar", "so")
MINUTE = timedelta(minutes=1)


def days(
    house: House, first: date, count: int, *, seed: int, visits: int, source: str = "made-up"
) -> list[VisitFact]:
    """`count` days from `first` on, weekends left out, about `visits` visits a day."""
    dice = random.Random(seed)
    found = []
    for offset in range(count):
        day = first + timedelta(days=offset)
        if day.weekday() < 5:
            number = max(0, round(dice.gauss(visits, visits / 4)))
            found += [_visit(house, day, f"{day}-{place}", source, dice) for place in range(number)]
    return found


def record(house: House, facts: Sequence[VisitFact], *, now: datetime) -> None:
    """As if this house had opened on their first day and closed every day since."""
    first, yesterday = min(visit.day for visit in facts), now.date() - timedelta(days=1)
    with transaction():
        bulk.add(facts)
        db.session.add_all(ClosedDay(day=day, closed_at=now) for day in open_days(house, first, yesterday))


def _visit(house: House, day: date, key: str, source: str, dice: random.Random) -> VisitFact:
    services = [service for service in house.services if service.is_in_house]
    size = dice.choices((1, 2, 3, 4, 6), (60, 20, 10, 8, 2))[0]
    channel = dice.choices(("online", "walk_in", "staff"), (55, 40, 5))[0]
    start = datetime.combine(day, time(9), ZoneInfo(house.timezone)).astimezone(UTC)
    arrives = start + dice.randrange(0, 6 * 60) * MINUTE + timedelta(seconds=dice.randrange(60))
    came = channel == "walk_in" or dice.random() < 0.92
    chosen = dice.choices(services, k=dice.choices((1, 2, 3), (50, 30, 20))[0])
    made, at = [], arrives
    for service in chosen:
        fact, at = _service(service.agency, service.id, size, at, channel, came, dice)
        made.append(fact)
    answers = came and dice.random() < 0.3
    return VisitFact(
        day=day,
        key=key,
        source=source,
        channel=channel,
        language=dice.choice(LANGUAGES),
        customer_type=dice.choice(("work", "work", "study", "spouse", "employer", "other")),
        municipality=dice.choice((None, "helsinki", "helsinki", "espoo")),
        party_size=size,
        services=tuple(made),
        checked_in_at=arrives if came else None,
        ended_at=at if came else None,
        moves=dice.choices((0, 1, 2), (80, 15, 5))[0] if channel == "online" else 0,
        csat=dice.randint(1, 5) if answers else None,
        effort=dice.randint(1, 7) if answers and dice.random() < 0.8 else None,
        nps=dice.randint(0, 10) if answers and dice.random() < 0.5 else None,
    )


def _service(
    agency: str, service: str, size: int, at: datetime, channel: str, came: bool, dice: random.Random
) -> tuple[ServiceFact, datetime]:
    people = dice.randrange(1, 2**size)
    booked = None if channel == "walk_in" else at + dice.randrange(-20, 40) * MINUTE
    if not came:
        return ServiceFact(agency, service, people, ABSENT, booked_at=booked), at
    called = at + timedelta(seconds=dice.randrange(0, 3000))
    started = called + timedelta(seconds=dice.randrange(5, 300))
    ended = started + timedelta(seconds=dice.randrange(60, 3600))
    state = dice.choices(("completed", "left", "no_show", "cancelled"), (88, 5, 5, 2))[0]
    served = state == "completed"
    guess = dice.uniform(0, 50)
    return (
        ServiceFact(
            agency,
            service,
            people,
            state,
            outcome=dice.choices(("done", "transferred", "not_done", "unknown"), (80, 8, 8, 4))[0]
            if served
            else None,
            booked_at=booked,
            joined_at=at,
            called_at=called if served or dice.random() < 0.5 else None,
            started_at=started if served else None,
            ended_at=ended,
            served_s=int((ended - started).total_seconds()) if served else 0,
            calls=1,
            estimate_low=guess * 0.7 if booked is None else None,
            estimate_middle=guess if booked is None else None,
            estimate_high=guess * 1.5 if booked is None else None,
            estimate_naive=guess + 5 if booked is None else None,
            csat=dice.randint(1, 5) if served and dice.random() < 0.2 else None,
            effort=dice.randint(1, 7) if served and dice.random() < 0.1 else None,
        ),
        ended if served else called,
    )
