"""Random houses of two months: five to nine agencies, two to six desks each, weekdays only, booked to a given share.

These are the sizes the planner is measured on; `problems` makes the small odd ones.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]

FIRST = date(2026, 11, 30)
DAYS = 60
LENGTHS = [15, 20, 25, 30, 40, 45]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def booked_house(seed: int) -> Json:
    """Two to six legs, for a whole party or one that splits, in a house booked to 70–95 %."""
    rng = Random(seed)
    return _house(rng, legs=rng.randint(2, 6), people=rng.randint(1, 4), fill=rng.uniform(0.7, 0.95))


def empty_house(seed: int) -> Json:
    """Six legs where no desk has a booking."""
    rng = Random(seed)
    return _house(rng, legs=6, people=rng.randint(1, 4), fill=0.0)


def split_house(seed: int) -> Json:
    """Six legs of a party of four that splits, in a house booked to 70–95 %."""
    rng = Random(seed)
    return _house(rng, legs=6, people=4, fill=rng.uniform(0.7, 0.95), is_split=True)


def _house(rng: Random, *, legs: int, people: int, fill: float, is_split: bool | None = None) -> Json:
    agencies = [{"id": f"a{n}", "zone": rng.choice("AAB")} for n in range(rng.randint(5, 9))]
    days = [day for n in range(DAYS) if (day := FIRST + timedelta(days=n)).weekday() < 5]
    services = _services(rng, agencies, [day.isoformat() for day in days])
    desks = [
        _desk(rng, f"{agency['id']}-{n}", agency["id"], services, days, fill)
        for agency in agencies
        for n in range(1, rng.randint(2, 6) + 1)
    ]
    party = [f"p{n}" for n in range(1, people + 1)]
    is_split = rng.random() < 0.5 if is_split is None else is_split
    return {
        "format": "ihh-visit-plan/1",
        "id": "house",
        "grid_min": 5,
        "walk_min": {"same_zone": 5, "other_zone": 10},
        "agencies": agencies,
        "services": services,
        "desks": desks,
        "request": {
            "legs": _legs(rng, services, party, legs, is_split=is_split and people > 1),
            "language": "en",
            "from": FIRST.isoformat(),
            "to": (FIRST + timedelta(days=DAYS - 1)).isoformat(),
            "not_before": "08:00",
            "not_after": "17:00",
            "prefer": rng.choice(["earliest", "shortest", "balanced"]),
            "options": 5,
        },
    }


def _services(rng: Random, agencies: list[Json], days: list[str]) -> list[Json]:
    services: list[Json] = []
    for agency in agencies:
        for n in range(rng.randint(1, 2)):
            is_line = rng.random() < 0.15
            services.append(
                {
                    "id": f"{agency['id']}.s{n}",
                    "agency": agency["id"],
                    "mode": "walk_in" if is_line else "desk",
                    "base_min": rng.choice([15, 17, 20, 25, 27, 30]),
                    "per_extra_person_min": rng.choice([5, 8, 10]),
                    "after": [rng.choice(services)["id"]] if services and rng.random() < 0.3 else [],
                }
            )
            if is_line:
                hours = rng.choice([["09:00", "12:00"], ["09:00", "16:00"]])
                services[-1] |= {"wait_min": rng.choice([10, 20]), "open": {day: [hours] for day in days}}
    return services


def _desk(rng: Random, name: str, agency: str, services: list[Json], days: list[date], fill: float) -> Json:
    own = [service["id"] for service in services if service["agency"] == agency]
    is_first = name.endswith("-1")
    desk: Json = {
        "id": name,
        "agency": agency,
        "services": own if is_first or rng.random() < 0.8 else [rng.choice(own)],
        "languages": ["fi", "en"] if is_first or rng.random() < 0.85 else ["fi"],
        "open": {},
        "busy": {},
    }
    for day in days:
        lunch = rng.choice([660, 675, 690, 720])
        opened = [(540, lunch), (lunch + 30, 960)]
        desk["open"][day.isoformat()] = [[clock(start), clock(end)] for start, end in opened]
        if fill:
            desk["busy"][day.isoformat()] = [span for each in opened for span in _bookings(rng, *each, fill)]
    return desk


def _bookings(rng: Random, start: int, end: int, fill: float) -> list[list[str]]:
    """Back to back or with the gaps that make up the share left free."""
    spans: list[list[str]] = []
    while start < end:
        length = min(rng.choice(LENGTHS), end - start)
        if rng.random() < fill:
            spans.append([clock(start), clock(start + length)])
        start += length
    return spans


def _legs(rng: Random, services: list[Json], party: list[str], count: int, *, is_split: bool) -> list[Json]:
    """A party that splits serves some services person by person or in two groups, side by side where desks allow."""
    legs: list[Json] = []
    for service in rng.sample(services, len(services)):
        groups = [party]
        if is_split and rng.random() < 0.6:
            mixed = rng.sample(party, len(party))
            cut = rng.randint(1, len(party) - 1)
            groups = rng.choice([[mixed[:cut], mixed[cut:]], [mixed[:cut]], [[p] for p in mixed]])
        legs += [{"service": service["id"], "people": sorted(group)} for group in groups]
        if len(legs) >= count:
            break
    return legs[:count]


def rival_house(seed: int) -> Json:
    """Six to eight legs that compete for few desks: every person or pair on their own, each after the same services."""
    rng = Random(seed)
    made = _house(rng, legs=1, people=1, fill=0.0)
    fill = rng.choice([0.0, 0.3, 0.5, 0.6, 0.7, 0.8])
    days = [date.fromisoformat(day) for day in made["desks"][0]["open"]]
    asked = rng.randint(1, 4)
    services = [
        {
            "id": f"s{n}",
            "agency": rng.choice(made["agencies"])["id"],
            "mode": "desk",
            "base_min": rng.choice([15, 20, 25, 30]),
            "per_extra_person_min": rng.choice([5, 10]),
            "after": [f"s{n - 1}"] if n and rng.random() < 0.3 else [],
        }
        for n in range(asked)
    ]
    groups = _groups(rng, asked)
    legs = [{"service": service["id"], "people": group} for service in services for group in groups][:8]
    if len(legs) < 8 and rng.random() < 0.4:
        whole = {**services[0], "id": "whole", "after": []}
        services.append(whole)
        legs.insert(
            rng.randint(0, len(legs)),
            {"service": "whole", "people": sorted(person for group in groups for person in group)},
        )
    rng.shuffle(legs)
    desks = []
    for n in range(rng.randint(1, 4)):
        offers = [service for service in services if rng.random() < 0.7]
        desks.append(
            _desk(rng, f"d{n}-1", services[0]["agency"], services, days, fill)
            | {"agency": made["agencies"][0]["id"]}
        )
        desks[-1]["services"] = [service["id"] for service in offers]
    for service in services:
        if not any(service["id"] in desk["services"] for desk in desks):
            desks[0]["services"].append(service["id"])
    return {
        **made,
        "services": services,
        "desks": desks,
        "request": {**made["request"], "legs": legs},
    }


def _groups(rng: Random, asked: int) -> list[list[str]]:
    """The party in so many groups that with so many services each there are six to eight legs."""
    count = {1: 6, 2: rng.randint(3, 4), 3: 2, 4: 2}[asked]
    people = [f"p{n}" for n in range(1, 7)]
    if rng.random() < 0.5:
        return [[person] for person in people[:count]]
    cuts = sorted(rng.sample(range(1, 6), count - 1))
    return [people[begin:end] for begin, end in zip([0, *cuts], [*cuts, 6], strict=True)]


def woven_house(seed: int) -> Json:
    """Eight legs for overlapping parts of a party of six."""
    rng = Random(seed)
    made = _house(rng, legs=1, people=1, fill=rng.choice([0.0, 0.3, 0.6, 0.8, 0.9]))
    names = [s["id"] for s in made["services"]]
    people = [f"p{n}" for n in range(1, 7)]
    top = rng.randint(2, 4)
    legs = []
    for _ in range(8):
        service = rng.choice(names)
        able = [
            p for p in people if not any(leg["service"] == service and p in leg["people"] for leg in legs)
        ]
        if able:
            legs.append(
                {"service": service, "people": sorted(rng.sample(able, min(len(able), rng.randint(1, top))))}
            )
    made["request"]["legs"] = legs
    return made
