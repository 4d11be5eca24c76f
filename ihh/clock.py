"""The only reader of the wall clock.

Everything else takes the time as an argument. A demonstration runs on a shifted clock: the same
seconds, another day (`shift`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """The house's time, aware, in UTC."""
    return datetime.now(UTC) + _offset


def real_now() -> datetime:
    """The world's time, also in a demonstration: for expiry of what protects the system itself."""
    return datetime.now(UTC)


def shift(offset: timedelta) -> None:
    """Let the house's time differ from the world's by `offset` in this process."""
    global _offset
    _offset = offset
