"""What must wait: the services that answers block, why, and for how long."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from ihh.domain.house import Answers, Block, House, Service, any_holds


class Cause(NamedTuple):
    """Why a service must wait."""

    block: Block
    because: Service | None
    """The prerequisite whose block it is; None where it is the service's own."""
    days: int
    """Fewest days after the visit until the last obstacle is gone; 0: nobody can say."""


def blocks_of(house: House, facts: Answers, needed: Set[str], after_days: int = 0) -> dict[str, Cause]:
    """Service id → why it must wait: a block of its own, else that of a needed prerequisite.

    A block that is gone `after_days` after a first visit blocks nothing.
    """
    own: dict[str, list[Block]] = {}
    for service in house.services:
        if blocks := [block for block in service.blocked if _blocks(block, facts, after_days)]:
            own[service.id] = blocks
    causes: dict[str, Cause] = {}
    for service in house.services:
        waiting = house.prerequisites[service.id] & own.keys() & needed
        obstacles = [*own.get(service.id, ()), *(block for name in waiting for block in own[name])]
        if service.id in own:
            causes[service.id] = Cause(own[service.id][0], None, _days(obstacles))
        elif waiting:
            first = _first(house, waiting)
            causes[service.id] = Cause(own[first.id][0], first, _days(obstacles))
    return causes


def _blocks(block: Block, facts: Answers, after_days: int) -> bool:
    return any_holds(block.when, facts) and not 0 < block.wait_days <= after_days


def _first(house: House, waiting: Set[str]) -> Service:
    """The one that no other of them must precede."""
    return next(
        service
        for service in house.services
        if service.id in waiting and not house.prerequisites[service.id] & waiting
    )


def _days(obstacles: Sequence[Block]) -> int:
    days = [block.wait_days for block in obstacles]
    return max(days) if all(days) else 0
