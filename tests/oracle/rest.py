"""The best rest of a day by trying everything, from the problem's JSON alone: for small problems."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.oracle.feasible import minutes

Json = dict[str, Any]
Place = tuple[int, str | None]
"""Start in minutes and desk."""


def best_rest(
    problem: Json, booked: dict[int, Place], ready: dict[str, tuple[int, str | None]]
) -> tuple[int, int, int, int]:
    """(legs dropped, appointments moved, end, sum of starts); the end is 0 where nothing is kept."""
    legs = range(len(problem["request"]["legs"]))
    places = {leg: list(_places(problem, leg, ready)) for leg in legs}
    for size in range(len(legs) + 1):
        found = [
            (_moved(kept, chosen, booked), _end(problem, kept, chosen), sum(start for start, _ in chosen))
            for kept in combinations(legs, len(legs) - size)
            for chosen in _all(problem, kept, places, ())
        ]
        if found:
            return (size, *min(found))
    raise AssertionError("the empty rest is always there")


def _moved(kept: tuple[int, ...], chosen: tuple[Place, ...], booked: dict[int, Place]) -> int:
    return sum(leg in booked and place != booked[leg] for leg, place in zip(kept, chosen, strict=True))


def _end(problem: Json, kept: tuple[int, ...], chosen: tuple[Place, ...]) -> int:
    return max(
        (start + _length(problem, leg) for leg, (start, _) in zip(kept, chosen, strict=True)), default=0
    )


def _all(
    problem: Json, kept: tuple[int, ...], places: dict[int, list[Place]], chosen: tuple[Place, ...]
) -> Iterator[tuple[Place, ...]]:
    if len(chosen) == len(kept):
        yield chosen
        return
    leg = kept[len(chosen)]
    for place in places[leg]:
        if all(_agree(problem, other, there, leg, place) for other, there in zip(kept, chosen, strict=False)):
            yield from _all(problem, kept, places, (*chosen, place))


def _places(problem: Json, leg: int, ready: dict[str, tuple[int, str | None]]) -> Iterator[Place]:
    request, service = problem["request"], _service(problem, leg)
    grid, day = problem["grid_min"], request["from"]
    people = request["legs"][leg]["people"]
    first = max(
        ready[person][0] + (_walk(problem, ready[person][1], service["agency"]) if ready[person][1] else 0)
        for person in people
    )
    first = max(first, minutes(request["not_before"]))
    last = minutes(request["not_after"]) - _length(problem, leg)
    for start in range(-(-first // grid) * grid, last + 1, grid):
        if service["mode"] == "walk_in":
            if _inside(service.get("open", {}).get(day, []), start, _length(problem, leg)):
                yield start, None
            continue
        for desk in problem["desks"]:
            able = service["id"] in desk["services"] and request["language"] in desk["languages"]
            if able and _is_free(desk, day, start, _length(problem, leg)):
                yield start, desk["id"]


def _agree(problem: Json, a: int, place_a: Place, b: int, place_b: Place) -> bool:
    """Whether two legs can stand like this in one visit."""
    (start_a, desk_a), (start_b, desk_b) = place_a, place_b
    end_a, end_b = start_a + _length(problem, a), start_b + _length(problem, b)
    if desk_a is not None and desk_a == desk_b and start_a < end_b and start_b < end_a:
        return False
    legs = problem["request"]["legs"]
    if not set(legs[a]["people"]) & set(legs[b]["people"]):
        return True
    walk = _walk(problem, _service(problem, a)["agency"], _service(problem, b)["agency"])
    a_first, b_first = end_a + walk <= start_b, end_b + walk <= start_a
    if legs[a]["service"] in _before(problem, legs[b]["service"]):
        return a_first
    if legs[b]["service"] in _before(problem, legs[a]["service"]):
        return b_first
    return a_first or b_first


def _service(problem: Json, leg: int) -> Json:
    wanted = problem["request"]["legs"][leg]["service"]
    return next(service for service in problem["services"] if service["id"] == wanted)


def _before(problem: Json, service_id: str) -> set[str]:
    after = {service["id"]: service.get("after", []) for service in problem["services"]}
    found: set[str] = set()
    waiting = [service_id]
    while waiting:
        for other in after[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _length(problem: Json, leg: int) -> int:
    service, people = _service(problem, leg), len(problem["request"]["legs"][leg]["people"])
    length = service["base_min"] + service["per_extra_person_min"] * (people - 1)
    length += service.get("wait_min", 0) if service["mode"] == "walk_in" else 0
    return int(-(-length // problem["grid_min"]) * problem["grid_min"])


def _walk(problem: Json, here: str, there: str) -> int:
    zones = {agency["id"]: agency["zone"] for agency in problem["agencies"]}
    if here == there:
        return 0
    return int(problem["walk_min"]["same_zone" if zones[here] == zones[there] else "other_zone"])


def _is_free(desk: Json, day: str, start: int, length: int) -> bool:
    busy = desk.get("busy", {}).get(day, [])
    clear = all(start + length <= minutes(begin) or minutes(end) <= start for begin, end in busy)
    return clear and _inside(desk.get("open", {}).get(day, []), start, length)


def _inside(spans: list[list[str]], start: int, length: int) -> bool:
    """Every minute lies in some span: those that touch count as one."""
    inside = {minute for begin, end in spans for minute in range(minutes(begin), minutes(end))}
    return all(minute in inside for minute in range(start, start + length))
