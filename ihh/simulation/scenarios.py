"""Synthetic days as scenarios of the format `ihh-day/1`: pure, and the same for the same seed.

Nothing here was measured; the days are plausible ones to compare rules and estimates on. Loads,
party sizes, languages, absent desks and impatience vary, services take other times than the house
expects, slower on some days than on others, and differently by party size: what a house must learn.
A service's length does not depend on the desk, for the format fixes it before it is known who serves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

OPENS, CLOSES = 9 * 60, 16 * 60
LUNCH_MIN = 30
GRID_MIN = 5
SLACK_MIN = 10
"""Between two booked services of a visit."""
FIRST_DATE = date(2026, 12, 1)


@dataclass(frozen=True)
class _Service:
    id: str
    expected_min: int
    after: tuple[str, ...] = ()
    is_bookable: bool = True

    @property
    def agency(self) -> str:
        return self.id.partition(".")[0]


ZONES = {"migri": "A", "dvv": "A", "vero": "B", "kela": "B", "employment": "C", "city": "C"}
CLOSING = {"vero": 13 * 60}
"""Agencies that close before the house does."""

SERVICES = (
    _Service("migri.eu_registration", 20),
    _Service("dvv.registration", 25, ("migri.eu_registration",)),
    _Service("dvv.address", 15),
    _Service("vero.tax_card", 15, ("dvv.registration",), is_bookable=False),
    _Service("kela.social_security", 20, ("dvv.registration",)),
    _Service("kela.family", 25),
    _Service("employment.jobseeker", 30),
    _Service("city.advice", 15, is_bookable=False),
)
BY_ID = {service.id: service for service in SERVICES}

ROUTES = (
    (14, ("dvv.registration",)),
    (6, ("dvv.address",)),
    (14, ("vero.tax_card",)),
    (12, ("kela.social_security",)),
    (4, ("kela.family",)),
    (5, ("migri.eu_registration",)),
    (4, ("employment.jobseeker",)),
    (10, ("city.advice",)),
    (7, ("dvv.registration", "vero.tax_card")),
    (5, ("dvv.registration", "kela.social_security")),
    (4, ("dvv.registration", "city.advice")),
    (3, ("kela.family", "employment.jobseeker")),
    (3, ("dvv.address", "kela.family")),
    (3, ("vero.tax_card", "kela.social_security")),
    (2, ("employment.jobseeker", "city.advice")),
    (4, ("dvv.registration", "vero.tax_card", "kela.social_security")),
    (2, ("migri.eu_registration", "dvv.registration", "kela.social_security")),
    (1, ("migri.eu_registration", "dvv.registration", "vero.tax_card", "kela.social_security")),
    (1, ("dvv.registration", "vero.tax_card", "employment.jobseeker", "city.advice")),
)
PARTY_SIZES = ((64, 1), (20, 2), (9, 3), (5, 4), (2, 5))
LANGUAGES = ((60, "en"), (12, "fi"), (4, "sv"), (10, "ru"), (9, "ar"), (5, "et"))
WALK_IN_HOURS = ((24, 9), (22, 10), (17, 11), (14, 12), (13, 13), (10, 14))
"""Weight and hour."""

PARTY_FACTOR = 0.3
"""A service takes this share longer with each further person."""
SPREAD = 0.45
"""Of the logarithm of a service's length."""
DAY_PACE = 0.1
"""Spread of the logarithm of an agency's pace on a day."""
BOOKED_FILL = 0.65
"""Share of a desk's time that is offered for booking."""
NO_SHOW_SHARE = 0.07
DEAF_SHARE = 0.03
ABSENT_SHARE = 0.06
POLICY = {"overdue_min": 45, "early_min": 10, "late_min": 10}
IMPATIENT_SHARE = {"walk_in": 0.6, "booked": 0.15}


@dataclass
class _Person:
    """Someone who comes on a day, before it is known when."""

    services: tuple[str, ...]
    people: int
    language: str
    minutes: tuple[float, ...]
    wants_to_book: bool


def scenario(
    seed: int,
    *,
    days: int = 1,
    visits_per_day: int = 250,
    load: float = 0.8,
    booked_share: float = 0.5,
    lines: str = "all",
    policy: Mapping[str, int] | None = None,
    first_date: date = FIRST_DATE,
) -> dict[str, Any]:
    """Weekdays from `first_date` on with so many visits each.

    `load` is the wanted share of the desks' time spent on service, over all days and in each agency;
    a single day may lie well above it. `booked_share` counts the visits that try to book: on full days
    some find no time and come without. The people of a seed are the same whatever `lines` and `policy`
    say, and so compare two rules on the same days.
    """
    truth = _true_means(Random(f"services {seed}"))
    dates = _weekdays(first_date, days)
    crowds = [_crowd(Random(f"people {seed} {day}"), truth, visits_per_day, booked_share) for day in dates]
    desks = _desks(crowds, load)
    return {
        "format": "ihh-day/1",
        "id": f"synthetic-{seed}",
        "seed": seed,
        "walk_min": {"same_zone": 1, "other_zone": 2},
        "agencies": [{"id": agency, "zone": zone} for agency, zone in ZONES.items()],
        "services": [
            {
                "id": item.id,
                "agency": item.agency,
                "expected_min": item.expected_min,
                "after": list(item.after),
            }
            for item in SERVICES
        ],
        "desks": [desk.as_json() for desk in desks],
        "policy": {"overdue_min": 45, "early_min": 10, "late_min": 10}
        | dict(policy or {})
        | {"lines": lines},
        "days": [
            _day(Random(f"day {seed} {day}"), day, crowd, desks)
            for day, crowd in zip(dates, crowds, strict=True)
        ],
    }


@dataclass(frozen=True)
class _Desk:
    id: str
    agency: str
    languages: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def as_json(self) -> dict[str, Any]:
        services = [item.id for item in SERVICES if item.agency == self.agency]
        languages = list(self.languages)
        return {"id": self.id, "agency": self.agency, "services": services, "languages": languages}


def _weekdays(first: date, count: int) -> list[date]:
    days: list[date] = []
    day = first
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def _true_means(random: Random) -> dict[str, float]:
    """What each service really takes for one person, on average."""
    return {item.id: item.expected_min * random.uniform(0.75, 1.2) for item in SERVICES}


def _crowd(random: Random, truth: Mapping[str, float], count: int, booked_share: float) -> list[_Person]:
    pace = {agency: random.lognormvariate(-(DAY_PACE**2) / 2, DAY_PACE) for agency in ZONES}
    return [_person(random, truth, pace, booked_share) for _ in range(count)]


def _person(
    random: Random, truth: Mapping[str, float], pace: Mapping[str, float], booked_share: float
) -> _Person:
    services = _pick(random, ROUTES)
    people = _pick(random, PARTY_SIZES)
    minutes = tuple(
        round(
            max(
                truth[service]
                * pace[BY_ID[service].agency]
                * (1 + PARTY_FACTOR * (people - 1))
                * random.lognormvariate(-(SPREAD**2) / 2, SPREAD),
                2.0,
            ),
            1,
        )
        for service in services
    )
    return _Person(services, people, _pick(random, LANGUAGES), minutes, random.random() < booked_share)


def _desks(crowds: Sequence[Sequence[_Person]], load: float) -> list[_Desk]:
    """So many desks, the last of an agency part of the day, that the load comes out on average."""
    desks: list[_Desk] = []
    for agency in ZONES:
        work = sum(
            minutes
            for crowd in crowds
            for person in crowd
            for service, minutes in zip(person.services, person.minutes, strict=True)
            if BY_ID[service].agency == agency
        )
        wanted = work / len(crowds) * (1 - NO_SHOW_SHARE / 2) / load
        for index, spans in enumerate(_hours(wanted, CLOSING.get(agency, CLOSES))):
            desks.append(_Desk(f"{agency}-{index + 1}", agency, _spoken(index), spans))
    return desks


def _hours(wanted: float, closes: int) -> list[tuple[tuple[int, int], ...]]:
    """The spans of each desk of an agency that needs `wanted` desk minutes a day."""
    has_lunch = closes == CLOSES
    whole = closes - OPENS - (LUNCH_MIN if has_lunch else 0)
    full, rest = divmod(wanted, whole)
    if full and rest < 60:
        rest = 0
    desks: list[tuple[tuple[int, int], ...]] = []
    for index in range(int(full)):
        lunch = 11 * 60 + LUNCH_MIN * (index % 4)
        desks.append(((OPENS, lunch), (lunch + LUNCH_MIN, closes)) if has_lunch else ((OPENS, closes),))
    if rest:
        ends = min(OPENS + max(math.ceil(rest / 15) * 15, 120), closes)
        desks.append(((OPENS, ends),))
    return desks


def _spoken(index: int) -> tuple[str, ...]:
    """The first desk of an agency speaks every language, the others some."""
    if index == 0:
        return tuple(language for _, language in LANGUAGES)
    return (("en", "fi", "sv"), ("en", "fi", "ru", "et"), ("en", "fi", "ar"))[index % 3]


def _day(random: Random, day: date, crowd: Sequence[_Person], desks: Sequence[_Desk]) -> dict[str, Any]:
    calendar = {desk.id: [list(span) for span in desk.spans] for desk in desks}
    book = _Book(desks)
    visitors = [_visitor(random, index, person, book) for index, person in enumerate(crowd, start=1)]
    visitors.sort(key=lambda item: item.pop("_order"))
    for number, visitor in enumerate(visitors, start=1):
        visitor["id"] = f"{day}-{number}"
    for desk in desks:  # after the bookings: nobody knew of these absences
        # The first desk of an agency always comes, or some languages would find nobody.
        if random.random() < ABSENT_SHARE and not desk.id.endswith("-1"):
            calendar[desk.id] = []
    hours = {
        desk: [[_clock(at) for at in span] for span in spans] for desk, spans in calendar.items() if spans
    }
    return {"date": day.isoformat(), "desk_hours": hours, "visitors": visitors}


class _Book:
    """The desks' time as it is booked, by expected lengths."""

    def __init__(self, desks: Sequence[_Desk]) -> None:
        self.desks = desks
        self.taken: dict[str, list[tuple[int, int]]] = {desk.id: [] for desk in desks}

    def plan(self, person: _Person, earliest: int) -> list[int | None] | None:
        """Times of the legs in order, None for one that cannot be booked; None where a leg finds no time."""
        times: list[int | None] = []
        found: list[tuple[str, tuple[int, int]]] = []
        at = earliest
        for service_id in person.services:
            service = BY_ID[service_id]
            if not service.is_bookable:
                times.append(None)
                continue
            place = self._free(service, person.language, at)
            if place is None:
                return None
            found.append(place)
            times.append(place[1][0])
            at = place[1][1] + SLACK_MIN
        for desk_id, span in found:
            self.taken[desk_id].append(span)
        return times if found else None

    def _free(self, service: _Service, language: str, earliest: int) -> tuple[str, tuple[int, int]] | None:
        best: tuple[int, str] | None = None
        for desk in self.desks:
            if desk.agency != service.agency or language not in desk.languages:
                continue
            at = self._first(desk, service.expected_min, earliest)
            if at is not None and (best is None or (at, desk.id) < best):
                best = (at, desk.id)
        return (best[1], (best[0], best[0] + service.expected_min)) if best else None

    def _first(self, desk: _Desk, length: int, earliest: int) -> int | None:
        taken = self.taken[desk.id]
        whole = sum(end - start for start, end in desk.spans)
        if sum(end - start for start, end in taken) + length > whole * BOOKED_FILL:
            return None
        for start, end in desk.spans:
            at = max(start, -(-earliest // GRID_MIN) * GRID_MIN)
            while at + length <= end:
                clash = next((busy for busy in taken if busy[0] < at + length and at < busy[1]), None)
                if clash is None:
                    return at
                at = clash[1]
        return None


def _visitor(random: Random, index: int, person: _Person, book: _Book) -> dict[str, Any]:
    """A visitor of the format, with the minute of arrival or of the appointment to sort by."""
    earliest = OPENS + 15 * random.randrange((_closes(person) - OPENS - 60) // 15)
    times = book.plan(person, earliest) if person.wants_to_book else None
    kind = "walk_in" if times is None else "booked"
    first = min((at for at in times or () if at is not None), default=None)
    comes, arrives = random.random() >= NO_SHOW_SHARE, _arrives(random, person, first)
    legs = [
        {"service": service, "minutes": minutes} | ({} if at is None else {"at": _clock(at)})
        for service, minutes, at in zip(
            person.services, person.minutes, times or [None] * len(person.services), strict=True
        )
    ]
    visitor: dict[str, Any] = {
        "_order": (first if first is not None else arrives // 60, index),
        "id": "",
        "kind": kind,
        "arrives": _clock_s(arrives) if comes or first is None else None,
        "language": person.language,
        "people": person.people,
    }
    patience = min(max(round(random.lognormvariate(math.log(85), 0.5)), 15), 240)
    if random.random() < IMPATIENT_SHARE[kind]:
        visitor["gives_up_after_min"] = patience
    if random.random() < DEAF_SHARE:
        visitor["answers_calls"] = False
    return visitor | {"legs": legs}


def _arrives(random: Random, person: _Person, booked_min: int | None) -> int:
    """Second of the day: by the hours for a walk-in, around the appointment for one who booked."""
    hour, second = (
        _pick(random, tuple((count, hour) for hour, count in WALK_IN_HOURS)),
        random.randrange(3600),
    )
    early = random.triangular(-20, 35, 8)
    if booked_min is not None:
        return round((booked_min - early) * 60)
    at = hour * 3600 + second
    latest = (_closes(person) - 45) * 60
    return at if at <= latest else OPENS * 60 + (at - OPENS * 60) % (latest - OPENS * 60)


def _closes(person: _Person) -> int:
    """When the first of the person's agencies closes."""
    return min(CLOSING.get(BY_ID[service].agency, CLOSES) for service in person.services)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _clock_s(second: int) -> str:
    return f"{_clock(second // 60)}:{second % 60:02d}"


def _pick(random: Random, weighted: Sequence[tuple[int, T]]) -> T:
    return random.choices([item for _, item in weighted], [weight for weight, _ in weighted])[0]
