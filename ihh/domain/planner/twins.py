"""People of a party who may change places: without them the search meets every visit many times over.

Two people are twins where they have the same legs together and, each alone, the same services: swapping them
turns the request into itself. As a person has a service at most once, no others may change places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ihh.domain.planner.problem import LegRequest

Twins = tuple[tuple[int, ...], ...]
"""For each of the twins, the legs they have alone; legs at one place of these rows are of one service."""


def twins_of(legs: Sequence[LegRequest]) -> tuple[Twins, ...]:
    """Every group of people who may change places and have legs alone."""
    groups: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for person in sorted({person for leg in legs for person in leg.people}):
        own = [at for at, leg in enumerate(legs) if person in leg.people]
        together = tuple(at for at in own if len(legs[at].people) > 1)
        alone = sorted((legs[at].service, at) for at in own if len(legs[at].people) == 1)
        groups[together, tuple(service for service, _ in alone)].append(tuple(at for _, at in alone))
    return tuple(tuple(rows) for rows in groups.values() if len(rows) > 1 and rows[0])
