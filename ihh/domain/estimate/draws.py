"""Draws for the runs: stratified, and the same for the same key, so that estimates do not flicker.

A row holds each of `RUNS` evenly spaced shares once, in an order of its own: what one row is used
for takes its whole distribution, whatever the number of runs.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RUNS = 200
ROWS = 2048
SEED = 20171201


class Use(IntEnum):
    """What a draw is for: the same ticket has a different row for each."""

    LENGTH = 1
    ANSWER = 2
    PATIENCE = 3
    LATENESS = 4
    SHOW = 5
    DAY = 6
    DESK = 7


def shares(keys: Sequence[int | str], use: Use, minute: int) -> Floats:
    """A row of shares between 0 and 1 for each key."""
    return _share_rows()[_rows(keys, use, minute)]


def normals(keys: Sequence[int | str], use: Use, minute: int) -> Floats:
    """A row of standard normal draws for each key."""
    return _normal_rows()[_rows(keys, use, minute)]


def _rows(keys: Sequence[int | str], use: Use, minute: int) -> NDArray[np.int64]:
    whole = (key if isinstance(key, int) else zlib.crc32(key.encode()) for key in keys)
    mixed = (((key + minute * 7919) * 8 + use) * 0x9E3779B97F4A7C15 % 2**64 >> 53 for key in whole)
    return np.fromiter(mixed, dtype=np.int64, count=len(keys))


@cache
def _share_rows() -> Floats:
    even = (np.arange(RUNS) + 0.5) / RUNS
    rows: Floats = np.random.default_rng(SEED).permuted(np.tile(even, (ROWS, 1)), axis=1)
    return rows


@cache
def _normal_rows() -> Floats:
    """`RUNS` shares are few: each has its normal value once, looked up by its number."""
    values = np.array([NormalDist().inv_cdf((run + 0.5) / RUNS) for run in range(RUNS)])
    rows: Floats = values[(_share_rows() * RUNS).astype(np.int64)]
    return rows
