"""What a party wants from a visit: values that pages, planner and lines hand on."""

from __future__ import annotations

from dataclasses import dataclass

from ihh.domain.party import Party


@dataclass(frozen=True)
class LegWish:
    """One service for some of the party, and the documents they were asked to bring."""

    service: str
    people: tuple[str, ...]
    documents: tuple[str, ...] = ()
    override_reason: str | None = None
    """Why a clerk set the service's order or block aside for this leg."""


@dataclass(frozen=True)
class Wish:
    """What a party wants from a visit."""

    party: Party
    legs: tuple[LegWish, ...]
    language: str
    customer_type: str = "other"
    municipality: str | None = None
    later: tuple[LegWish, ...] = ()
    """Legs of a second visit, which something stands in the way of today."""
    later_after_days: int = 0
    """Fewest days from the first visit until the second."""

    @property
    def waived(self) -> frozenset[str]:
        """Services whose order or block a clerk set aside."""
        return frozenset(leg.service for leg in (*self.legs, *self.later) if leg.override_reason is not None)
