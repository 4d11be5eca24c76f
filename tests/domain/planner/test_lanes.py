"""Free time as ready-made lanes plans as the same time in spans does; and time kept from a service stays free of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest

from ihh.domain.planner import plan
from ihh.domain.planner.problem import PlannedDesk, Problem
from ihh.domain.planner.read import parse_problem
from tests.domain.planner.small import desk, leg, problem, service
from tests.oracle.feasible import duration, free_minutes, precedes, walk
from tests.oracle.houses import booked_house, split_house
from tests.oracle.problems import crowded_problem, random_problem

Json = dict[str, Any]
DAYS = ("2026-11-30", "2026-12-01")


def lane(minutes: set[int], grid: int) -> int:
    """The slots all of whose minutes are in the set."""
    return sum(
        1 << slot
        for slot in range(24 * 60 // grid)
        if all(minute in minutes for minute in range(slot * grid, slot * grid + grid))
    )


def by_lanes(data: Json) -> Problem:
    asked, json_desks = parse_problem(data), {desk["id"]: desk for desk in data["desks"]}

    def converted(desk: PlannedDesk) -> PlannedDesk:
        days = {
            day: lane(free_minutes(json_desks[desk.id], day.isoformat()), asked.grid_min) for day in desk.open
        }
        return replace(desk, open={}, busy={}, free=days)

    return replace(asked, desks=tuple(converted(desk) for desk in asked.desks))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("make", [random_problem, crowded_problem])
def test_a_small_house_by_lanes_as_by_spans(make: Any, seed: int) -> None:
    data = make(seed)
    assert plan(by_lanes(data)) == plan(parse_problem(data))


@pytest.mark.parametrize("make", [booked_house, split_house])
@pytest.mark.parametrize("seed", range(2))
def test_a_large_house_by_lanes_as_by_spans(make: Any, seed: int) -> None:
    data = make(seed)
    assert plan(by_lanes(data)) == plan(parse_problem(data))


def keeping(seed: int) -> tuple[Json, dict[tuple[str, str, str], set[int]]]:
    """A tiny house, and which minutes a desk keeps from a service on a day."""
    rng = Random(seed)
    services = [
        service(f"s{n}", rng.choice("abc"), rng.choice([30, 30, 60, 90]), per_extra_person_min=30)
        for n in range(rng.randint(1, 3))
    ]
    if len(services) > 1 and rng.random() < 0.4:
        services[1]["after"] = ["s0"]
    ids = [each["id"] for each in services]
    desks = [
        desk(f"d{n}", rng.sample(ids, rng.randint(1, len(ids))) if n else ids, open={}, languages=["en"])
        for n in range(rng.randint(1, 3))
    ]
    kept: dict[tuple[str, str, str], set[int]] = {}
    for each in desks:
        for day in DAYS:
            if rng.random() < 0.9:
                each["open"][day] = [["09:00", "11:30"], ["12:00", "14:00"]]
            for name in each["services"]:
                slots = [slot for slot in range(18, 28) if rng.random() < 0.3]
                kept[each["id"], name, day] = {m for slot in slots for m in range(slot * 30, slot * 30 + 30)}
    party = ["p1", "p2", "p3"][: rng.randint(1, 3)]
    legs = []
    for name in rng.sample(ids, len(ids)):
        legs += [leg(name, *party)] if rng.random() < 0.4 else [leg(name, person) for person in party]
    return problem(services, desks, legs[:4], grid_min=30, to=DAYS[1], options=20), kept


@pytest.mark.parametrize("seed", range(150))
def test_kept_time_is_exactly_as_if_every_visit_had_been_tried(seed: int) -> None:
    data, kept = keeping(seed)
    asked = parse_problem(data)
    desks = tuple(
        replace(
            desk,
            kept={
                name: {
                    date.fromisoformat(day): lane(minutes, 30)
                    for (at, what, day), minutes in kept.items()
                    if (at, what) == (desk.id, name)
                }
                for name in desk.services
            },
        )
        for desk in asked.desks
    )
    answer = plan(replace(asked, desks=desks))
    found = [(option.date.isoformat(), option.end - option.start, option.start) for option in answer.options]
    assert found == best_of_buckets(data, kept)
    for option in answer.options:
        assert all(
            kept[part.desk or "", part.service, option.date.isoformat()].isdisjoint(
                range(part.start, part.end)
            )
            for part in option.legs
        )


def best_of_buckets(data: Json, kept: dict[tuple[str, str, str], set[int]]) -> list[tuple[str, int, int]]:
    """(day, length, start) of the best visit of each day and half of it, by trying all of them."""
    best: dict[tuple[str, bool], tuple[int, int]] = {}
    for day in DAYS:
        for starts in visits(data, kept, day, ()):
            begin = min(start for start, _, _ in starts)
            lasting = max(end for _, end, _ in starts) - begin
            half = (day, begin >= 12 * 60)
            best[half] = min(best.get(half, (lasting, begin)), (lasting, begin))
    return sorted((day, lasting, begin) for (day, _), (lasting, begin) in best.items())


Placed = tuple[tuple[int, int, str], ...]


def visits(data: Json, kept: dict[tuple[str, str, str], set[int]], day: str, placed: Placed) -> Any:
    legs = data["request"]["legs"]
    if len(placed) == len(legs):
        yield placed
        return
    wanted = legs[len(placed)]
    length = duration(data, wanted)
    for each in data["desks"]:
        if wanted["service"] not in each["services"]:
            continue
        free = free_minutes(each, day) - kept[each["id"], wanted["service"], day]
        for start in range(9 * 60, 14 * 60, 30):
            if free.issuperset(range(start, start + length)):
                longer = (*placed, (start, start + length, each["id"]))
                if is_possible(data, longer):
                    yield from visits(data, kept, day, longer)


def is_possible(data: Json, placed: Placed) -> bool:
    legs = data["request"]["legs"]
    for (one, a), (other, b) in combinations(zip(legs, placed, strict=False), 2):
        if a[2] == b[2] and a[0] < b[1] and b[0] < a[1]:
            return False
        if set(one["people"]) & set(other["people"]):
            gap = walk(data, one["service"], other["service"])
            if not (a[1] + gap <= b[0] or b[1] + gap <= a[0]):
                return False
            if precedes(data, one["service"], other["service"]) and a[0] > b[0]:
                return False
            if precedes(data, other["service"], one["service"]) and b[0] > a[0]:
                return False
    return True
