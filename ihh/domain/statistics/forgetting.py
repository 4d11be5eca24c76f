"""What a hidden row keeps once the events it was counted from are gone: nothing that is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ihh.domain.masking import Flag

ANSWERS = frozenset(
    {
        "answers",
        "csat_n",
        "csat_good",
        "csat_sum",
        "effort_n",
        "effort_sum",
        "nps_n",
        "promoters",
        "detractors",
    }
)
"""Sources of what visitors answered."""

APART = frozenset(
    {"walk_in_n", "walk_in_people", "walk_in_within", "booked_n", "booked_people", "booked_within"}
)
APART_SPREADS = frozenset({"walk_in_wait", "booked_wait"})
"""Sources of what is told of walk-ins and appointments apart."""


def emptied(
    kept: Mapping[str, Any], *, flag: Flag, feedback_flag: Flag, booking_flag: Flag
) -> dict[str, Any]:
    """A frozen row's sources without those of hidden figures.

    What is shown stays as it is, and so do the names of figures that are hidden for another row's sake.
    """
    if flag is not Flag.NONE:
        return {**kept, "counts": {}, "spreads": {}}
    hidden: set[str] = set()
    if feedback_flag is not Flag.NONE:
        hidden |= ANSWERS
    if booking_flag is not Flag.NONE:
        hidden |= APART | APART_SPREADS
    return {
        **kept,
        "counts": {name: found for name, found in kept.get("counts", {}).items() if name not in hidden},
        "spreads": {name: found for name, found in kept.get("spreads", {}).items() if name not in hidden},
    }
