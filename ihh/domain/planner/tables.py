"""The calendar as numpy arrays: for every day and slot at which a leg is ready, the slot at which it ends.

A time is an index into a flat table of `width` columns a day: column `t` of a day's row is slot `t`,
column `slots + 1` means never, and the columns beyond it let a walk be added without leaving the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs

Times = NDArray[np.intp]
Flags = NDArray[np.bool_]


def flags_of(packed: int, calendar: Calendar, slots: int) -> Flags:
    """[day, slot] of a calendar's bitmask."""
    size = calendar.lane_bytes * len(calendar.dates)
    octets = np.frombuffer(packed.to_bytes(size, "little"), dtype=np.uint8)
    rows = octets.reshape(len(calendar.dates), calendar.lane_bytes)
    return np.unpackbits(rows, axis=1, count=slots, bitorder="little").view(np.bool_)


@dataclass(frozen=True)
class Tables:
    calendar: Calendar
    days: Times
    """For each row its index among the calendar's dates: those on which every leg has a place."""
    slots: int
    width: int
    starts: list[Flags]
    """For each leg, [row, slot]: whether it may start there."""
    ends: list[Times]
    """For each leg, flat: the index at which it ends when it is ready at an index."""

    @classmethod
    def build(cls, legs: Legs, calendar: Calendar) -> Tables:
        every = [flags_of(packed, calendar, legs.slots) for packed in calendar.starts]
        days = np.flatnonzero(np.logical_and.reduce([flags.any(axis=1) for flags in every]))
        starts = [flags[days] for flags in every]
        width = legs.slots + 2 + max(map(max, legs.gaps))
        ends = [
            end_table(flags, duration, width) for flags, duration in zip(starts, legs.durations, strict=True)
        ]
        return cls(calendar, days, legs.slots, width, starts, ends)

    @property
    def never(self) -> int:
        return self.slots + 1

    @cached_property
    def never_of_rows(self) -> Times:
        """For each index the one that means never in its row."""
        return np.repeat(np.arange(len(self.days)) * self.width + self.never, self.width)

    def flags(self, packed: int) -> Flags:
        """[row, slot] of a calendar's bitmask."""
        return flags_of(packed, self.calendar, self.slots)[self.days]

    def firsts(self, legs: Legs) -> Flags:
        """[row, slot]: whether some leg that needs no other before it may start there."""
        free = [flags for flags, before in zip(self.starts, legs.before, strict=True) if not before]
        union: Flags = np.logical_or.reduce(free)
        return union


def end_table(starts: Flags, duration: int, width: int) -> Times:
    """Flat: the index at which a leg ends when it is ready at an index."""
    rows, slots = starts.shape
    never = slots + 1
    table = np.full((rows, width), never, dtype=np.intp)
    own = np.where(starts, np.arange(slots) + duration, never)
    table[:, :slots] = np.minimum.accumulate(own[:, ::-1], axis=1)[:, ::-1]
    table += np.arange(rows)[:, None] * width
    return table.ravel()


def soonest(times: list[Times]) -> Times:
    """Element by element."""
    found = times[0]
    for other in times[1:]:
        found = np.minimum(found, other)
    return found
