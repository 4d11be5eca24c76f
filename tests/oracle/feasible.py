"""Checks an answer against the rules of the visit, minute by minute, from the JSON alone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

Json = dict[str, Any]
Minutes = set[int]


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def covered(spans: list[list[str]]) -> Minutes:
    """Every minute that a span holds; a span [09:00, 09:02] holds two."""
    return {minute for start, end in spans for minute in range(minutes(start), minutes(end))}


def duration(problem: Json, leg: Json) -> int:
    service = by_id(problem["services"])[leg["service"]]
    total = service["base_min"] + service["per_extra_person_min"] * (len(leg["people"]) - 1)
    if service["mode"] == "walk_in":
        total += service["wait_min"]
    grid = problem["grid_min"]
    return total if total % grid == 0 else total + grid - total % grid


def by_id(items: list[Json]) -> dict[str, Json]:
    return {item["id"]: item for item in items}


def walk(problem: Json, one: str, other: str) -> int:
    """Between the agencies of two services."""
    services = by_id(problem["services"])
    return walk_between(problem, services[one]["agency"], services[other]["agency"])


def walk_between(problem: Json, here: str, there: str) -> int:
    """Between two agencies."""
    agencies = by_id(problem["agencies"])
    if here == there:
        return 0
    is_one_zone = agencies[here]["zone"] == agencies[there]["zone"]
    return int(problem["walk_min"]["same_zone" if is_one_zone else "other_zone"])


def precedes(problem: Json, one: str, other: str) -> bool:
    """Whether a chain of `after` leads from `one` to `other`."""
    services = by_id(problem["services"])
    return any(direct == one or precedes(problem, one, direct) for direct in services[other].get("after", []))


def able_desks(problem: Json, leg: Json) -> list[Json]:
    language = problem["request"]["language"]
    return [d for d in problem["desks"] if leg["service"] in d["services"] and language in d["languages"]]


def free_minutes(desk: Json, date: str) -> Minutes:
    return covered(desk.get("open", {}).get(date, [])) - covered(desk.get("busy", {}).get(date, []))


def faults(problem: Json, answer: Json) -> list[str]:
    """Every rule the answer breaks, in words; none for a feasible answer."""
    found: list[str] = []
    if answer["format"] != "ihh-visit-plan-answer/1" or answer["id"] != problem["id"]:
        found.append("heading")
    if len(answer["options"]) > problem["request"]["options"]:
        found.append("too many options")
    if ("blocked" in answer) != (not answer["options"]):
        found.append("blocked stands exactly where there is no option")
    for place, option in enumerate(answer["options"]):
        found += [f"option {place}: {fault}" for fault in option_faults(problem, option)]
    return found


def option_faults(problem: Json, option: Json) -> list[str]:
    request, legs = problem["request"], option["legs"]
    asked = [(leg["service"], leg["people"]) for leg in request["legs"]]
    if [(leg["service"], leg["people"]) for leg in legs] != asked:
        return ["other legs than asked for"]
    found = []
    if not request["from"] <= option["date"] <= request["to"]:
        found.append("date out of the range")
    if option["start"] != min(leg["start"] for leg in legs) or option["end"] != max(
        leg["end"] for leg in legs
    ):
        found.append("start or end of the visit")
    for leg in legs:
        found += leg_faults(problem, option["date"], leg)
    for one, other in combinations(legs, 2):
        found += pair_faults(problem, one, other)
    return found + desk_choice_faults(problem, option)


def leg_faults(problem: Json, date: str, leg: Json) -> list[str]:
    request, name = problem["request"], leg["service"]
    start, end = minutes(leg["start"]), minutes(leg["end"])
    found = []
    if start % problem["grid_min"]:
        found.append(f"{name} off the grid")
    if end - start != duration(problem, leg):
        found.append(f"{name} lasts {end - start}")
    if start < minutes(request["not_before"]) or end > minutes(request["not_after"]):
        found.append(f"{name} out of the hours asked for")
    service = by_id(problem["services"])[name]
    needed = set(range(start, end))
    if service["mode"] == "walk_in":
        if leg["desk"] is not None:
            found.append(f"{name} at a desk")
        if not needed <= covered(service.get("open", {}).get(date, [])):
            found.append(f"{name} while its line is closed")
    elif leg["desk"] not in [desk["id"] for desk in able_desks(problem, leg)]:
        found.append(f"{name} at a desk that can't serve it")
    elif not needed <= free_minutes(by_id(problem["desks"])[leg["desk"]], date):
        found.append(f"{name} at a desk that is not free")
    return found


def overlap(one: Json, other: Json) -> bool:
    return minutes(one["start"]) < minutes(other["end"]) and minutes(other["start"]) < minutes(one["end"])


def pair_faults(problem: Json, one: Json, other: Json) -> list[str]:
    pair = f"{one['service']}/{other['service']}"
    found = []
    if one["desk"] is not None and one["desk"] == other["desk"] and overlap(one, other):
        found.append(f"{pair} at one desk at once")
    if not set(one["people"]) & set(other["people"]):
        return found
    first, second = sorted([one, other], key=lambda leg: minutes(leg["start"]))
    if minutes(second["start"]) - minutes(first["end"]) < walk(problem, one["service"], other["service"]):
        found.append(f"{pair} without the walk")
    if precedes(problem, second["service"], first["service"]):
        found.append(f"{pair} in the wrong order")
    return found


def desk_choice_faults(problem: Json, option: Json) -> list[str]:
    """A leg whose desk could be swapped for a lower one with nothing else changed."""
    found = []
    for leg in option["legs"]:
        needed = set(range(minutes(leg["start"]), minutes(leg["end"])))
        taken = {o["desk"] for o in option["legs"] if o is not leg and overlap(o, leg)}
        for desk in able_desks(problem, leg) if leg["desk"] is not None else []:
            is_lower = desk["id"] < leg["desk"] and desk["id"] not in taken
            if is_lower and needed <= free_minutes(desk, option["date"]):
                found.append(f"{leg['service']} not at the lowest desk")
    return found
