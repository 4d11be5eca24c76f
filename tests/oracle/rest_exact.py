"""The best rest of a late visit's day, proved by CP-SAT: for days too large to try everything (`rest`)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from tests.oracle.exact import places
from tests.oracle.feasible import duration, precedes, walk
from tests.oracle.late import Booking, Standing, reachable

Json = dict[str, Any]
Price = tuple[int, int, int, int]
"""(legs dropped, appointments moved, end, sum of starts)."""

DAY = 24 * 60


def proved_rest(problem: Json, booked: dict[int, Booking], ready: dict[str, Standing]) -> Price:
    model = cp_model.CpModel()
    legs = problem["request"]["legs"]
    lengths = [duration(problem, leg) for leg in legs]
    starts = [model.new_int_var(0, DAY, f"start {n}") for n in range(len(legs))]
    kept = [model.new_bool_var(f"kept {n}") for n in range(len(legs))]
    moved = _place(model, problem, booked, ready, starts, kept)
    for a, b in combinations(range(len(legs)), 2):
        if set(legs[a]["people"]) & set(legs[b]["people"]):
            _keep_apart(model, problem, (a, b), lengths, starts, kept)
    end = model.new_int_var(0, DAY, "end")
    for start, length, is_kept in zip(starts, lengths, kept, strict=True):
        model.add(end >= start + length).only_enforce_if(is_kept)
        model.add(start == 0).only_enforce_if(~is_kept)
    dropped = len(legs) - sum(kept)
    sum_max, end_max = DAY * len(legs) + 1, DAY + 1
    model.minimize(((dropped * 9 + sum(moved)) * end_max + end) * sum_max + sum(starts))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(model) != cp_model.OPTIMAL:
        raise RuntimeError("the oracle did not finish")
    return (
        sum(not solver.value(is_kept) for is_kept in kept),
        sum(solver.value(is_moved) for is_moved in moved),
        solver.value(end),
        sum(solver.value(start) for start in starts),
    )


def _place(
    model: cp_model.CpModel,
    problem: Json,
    booked: dict[int, Booking],
    ready: dict[str, Standing],
    starts: list[cp_model.IntVar],
    kept: list[cp_model.IntVar],
) -> list[cp_model.LinearExprT]:
    """Every leg kept is at one desk; gives, for each appointment, whether it is kept elsewhere."""
    legs, day = problem["request"]["legs"], problem["request"]["from"]
    at_desk: dict[str, list[cp_model.IntervalVar]] = {}
    moved = []
    for index, leg in enumerate(legs):
        chosen = []
        first = reachable(problem, leg, ready)
        stays = model.new_bool_var(f"{index} stays")
        for desk, allowed in places(problem, leg, day).items():
            able = [start for start in allowed if start >= first]
            for part, here in _as_booked(able, booked.get(index), desk):
                is_here = stays if here else model.new_bool_var(f"{index} at {desk}")
                domain = cp_model.Domain.from_values(part)
                model.add_linear_expression_in_domain(starts[index], domain).only_enforce_if(is_here)
                chosen.append(is_here)
                if desk is not None:
                    size = duration(problem, leg)
                    interval = model.new_optional_fixed_size_interval_var(starts[index], size, is_here, "")
                    at_desk.setdefault(desk, []).append(interval)
        if not any(each is stays for each in chosen):
            model.add(stays == 0)
        model.add(sum(chosen) == kept[index])
        if index in booked:
            moved.append(kept[index] - stays)
    for intervals in at_desk.values():
        model.add_no_overlap(intervals)
    return moved


def _as_booked(able: list[int], booking: Booking | None, desk: str | None) -> list[tuple[list[int], bool]]:
    """A desk's starts, the one where the leg is booked apart."""
    if booking is None or booking[1] != desk or booking[0] not in able:
        return [(able, False)]
    return [([start for start in able if start != booking[0]], False), ([booking[0]], True)]


def _keep_apart(
    model: cp_model.CpModel,
    problem: Json,
    pair: tuple[int, int],
    lengths: list[int],
    starts: list[cp_model.IntVar],
    kept: list[cp_model.IntVar],
) -> None:
    a, b = pair
    one, other = (problem["request"]["legs"][index]["service"] for index in pair)
    gap = walk(problem, one, other)
    is_a_first = model.new_bool_var("")
    both = [kept[a], kept[b]]
    model.add(starts[b] >= starts[a] + lengths[a] + gap).only_enforce_if([is_a_first, *both])
    model.add(starts[a] >= starts[b] + lengths[b] + gap).only_enforce_if([~is_a_first, *both])
    if precedes(problem, one, other):
        model.add(is_a_first == 1)
    if precedes(problem, other, one):
        model.add(is_a_first == 0)
