"""What a clerk may set aside for a recorded reason: a service's block, and what it must come after.

Both are advice from sources that differ; the clerk sees the papers. People, places and hours bind everyone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum

from ihh.domain.house import House
from ihh.domain.identity_code import contains_identity_code

REASON_SHORTEST = 3
REASON_LONGEST = 200
"""Signs of a reason, blanks at its ends left out."""


class OverrideFault(StrEnum):
    NOT_CHOSEN = "not_chosen"
    """The service is no leg of the wish."""
    REASON_TOO_SHORT = "reason_too_short"
    REASON_TOO_LONG = "reason_too_long"
    REASON_UNREADABLE = "reason_unreadable"
    """It has signs that no text may have."""
    IDENTITY_CODE_GIVEN = "identity_code_given"


def check_overrides(overrides: Mapping[str, str], chosen: Collection[str]) -> dict[str, OverrideFault]:
    """Service id → what is wrong with setting its rules aside; `chosen` are the services of the legs."""
    faults = {}
    for service, reason in overrides.items():
        fault = OverrideFault.NOT_CHOSEN if service not in chosen else _reason_fault(reason.strip())
        if fault is not None:
            faults[service] = fault
    return faults


def set_aside(house: House, services: Collection[str]) -> House:
    """The house as it binds a visit in which a clerk overruled these services: nothing blocks them, and
    they come after nothing. Every other service keeps all its prerequisites, those through them included."""
    if not services:
        return house
    rules = (
        replace(service, blocked=(), after=())
        if service.id in services
        else replace(service, after=tuple(sorted(house.prerequisites[service.id])))
        for service in house.services
    )
    return replace(house, services=tuple(rules))


def _reason_fault(reason: str) -> OverrideFault | None:
    if contains_identity_code(reason):
        return OverrideFault.IDENTITY_CODE_GIVEN
    if not "".join(reason.split()).isprintable():
        return OverrideFault.REASON_UNREADABLE
    if len(reason) < REASON_SHORTEST:
        return OverrideFault.REASON_TOO_SHORT
    return OverrideFault.REASON_TOO_LONG if len(reason) > REASON_LONGEST else None
