"""Only what is recorded as a whole is released: days declared complete, and which days the house closed itself.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from ihh.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CLOSED = sa.table(
    "closed_day",
    sa.column("day", sa.Date),
    sa.column("closed_at", UtcDateTime),
    sa.column("purged_at", UtcDateTime),
)
FACT = sa.table("visit_fact", sa.column("day", sa.Date), sa.column("source", sa.String))
VISIT = sa.table("visit", sa.column("service_date", sa.Date), sa.column("state", sa.String))
NEVER_BOOKED = ("held", "expired", "cancelled")


def upgrade() -> None:
    complete_range = op.create_table(
        "complete_range",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_complete_range_in_order")),
        sa.PrimaryKeyConstraint("first", "last", name=op.f("pk_complete_range")),
    )
    with op.batch_alter_table("closed_day") as closed_day:
        closed_day.alter_column("closed_at", existing_type=UtcDateTime(), nullable=True)
    op.execute(sa.update(CLOSED).where(CLOSED.c.closed_at == CLOSED.c.purged_at).values(closed_at=None))
    _forget_days_before_the_beginning()
    # A demonstration's past has every open day.
    made = sa.select(sa.func.min(FACT.c.day), sa.func.max(FACT.c.day)).where(FACT.c.source == "synthetic")
    first, last = op.get_bind().execute(made).one()
    if first is not None:
        op.bulk_insert(complete_range, [{"first": first, "last": last, "declared_at": datetime.now(UTC)}])


def downgrade() -> None:
    raise NotImplementedError("go back to a backup: nothing is thrown away by a migration")


def _forget_days_before_the_beginning() -> None:
    """After an import the house used to close open days on which it was not there yet."""
    connection = op.get_bind()
    if connection.execute(sa.select(sa.func.count()).where(FACT.c.source != "house")).scalar() == 0:
        return
    own = (
        sa.select(sa.func.min(FACT.c.day)).where(FACT.c.source == "house"),
        sa.select(sa.func.min(VISIT.c.service_date)).where(VISIT.c.state.not_in(NEVER_BOOKED)),
        sa.select(sa.func.min(CLOSED.c.day)).where(
            CLOSED.c.purged_at.is_not(None), CLOSED.c.closed_at.is_not(None)
        ),
    )
    found = [day for query in own if (day := connection.execute(query).scalar()) is not None]
    begun = min(found, default=date.max)
    connection.execute(sa.delete(CLOSED).where(CLOSED.c.purged_at.is_(None), CLOSED.c.day < begun))
