"""Distributions against sorted lists, and there and back again."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.statistics.spreads import Spread, packed, pooled, rank, spread, unpacked

TIMES = st.lists(st.integers(0, 14_400), max_size=40)


def of(times: list[int]) -> Spread:
    """`times` in tenths of a minute."""
    found = sorted(Counter(times).items())
    return spread(np.array(found, np.int32).reshape(-1, 2).T, seconds=6 * sum(times))


def nearest_rank(times: list[int], percent: int) -> Decimal | None:
    """In words: the smallest measured time that `percent` of 100 do not exceed."""
    for time in sorted(times):
        if 100 * sum(other <= time for other in times) >= percent * len(times):
            return Decimal(time) / 10
    return None


@given(TIMES)
def test_ranks_are_those_of_the_sorted_list(times: list[int]) -> None:
    found = of(times)
    assert (found.n, found.median, found.p90) == (
        len(times),
        nearest_rank(times, 50),
        nearest_rank(times, 90),
    )


@given(st.lists(TIMES, max_size=5))
def test_pooled_is_as_if_measured_together(parts: list[list[int]]) -> None:
    together = [time for part in parts for time in part]
    found = pooled(of(part) for part in parts)
    assert found == of(together)
    assert found.mean == (of(together).mean if together else None)


@given(st.dictionaries(st.sampled_from(["wait", "way_time", "served"]), TIMES))
def test_what_is_stored_comes_back(kept: dict[str, list[int]]) -> None:
    measured = {name: times for name, times in kept.items() if times}
    blob = packed({name: of(times) for name, times in kept.items()})
    assert (blob is None) == (not measured)
    assert {name: Counter(dict(found.T.tolist())) for name, found in unpacked(blob).items()} == {
        name: Counter(times) for name, times in measured.items()
    }


def test_a_summary_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="summary"):
        pooled([of([10]), Spread(n=3, seconds=180)])
    assert rank(np.empty((2, 0), np.int32), 50) is None
