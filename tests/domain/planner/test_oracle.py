"""The planner against a constraint solver and a checker that share nothing with it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from tests.domain.planner.small import desk, leg, problem, service, walk_in
from tests.oracle.compare import Json, answer_to, disagreements
from tests.oracle.feasible import faults, overlap
from tests.oracle.features import features
from tests.oracle.mix import mixed_problem
from tests.oracle.problems import crowded_problem

SEEDS = range(150)
CAUGHT = (42, 161, 306, 753, 974)
"""Crowded problems of the kind that has caught a search which skipped or forgot too much."""


@pytest.mark.parametrize("seed", SEEDS)
def test_options_are_optimal_and_feasible(seed: int) -> None:
    assert disagreements(mixed_problem(seed)) == []


@pytest.mark.parametrize("seed", CAUGHT)
def test_a_party_served_side_by_side_is_planned_optimally(seed: int) -> None:
    assert disagreements(crowded_problem(seed)) == []


MET = {
    "3 to 10 days": 100,
    "60 days": 3,
    "prefer earliest": 30,
    "prefer shortest": 30,
    "prefer balanced": 30,
    **{f"options {count}": 1 for count in range(1, 21)},
    "not_before within the hours": 30,
    "not_after within the hours": 30,
    "window off the grid": 30,
    "desk leg": 100,
    "walk_in leg": 50,
    "leg of several people": 50,
    "leg of a part of the party": 50,
    "leg without any place": 20,
    "legs that may run at the same time": 50,
    "parallel legs that want one desk": 40,
    "parallel legs that have only one desk": 20,
    "legs in an order": 40,
    "order only through a service nobody asked for": 5,
    "empty calendar": 15,
    "full calendar": 10,
    "calendar booked in part": 80,
    "opening off the grid": 40,
    "spans that overlap": 40,
}
"""How many of the problems have a feature at least."""


def test_the_problems_reach_every_rule() -> None:
    met = Counter(feature for seed in SEEDS for feature in features(mixed_problem(seed)))
    assert {feature: times for feature, times in met.items() if times < MET.get(feature, 0)} == {}
    assert MET.keys() - met.keys() == set()


def outcomes(answer: Json) -> set[str]:
    options = answer["options"]
    if not options:
        return {"blocked" if answer["blocked"] else "fails only together"}
    found = {"answered"}
    if len({option["date"] for option in options}) < len(options):
        found.add("both halves of a day")
    if any(overlap(a, b) for option in options for a, b in combinations(option["legs"], 2)):
        found.add("legs at the same time")
    return found


def test_the_problems_reach_every_outcome() -> None:
    met = Counter(outcome for seed in SEEDS for outcome in outcomes(answer_to(mixed_problem(seed))))
    wanted = {"answered", "blocked", "fails only together", "both halves of a day", "legs at the same time"}
    assert {outcome for outcome, times in met.items() if times >= 5} == wanted


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
