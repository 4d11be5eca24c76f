"""A second visit, for what the first one cannot have: how long after it, and with which legs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ihh.domain.house import Answers, House
from ihh.domain.party import Party
from ihh.domain.route import LegChoice, LegFault, LegFaultCode, blocked_by, check_legs


def days_until(house: House, answers: Answers | None, party: Party, services: Iterable[str]) -> int:
    """Fewest days after a first visit until the answers block none of the services.

    Those of which nobody can say when count for nothing; see `BlockedService.after_days`.
    """
    blocked = blocked_by(house, answers, party) if answers else {}
    return max((blocked[service].days for service in services if service in blocked), default=0)


def check_later(
    house: House,
    party: Party,
    first: Sequence[LegChoice],
    later: Sequence[LegChoice],
    *,
    answers: Answers | None = None,
) -> list[LegFault]:
    """What is wrong with the legs of a second visit, `later`; empty where it can be planned."""
    days = days_until(house, answers, party, (leg.service for leg in later))
    faults = check_legs(house, party, later, answers=answers, after_days=days)
    return faults + [
        LegFault(LegFaultCode.NEEDED_FIRST, number)
        for number, leg in enumerate(later)
        if any(_comes_after(house, other, leg) for other in first)
    ]


def _comes_after(house: House, leg: LegChoice, other: LegChoice) -> bool:
    """Whether `leg` must come after `other`: its prerequisite, for somebody whom both concern."""
    needed = house.prerequisites.get(leg.service, frozenset())
    return other.service in needed and not set(leg.people).isdisjoint(other.people)
