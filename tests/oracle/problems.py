"""Random problems, small enough for the solver and odd enough to reach every rule."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]

FIRST = date(2026, 11, 30)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def random_problem(seed: int) -> Json:
    rng = Random(seed)
    grid = rng.choice([5, 10, 15, 15, 20, 30, 7])
    agencies = [{"id": f"a{n}", "zone": rng.choice("AAB")} for n in range(rng.randint(1, 4))]
    days = _days(rng, 10)
    services = _services(rng, agencies, days)
    legs = _legs(rng, services)
    fill = rng.choice([0.0, 0.2, 0.3, 0.5, 0.7, 0.85])
    desks = [_desk(rng, n, agencies, services, days, fill) for n in range(rng.randint(1, 6))]
    if rng.random() < 0.85:
        _let_somebody_serve(rng, services, legs, desks)
    return {
        "format": "ihh-visit-plan/1",
        "id": f"random-{seed}",
        "grid_min": grid,
        "walk_min": rng.choice(
            [
                {"same_zone": 5, "other_zone": 10},
                {"same_zone": 0, "other_zone": 8},
                {"same_zone": 7, "other_zone": 12},
                {"same_zone": 0, "other_zone": 0},
                {"same_zone": 90, "other_zone": 5},
            ]
        ),
        "agencies": agencies,
        "services": services,
        "desks": desks,
        "request": _request(rng, legs, days),
    }


def crowded_problem(seed: int) -> Json:
    """A larger split party in a fuller house, where people are served side by side and compete for desks."""
    rng = Random(seed)
    agencies = [{"id": f"a{n}", "zone": rng.choice("AB")} for n in range(rng.randint(1, 3))]
    days = _days(rng, 5)
    services = _services(rng, agencies, days)[: rng.randint(1, 5)]
    known = {service["id"] for service in services}
    for service in services:
        service["after"] = [other for other in service.get("after", []) if other in known]
    party = [f"p{n}" for n in range(1, rng.randint(2, 6) + 1)]
    legs: list[Json] = []
    for service in rng.sample(services, len(services)):
        people = rng.sample(party, rng.randint(1, len(party)))
        while people:
            size = rng.choice([1, 1, 1, 2, len(people)])
            legs.append({"service": service["id"], "people": people[:size]})
            people = people[size:]
    legs = legs[: rng.randint(3, 8)]
    fill = rng.choice([0.0, 0.3, 0.5, 0.6])
    desks = [_desk(rng, n, agencies, services, days, fill) for n in range(rng.randint(2, 7))]
    _let_somebody_serve(rng, services, legs, desks)
    for desk in desks:
        desk["languages"] = ["en"]
    return {
        "format": "ihh-visit-plan/1",
        "id": f"crowded-{seed}",
        "grid_min": rng.choice([5, 5, 10, 15]),
        "walk_min": rng.choice([{"same_zone": 5, "other_zone": 10}, {"same_zone": 12, "other_zone": 25}]),
        "agencies": agencies,
        "services": services,
        "desks": desks,
        "request": _request(rng, legs, days) | {"language": "en"},
    }


def _days(rng: Random, most: int) -> list[str]:
    count = rng.randint(3, most) if rng.random() < 0.85 else rng.randint(1, 2)
    return [(FIRST + timedelta(days=n)).isoformat() for n in range(count)]


def _request(rng: Random, legs: list[Json], days: list[str]) -> Json:
    not_before = rng.choice(["00:00", "08:00", "08:00", "09:20", "10:03"])
    not_after = rng.choice(["24:00", "17:00", "17:00", "15:30", "13:04"])
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    if rng.random() < 0.2:
        first, last = first - timedelta(days=2), last + timedelta(days=3)
    elif rng.random() < 0.2:
        last = first + timedelta(days=rng.randint(0, (last - first).days))
    return {
        "legs": legs,
        "language": rng.choice(["en", "en", "en", "en", "en", "fi", "sv"]),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "not_before": not_before,
        "not_after": not_after,
        "prefer": rng.choice(["earliest", "shortest", "balanced"]),
        "options": rng.randint(1, 20),
    }


def _services(rng: Random, agencies: list[Json], days: list[str]) -> list[Json]:
    services: list[Json] = []
    for n in range(rng.randint(2, 8)):
        earlier = [service["id"] for service in services]
        service: Json = {
            "id": f"s{n}",
            "agency": rng.choice(agencies)["id"],
            "mode": "walk_in" if rng.random() < 0.25 else "desk",
            "base_min": rng.choice([5, 12, 15, 15, 20, 25, 30, 45]),
            "per_extra_person_min": rng.choice([0, 5, 10, 13]),
        }
        if earlier and rng.random() < 0.6:
            service["after"] = rng.sample(earlier, rng.randint(1, min(2, len(earlier))))
        if service["mode"] == "walk_in":
            service["wait_min"] = rng.choice([0, 10, 20])
            service["open"] = {day: _opening(rng) for day in days if rng.random() < 0.9}
        services.append(service)
    rng.shuffle(services)
    return services


def _opening(rng: Random) -> list[list[str]]:
    shape = rng.random()
    if shape < 0.5:
        return [["08:00", "16:00"]]
    if shape < 0.7:
        return [["12:00", "16:00"], ["09:00", "12:00"]]
    if shape < 0.85:
        return [["09:00", "11:30"], ["12:10", "15:45"]]
    if shape < 0.93:
        return [["09:07", "11:01"], ["11:01", "13:13"], ["13:00", "13:40"]]
    return [] if shape < 0.95 else [["10:00", "11:00"]]


def _desk(
    rng: Random, n: int, agencies: list[Json], services: list[Json], days: list[str], fill: float
) -> Json:
    agency = rng.choice(agencies)["id"]
    own = [service["id"] for service in services if service["agency"] == agency]
    offered = own if rng.random() < 0.6 else rng.sample(own, rng.randint(0, len(own)))
    if rng.random() < 0.15:
        offered = [*offered, rng.choice(services)["id"]]
    desk: Json = {
        "id": f"d{rng.choice('abc')}-{n}",
        "agency": agency,
        "services": offered,
        "languages": rng.choice([["fi", "en"], ["en"], ["fi", "sv", "en"], ["fi"]]),
        "open": {day: _opening(rng) for day in days if rng.random() < 0.9},
    }
    if rng.random() < 0.06:
        desk["busy"] = {day: [["00:00", "24:00"]] for day in days}
    elif fill:
        desk["busy"] = {day: _busy(rng, fill) for day in days}
    return desk


def _busy(rng: Random, fill: float) -> list[list[str]]:
    spans = []
    at = 8 * 60 + rng.choice([0, 0, 7])
    while at < 17 * 60:
        length = rng.choice([15, 20, 30, 45, 60])
        if rng.random() < fill:
            spans.append([clock(at), clock(at + length + rng.choice([0, 0, 0, 4]))])
        at += length
    rng.shuffle(spans)
    return spans


def _legs(rng: Random, services: list[Json]) -> list[Json]:
    party = [f"p{n}" for n in range(1, rng.choice([1, 2, 2, 3, 3, 4, 6]) + 1)]
    is_split = len(party) > 1 and rng.random() < 0.85
    is_crowd = is_split and rng.random() < 0.35
    legs: list[Json] = []
    left = {service["id"]: list(party) for service in services}
    crowded = rng.choice(services)["id"]
    for _ in range(rng.choice([1, 2, 3, 3, 4, 4, 5, 5, 6, 7])):
        able = [service for service in left if left[service]]
        if not able:
            break
        service = crowded if is_crowd and left[crowded] else rng.choice(able)
        people = _some(rng, left[service], is_split=is_split, is_crowd=is_crowd)
        left[service] = [person for person in left[service] if person not in people]
        legs.append({"service": service, "people": people})
    return legs


def _some(rng: Random, people: list[str], *, is_split: bool, is_crowd: bool) -> list[str]:
    if is_crowd:
        return [rng.choice(people)]
    if is_split and rng.random() < 0.6:
        return rng.sample(people, rng.randint(1, len(people)))
    return list(people)


def _let_somebody_serve(rng: Random, services: list[Json], legs: list[Json], desks: list[Json]) -> None:
    """Most random houses lack a desk for some leg; few of them are enough."""
    modes = {service["id"]: service["mode"] for service in services}
    for service in dict.fromkeys(leg["service"] for leg in legs):
        if modes[service] == "desk" and not any(service in desk["services"] for desk in desks):
            rng.choice(desks)["services"].append(service)
