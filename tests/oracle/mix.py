"""The problems that planner and solver are compared on: mostly of three to ten days, some crowded, some of 60 days."""

from __future__ import annotations

from tests.oracle.houses import booked_house, empty_house, split_house
from tests.oracle.problems import Json, crowded_problem, random_problem

LONG = (booked_house, split_house, empty_house)


def mixed_problem(seed: int) -> Json:
    if seed % 50 == 49:
        return LONG[seed // 50 % len(LONG)](seed)
    return crowded_problem(seed) if seed % 4 == 0 else random_problem(seed)
