"""Several periods of one row together."""

from __future__ import annotations

from collections.abc import Sequence

from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.spreads import pooled


def together(parts: Sequence[Sources]) -> Sources:
    """Counts and distributions added up. Raises ValueError if a distribution is known by its summary only."""
    if len(parts) == 1:
        return parts[0]
    counts: dict[str, int] = {}
    for part in parts:
        for name, amount in part.counts.items():
            counts[name] = counts.get(name, 0) + amount
    names = {name for part in parts for name in part.spreads}
    return Sources(counts, {name: pooled(part.spread(name) for part in parts) for name in sorted(names)})
