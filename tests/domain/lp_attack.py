"""A reader who wants to know hidden counts: linear programs over all that was ever published.

Knows every shown cell of every release, every line, the size of parties and why a cell is hidden. The solver is
not the one that makes the masks, and the program is not theirs: it is written in the counts themselves.

    python -m tests.domain.lp_attack [houses]

attacks many made-up houses, with months and a year, and tells what was hidden and what was found out.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from ihh.domain.masking import Cells, Flag, mask
from tests.domain.made_up_houses import Published, add_period, add_up, house, visits

HIDDEN = (Flag.SUPPRESSED, Flag.NOT_SHOWN)
PEOPLE, PARTY = "customers", 6


@dataclass(frozen=True)
class Found:
    """A small count that can be told to be less, or more, than any from 1 to k - 1."""

    name: str
    cell: int
    least: float
    most: float


def small(cells: Cells, cell: int, k: int) -> bool:
    return any(1 <= people < k for people in cells.small_by[cell])


def targets(cells: Cells, flags: list[Flag], k: int) -> Iterator[tuple[str, int]]:
    """Counts that are hidden because they are small, in all releases."""
    for name, values in cells.counts.items():
        for cell, flag in enumerate(flags):
            if flag in HIDDEN and small(cells, cell, k) and 1 <= values[cell] < k:
                yield name, cell


def bounds(
    cells: Cells, flags: list[Flag], name: str, cell: int, k: int, *, believes: bool = True
) -> tuple[float, float]:
    """What the flag says to one who believes it, and is told which counts of a suppressed cell are the small ones."""
    value = cells.counts[name][cell]
    if flags[cell] not in HIDDEN:
        return value, value
    most = cells.most_of(name)[cell]
    if believes and flags[cell] is Flag.SUPPRESSED and 1 <= value < k:
        return 1, k - 1 if most is None else min(k - 1, most)
    return 0, float("inf") if most is None else most


def reach(cells: Cells, name: str, cell: int, k: int) -> float:
    """Up to which number a small count is to be possible: no more can answer than were asked."""
    most = cells.most_of(name)[cell]
    return k - 1 if most is None else min(k - 1, most)


def attack(cells: Cells, flags: list[Flag], *, k: int, believes: bool = True) -> list[Found]:
    """What the reader finds out, taking flags at their word or not."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    unknown: dict[tuple[str, int], Any] = {}
    for name in cells.counts:
        for cell, flag in enumerate(flags):
            if flag in HIDDEN:
                low, high = bounds(cells, flags, name, cell, k, believes=believes)
                unknown[name, cell] = solver.NumVar(low, min(high, solver.infinity()), "")
    for sums, low, high in relations(cells):
        known = sum(
            factor * cells.counts[name][cell] for name, cell, factor in sums if (name, cell) not in unknown
        )
        terms = [(name, cell, factor) for name, cell, factor in sums if (name, cell) in unknown]
        if terms:
            row = solver.Constraint(
                -solver.infinity() if low is None else low - known,
                solver.infinity() if high is None else high - known,
            )
            for name, cell, factor in terms:
                row.SetCoefficient(unknown[name, cell], row.GetCoefficient(unknown[name, cell]) + factor)
    wanted = list(targets(cells, flags, k))
    seen = {target: (float(k), 0.0) for target in wanted}
    for target in wanted:
        for side, sign in ((0, 1), (1, -1)):
            if (
                seen[target][0] <= 1 + 1e-6
                if side == 0
                else seen[target][1] >= reach(cells, *target, k) - 1e-6
            ):
                continue
            solver.Objective().Clear()
            solver.Objective().SetCoefficient(unknown[target], sign)
            solver.Objective().SetMinimization()
            unknown[target].SetBounds(max(1.0, unknown[target].lb()), float(reach(cells, *target, k)))
            answer = solver.Solve()
            assert answer == pywraplp.Solver.OPTIMAL, "the truth itself agrees with all that is published"
            for other in wanted:
                value = unknown[other].solution_value()
                seen[other] = min(seen[other][0], value), max(seen[other][1], value)
            low, high = bounds(cells, flags, *target, k, believes=believes)
            unknown[target].SetBounds(low, min(high, solver.infinity()))
    return [
        Found(name, cell, *seen[name, cell])
        for name, cell in wanted
        if seen[name, cell][0] > 1 + 1e-6 or seen[name, cell][1] < reach(cells, name, cell, k) - 1e-6
    ]


def found_out(published: Published, code: str, *, k: int) -> list[Found]:
    """What that period's release gives away.

    A bound counts as a find unless it would stand as it is had this release withheld every cell. Two visits of
    five people that a month showed are two of the year as well, though of the year few were served; and one who
    takes flags at their word knows that a small year of two suppressed months has at least two people.
    """
    cells = published.cells()
    flags = [Flag(flag) for flag in published.flags if flag is not None]
    own = {cell for (period, *_), cell in published.index.items() if period == code}
    withheld = [Flag.NOT_SHOWN if cell in own else flag for cell, flag in enumerate(flags)]
    finds = []
    for believes in (False, True):
        found = attack(cells, flags, k=k, believes=believes)
        told = attack(cells, withheld, k=k, believes=believes) if found else []
        before = {(find.name, find.cell): find for find in told}
        for find in found:
            known = before.get((find.name, find.cell), Found(find.name, find.cell, 1, k - 1))
            if find.least > known.least + 1e-6 or find.most < min(known.most, k - 1) - 1e-6:
                finds.append(find)
    return finds


Relation = tuple[list[tuple[str, int, int]], int | None, int | None]
"""Counts with factors, and what their sum is at least and at most."""


def relations(cells: Cells) -> Iterator[Relation]:
    for name, lines in cells.lines.items():
        for line in lines:
            total = [(name, line.total, -1)] if line.total is not None else []
            of = 0 if total else line.of
            parts = [(name, part, 1) for part in line.parts]
            yield [*parts, *total], of, of if line.is_exact else None
            if not line.is_exact:
                for part in parts:
                    yield [part, *total], None, of
    if {"visits", PEOPLE} <= set(cells.counts):
        for cell, (came, people) in enumerate(zip(cells.counts["visits"], cells.counts[PEOPLE], strict=True)):
            if came <= people <= PARTY * came:
                yield [("visits", cell, 1), (PEOPLE, cell, -1)], None, 0
                yield [(PEOPLE, cell, 1), ("visits", cell, -PARTY)], None, 0


def whole_numbers(cells: Cells, flags: list[Flag], target: tuple[str, int], *, k: int) -> set[int]:
    """Which values from 1 to k - 1 the count can have in whole people."""
    model = cp_model.CpModel()
    most = 2 * max(max(values, default=0) for values in cells.counts.values()) + k
    unknown = {
        (name, cell): model.new_int_var(low, min(high, most), "")
        for name in cells.counts
        for cell in range(len(flags))
        for low, high in [bounds(cells, flags, name, cell, k)]
    }
    for sums, low, high in relations(cells):
        amount = sum(factor * unknown[name, cell] for name, cell, factor in sums)
        if low is not None:
            model.add(amount >= low)
        if high is not None:
            model.add(amount <= high)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    found = set()
    for value in range(1, k):
        asked = model.clone()
        asked.add(unknown[target] == value)
        if solver.solve(asked) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found.add(value)
    return found


def made_up(
    seed: int, how_many: int, *, months: int = 1, k: int = 5, **sizes: float
) -> Iterator[tuple[str, Published]]:
    """Release after release of a made-up house, each masked: its months, and the year if there are several."""
    rng = random.Random(seed)
    made = house(rng, **sizes)
    year = Published()
    everything = []
    codes = [f"month{number}" for number in range(months)]
    for code in codes:
        came = visits(rng, made, how_many)
        month = Published()
        add_period(month, code, made, came)
        month.publish(mask(month.cells(), k=k))
        yield code, month
        everything += came
        first = len(year.flags)
        add_period(year, code, made, came)
        year.flags[first:] = month.flags
    if months > 1:
        add_period(year, "year", made, everything)
        add_up(year, "year", codes)
        year.publish(mask(year.cells(), k=k))
        yield "year", year


def main(houses: int) -> int:
    total = 0
    for seed in range(houses):
        rng = random.Random(seed)
        sizes = {"agencies": rng.randint(2, 8), "services": rng.randint(1, 4), "hours": rng.randint(2, 8)}
        sizes |= {"languages": rng.randint(2, 8)}
        for code, published in made_up(
            seed, rng.choice((20, 60, 150, 400, 1000)), months=rng.choice((1, 1, 3)), **sizes
        ):
            since, cells = time.perf_counter(), published.cells()
            flags = [Flag(flag) for flag in published.flags if flag is not None]
            found = found_out(published, code, k=5)
            total += len(found)
            is_small = [small(cells, cell, 5) for cell in range(len(flags))]
            own = [cell for (period, *_), cell in published.index.items() if period == code]
            primary = sum(is_small[cell] for cell in own)
            further = sum(flags[cell] is Flag.NOT_SHOWN and not is_small[cell] for cell in own)
            print(
                f"{seed} {code}: {len(own)} cells, {primary} small, {further} further,"
                f" {len(list(targets(cells, flags, 5)))} counts attacked, {len(found)} found out,"
                f" {time.perf_counter() - since:.1f} s",
                flush=True,
            )
    return total


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 40) else 0)
