"""Small problems for tests that state one rule: only what the rule needs, the rest changed by keyword."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

DAY = "2026-11-30"
NEXT = "2026-12-01"


def service(id: str, agency: str = "a", base: int = 30, **more: Any) -> Json:
    return {"id": id, "agency": agency, "mode": "desk", "base_min": base, "per_extra_person_min": 10, **more}


def walk_in(id: str, spans: list[list[str]], agency: str = "a", base: int = 30, **more: Any) -> Json:
    line = {"mode": "walk_in", "wait_min": 0, "open": {DAY: spans}}
    return service(id, agency, base, **{**line, **more})


def desk(id: str, services: list[str], *spans: list[str], agency: str = "a", **more: Any) -> Json:
    opening = {DAY: list(spans) or [["09:00", "16:00"]]}
    return {
        "id": id,
        "agency": agency,
        "services": services,
        "languages": ["en"],
        "open": opening,
        **more,
    }


def leg(service: str, *people: str) -> Json:
    return {"service": service, "people": list(people) or ["p1"]}


def problem(services: list[Json], desks: list[Json], legs: list[Json], **more: Any) -> Json:
    """`more` changes the heading (`grid_min`, `walk_min`) or else the request."""
    heading = {
        "format": "ihh-visit-plan/1",
        "id": "small",
        "grid_min": 5,
        "walk_min": {"same_zone": 5, "other_zone": 10},
        "agencies": [{"id": "a", "zone": "A"}, {"id": "b", "zone": "A"}, {"id": "c", "zone": "C"}],
        "services": services,
        "desks": desks,
    }
    request = {
        "legs": legs,
        "language": "en",
        "from": DAY,
        "to": DAY,
        "not_before": "08:00",
        "not_after": "17:00",
        "prefer": "earliest",
        "options": 1,
    }
    for key, value in more.items():
        (heading if key in heading else request)[key] = value
    return {**heading, "request": request}
