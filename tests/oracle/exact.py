"""The option vectors of a problem, proved optimal by CP-SAT, one model a bucket."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from tests.oracle.feasible import (
    able_desks,
    by_id,
    covered,
    duration,
    free_minutes,
    minutes,
    precedes,
    walk,
)

Json = dict[str, Any]
Vector = tuple[str, int, int]
"""(date, minutes in the house, start in minutes)."""

DAY = 24 * 60
NOON = 12 * 60


def expected(problem: Json) -> tuple[list[Vector], list[int]]:
    """The ranked vectors, and the blocked legs where there is none."""
    found = ranked(problem, [vector for day in dates(problem) for vector in best_of_day(problem, day)])
    return found, [] if found else blocked(problem)


def ranked(problem: Json, best: list[Vector]) -> list[Vector]:
    """The options, where `best` holds the best visit of every bucket."""
    request = problem["request"]
    if not best:
        return []
    shortest = min(best, key=lambda v: (v[1], v[0], v[2]))
    if request["prefer"] == "shortest":
        ranked = sorted(best, key=lambda v: (v[1], v[0], v[2]))
    elif request["prefer"] == "earliest":
        ranked = sorted(best)
    else:
        ranked = sorted(v for v in best if v[1] <= shortest[1] + 60)
        ranked += sorted(v for v in best if v[1] > shortest[1] + 60)
    chosen = ranked[: request["options"]]
    if request["options"] > 1 and shortest not in chosen:
        chosen[-1] = shortest
    return chosen


def dates(problem: Json) -> list[str]:
    first = date.fromisoformat(problem["request"]["from"])
    last = date.fromisoformat(problem["request"]["to"])
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def blocked(problem: Json) -> list[int]:
    legs = problem["request"]["legs"]
    return [
        place
        for place, leg in enumerate(legs)
        if not any(starts for day in dates(problem) for starts in places(problem, leg, day).values())
    ]


def places(problem: Json, leg: Json, day: str) -> dict[str | None, list[int]]:
    """Desk → starts; the line of a walk-in service is the desk None."""
    service = by_id(problem["services"])[leg["service"]]
    if service["mode"] == "walk_in":
        return {None: starts_in(problem, leg, covered(service.get("open", {}).get(day, [])))}
    return {desk["id"]: starts_in(problem, leg, free_minutes(desk, day)) for desk in able_desks(problem, leg)}


def starts_in(problem: Json, leg: Json, free: set[int]) -> list[int]:
    request, length = problem["request"], duration(problem, leg)
    earliest, latest = minutes(request["not_before"]), minutes(request["not_after"]) - length
    return [
        start
        for start in range(0, DAY, problem["grid_min"])
        if earliest <= start <= latest and all(start + step in free for step in range(length))
    ]


def best_of_day(problem: Json, day: str) -> list[Vector]:
    return best_of_offers(problem, day, offers_on(problem, day))


def offers_on(problem: Json, day: str) -> list[dict[str | None, list[int]]]:
    """For each leg, desk → starts."""
    return [places(problem, leg, day) for leg in problem["request"]["legs"]]


def best_of_offers(problem: Json, day: str, offers: list[dict[str | None, list[int]]]) -> list[Vector]:
    if not all(any(starts for starts in offer.values()) for offer in offers):
        return []
    found = [solve(problem, offers, 0, NOON - 1), solve(problem, offers, NOON, DAY)]
    return [(day, lasting, start) for lasting, start in filter(None, found)]


def solve(
    problem: Json, offers: list[dict[str | None, list[int]]], earliest: int, latest: int
) -> tuple[int, int] | None:
    """The least (minutes in the house, start) with the visit's start in the given hours."""
    legs = problem["request"]["legs"]
    model = cp_model.CpModel()
    starts = [model.new_int_var(0, DAY, f"start {n}") for n in range(len(legs))]
    lengths = [duration(problem, leg) for leg in legs]
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    place_legs(model, offers, starts, lengths)
    for a, b in combinations(range(len(legs)), 2):
        if set(legs[a]["people"]) & set(legs[b]["people"]):
            keep_apart(model, problem, (legs[a], starts[a], ends[a]), (legs[b], starts[b], ends[b]))
    begin = model.new_int_var(earliest, latest, "begin")
    finish = model.new_int_var(0, DAY, "finish")
    model.add_min_equality(begin, starts)
    model.add_max_equality(finish, ends)
    model.minimize((finish - begin) * (2 * DAY) + begin)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    if status != cp_model.OPTIMAL:
        raise RuntimeError(f"the oracle did not finish: {solver.status_name(status)}")
    return solver.value(finish) - solver.value(begin), solver.value(begin)


def place_legs(
    model: cp_model.CpModel,
    offers: list[dict[str | None, list[int]]],
    starts: list[cp_model.IntVar],
    lengths: list[int],
) -> None:
    at_desk: dict[str, list[cp_model.IntervalVar]] = {}
    for leg, offer in enumerate(offers):
        chosen = []
        for desk, allowed in offer.items():
            is_here = model.new_bool_var(f"{leg} at {desk}")
            domain = cp_model.Domain.from_values(allowed)
            model.add_linear_expression_in_domain(starts[leg], domain).only_enforce_if(is_here)
            chosen.append(is_here)
            if desk is not None:
                interval = model.new_optional_fixed_size_interval_var(
                    starts[leg], lengths[leg], is_here, f"{leg} at {desk} from"
                )
                at_desk.setdefault(desk, []).append(interval)
        model.add_exactly_one(chosen)
    for intervals in at_desk.values():
        model.add_no_overlap(intervals)


def keep_apart(model: cp_model.CpModel, problem: Json, one: Any, other: Any) -> None:
    (leg_a, start_a, end_a), (leg_b, start_b, end_b) = one, other
    gap = walk(problem, leg_a["service"], leg_b["service"])
    is_a_first = model.new_bool_var("")
    model.add(start_b >= end_a + gap).only_enforce_if(is_a_first)
    model.add(start_a >= end_b + gap).only_enforce_if(~is_a_first)
    if precedes(problem, leg_a["service"], leg_b["service"]):
        model.add(is_a_first == 1)
    if precedes(problem, leg_b["service"], leg_a["service"]):
        model.add(is_a_first == 0)
