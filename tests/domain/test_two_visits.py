"""Two visits against every split of the legs and every pair of days, each day's best proved by the solver."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pytest

from ihh.domain.planner import answer_json, plan
from ihh.domain.planner.read import parse_problem
from ihh.domain.planner.visit import Answer
from ihh.domain.two_visits import TwoVisits, two_visits
from tests.domain.planner.small import desk, leg, problem, service
from tests.oracle.exact import best_of_day, dates
from tests.oracle.feasible import by_id, faults, precedes

Json = dict[str, Any]
Rank = tuple[str, int, str, int, int]
"""Second date, minutes in the house, first date, starts."""


DAYS = {"2026-11-30": 0.4, "2026-12-01": 0.4, "2026-12-02": 0.4, "2026-12-03": 0.6, "2026-12-04": 1.0}
"""Days, and how much of them is free at most: one visit finds a place late."""
HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(9, 13) for minute in (0, 30)]

SEEDS = range(90)


def scarce(seed: int) -> Json:
    """Two to four agencies with a desk or two with few half hours left, and legs that may depend on others."""
    rng = Random(seed)
    agencies = [{"id": name, "zone": rng.choice("AB")} for name in "abcd"[: rng.randint(2, 4)]]
    services: list[Json] = []
    for number in range(rng.randint(len(agencies), 5)):
        agency = agencies[number % len(agencies)]["id"]
        earlier = [each["id"] for each in services]
        needs = rng.sample(earlier, 1) if earlier and rng.random() < 0.4 else []
        made = service(f"s{number}", agency, rng.choice([15, 25, 30, 45]), after=needs)
        if rng.random() < 0.15:
            made |= {"mode": "walk_in", "wait_min": 10, "open": {day: free(rng, 0.7) for day in DAYS}}
        services.append(made)
    rng.shuffle(services)
    desks = [
        desk(f"{agency['id']}-{number}", [each["id"] for each in services if each["agency"] == agency["id"]])
        | {
            "agency": agency["id"],
            "open": {day: free(rng, rng.choice([0.2, 0.4, share])) for day, share in DAYS.items()},
        }
        for agency in agencies
        for number in range(rng.randint(1, 2))
    ]
    legs = [leg(each["id"], *rng.choice([["p1"], ["p1"], ["p2"], ["p1", "p2"]])) for each in services]
    ends = {"from": "2026-11-30", "to": rng.choice(["2026-12-01", "2026-12-03", "2026-12-04", "2026-12-04"])}
    return problem(services, desks, legs, agencies=agencies, **ends)


def free(rng: Random, share: float) -> list[list[str]]:
    """So much of the morning in random half hours; those that touch count as one."""
    return [[start, end] for start, end in pairwise(HALF_HOURS) if rng.random() < share]


def part_of(made: Json, legs: tuple[int, ...]) -> Json:
    chosen = [made["request"]["legs"][index] for index in legs]
    return {**made, "request": {**made["request"], "legs": chosen}}


def splits_of(made: Json) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    legs, services = made["request"]["legs"], by_id(made["services"])
    agency_of = [services[leg["service"]]["agency"] for leg in legs]
    agencies = sorted(set(agency_of))
    for size in range(1, len(agencies)):
        for chosen in combinations(agencies, size):
            first = tuple(index for index, agency in enumerate(agency_of) if agency in chosen)
            second = tuple(index for index in range(len(legs)) if index not in first)
            if not any(
                set(legs[a]["people"]) & set(legs[b]["people"])
                and precedes(made, legs[b]["service"], legs[a]["service"])
                for a in first
                for b in second
            ):
                yield first, second


def proved(made: Json, before: str | None) -> Rank | None:
    """The best pair by trying all."""

    @cache
    def best(legs: tuple[int, ...], day: str) -> tuple[int, int] | None:
        found = best_of_day(part_of(made, legs), day)
        return min(((lasting, start) for _, lasting, start in found), default=None)

    days = [day for day in dates(made) if before is None or day < before]
    ranks = []
    for first, second in splits_of(made):
        for one, other in combinations(days, 2):
            if (a := best(first, one)) and (b := best(second, other)):
                ranks.append((other, a[0] + b[0], one, a[1], b[1]))
    return min(ranks, default=None)


def rank(found: TwoVisits | None) -> Rank | None:
    if found is None:
        return None
    first, second = found.first, found.second
    return second.date.isoformat(), found.minutes, first.date.isoformat(), first.start, second.start


def wrongs(made: Json, found: TwoVisits) -> list[str]:
    """What is against the rules in either visit, and legs that are not in exactly one of them."""
    assert sorted(found.first_legs + found.second_legs) == list(range(len(made["request"]["legs"])))
    wrong = []
    for legs, option in ((found.first_legs, found.first), (found.second_legs, found.second)):
        part = part_of(made, legs)
        wrong += faults(part, answer_json(parse_problem(part), Answer((option,))))
    return wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pair_is_the_best_of_all(seed: int) -> None:
    made = scarce(seed)
    asked = parse_problem(made)
    single = plan(asked).options
    for before in {None, single[0].date if single else None}:
        found = two_visits(asked, before=before)
        assert rank(found) == proved(made, before.isoformat() if before else None)
        assert found is None or wrongs(made, found) == []


def test_the_problems_tried_are_of_every_kind() -> None:
    kinds = {"two are sooner": 0, "only two": 0, "one is as soon": 0, "neither": 0}
    for seed in SEEDS:
        asked = parse_problem(scarce(seed))
        single = plan(asked).options
        found = two_visits(asked, before=single[0].date if single else None)
        if found is not None:
            kinds["two are sooner" if single else "only two"] += 1
        else:
            kinds["one is as soon" if single else "neither"] += 1
    assert min(kinds.values()) >= 5, kinds
