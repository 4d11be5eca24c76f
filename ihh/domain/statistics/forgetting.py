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
"""Sources of what visitors answered; with `ASKED` their figures need no others."""

ASKED = "asked"


def emptied(kept: Mapping[str, Any], *, flag: Flag, feedback_flag: Flag) -> dict[str, Any]:
    """A frozen row's sources without those of hidden figures.

    What is shown stays as it is, and so do the names of figures that are hidden for another row's sake.
    """
    counts = dict(kept.get("counts", {}))
    spreads = dict(kept.get("spreads", {}))
    if flag is not Flag.NONE:
        counts = {name: amount for name, amount in counts.items() if name in ANSWERS | {ASKED}}
        spreads = {}
    if feedback_flag is not Flag.NONE:
        hidden = ANSWERS if flag is Flag.NONE else ANSWERS | {ASKED}
        counts = {name: amount for name, amount in counts.items() if name not in hidden}
    return {**kept, "counts": counts, "spreads": spreads}
