"""The planner against a constraint solver and a checker that share nothing with it."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.domain.planner.small import desk, leg, problem, service, walk_in
from tests.oracle.compare import Json, answer_to, disagreements
from tests.oracle.feasible import able_desks, by_id, faults, overlap, precedes
from tests.oracle.problems import crowded_problem, random_problem

SEEDS = range(100)
CROWDED_SEEDS = (*range(46), 161, 306, 753, 974)
"""The last four, and 42, have caught a search that skipped or forgot too much."""


@pytest.mark.parametrize("seed", SEEDS)
def test_options_are_optimal_and_feasible(seed: int) -> None:
    assert disagreements(random_problem(seed)) == []


@pytest.mark.parametrize("seed", CROWDED_SEEDS)
def test_a_party_served_side_by_side_is_planned_optimally(seed: int) -> None:
    assert disagreements(crowded_problem(seed)) == []


def situations(problem: Json, answer: Json) -> set[str]:
    legs = problem["request"]["legs"]
    modes = {name: each["mode"] for name, each in by_id(problem["services"]).items()}
    found = {modes[each["service"]] for each in legs}
    found.add("answered" if answer["options"] else "blocked" if answer["blocked"] else "fails only together")
    if len({v["date"] for v in answer["options"]}) < len(answer["options"]):
        found.add("both halves of a day")
    for one, other in combinations(legs, 2):
        if set(one["people"]) & set(other["people"]):
            if precedes(problem, one["service"], other["service"]):
                found.add("chain")
            continue
        found.add("split party")
        wanted = {d["id"] for d in able_desks(problem, one)} & {d["id"] for d in able_desks(problem, other)}
        if wanted and "desk" in (modes[one["service"]], modes[other["service"]]):
            found.add("contested desk")
    for option in answer["options"]:
        if any(overlap(one, other) for one, other in combinations(option["legs"], 2)):
            found.add("legs at the same time")
    if not any(each.get("busy") for each in problem["desks"]):
        found.add("empty calendar")
    return found


def test_the_random_problems_reach_every_rule() -> None:
    met: dict[str, int] = {}
    fixed = [random_problem(seed) for seed in SEEDS] + [crowded_problem(seed) for seed in CROWDED_SEEDS]
    for made in fixed:
        for situation in situations(made, answer_to(made)):
            met[situation] = met.get(situation, 0) + 1
    wanted = {
        "desk",
        "walk_in",
        "answered",
        "blocked",
        "fails only together",
        "both halves of a day",
        "chain",
        "split party",
        "contested desk",
        "legs at the same time",
        "empty calendar",
    }
    assert wanted == {situation for situation, times in met.items() if times >= 5}


ROOMY = problem(
    [service("s1"), service("s2", "c", after=["s1"]), walk_in("s3", [["09:00", "12:00"]])],
    [desk("d1", ["s1"], busy={"2026-11-30": [["09:00", "09:30"]]}), desk("d2", ["s1"]), desk("d3", ["s2"])],
    [leg("s1"), leg("s2"), leg("s3")],
)


def shift(answer: Json, place: int, start: str, end: str, **more: str | None) -> Json:
    answer["options"][0]["legs"][place] |= {"start": start, "end": end, **more}
    legs = answer["options"][0]["legs"]
    answer["options"][0] |= {"start": min(x["start"] for x in legs), "end": max(x["end"] for x in legs)}
    return answer


@pytest.mark.parametrize(
    ("place", "start", "end", "desk_id", "fault"),
    [
        (0, "09:02", "09:32", "d2", "off the grid"),
        (0, "11:00", "11:35", "d1", "s1 lasts 35"),
        (0, "12:00", "12:30", "d1", "in the wrong order"),
        (0, "09:00", "09:30", "d1", "at a desk that is not free"),
        (0, "09:00", "09:30", "d3", "at a desk that can't serve it"),
        (0, "09:30", "10:00", "d2", "not at the lowest desk"),
        (1, "10:05", "10:35", "d3", "without the walk"),
        (1, "16:45", "17:15", "d3", "out of the hours"),
        (2, "12:00", "12:30", None, "while its line is closed"),
        (2, "09:00", "09:30", "d1", "at a desk"),
    ],
)
def test_the_checker_finds_each_fault(
    place: int, start: str, end: str, desk_id: str | None, fault: str
) -> None:
    sound = answer_to(ROOMY)
    assert faults(ROOMY, sound) == []
    for at, (begin, finish, where) in enumerate(
        [("09:30", "10:00", "d1"), ("11:00", "11:30", "d3"), ("10:15", "10:45", None)]
    ):
        shift(sound, at, begin, finish, desk=where)
    assert faults(ROOMY, sound) == []
    assert any(fault in each for each in faults(ROOMY, shift(sound, place, start, end, desk=desk_id)))
