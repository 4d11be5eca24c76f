"""What is published: cells with counts, and the lines along which a reader can add them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

PEOPLE = "customers"
"""The count whose size makes a cell small; the others only hang on it."""

PEOPLE_PER_VISIT = 6
"""A party has one to six people (`ihh.domain.party`): visits <= customers <= 6 x visits."""

Amounts = NDArray[np.float64]


class Flag(StrEnum):
    """Why a cell is empty."""

    NONE = ""
    SUPPRESSED = "suppressed"
    """Fewer than k people."""
    NOT_SHOWN = "not_shown"
    """Hidden so that a suppressed cell cannot be worked out."""
    NO_DATA = "no_data"
    """Nothing to count it from."""

    def hidden(self) -> Flag:
        """The flag of what is hidden for another's sake at least."""
        return Flag.NOT_SHOWN if self is Flag.NONE else self


@dataclass(frozen=True)
class Line:
    """A relation between cells that any reader knows."""

    total: int | None
    """Index of the cell that the parts add up to. None: the known number `of`."""
    parts: tuple[int, ...]
    is_exact: bool
    """True: the parts add up to the total. False: they add up to the total or more, and none exceeds it, as
    people do who may stand in several parts."""
    of: int = 0


@dataclass(frozen=True)
class Cells:
    """A release and what was released before it, as far as the same lines run through both."""

    counts: Mapping[str, Sequence[int]]
    """Name of a count ("visits", "customers", "service_events") -> its value in each cell."""
    small_by: Sequence[Sequence[int]]
    """For each cell the numbers of people that decide: one from 1 to k - 1 makes the cell small."""
    lines: Mapping[str, Sequence[Line]]
    """Name of a count -> the lines along which that count adds up."""
    fixed: Sequence[Flag | None]
    """None: the cell belongs to this release. A flag: it was published earlier with that flag."""
    most: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    """Name of a count -> what any reader knows it cannot exceed in each cell: no more answer than were asked.
    None: nothing is known. A small count is then to be possible as any from 1 to that."""
    withheld: frozenset[int] = frozenset()
    """Cells of this release that are hidden for a reason of their own."""
    worth: Mapping[int, float] = field(default_factory=dict)
    """How many times as dear as others of as many people it is to do without a cell; one unless given."""

    def reach(self, k: int) -> Mapping[str, Sequence[int]]:
        """Name of a count -> up to which number it is to be possible in each cell where it is small."""
        return {
            name: [k - 1 if most is None else min(k - 1, most) for most in self.most_of(name)]
            for name in self.counts
        }

    def most_of(self, name: str) -> Sequence[int | None]:
        return self.most.get(name) or [None] * len(self.fixed)

    def amounts(self) -> dict[str, Amounts]:
        """The counts in the order of names. Raises ValueError where cells or lines do not fit together."""
        size = len(self.fixed)
        found = {name: np.asarray(self.counts[name], dtype=np.float64) for name in sorted(self.counts)}
        if len(self.small_by) != size or any(len(values) != size for values in found.values()):
            raise ValueError("every cell needs each count, its people and whether it is fixed")
        if any((values < 0).any() for values in found.values()):
            raise ValueError("a count is negative")
        if not set(self.lines) <= set(found):
            raise ValueError("lines of a count that is not there")
        for name, values in found.items():
            most = self.most_of(name)
            if len(most) != size or any(m is not None and m < v for m, v in zip(most, values, strict=True)):
                raise ValueError(f"{name}: more than the most that it can be")
        for name, lines in self.lines.items():
            for line in lines:
                _check(name, line, found[name])
        return found


def _check(name: str, line: Line, values: Amounts) -> None:
    total = line.of if line.total is None else values[line.total]
    parts = values[list(line.parts)]
    if line.is_exact and parts.sum() != total:
        raise ValueError(f"{name}: the parts of {line} do not add up to it")
    if not line.is_exact and (parts.sum() < total or (parts > total).any()):
        raise ValueError(f"{name}: the parts of {line} are not parts of it")
