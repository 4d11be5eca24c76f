"""The planner against CP-SAT on the same random problems: medians, p95 and the ratio pair by pair."""

from __future__ import annotations

import json
import lzma
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ihh.domain.planner import plan
from ihh.domain.planner.read import parse_problem
from tests.oracle.exact import expected
from tests.oracle.problems import crowded_problem, random_problem

EXAMPLES = Path(__file__).parent.parent / "tests" / "domain" / "planner" / "examples.json.xz"
PROBLEMS = 60
FIRST_SEED = 50_000


def main() -> None:
    print("planner: ms in process, and how many times longer the constraint solver takes")
    print(f"{'problems':<28}{'n':>4}{'p50':>9}{'p95':>9}{'solver p50':>12}{'ratio p50':>11}")
    seeds = range(FIRST_SEED, FIRST_SEED + PROBLEMS)
    _row("random, split and whole", [random_problem(seed) for seed in seeds], with_solver=True)
    _row("crowded, split", [crowded_problem(seed) for seed in seeds], with_solver=True)
    examples = json.loads(lzma.decompress(EXAMPLES.read_bytes()))["problems"].values()
    _row("examples, up to 60 days", list(examples), with_solver=False)


def _row(name: str, problems: list[Any], *, with_solver: bool) -> None:
    ours, theirs = [], []
    for problem in problems:
        parsed = parse_problem(problem)
        plan(parsed)  # the masks of a calendar are cached in the house, too
        ours.append(_timed(lambda p=parsed: plan(p)))
        if with_solver:
            theirs.append(_timed(lambda p=problem: expected(p)))
    p95 = sorted(ours)[int(len(ours) * 0.95)]
    solver = f"{statistics.median(theirs):>12.1f}" if theirs else f"{'–':>12}"
    ratio = f"{statistics.median(b / a for a, b in zip(ours, theirs, strict=True)):>10.0f}×" if theirs else ""
    print(f"{name:<28}{len(ours):>4}{statistics.median(ours):>9.2f}{p95:>9.2f}{solver}{ratio}")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
