"""planning and the day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from ihh.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_learned()
    _make_waitlist()
    _make_desk_absence()
    _make_letter()
    _make_live_estimate()
    _widen_tables()


def _make_learned() -> None:
    op.create_table(
        "learned",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_learned"),
    )


def _make_waitlist() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("link_token", sa.String(length=26), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("not_before", sa.Integer(), nullable=False),
        sa.Column("not_after", sa.Integer(), nullable=False),
        sa.Column("offered_visit_id", sa.String(length=32), nullable=True),
        sa.Column("declined", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('offered', 'taken')) = (offered_visit_id IS NOT NULL)",
            name=op.f("ck_waitlist_entry_offer_has_visit"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'left', 'expired')",
            name=op.f("ck_waitlist_entry_state_known"),
        ),
        sa.CheckConstraint("first_date <= last_date", name=op.f("ck_waitlist_entry_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["offered_visit_id"], ["visit.id"], name="fk_waitlist_entry_offered_visit_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_entry"),
        sa.UniqueConstraint("link_token", name="uq_waitlist_entry_link_token"),
        sa.UniqueConstraint("offered_visit_id", name="uq_waitlist_entry_offered_visit_id"),
    )
    op.create_index("ix_waitlist_entry_state_created_at", "waitlist_entry", ["state", "created_at"])
    op.create_index("ix_waitlist_entry_source_created_at", "waitlist_entry", ["source", "created_at"])
    op.create_table(
        "waitlist_contact",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("delete_after", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "email IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_waitlist_contact_reachable")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entry.id"], name="fk_waitlist_contact_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_waitlist_contact"),
    )
    for column in ("delete_after", "email", "phone"):
        op.create_index(f"ix_waitlist_contact_{column}", "waitlist_contact", [column])


def _make_desk_absence() -> None:
    op.create_table(
        "desk_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.String(length=40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_desk_absence_in_order")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_desk_absence_desk_id"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_absence"),
    )
    op.create_index("ix_desk_absence_desk_id_starts_at", "desk_absence", ["desk_id", "starts_at"])
    op.create_index("ix_desk_absence_ends_at", "desk_absence", ["ends_at"])


def _make_letter() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=True),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(visit_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_letter_about_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entry.id"], name="fk_letter_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_letter_visit_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
    )
    due = sa.text("next_try_at IS NOT NULL")
    op.create_index("ix_letter_due", "letter", ["next_try_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("ix_letter_entry_id", "letter", ["entry_id"])
    op.create_index("ix_letter_visit_id", "letter", ["visit_id"])


def _make_live_estimate() -> None:
    op.create_table(
        "live_estimate",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("middle", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("naive", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_live_estimate_ticket_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "at", name="pk_live_estimate"),
    )


def _widen_tables() -> None:
    """Column by column: making a table anew, as batch mode does, would delete what refers to it."""
    op.add_column("leg", sa.Column("override_reason", sa.String(length=200)))
    op.add_column(
        "service_day", sa.Column("calendar_version", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("ticket", sa.Column("held_at", UtcDateTime()))
    op.add_column("ticket", sa.Column("held_for", sa.String(length=12)))
    op.add_column("ticket", sa.Column("returns_at", UtcDateTime()))
    op.add_column("ticket", sa.Column("unanswered_since", UtcDateTime()))
    op.add_column("ticket", sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("estimate_naive", sa.Double()))
    op.add_column("ticket", sa.Column("estimated_at", UtcDateTime()))
    for column in ("estimate_low", "estimate_high"):
        _make_fractional("ticket", column)
    op.add_column("visit", sa.Column("guided_to", sa.String(length=40)))
    op.execute(
        "ALTER TABLE visit ADD COLUMN follows_id VARCHAR(32)"
        " CONSTRAINT fk_visit_follows_id REFERENCES visit (id)"
    )
    op.create_index("ix_visit_follows_id", "visit", ["follows_id"])
    op.add_column("visit", sa.Column("follows_after_days", sa.Integer(), nullable=False, server_default="0"))


def _make_fractional(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO whole_{column}")
    op.add_column(table, sa.Column(column, sa.Double()))
    op.execute(f"UPDATE {table} SET {column} = whole_{column}")
    op.drop_column(table, f"whole_{column}")


def downgrade() -> None:
    raise NotImplementedError("go back to a backup: nothing is thrown away by a migration")
