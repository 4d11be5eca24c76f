"""Walk-ins and appointments told apart have a mask of their own.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "figure", sa.Column("booking_flag", sa.String(length=12), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("figure", "booking_flag")
