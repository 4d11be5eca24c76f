"""Synthetic history: facts of past days of a house, quickly made and plausible, the same for the same seed.

Nothing is played here: waits follow the hour's crowd, services their planned minutes. It fills the figures
of a demonstration and of measurements; every visit of it is marked as synthetic.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from ihh.domain.closed_days import open_days
from ihh.domain.daytime import instant
from ihh.domain.house import House, Service
from ihh.domain.statistics.facts import ABSENT, ServiceFact, VisitFact

SOURCE = "synthetic"

K = TypeVar("K")

HOURS = ((9, 14), (10, 20), (11, 16), (12, 9), (13, 15), (14, 16), (15, 10))
"""Hour of arrival and how many in a hundred come then: busy mornings, a dip at noon."""
SEASON = (0.9, 0.9, 1.0, 1.0, 0.95, 0.9, 0.6, 1.25, 1.3, 1.1, 1.0, 0.7)
"""By month: July is quiet, autumn is when people arrive."""
WEEKDAYS = (1.15, 1.05, 1.0, 0.95, 0.85)
LANGUAGES = {
    "en": 58,
    "fi": 12,
    "sv": 2,
    "ru": 7,
    "uk": 6,
    "ar": 4,
    "zh": 4,
    "es": 3,
    "fa": 2,
    "so": 1,
    "vi": 1,
}
CHANNELS = {"online": 57, "walk_in": 38, "staff": 5}
PARTIES = {1: 66, 2: 17, 3: 9, 4: 6, 5: 1, 6: 1}
TYPES = {
    "work": 44,
    "study": 17,
    "spouse": 11,
    "family": 11,
    "job_search": 7,
    "business": 4,
    "employer": 3,
    "other": 3,
}
MUNICIPALITIES = {"helsinki": 52, "espoo": 20, "vantaa": 14, "other": 5, None: 9}
SERVICES = {1: 24, 2: 27, 3: 23, 4: 15, 5: 11}
"""How many services a visit needs: two and a half in the mean."""
FAVOURITES = {"business": "chamber", "employer": "chamber", "job_search": "employment", "study": "migri"}
"""Customer type → the agency it goes to first, where the house has it."""

KIOSK_SHARE, KIOSK_FAILURES = 0.8, 0.03
"""Share of those who come by way of a kiosk, and of its tries that fail."""

KIOSK_REASONS = {
    "kiosk_unknown_code": 40,
    "kiosk_wrong_time": 35,
    "kiosk_checked_in_before": 12,
    "kiosk_no_numbers": 9,
    "kiosk_other_failures": 4,
}
KIOSK_FEEDBACK = 0.4
"""Share of answers that are given at a kiosk."""

NO_SHOW, LEAVES, UNANSWERED = 0.07, 0.03, 0.02
ANSWERS = 0.21


@dataclass(frozen=True)
class _Chosen:
    """What a visit is before anybody waits for it."""

    day: date
    people: int
    channel: str
    services: tuple[Service, ...]
    arrives: datetime
    crowd: float
    """1 in the quietest hour of the year, about 3 in the busiest."""


def days(
    house: House, first: date, last: date, *, seed: int, visits_per_day: float
) -> Iterator[tuple[date, list[VisitFact]]]:
    """The open days from `first` to `last` with their visits; `visits_per_day` is the year's mean."""
    in_house = [service for service in house.services if service.is_in_house]
    for day in open_days(house, first, last):
        dice = random.Random(f"{seed} {day}")
        busy = SEASON[day.month - 1] * WEEKDAYS[min(day.weekday(), 4)]
        number = max(0, round(dice.gauss(visits_per_day * busy, visits_per_day * busy / 12)))
        yield day, [_visit(house, in_house, day, place, busy, dice) for place in range(number)]


def numbers(house: House, day: date, visits: Sequence[VisitFact]) -> dict[tuple[str, str], int]:
    """The day's own numbers by (name, agency), as `ihh.services.statistics.day_numbers` counts them."""
    found: Counter[tuple[str, str]] = Counter()
    for desk in house.desks:
        found["planned_min", desk.agency] += sum(span.end - span.start for span in desk.hours[day.weekday()])
    for fact in (fact for visit in visits for fact in visit.services):
        found["used_min", fact.agency] += round(fact.served_s / 60)
        if fact.booked_at is not None:
            found["booked_min", fact.agency] += house.service[fact.service].base_min
    for name in ("planned_min", "booked_min", "used_min"):
        found[name, ""] = sum(amount for (of, agency), amount in found.items() if of == name and agency)
    came = [visit.channel for visit in visits if visit.checked_in_at is not None]
    walked_in = came.count("walk_in")
    found["kiosk_numbers", ""] = round(KIOSK_SHARE * walked_in)
    found["kiosk_check_ins", ""] = round(KIOSK_SHARE * (len(came) - walked_in))
    worked = found["kiosk_numbers", ""] + found["kiosk_check_ins", ""]
    found["kiosk_failed", ""] = round(KIOSK_FAILURES * worked)
    found["kiosk_tries", ""] = worked + found["kiosk_failed", ""]
    dice = random.Random(f"kiosk {day}")
    for _try in range(found["kiosk_failed", ""]):
        found[str(_one(KIOSK_REASONS, dice)), ""] += 1
    answers = sum(visit.csat is not None for visit in visits)
    found["kiosk_feedback", ""] = round(KIOSK_FEEDBACK * answers)
    found["kiosk_days", ""] = 1
    return {name: amount for name, amount in found.items() if amount}


def _visit(
    house: House, services: list[Service], day: date, place: int, busy: float, dice: random.Random
) -> VisitFact:
    customer_type = _one(TYPES, dice)
    people = int(_one(PARTIES, dice))
    channel = _one(CHANNELS, dice)
    hour, weight = dice.choices(HOURS, [weight for _, weight in HOURS])[0]
    chosen = _Chosen(
        day,
        people,
        channel,
        _services(services, customer_type, int(_one(SERVICES, dice)), dice),
        instant(day, hour * 60, timezone=house.timezone) + timedelta(seconds=dice.randrange(3600)),
        busy * weight / 9,
    )
    came = channel == "walk_in" or dice.random() >= NO_SHOW
    facts = _served(chosen, dice) if came else _missed(chosen)
    answers = came and dice.random() < ANSWERS
    ends = [fact.ended_at for fact in facts if fact.ended_at is not None]
    return VisitFact(
        day=day,
        key=f"{day}-{place}",
        source=SOURCE,
        channel=channel,
        language=_one(LANGUAGES, dice),
        customer_type=customer_type,
        municipality=_one(MUNICIPALITIES, dice),
        party_size=people,
        services=tuple(facts),
        checked_in_at=chosen.arrives if came else None,
        ended_at=max(ends) if ends else None,
        moves=dice.choices((0, 1, 2), (86, 12, 2))[0] if channel == "online" else 0,
        is_synthetic=True,
        csat=dice.choices((1, 2, 3, 4, 5), (3, 5, 12, 40, 40))[0] if answers else None,
        effort=dice.choices(range(1, 8), (2, 3, 6, 12, 22, 30, 25))[0] if answers else None,
    )


def _services(
    services: list[Service], customer_type: str, number: int, dice: random.Random
) -> tuple[Service, ...]:
    """Different services, an agency's favourites first, the unpopular ones seldom."""
    wanted = FAVOURITES.get(customer_type, "")
    weights = [
        (6.0 if wanted and service.agency.startswith(wanted) else 1.0) / (1 + place / 3)
        for place, service in enumerate(services)
    ]
    found: dict[str, Service] = {}
    for _ in range(3 * number):
        if len(found) < number:
            service = dice.choices(services, weights)[0]
            found[service.id] = service
    return tuple(found.values())


def _missed(chosen: _Chosen) -> list[ServiceFact]:
    everybody = 2**chosen.people - 1
    at, facts = _quarter(chosen.arrives), []
    for service in chosen.services:
        facts.append(ServiceFact(service.agency, service.id, everybody, ABSENT, booked_at=at))
        at += timedelta(minutes=service.base_min + 10)
    return facts


def _served(chosen: _Chosen, dice: random.Random) -> list[ServiceFact]:
    at, facts = chosen.arrives, []
    for place, service in enumerate(chosen.services):
        is_booked = chosen.channel != "walk_in" and dice.random() < 0.85
        chance = dice.random()
        if place and chance < LEAVES + UNANSWERED:
            state = "left" if chance < LEAVES else "no_show"
            facts.append(_lost(chosen, service, at, state))
            break
        fact = _fact(chosen, service, at, is_booked=is_booked, dice=dice)
        facts.append(fact)
        at = (fact.ended_at or at) + timedelta(minutes=1)
    return facts


def _lost(chosen: _Chosen, service: Service, at: datetime, state: str) -> ServiceFact:
    called = at + timedelta(minutes=25) if state == "no_show" else None
    return ServiceFact(
        service.agency,
        service.id,
        2**chosen.people - 1,
        state,
        joined_at=at,
        called_at=called,
        ended_at=at + timedelta(minutes=40),
        calls=2 if called else 0,
    )


def _fact(
    chosen: _Chosen, service: Service, at: datetime, *, is_booked: bool, dice: random.Random
) -> ServiceFact:
    people = 2**chosen.people - 1 if dice.random() < 0.7 else dice.randrange(1, 2**chosen.people)
    booked_at = _quarter(at) + timedelta(minutes=15) if is_booked else None
    wait = dice.gammavariate(1.6, (1.6 if is_booked else 6.5) * chosen.crowd)
    called = (booked_at or at) + timedelta(seconds=round(60 * min(wait, 150)))
    started = called + timedelta(seconds=dice.randrange(20, 150))
    served_s = round(60 * max(2.0, dice.lognormvariate(0, 0.4) * 0.92 * service.base_min))
    middle = max(1.0, wait * dice.lognormvariate(0, 0.45))
    is_told = not is_booked
    answers = dice.random() < 0.12
    return ServiceFact(
        service.agency,
        service.id,
        people,
        "completed",
        outcome=dice.choices(("done", "transferred", "must_return"), (90, 3, 7))[0],
        booked_at=booked_at,
        joined_at=at,
        called_at=called,
        started_at=started,
        ended_at=started + timedelta(seconds=served_s),
        served_s=served_s,
        calls=1 if dice.random() < 0.95 else 2,
        estimate_low=round(middle * 0.55, 2) if is_told else None,
        estimate_middle=round(middle, 2) if is_told else None,
        estimate_high=round(middle * 1.75, 2) if is_told else None,
        estimate_naive=round(max(1.0, wait * dice.lognormvariate(0.1, 0.8)), 2) if is_told else None,
        csat=dice.choices((1, 2, 3, 4, 5), (3, 5, 12, 40, 40))[0] if answers else None,
        effort=dice.choices(range(1, 8), (2, 3, 6, 12, 22, 30, 25))[0] if answers else None,
    )


def _quarter(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def _one(weights: Mapping[K, int], dice: random.Random) -> K:
    return dice.choices(list(weights), list(weights.values()))[0]
