"""Distributions of released figures are kept as numbers instead of JSON: a span of years reads thousands.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = ("period_kind", "table_code", "period_start", "row_key")


def upgrade() -> None:
    _rewrite(_as_numbers)


def downgrade() -> None:
    _rewrite(_as_json)


def _rewrite(change: Callable[[bytes], bytes]) -> None:
    figure = sa.table(
        "figure",
        *(sa.column(name, sa.Date if name == "period_start" else sa.String) for name in KEY),
        sa.column("spreads", sa.LargeBinary),
    )
    connection = op.get_bind()
    keys = sa.select(*(figure.c[name] for name in KEY)).where(figure.c.spreads.is_not(None))
    for key in connection.execute(keys).all():
        this = sa.and_(*(figure.c[name] == value for name, value in zip(KEY, key, strict=True)))
        kept = connection.execute(sa.select(figure.c.spreads).where(this)).scalar_one()
        connection.execute(sa.update(figure).where(this).values(spreads=change(kept)))


def _as_numbers(kept: bytes) -> bytes:
    found = json.loads(zlib.decompress(kept))
    lengths = json.dumps({name: len(values) for name, (values, _) in found.items()})
    numbers = [array("i", [*values, *counts]).tobytes() for values, counts in found.values()]
    return zlib.compress(b"".join([lengths.encode(), b"\n", *numbers]), 1)


def _as_json(kept: bytes) -> bytes:
    lengths, _, told = zlib.decompress(kept).partition(b"\n")
    numbers = array("i", told).tolist()
    found, start = {}, 0
    for name, length in json.loads(lengths).items():
        found[name] = [numbers[start : start + length], numbers[start + length : start + 2 * length]]
        start += 2 * length
    return zlib.compress(json.dumps(found, separators=(",", ":")).encode(), 1)
