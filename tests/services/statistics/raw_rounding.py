"""How raw figures are rounded: one decimal, halves away from zero; ranks are nearest ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any


def three(name: str, times: Sequence[timedelta]) -> dict[str, Any]:
    whole = sum(times, timedelta(0)) // timedelta(seconds=1)
    return {
        f"{name}_median_min": rank(times, 50),
        f"{name}_p90_min": rank(times, 90),
        f"{name}_mean_min": tenth(Fraction(whole, 60 * len(times))) if times else None,
    }


def rank(times: Sequence[timedelta], percent: int) -> Fraction | None:
    """Nearest rank: the value at place ⌈percent × n / 100⌉ of the sorted ones."""
    if not times:
        return None
    place = math.ceil(Fraction(percent * len(times), 100))
    return tenth(Fraction(sorted(times)[place - 1] // timedelta(microseconds=1), 60_000_000))


def share(part: int, whole: int) -> Fraction | None:
    return tenth(Fraction(100 * part, whole)) if whole else None


def tenth(exact: Fraction) -> Fraction:
    """With one decimal, halves away from zero."""
    rounded = math.floor(abs(exact) * 10 + Fraction(1, 2))
    return Fraction(rounded if exact >= 0 else -rounded, 10)
