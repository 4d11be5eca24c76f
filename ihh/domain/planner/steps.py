"""What placing one leg means for the others, on any day. Slots throughout; sets of legs are bitmasks."""

from __future__ import annotations

from graphlib import TopologicalSorter

from ihh.domain.planner.legs import Legs, members


class Steps:
    def __init__(self, legs: Legs) -> None:
        indexes = range(len(legs.durations))
        self.legs = legs
        self.order = tuple(
            TopologicalSorter({leg: list(members(legs.before[leg])) for leg in indexes}).static_order()
        )
        """All legs, none before one that must end first."""
        self.waits = [
            [(other, legs.durations[other] + legs.gaps[other][leg]) for other in members(legs.before[leg])]
            for leg in indexes
        ]
        """For each leg, (another that comes before it, slots from the other's start to its own)."""
        self.then = [[_until(legs, leg, other) for other in indexes] for leg in indexes]
        """[leg][other]: slots from a leg's start until the other may start, if it is read later."""
        self.reach = [legs.durations[leg] + max(legs.gaps[leg]) for leg in indexes]
        """For each leg, slots from its start until any other may start."""
        self.cliques = tuple(clique for clique in legs.cliques if clique & clique - 1)
        """Those of several legs."""
        self.cliques_of = [[clique for clique in self.cliques if clique >> leg & 1] for leg in indexes]
        self.twin_rows = {
            leg: (group, place, row)
            for group, twins in enumerate(legs.twins)
            for row in twins
            for place, leg in enumerate(row)
        }
        """For each leg of a twin alone: which twins, its place in their rows, the twin's row."""


def _until(legs: Legs, leg: int, other: int) -> int:
    """Legs that may run beside each other are read by (start, index)."""
    if legs.apart[leg] >> other & 1:
        return legs.durations[leg] + legs.gaps[leg][other]
    return int(other < leg)
