"""Hides, count by count, what must be hidden so that it cannot be narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ihh.domain.masking.cells import PEOPLE, Amounts, Cells, Flag
from ihh.domain.masking.program import TOLERANCE, Numbers, Program, is_small
from ihh.domain.masking.rows import VISITS

STEPS = 10_000
"""Of the solver, for finding what little to hide where many earlier releases hang together. Above it,
every earlier release is looked at by itself, which hides more and is done soon."""


def mask(cells: Cells, *, k: int) -> list[Flag]:
    """The flag of each cell; of cells that were published earlier the one they had.

    Raises ValueError where cells and lines do not fit together. A count that earlier releases and the lines
    between them give away, so that hiding this whole release would not help, is left as it is.
    """
    amounts = cells.amounts()
    flags = [_first_flag(cells, cell, k) for cell in range(len(cells.fixed))]
    coupled = [name for name in (VISITS, PEOPLE) if name in amounts]
    for names in (coupled, *([name] for name in amounts if name not in coupled)):
        if names:
            _Search(cells, flags, names, k).run()
    return flags


def _first_flag(cells: Cells, cell: int, k: int) -> Flag:
    """Before anything is hidden for another cell's sake."""
    if (fixed := cells.fixed[cell]) is not None:
        return fixed
    if is_small(cells.small_by[cell], k):
        return Flag.SUPPRESSED
    return Flag.NOT_SHOWN if cell in cells.withheld else Flag.NONE


@dataclass(frozen=True)
class _Stage:
    active: Sequence[bool]
    steps: float
    is_last_resort: bool = False
    only: int | None = None
    """The place of the only target that is looked at."""


class _Search:
    """Some counts of which points must be found that show each value from 1 to k - 1 to be possible."""

    def __init__(self, cells: Cells, flags: list[Flag], names: Sequence[str], k: int) -> None:
        self.cells, self.flags, self.names, self.k = cells, flags, names, k
        truth = np.concatenate([np.asarray(cells.counts[name], np.float64) for name in names])
        size = len(flags)
        hidden = [
            flag in (Flag.SUPPRESSED, Flag.NOT_SHOWN) and is_small(people, k)
            for flag, people in zip(flags, cells.small_by, strict=True)
        ]
        is_target = np.tile(np.asarray(hidden, dtype=bool), len(names)) & (truth >= 1) & (truth < k)
        self.targets: Numbers = np.flatnonzero(is_target)
        self.cell_of: Numbers = self.targets % max(size, 1)
        reach = cells.reach(k)
        self.reach: Numbers = np.concatenate([np.asarray(reach[name]) for name in names])[self.targets]
        self.wants_up = truth[self.targets] < self.reach
        self.wants_down = truth[self.targets] > 1

    def run(self) -> None:
        for stage in self._stages():
            self._run(stage)
            if not (self.wants_up | self.wants_down).any():
                return

    def _stages(self) -> Iterator[_Stage]:
        if not len(self.targets):
            return
        everything = [True] * len(self.flags)
        blocks = _blocks(self.cells, self.names)
        yield _Stage(everything, STEPS if len(blocks) > 1 else np.inf)
        if len(blocks) > 1:
            for block in blocks:
                yield _Stage(self._with_own(block), np.inf)
            block_of = {cell: block for block in blocks for cell in block}
            for place in np.flatnonzero(self.wants_up | self.wants_down).tolist():
                near = _neighbours(self.cells, self.names, int(self.cell_of[place]))
                found = set().union(*(block_of.get(cell, ()) for cell in near))
                yield _Stage(self._with_own(found), np.inf, is_last_resort=True, only=place)
        yield _Stage(everything, STEPS if len(blocks) > 1 else np.inf, is_last_resort=True)

    def _with_own(self, active: set[int]) -> list[bool]:
        return [fixed is None or cell in active for cell, fixed in enumerate(self.cells.fixed)]

    def _run(self, stage: _Stage) -> None:
        wanted = (self.wants_up | self.wants_down) & np.asarray(stage.active)[self.cell_of]
        places = [place for place in np.flatnonzero(wanted).tolist() if stage.only in (None, place)]
        if not places:
            return
        program = Program(
            self.cells,
            self.flags,
            k=self.k,
            names=self.names,
            active=stage.active,
            is_last_resort=stage.is_last_resort,
        )
        if not stage.is_last_resort:
            for place in places:
                self._aim(program, place)
        for place in places:
            for wants, value in ((self.wants_up, int(self.reach[place])), (self.wants_down, 1)):
                if wants[place] and program.steps < stage.steps:
                    found = program.point(int(self.targets[place]), value)
                    if found is not None:
                        self._learn(program, found[self.targets])

    def _aim(self, program: Program, place: int) -> None:
        direction = 1 if self.wants_up[place] else -1 if self.wants_down[place] else 0
        program.aim(int(self.targets[place]), direction)

    def _learn(self, program: Program, values: Amounts) -> None:
        """What a point shows to be possible: more than was asked for."""
        up = self.wants_up & (values > self.reach - TOLERANCE)
        down = self.wants_down & (values < 1 + TOLERANCE)
        self.wants_up &= ~up
        self.wants_down &= ~down
        for place in np.flatnonzero(up | down).tolist():
            self._aim(program, place)


def _neighbours(cells: Cells, names: Sequence[str], cell: int) -> set[int]:
    """The cells on a line with this one."""
    found = set()
    for name in names:
        for line in cells.lines.get(name, ()):
            if line.total == cell or cell in line.parts:
                found |= {*line.parts, *([line.total] if line.total is not None else [])}
    return found


def _blocks(cells: Cells, names: Sequence[str]) -> list[set[int]]:
    """The hidden cells of earlier releases, together where they hang together without this release."""
    root = list(range(len(cells.fixed)))

    def find(cell: int) -> int:
        while root[cell] != cell:
            root[cell] = root[root[cell]]
            cell = root[cell]
        return cell

    hidden = [flag in (Flag.SUPPRESSED, Flag.NOT_SHOWN) for flag in cells.fixed]
    for name in names:
        for line in cells.lines.get(name, ()):
            on_line = [*line.parts, *([line.total] if line.total is not None else [])]
            if all(cells.fixed[cell] is not None for cell in on_line):
                found = [cell for cell in on_line if hidden[cell]]
                for cell in found[1:]:
                    root[find(cell)] = find(found[0])
    blocks: dict[int, set[int]] = {}
    for cell in np.flatnonzero(hidden).tolist():
        blocks.setdefault(find(cell), set()).add(cell)
    return list(blocks.values())
