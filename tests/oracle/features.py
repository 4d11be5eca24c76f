"""What a problem exercises, read from its JSON alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.oracle.exact import blocked, dates
from tests.oracle.feasible import able_desks, by_id, covered, free_minutes, minutes, precedes

Json = dict[str, Any]


def features(problem: Json) -> set[str]:
    return {*_request(problem), *_legs(problem), *_pairs(problem), *_calendars(problem)}


def _request(problem: Json) -> Iterator[str]:
    request = problem["request"]
    yield f"prefer {request['prefer']}"
    yield f"options {request['options']}"
    days = len(dates(problem))
    yield "60 days" if days == 60 else "3 to 10 days" if 3 <= days <= 10 else "another range"
    if minutes(request["not_before"]) > 9 * 60:
        yield "not_before within the hours"
    if minutes(request["not_after"]) < 16 * 60:
        yield "not_after within the hours"
    if (
        minutes(request["not_before"]) % problem["grid_min"]
        or minutes(request["not_after"]) % problem["grid_min"]
    ):
        yield "window off the grid"


def _legs(problem: Json) -> Iterator[str]:
    legs, modes = problem["request"]["legs"], by_id(problem["services"])
    party = {person for leg in legs for person in leg["people"]}
    for leg in legs:
        yield f"{modes[leg['service']]['mode']} leg"
        if len(leg["people"]) > 1:
            yield "leg of several people"
        if set(leg["people"]) != party:
            yield "leg of a part of the party"
    if blocked(problem):
        yield "leg without any place"


def _pairs(problem: Json) -> Iterator[str]:
    for one, other in combinations(problem["request"]["legs"], 2):
        if set(one["people"]) & set(other["people"]):
            yield from _order(problem, one["service"], other["service"])
            yield from _order(problem, other["service"], one["service"])
            continue
        yield "legs that may run at the same time"
        wanted = [{desk["id"] for desk in able_desks(problem, leg)} for leg in (one, other)]
        modes = by_id(problem["services"])
        if all(modes[leg["service"]]["mode"] == "desk" for leg in (one, other)) and wanted[0] & wanted[1]:
            yield "parallel legs that want one desk"
            if wanted[0] == wanted[1] and len(wanted[0]) == 1:
                yield "parallel legs that have only one desk"


def _order(problem: Json, first: str, then: str) -> Iterator[str]:
    if not precedes(problem, first, then):
        return
    yield "legs in an order"
    services = by_id(problem["services"])
    asked = {leg["service"] for leg in problem["request"]["legs"]}
    without = {
        **problem,
        "services": [
            {**service, "after": [each for each in service.get("after", []) if each in asked]}
            for service in services.values()
        ],
    }
    if not precedes(without, first, then):
        yield "order only through a service nobody asked for"


def _calendars(problem: Json) -> Iterator[str]:
    desks = {
        desk["id"]: desk for leg in problem["request"]["legs"] for desk in able_desks(problem, leg)
    }.values()
    if desks and not any(desk.get("busy") for desk in desks):
        yield "empty calendar"
    for desk in desks:
        opened = [day for day in dates(problem) if desk.get("open", {}).get(day)]
        if opened and not any(free_minutes(desk, day) for day in opened):
            yield "full calendar"
        for day in opened:
            busy = desk.get("busy", {}).get(day, [])
            if busy and 0 < len(free_minutes(desk, day)) < len(covered(desk["open"][day])):
                yield "calendar booked in part"
            if any(minutes(start) % problem["grid_min"] for start, _ in desk["open"][day]):
                yield "opening off the grid"
            if sum(minutes(end) - minutes(start) for start, end in desk["open"][day]) > len(
                covered(desk["open"][day])
            ):
                yield "spans that overlap"
