"""People of a party who may change places: without them the search meets every visit many times over.

Two people are twins where swapping them turns the request's legs into the same legs. All orders in which
twins are served last equally long, so only one needs to be tried.
"""

from __future__ import annotations

from collections.abc import Sequence

from ihh.domain.planner.problem import LegRequest

Served = frozenset[tuple[str, frozenset[str]]]
"""Legs as (service, people)."""


def twins_first(legs: Sequence[LegRequest]) -> tuple[int, ...]:
    """For each leg, the set (bitmask) of legs whose start is read before its own: its twins' same leg.

    One leg of every group of twins is bound so: a leg with one of the group and all or none of any other.
    """
    parties = [frozenset(leg.people) for leg in legs]
    place = {(leg.service, party): at for at, (leg, party) in enumerate(zip(legs, parties, strict=True))}
    groups = _groups(frozenset(place))
    first = [0] * len(legs)
    for group in groups:
        leading = next((leg for leg, party in enumerate(parties) if _is_of_one(party, group, groups)), None)
        if leading is None:
            continue
        (own,) = parties[leading] & group
        same = {place[legs[leading].service, parties[leading] - {own} | {twin}] for twin in group}
        for leg in same:
            first[leg] = sum(1 << other for other in same if other < leg)
    return tuple(first)


def _is_of_one(party: frozenset[str], group: frozenset[str], groups: list[frozenset[str]]) -> bool:
    others = (other for other in groups if other != group)
    return len(party & group) == 1 and all(party & other in (frozenset(), other) for other in others)


def _groups(served: Served) -> list[frozenset[str]]:
    """Twins of twins are twins, so a person belongs with the first one they may change places with."""
    groups: dict[str, set[str]] = {}
    for person in sorted({person for _, party in served for person in party}):
        first = next((other for other in groups if _swapped(served, person, other) == served), person)
        groups.setdefault(first, set()).add(person)
    return [frozenset(group) for group in groups.values() if len(group) > 1]


def _swapped(served: Served, one: str, other: str) -> Served:
    swap = {one: other, other: one}
    return frozenset((service, frozenset(swap.get(p, p) for p in party)) for service, party in served)
