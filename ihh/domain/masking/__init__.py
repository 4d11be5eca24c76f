"""Masks: which cells of a release are hidden, so that no small count can be worked out.

`cells` says what is given, `program` and `rows` what a reader cannot tell apart, `search` hides until that
is enough.

A cell in which 1 to k - 1 people stand is hidden (`suppressed`), and further ones (`not_shown`), until for
every count from 1 to k - 1 of a cell that is hidden because it is small, each value from 1 to k - 1 agrees
with all that is known: the shown cells of this release and of earlier ones, and every line along which they
add up.

A reader may take the flags at their word as well: a suppressed count is from 1 to k - 1. Where that would
tell more (a small total of two small parts), a small cell is not_shown. What earlier releases said cannot
be taken back: of a year with two suppressed months a reader knows that it is at least two, and no more.
"""

from __future__ import annotations

from ihh.domain.masking.cells import Cells, Flag, Line
from ihh.domain.masking.search import mask

__all__ = ["Cells", "Flag", "Line", "mask"]
