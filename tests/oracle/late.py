"""Random visits that run late: a day's legs, where each is booked, and when everyone is free again."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from random import Random
from typing import Any

from tests.oracle.exact import places
from tests.oracle.feasible import by_id, duration, leg_faults, pair_faults, walk_between
from tests.oracle.problems import clock, crowded_problem

Json = dict[str, Any]
Booking = tuple[int, str]
"""(start in minutes, desk)."""
Standing = tuple[int, str | None]
"""(minute from which a person is free, agency where they are then)."""


def late_visit(seed: int) -> tuple[Json, dict[int, Booking], dict[str, Standing]]:
    """Three to eight legs in one crowded day; most are booked so that they fit together, some anywhere."""
    rng = Random(seed)
    problem = crowded_problem(seed)
    request = problem["request"]
    request |= {"to": request["from"], "not_before": "08:00", "not_after": "17:00"}
    modes = {name: service["mode"] for name, service in by_id(problem["services"]).items()}
    fitting: list[Json] = []
    booked: dict[int, Booking] = {}
    for index, leg in enumerate(request["legs"]):
        if modes[leg["service"]] != "desk":
            continue
        offers = places(problem, leg, request["from"]).items()
        choices = [(start, desk) for desk, starts in offers for start in starts if desk is not None]
        choices = [place for place in choices if _fits(problem, leg, place, fitting)] or choices
        booked[index] = rng.choice(choices) if choices else (rng.randrange(540, 900, 5), "gone")
        fitting.append(_at(problem, leg, booked[index]))
    begin = rng.choice([480, 540, 600, 660])
    agencies = [None, *(agency["id"] for agency in problem["agencies"])]
    people = sorted({person for leg in request["legs"] for person in leg["people"]})
    return problem, booked, {p: (begin + rng.choice([0, 0, 17, 45]), rng.choice(agencies)) for p in people}


def _fits(problem: Json, leg: Json, place: Booking, others: list[Json]) -> bool:
    return not any(pair_faults(problem, _at(problem, leg, place), other) for other in others)


def _at(problem: Json, leg: Json, place: Booking) -> Json:
    start, desk = place
    return {**leg, "desk": desk, "start": clock(start), "end": clock(start + duration(problem, leg))}


def reachable(problem: Json, leg: Json, ready: dict[str, Standing]) -> int:
    """The minute at which all of the leg's people can be there."""
    there = by_id(problem["services"])[leg["service"]]["agency"]
    standing = [ready[person] for person in leg["people"]]
    return max(at + (0 if here is None else walk_between(problem, here, there)) for at, here in standing)


def rest_faults(
    problem: Json,
    booked: dict[int, Booking],
    ready: dict[str, Standing],
    kept: dict[int, tuple[int, int, str | None]],
    moved: Collection[int],
    dropped: Collection[int],
) -> list[str]:
    """Every rule that a rest breaks; `kept` holds (start, end, desk) of the legs kept."""
    asked, day = problem["request"]["legs"], problem["request"]["from"]
    found = [] if sorted([*kept, *dropped]) == list(range(len(asked))) else ["a leg is lost or there twice"]
    legs = {
        index: {**asked[index], "desk": desk, "start": clock(start), "end": clock(end)}
        for index, (start, end, desk) in kept.items()
    }
    for index, leg in legs.items():
        found += leg_faults(problem, day, leg)
        if kept[index][0] < reachable(problem, leg, ready):
            found.append(f"{leg['service']} before its people are there")
        stays = index not in booked or booked[index] == (kept[index][0], kept[index][2])
        if stays == (index in moved):
            found.append(f"{leg['service']} moved or not")
    for one, other in combinations(legs.values(), 2):
        found += pair_faults(problem, one, other)
    return found
