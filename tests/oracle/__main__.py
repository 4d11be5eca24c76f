"""Compare the planner with the oracle on many random problems, and on the examples.

`python -m tests.oracle [COUNT [FIRST_SEED]]`; for every fourth problem a visit that runs late is planned anew, too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from tests.oracle.compare import EXAMPLES, disagreements, example_disagreements, rest_disagreements
from tests.oracle.late import late_visit
from tests.oracle.mix import mixed_problem

COUNT = 2000
FIRST_SEED = 10_000
"""Far from the seeds of the test suite."""


def main(count: int = COUNT, first_seed: int = FIRST_SEED) -> int:
    began, wrong = time.perf_counter(), 0
    problems = range(first_seed, first_seed + count)
    rests = range(first_seed, first_seed + count // 4)
    for name, found in _compared(problems, rests):
        wrong += bool(found)
        for line in found:
            sys.stdout.write(f"{name}: {line}\n")
    spent = time.perf_counter() - began
    sys.stdout.write(
        f"{len(problems)} problems, {len(rests)} visits that run late, {len(EXAMPLES['problems'])} examples:"
        f" {wrong} wrong, {spent:.0f} s\n"
    )
    return 1 if wrong else 0


def _compared(problems: range, rests: range) -> Iterator[tuple[str, list[str]]]:
    for name in EXAMPLES["problems"]:
        yield name, example_disagreements(name)
    for seed in problems:
        yield f"seed {seed}", disagreements(mixed_problem(seed))
    for seed in rests:
        yield f"late visit {seed}", rest_disagreements(*late_visit(seed))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
