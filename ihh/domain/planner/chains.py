"""How soon legs that never run beside each other can end on a day, one after another, with the walks between.

Each stands at the first place that any of its desks has. Slots; sets of legs are bitmasks.
"""

from __future__ import annotations

from ihh.domain.planner.legs import Legs, members
from ihh.domain.planner.seats import Seats


class Chains:
    """Remembers what it was asked. The legs asked about together must be apart from each other."""

    def __init__(self, legs: Legs, seats: Seats) -> None:
        self._legs = legs
        self._starts = [_anywhere(choice) for choice in seats]
        self._never = legs.slots + 1
        self._ends: dict[tuple[int, int, int], int] = {}

    def end(self, chain: int, first: int, ready: int) -> int:
        """The soonest end of the chain that a given leg begins, once its people are ready.

        More than the day has where there is none.
        """
        asked = chain, first, ready
        end = self._ends.get(asked)
        if end is None:
            end = self._ends[asked] = self._end(chain, first, ready)
        return end

    def _end(self, chain: int, first: int, ready: int) -> int:
        rest = chain ^ 1 << first
        later = self._starts[first] >> ready
        if not later or self._legs.before[first] & rest:
            return self._never
        end = ready + (later & -later).bit_length() - 1 + self._legs.durations[first]
        gaps = self._legs.gaps[first]
        return min([self.end(rest, leg, end + gaps[leg]) for leg in members(rest)], default=end)


def _anywhere(choice: tuple[tuple[int, int], ...]) -> int:
    starts = 0
    for _, at_desk in choice:
        starts |= at_desk
    return starts
