"""A wait as it is reckoned, and as it is told."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEP_MIN = 5
"""Ranges are told in steps of five minutes: a finer one would claim to know more."""


@dataclass(frozen=True)
class Wait:
    """Minutes from now to the first call: as reckoned, and from `low` to `high` as told to people."""

    p10: float
    p50: float
    p90: float

    @property
    def low(self) -> int:
        return math.floor(round(self.p10, 6) / STEP_MIN) * STEP_MIN

    @property
    def middle(self) -> float:
        return self.p50

    @property
    def high(self) -> int:
        return max(math.ceil(round(self.p90, 6) / STEP_MIN) * STEP_MIN, self.low + STEP_MIN)
