"""Nearest-rank percentiles: the value of somebody who was really measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta


def nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """The smallest value that at least `percent` of 100 values do not exceed; the values are sorted."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
