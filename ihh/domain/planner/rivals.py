"""Legs that want the same few desks, and so can't all be served at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ihh.domain.planner.legs import Legs, members

DESK_SETS_MAX = 16
"""Sets of desks looked at; more would make bounds a little better and take longer than they save."""

Desk = TypeVar("Desk")


@dataclass(frozen=True)
class Rivals:
    legs: tuple[int, ...]
    """The shortest first."""
    between: int
    """A set of legs of which none runs beside another or beside a rival."""
    desks: frozenset[str]
    """All that the rivals may take."""


def rivals_of(legs: Legs) -> list[Rivals]:
    """Every group of rivals, once for each of the largest sets that may stand between them."""
    choices = [frozenset(desk.id for desk in desks) for desks in legs.desks]
    found: dict[tuple[int, int], Rivals] = {}
    for desks in desk_sets(choices):
        rivals = _side_by_side(legs, bound_to(desks, choices))
        if rivals.bit_count() > 1:
            wanted = frozenset[str]().union(*(choices[leg] for leg in members(rivals)))
            shortest_first = tuple(sorted(members(rivals), key=legs.durations.__getitem__))
            for between in _between(legs, rivals):
                found[rivals, between] = Rivals(shortest_first, between, wanted)
    return list(found.values())


def desk_sets(choices: Sequence[frozenset[Desk]]) -> list[frozenset[Desk]]:
    """The legs' sets of desks and the unions of those that overlap, each once."""
    found: dict[frozenset[Desk], None] = {choice: None for choice in choices if choice}
    for choice in list(found):
        joined = [choice | other for other in found if choice & other]
        found.update(dict.fromkeys(joined[: DESK_SETS_MAX - len(found)]))
    return list(found)


def bound_to(desks: frozenset[Desk], choices: Iterable[frozenset[Desk]]) -> int:
    """The legs that can't be served elsewhere, as a set."""
    return sum(1 << leg for leg, choice in enumerate(choices) if choice and choice <= desks)


def _side_by_side(legs: Legs, bound: int) -> int:
    """Without the legs that run beside none of the others."""
    return sum(1 << leg for leg in members(bound) if bound & ~legs.apart[leg] & ~(1 << leg))


def _between(legs: Legs, rivals: int) -> set[int]:
    able = sum(1 << leg for leg in members(legs.all & ~rivals) if not rivals & ~legs.apart[leg])
    parts = {clique & able for clique in legs.cliques}
    return {part for part in parts if not any(part != other and part & other == part for other in parts)}
