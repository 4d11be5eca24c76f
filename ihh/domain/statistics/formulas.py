"""Shapes of formulas over a row's sources. Shares are percent, times minutes, both with one decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from ihh.domain.statistics.spreads import Spread


class Sources(Protocol):
    def count(self, name: str) -> int: ...

    def spread(self, name: str) -> Spread: ...


Amount = int | Decimal | None


class Formula(Protocol):
    def __call__(self, sources: Sources, /) -> Amount: ...


def count(name: str) -> Formula:
    """How many; 0 is a 0."""
    return lambda sources: sources.count(name)


def count_if_known(name: str, *known_by: str) -> Formula:
    """How many, where one of `known_by` says that it was counted at all; None elsewhere."""
    return lambda sources: sources.count(name) if any(map(sources.count, known_by)) else None


def share(part: str, whole: str) -> Formula:
    """Percent, halves up; None of nothing."""
    return lambda sources: ratio(100 * sources.count(part), sources.count(whole))


def mean(total: str, n: str, *, per: int = 1) -> Formula:
    """Sum / number / `per`, halves up; None of nothing."""
    return lambda sources: ratio(sources.count(total), sources.count(n) * per)


def hours(minutes: str) -> Formula:
    """Minutes as hours; None of none."""
    return lambda sources: ratio(sources.count(minutes), 60) if sources.count(minutes) else None


def median(name: str) -> Formula:
    return lambda sources: sources.spread(name).median


def p90(name: str) -> Formula:
    return lambda sources: sources.spread(name).p90


def average(name: str) -> Formula:
    return lambda sources: sources.spread(name).mean


def difference(more: str, less: str, whole: str) -> Formula:
    """Percent points: 100 × (more − less) / whole."""
    return lambda sources: ratio(100 * (sources.count(more) - sources.count(less)), sources.count(whole))


def ratio(part: int, whole: int) -> Decimal | None:
    """With one decimal, halves away from zero; None of nothing."""
    return (Decimal(part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
