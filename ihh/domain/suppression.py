"""Small cells: what a published table hides, so that nobody can be worked out from it.

A row is small where 1 to k − 1 people stand behind one of its counts. It is hidden (`suppressed`),
and so that the table's total does not give it away, further rows are hidden too (`not_shown`):
from the end of the table, until for every count that adds up over the rows

    sum of the hidden rows  >  k × number of the hidden rows.

Why this is enough, even against a reader who knows this rule: the reader learns the sum of the hidden
rows, which are small and which are further (at least k each). Give every small row any value from
1 to k − 1 and every further row but the last the value k. The sums at which the rule had to go on then
stay below its threshold, and the last further row takes up the rest, which is at least k. So each
combination agrees with all that is published: a hidden small count can be anything from 1 to k − 1.
The order in which rows are added never looks at a hidden value. Where the rows do not suffice, the
table is withheld: all its rows, the empty ones too, are not shown.

Tables of one report are published side by side. They share nothing but the grand total, except that
services add up to their agencies; `hide_within` keeps those two in step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ihh.domain.kpi import COUNTS, Figures, Measure, Value

ARRIVALS = (Measure.VISITS, Measure.CUSTOMERS)


class Flag(StrEnum):
    """Why a cell is empty."""

    NONE = ""
    SUPPRESSED = "suppressed"
    """Fewer than k people."""
    NOT_SHOWN = "not_shown"
    """Hidden so that a suppressed cell cannot be worked out."""
    NO_DATA = "no_data"
    """Nothing to count it from."""


@dataclass(frozen=True)
class Cell:
    """A published figure, or the reason why it is not there."""

    amount: int | Decimal | None
    flag: Flag


@dataclass(frozen=True)
class Counts:
    """What decides whether a row is hidden."""

    people: tuple[int, ...]
    """Numbers of people; none may be published from 1 to k − 1."""
    sums: tuple[int, ...]
    """Published counts that add up, at most, to the table's total."""


def hide(rows: Sequence[Counts], *, total: Counts, k: int) -> list[Flag]:
    """The flag of each row of a one-dimensional table whose total is published unless it is small."""
    if is_small(total, k):
        return [Flag.NOT_SHOWN] * len(rows)
    small = [index for index, row in enumerate(rows) if is_small(row, k)]
    if not small:
        return [Flag.NONE] * len(rows)
    further: list[int] = []
    for index in reversed(range(len(rows))):
        if index in small or min(rows[index].sums) < k:
            continue
        further.append(index)
        if _is_enough(rows, small, further, k):
            return [_flag(index, small, further) for index in range(len(rows))]
    return [Flag.NOT_SHOWN] * len(rows)


def hide_within(
    parents: Mapping[str, tuple[Flag, Counts]], children: Sequence[tuple[str, Counts]], *, k: int
) -> list[Flag]:
    """The flags of rows that add up to the rows of another published table.

    Each child names its parent. The children of a shown parent are a table with that parent as its
    total; those of a hidden one are hidden, for they would give it back.
    """
    flags = [Flag.NOT_SHOWN] * len(children)
    for name, (flag, total) in parents.items():
        places = [place for place, (parent, _) in enumerate(children) if parent == name]
        rows = [children[place][1] for place in places]
        if flag is Flag.NONE:
            found = hide(rows, total=total, k=k)
        else:
            found = [flag if is_small(row, k) else Flag.NOT_SHOWN for row in rows]
        for place, mark in zip(places, found, strict=True):
            flags[place] = mark
    return flags


def is_small(row: Counts, k: int) -> bool:
    return any(1 <= count < k for count in row.people)


def publish(figures: Figures, row: Flag, *, k: int) -> Mapping[Measure, Cell]:
    """A row's cells. A hidden row tells nothing, not even that there is no data."""
    if row is not Flag.NONE:
        many_came = figures[Measure.CUSTOMERS].customers >= k  # but few of them were served
        return {
            measure: Cell(None, Flag.NOT_SHOWN if many_came and measure in ARRIVALS else row)
            for measure in figures
        }
    return {measure: _cell(measure, value, k) for measure, value in figures.items()}


def _cell(measure: Measure, value: Value, k: int) -> Cell:
    if value.amount is None:
        return Cell(None, Flag.NO_DATA)
    if measure not in COUNTS and 1 <= value.customers < k:
        return Cell(None, Flag.SUPPRESSED)
    return Cell(value.amount, Flag.NONE)


def _is_enough(rows: Sequence[Counts], small: Sequence[int], further: Sequence[int], k: int) -> bool:
    hidden = [rows[index].sums for index in (*small, *further)]
    return all(sum(column) > k * len(hidden) for column in zip(*hidden, strict=True))


def _flag(index: int, small: Sequence[int], further: Sequence[int]) -> Flag:
    if index in small:
        return Flag.SUPPRESSED
    return Flag.NOT_SHOWN if index in further else Flag.NONE
