"""Distributions of times that can be added up: minutes in tenths, and how often each was measured.

Published times have one decimal, and rounding keeps order: a nearest-rank value of the rounded times is
the rounded nearest-rank value of the exact ones. So nothing is lost by keeping tenths.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Spread:
    """How long something took, over all who are counted."""

    n: int = 0
    seconds: int = 0
    """Sum, for the mean."""
    median: Decimal | None = None
    """Minutes with one decimal, nearest rank."""
    p90: Decimal | None = None
    tenths: Mapping[int, int] | None = field(default=None, repr=False)
    """How often each tenth of a minute was measured; None where only the summary was read."""

    @property
    def mean(self) -> Decimal | None:
        """Minutes with one decimal, halves up."""
        return _one_decimal(Decimal(self.seconds) / self.n / 60) if self.n else None


def spread(tenths: Mapping[int, int], *, seconds: int) -> Spread:
    """The summary of measured times; `seconds` is their exact sum."""
    n = sum(tenths.values())
    return Spread(n, seconds, rank(tenths, 50), rank(tenths, 90), tenths)


def rank(tenths: Mapping[int, int], percent: int) -> Decimal | None:
    """Nearest rank: the smallest value that at least `percent` of 100 values do not exceed, in minutes."""
    place = -(-sum(tenths.values()) * percent // 100)
    for value in sorted(tenths):
        place -= tenths[value]
        if place <= 0:
            return Decimal(value).scaleb(-1)
    return None


def pooled(parts: Iterable[Spread]) -> Spread:
    """Several together. Raises ValueError if one of them has only its summary."""
    together: Counter[int] = Counter()
    seconds = 0
    for part in parts:
        if part.n and part.tenths is None:
            raise ValueError("a summary cannot be pooled")
        together.update(part.tenths or {})
        seconds += part.seconds
    return spread(together, seconds=seconds)


def summary(found: Spread) -> list[int | str | None]:
    """For storing: what is needed unless several are pooled."""
    return [found.n, found.seconds, *(None if x is None else str(x) for x in (found.median, found.p90))]


def from_summary(kept: list[int | str | None], tenths: Mapping[int, int] | None = None) -> Spread:
    n, seconds, median, p90 = kept
    return Spread(int(n or 0), int(seconds or 0), _decimal(median), _decimal(p90), tenths)


def packed(spreads: Mapping[str, Spread]) -> bytes | None:
    """The distributions of one row; None where there are none."""
    kept = {
        name: [sorted(found.tenths), [found.tenths[value] for value in sorted(found.tenths)]]
        for name, found in spreads.items()
        if found.tenths
    }
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), 1) if kept else None


def unpacked(kept: bytes | None) -> dict[str, dict[int, int]]:
    if not kept:
        return {}
    found = json.loads(zlib.decompress(kept))
    return {name: dict(zip(values, counts, strict=True)) for name, (values, counts) in found.items()}


def _decimal(kept: int | str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
