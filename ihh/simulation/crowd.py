"""The people of a synthetic day: who comes, when, for what. Pure, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from ihh.domain.house import House, Service
from ihh.domain.party import Party
from ihh.domain.route import route_for
from ihh.domain.wish import LegWish, Wish

T = TypeVar("T")

PERSONAS: tuple[tuple[int, dict[str, str]], ...] = (
    (30, {"purpose": "work", "citizenship": "other", "identity_code": "yes"}),
    (14, {"purpose": "work", "citizenship": "eu", "identity_code": "no"}),
    (8, {"purpose": "work", "citizenship": "nordic", "identity_code": "yes"}),
    (12, {"purpose": "study", "citizenship": "other", "identity_code": "yes"}),
    (12, {"purpose": "family", "citizenship": "other", "identity_code": "yes"}),
    (10, {"purpose": "job_search", "citizenship": "eu", "identity_code": "yes", "municipality": "helsinki"}),
    (4, {"purpose": "employer"}),
    (3, {"purpose": "business", "citizenship": "other", "identity_code": "yes"}),
)
"""Weight and answers of typical visitors; plausible, not measured."""

PARTIES = ((62, Party(1)), (16, Party(2)), (8, Party(1, 1)), (9, Party(2, 1)), (5, Party(2, 2)))
LANGUAGES = ((60, "en"), (10, "fi"), (5, "sv"), (10, "ru"), (10, "ar"), (5, "et"))

ARRIVAL_WEIGHTS = ((9 * 60, 26), (10 * 60, 24), (11 * 60, 20), (12 * 60, 14), (13 * 60, 15), (14 * 60, 10))
"""Walk-ins by the hour they come in: full mornings, a thin end."""


NO_SHOW_SHARE = 0.08
DEAF_SHARE = 0.04
"""Share of the calls that the visitor does not hear."""


@dataclass(frozen=True)
class WalkIn:
    """Someone without a booking: the key makes the arrival happen once, restarts included."""

    key: str
    minute: float
    """Minutes from midnight."""
    wish: Wish


def walk_ins(house: House, day: date, seed: int) -> list[WalkIn]:
    """A day's walk-ins in order of arrival."""
    random = Random(f"walk-ins {seed}")
    open_services = [service for service in house.services if service.takes_walk_ins]
    weights = {"vero": 6, "kela": 2, "city": 7, "employment": 1}
    people = []
    for hour, count in ARRIVAL_WEIGHTS:
        for _ in range(count):
            minute = hour + random.uniform(0, 60)
            choices = [
                service
                for service in open_services
                if any(s.start <= minute < s.end - 10 for s in (service.hours or house.hours)[day.weekday()])
            ]
            if choices:
                people.append((minute, _walk_in_wish(random, choices, weights)))
    people.sort(key=lambda pair: pair[0])
    return [WalkIn(f"demo-{day}-{index}", minute, wish) for index, (minute, wish) in enumerate(people)]


def booker_wish(house: House, random: Random) -> Wish:
    """What someone who books for a typical reason needs now."""
    while True:
        answers = _pick(random, PERSONAS)
        party = Party(1) if answers["purpose"] == "employer" else _pick(random, PARTIES)
        route = route_for(house, answers, party)
        legs = tuple(
            LegWish(leg.service.id, leg.people, tuple(paper.id for paper in leg.documents))
            for leg in route.now
        )
        if any(house.service[leg.service].is_bookable for leg in legs):
            return Wish(party, legs, _pick(random, LANGUAGES), answers["purpose"])


def minutes_early(seed: int, leg_id: int) -> float | None:
    """How long before the first appointment a booked visitor comes (negative: late); None for a no-show."""
    random = Random(f"{seed} arrival {leg_id}")
    if random.random() < NO_SHOW_SHARE:
        return None
    return random.triangular(-14, 35, 9)


def walk_seconds(seed: int, ticket_id: int) -> float | None:
    """From the call to the desk; None for one who does not hear the call."""
    random = Random(f"{seed} walk {ticket_id}")
    if random.random() < DEAF_SHARE:
        return None
    return random.uniform(20, 80)


def service_factor(seed: int, ticket_id: int) -> float:
    """How many times as long as planned a service takes."""
    return Random(f"{seed} service {ticket_id}").lognormvariate(-0.1, 0.35)


def _walk_in_wish(random: Random, choices: list[Service], weights: dict[str, int]) -> Wish:
    party = _pick(random, PARTIES)
    count = 2 if random.random() < 0.25 else 1
    chosen: dict[str, Service] = {}
    while len(chosen) < min(count, len({service.agency for service in choices})):
        service = random.choices(choices, [weights.get(item.agency, 1) for item in choices])[0]
        chosen.setdefault(service.agency, service)
    legs = tuple(LegWish(service.id, party.adult_ids) for service in chosen.values())
    return Wish(party, legs, _pick(random, LANGUAGES), random.choice(("work", "study", "family", "other")))


def _pick(random: Random, weighted: Sequence[tuple[int, T]]) -> T:
    return random.choices([item for _, item in weighted], [weight for weight, _ in weighted])[0]
