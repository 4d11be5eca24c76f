"""Where a party that waits in several lines should wait: by the line expected to call it first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WORTH_MIN = 3
"""A party is sent on only to a line that is expected to call it so many minutes earlier."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One of the party's places in a line."""

    agency_id: str
    middle: float | None
    """Expected minutes until the call; None where nobody can say."""
    ahead: int
    """Visitors called before."""


def where_to_wait(prospects: Sequence[Prospect], *, told: str | None, agencies: Sequence[str]) -> str | None:
    """The agency to wait at: the smallest middle, then the fewest ahead, then the order of `agencies`.

    A party already told to wait at one of these lines stays there unless another is expected to call
    `WORTH_MIN` earlier. None where there is no line.
    """
    if not prospects:
        return None
    best = min(prospects, key=lambda each: (_minutes(each), each.ahead, agencies.index(each.agency_id)))
    stays = [_minutes(each) for each in prospects if each.agency_id == told]
    if stays and not min(stays) - _minutes(best) >= WORTH_MIN:
        return told
    return best.agency_id


def _minutes(prospect: Prospect) -> float:
    return math.inf if prospect.middle is None else prospect.middle
