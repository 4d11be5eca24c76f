"""Distributions of times that can be added up: minutes in tenths, and how often each was measured.

Published times have one decimal, and rounding keeps order: a nearest-rank value of the rounded times is
the rounded nearest-rank value of the exact ones. So nothing is lost by keeping tenths.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

Tenths = NDArray[np.int32]
"""Two rows: tenths of a minute, ascending, and how often each was measured."""

STORED = np.dtype("<i4")


@dataclass(frozen=True)
class Spread:
    """How long something took, over all who are counted."""

    n: int = 0
    seconds: int = 0
    """Sum, for the mean."""
    median: Decimal | None = None
    """Minutes with one decimal, nearest rank."""
    p90: Decimal | None = None
    tenths: Tenths | None = field(default=None, repr=False, compare=False)
    """None where only the summary was read."""

    @property
    def mean(self) -> Decimal | None:
        """Minutes with one decimal, halves up."""
        return _one_decimal(Decimal(self.seconds) / self.n / 60) if self.n else None


def spread(tenths: Tenths, *, seconds: int) -> Spread:
    """The summary of measured times; `seconds` is their exact sum."""
    return Spread(int(tenths[1].sum()), seconds, rank(tenths, 50), rank(tenths, 90), tenths)


def rank(tenths: Tenths, percent: int) -> Decimal | None:
    """Nearest rank: the smallest value that at least `percent` of 100 values do not exceed, in minutes."""
    values, counts = tenths
    reached = np.cumsum(counts, dtype=np.int64)
    if not len(reached):
        return None
    place = -(-int(reached[-1]) * percent // 100)
    return Decimal(int(values[np.searchsorted(reached, place)])).scaleb(-1)


def pooled(parts: Iterable[Spread]) -> Spread:
    """Several together. Raises ValueError if one of them has only its summary."""
    measured = [part for part in parts if part.n]
    if any(part.tenths is None for part in measured):
        raise ValueError("a summary cannot be pooled")
    if len(measured) < 2:
        return measured[0] if measured else Spread()
    values, counts = np.concatenate([part.tenths for part in measured if part.tenths is not None], axis=1)
    together = np.bincount(values, weights=counts).astype(np.int32)
    found = np.flatnonzero(together).astype(np.int32)
    return spread(np.stack((found, together[found])), seconds=sum(part.seconds for part in measured))


def summary(found: Spread) -> list[int | str | None]:
    """For storing: what is needed unless several are pooled."""
    return [found.n, found.seconds, *(None if x is None else str(x) for x in (found.median, found.p90))]


def from_summary(kept: list[int | str | None], tenths: Tenths | None = None) -> Spread:
    n, seconds, median, p90 = kept
    return Spread(int(n or 0), int(seconds or 0), _decimal(median), _decimal(p90), tenths)


def packed(spreads: Mapping[str, Spread]) -> bytes | None:
    """The distributions of one row, compressed; None where there are none.

    A line of JSON says how long each is, then come their numbers one after the other: a span of five years
    reads some ten thousand rows.
    """
    return _packed(
        {name: found.tenths for name, found in spreads.items() if found.n and found.tenths is not None}
    )


def without(kept: bytes | None, names: Collection[str]) -> bytes | None:
    """The distributions of one row, some left out."""
    return _packed({name: tenths for name, tenths in unpacked(kept).items() if name not in names})


def _packed(kept: Mapping[str, Tenths]) -> bytes | None:
    lengths = json.dumps({name: tenths.shape[1] for name, tenths in kept.items()})
    numbers = [np.ascontiguousarray(tenths, STORED).tobytes() for tenths in kept.values()]
    return zlib.compress(b"".join([lengths.encode(), b"\n", *numbers]), 1) if kept else None


def unpacked(kept: bytes | None) -> dict[str, Tenths]:
    if not kept:
        return {}
    lengths, _, numbers = zlib.decompress(kept).partition(b"\n")
    found, start = {}, 0
    for name, length in json.loads(lengths).items():
        both = np.frombuffer(numbers, STORED, 2 * length, start)
        found[name] = both.reshape(2, length)
        start += both.nbytes
    return found


def _decimal(kept: int | str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
