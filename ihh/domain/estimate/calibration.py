"""Ranges made honest: what recorded waits say of the ranges that were told, put right for the next day.

The simulation knows nothing of what it leaves out. Each night every horizon's middle is moved by its
errors, halfway between their median (the least error) and their mean (no bias), and each side of its
range stretched to what would have held nine of ten waits (split conformal prediction, Vovk et al. 2005,
with scores in widths of the side). A night moves what stands by its share of all pairs so far, and
never less than `LEAST_STEP`: old days fade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from ihh.domain.estimate.wait import Wait

HORIZONS = (2.0, 8.0, 18.0, 32.0, 55.0, 90.0)
"""Told middles, minutes, at which the corrections are kept; between them they run straight."""
SIDE = 0.9
"""Share of the waits that one end of a range should not cut off."""
FIRST_WEIGHT = 400.0
"""In pairs: those of one slow day all err to one side, and should not sway the next."""
LEAST_STEP = 0.05
FEWEST = 8
NARROWEST_MIN = 0.5
LARGEST_STRETCH = 2.0
"""Of one night."""


@dataclass(frozen=True)
class Correction:
    shift: float = 0.0
    """Minutes added to the middle."""
    down: float = 1.0
    """Factor of the range's lower side, and of its upper."""
    up: float = 1.0
    n: float = 0.0
    """Pairs it was learned from."""


@dataclass(frozen=True)
class Pair:
    """A told wait and what came."""

    wait: Wait
    actual: float


@dataclass(frozen=True)
class Calibration:
    corrections: tuple[Correction, ...] = (Correction(),) * len(HORIZONS)

    def apply(self, wait: Wait) -> Wait:
        if wait.p90 <= 0:
            return wait
        shift, down, up = self._at(wait.p50)
        middle = max(wait.p50 + shift, 0.0)
        return Wait(
            max(middle - down * (wait.p50 - wait.p10), 0.0), middle, middle + up * (wait.p90 - wait.p50)
        )

    def _at(self, middle: float) -> tuple[float, float, float]:
        last = len(HORIZONS) - 1
        above = next((index for index, minutes in enumerate(HORIZONS) if middle < minutes), last)
        below = max(above - 1, 0)
        part = (middle - HORIZONS[below]) / (HORIZONS[above] - HORIZONS[below]) if above > below else 0.0
        low, high = self.corrections[below], self.corrections[above]
        part = min(max(part, 0.0), 1.0)
        return (
            low.shift + part * (high.shift - low.shift),
            low.down + part * (high.down - low.down),
            low.up + part * (high.up - low.up),
        )


def recalibrated(calibration: Calibration, pairs: Iterable[Pair]) -> Calibration:
    """The calibration after a day on which it told these waits."""
    buckets: list[list[Pair]] = [[] for _ in HORIZONS]
    for pair in pairs:
        if pair.wait.p90 > 0:
            buckets[_nearest(pair.wait.p50)].append(pair)
    return Calibration(
        tuple(
            _corrected(correction, bucket)
            for correction, bucket in zip(calibration.corrections, buckets, strict=True)
        )
    )


def _nearest(middle: float) -> int:
    return min(range(len(HORIZONS)), key=lambda index: abs(HORIZONS[index] - middle))


def _corrected(correction: Correction, pairs: Sequence[Pair]) -> Correction:
    if len(pairs) < FEWEST:
        return correction
    step = max(len(pairs) / (correction.n + len(pairs) + FIRST_WEIGHT), LEAST_STEP)
    errors = [pair.actual - pair.wait.p50 for pair in pairs]
    shift = (_quantile(errors, 0.5) + fmean(errors)) / 2
    down = _quantile([(pair.wait.p50 + shift - pair.actual) / _below(pair.wait) for pair in pairs], SIDE)
    up = _quantile([(pair.actual - pair.wait.p50 - shift) / _above(pair.wait) for pair in pairs], SIDE)
    return Correction(
        shift=correction.shift + step * shift,
        down=correction.down * _stretch(down) ** step,
        up=correction.up * _stretch(up) ** step,
        n=correction.n + len(pairs),
    )


def _below(wait: Wait) -> float:
    return max(wait.p50 - wait.p10, NARROWEST_MIN)


def _above(wait: Wait) -> float:
    return max(wait.p90 - wait.p50, NARROWEST_MIN)


def _stretch(factor: float) -> float:
    return min(max(factor, 1 / LARGEST_STRETCH), LARGEST_STRETCH)


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def to_document(calibration: Calibration) -> dict[str, Any]:
    return {
        "horizons": list(HORIZONS),
        "corrections": [
            [round(found.shift, 3), round(found.down, 4), round(found.up, 4), found.n]
            for found in calibration.corrections
        ],
    }


def from_document(document: Mapping[str, Any]) -> Calibration:
    """Raises KeyError, TypeError or ValueError for one of another make: learned anew the next night."""
    if tuple(document["horizons"]) != HORIZONS:
        raise ValueError("other horizons")
    return Calibration(tuple(Correction(*found) for found in document["corrections"]))
