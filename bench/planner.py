"""The planner in process: houses of two months, five options, against the solver on the same problems.

Each problem is asked twice and the second time is taken: the masks of a calendar are cached in the house,
too. The solver proves a sample of them; a ratio is of one problem, in one run.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ihh.domain.planner import plan
from ihh.domain.planner.read import parse_problem
from tests.oracle.exact import expected
from tests.oracle.houses import booked_house, empty_house, split_house

FIRST_SEED = 50_000
SOLVED = 12
"""How many problems of a row the solver gets: it takes up to seconds for each."""


@dataclass(frozen=True)
class Row:
    name: str
    make: Callable[[int], Any]
    problems: int
    p95_bar: float
    p99_bar: float | None = None


ROWS = (
    Row("70–95 % booked, k = 2–6", booked_house, 300, 25, 75),
    Row("empty, k = 6", empty_house, 100, 250),
    Row("party of 4 that splits, k = 6", split_house, 200, 150),
)


def main() -> None:
    print("planner, 60 days, five options: ms in process with masks cached, solver on the same problems")
    print(
        f"{'house':<32}{'n':>5}{'p50':>8}{'p95':>8}{'p99':>8}{'bars':>10}{'met':>5}"
        f"{'solver p50':>12}{'ratio p50':>11}{'least':>8}"
    )
    for row in ROWS:
        _measure(row)
    _memory()


def _measure(row: Row) -> None:
    problems = [row.make(FIRST_SEED + number) for number in range(row.problems)]
    spent = sorted(_asked(problem) for problem in problems)
    p50, p95, p99 = (_rank(spent, percent) for percent in (50, 95, 99))
    is_met = p95 <= row.p95_bar and (row.p99_bar is None or p99 <= row.p99_bar)
    pairs = [(_asked(problem), _timed(lambda p=problem: expected(p))) for problem in problems[:SOLVED]]
    ratios = [solver / ours for ours, solver in pairs]
    bars = f"{row.p95_bar:g}" + (f"/{row.p99_bar:g}" if row.p99_bar else "")
    print(
        f"{row.name:<32}{row.problems:>5}{p50:>8.1f}{p95:>8.1f}{p99:>8.1f}{bars:>10}"
        f"{'yes' if is_met else 'no':>5}"
        f"{statistics.median(solver for _, solver in pairs):>12.0f}{statistics.median(ratios):>10.0f}×"
        f"{min(ratios):>7.1f}×",
        flush=True,
    )


def _memory() -> None:
    """What the masks of one house of 60 days take, as the planner is handed them."""
    problem = empty_house(FIRST_SEED)
    tracemalloc.start()
    plan(parse_problem(problem))
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"memory at most while one such house is read and planned: {taken / 1e6:.1f} MB (bar: 20)")


def _asked(problem: Any) -> float:
    parsed = parse_problem(problem)
    plan(parsed)
    return _timed(lambda: plan(parsed))


def _rank(ordered: list[float], percent: int) -> float:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
