"""Compare the planner with the oracle on many random problems.

`python -m tests.oracle [COUNT [FIRST_SEED]]`; every fourth problem is a crowded one.
"""

from __future__ import annotations

import sys
import time

from tests.oracle.compare import disagreements
from tests.oracle.problems import crowded_problem, random_problem

COUNT = 2000
FIRST_SEED = 10_000
"""Far from the seeds of the test suite."""


def main(count: int = COUNT, first_seed: int = FIRST_SEED) -> int:
    began, wrong = time.perf_counter(), 0
    for seed in range(first_seed, first_seed + count):
        found = disagreements(crowded_problem(seed) if seed % 4 == 0 else random_problem(seed))
        wrong += bool(found)
        for line in found:
            sys.stdout.write(f"seed {seed}: {line}\n")
    sys.stdout.write(f"{count} problems, {wrong} wrong, {time.perf_counter() - began:.0f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
