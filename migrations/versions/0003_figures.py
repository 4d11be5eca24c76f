"""figures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from ihh.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_facts()
    _make_figures()
    _make_logs()
    _feedback()
    op.add_column("visit", sa.Column("unlinked_at", UtcDateTime(), nullable=True))
    op.add_column(
        "user_account",
        sa.Column("may_export_events", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _make_facts() -> None:
    op.create_table(
        "visit_fact",
        sa.Column("id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("customer_type", sa.String(length=20), nullable=False),
        sa.Column("municipality", sa.String(length=20), nullable=True),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("checked_in_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("csat", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.Column("nps", sa.Integer(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_fact")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_visit_fact_source_key")),
    )
    op.create_index("ix_visit_fact_day", "visit_fact", ["day"])
    op.create_table(
        "service_fact",
        sa.Column("id", _ID, nullable=False),
        sa.Column("visit_fact_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        *(
            sa.Column(f"{name}_at", UtcDateTime(), nullable=True)
            for name in ("booked", "joined", "called", "started", "ended")
        ),
        sa.Column("served_s", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        *(
            sa.Column(f"estimate_{name}", sa.Double(), nullable=True)
            for name in ("low", "middle", "high", "naive")
        ),
        sa.Column("csat", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_fact_id"],
            ["visit_fact.id"],
            name=op.f("fk_service_fact_visit_fact_id_visit_fact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_fact")),
    )
    op.create_index("ix_service_fact_day", "service_fact", ["day"])
    op.create_index("ix_service_fact_visit_fact_id", "service_fact", ["visit_fact_id"])
    op.create_table(
        "day_fact",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", "agency", name=op.f("pk_day_fact")),
    )
    op.create_table(
        "closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("purged_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_day")),
    )


def _make_figures() -> None:
    op.create_table(
        "release",
        sa.Column("period_kind", sa.String(length=5), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=False),
        sa.Column("small_cell", sa.Integer(), nullable=False),
        sa.Column("service_level_min", sa.Integer(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("emptied_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("period_kind", "period_start", name=op.f("pk_release")),
    )
    op.create_table(
        "figure",
        sa.Column("period_kind", sa.String(length=5), nullable=False),
        sa.Column("table_code", sa.String(length=40), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("row_key", sa.String(length=160), nullable=False),
        sa.Column("flag", sa.String(length=12), nullable=False),
        sa.Column("feedback_flag", sa.String(length=12), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("spreads", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint(
            "period_kind", "table_code", "period_start", "row_key", name=op.f("pk_figure")
        ),
    )


def _make_logs() -> None:
    op.create_table(
        "export_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("file_format", sa.String(length=12), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("rows_expected", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_log")),
        sa.UniqueConstraint("request_id", name=op.f("uq_export_log_request_id")),
    )
    op.create_index("ix_export_log_at", "export_log", ["at"])
    op.create_table(
        "kiosk_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_kiosk_use_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_use")),
    )
    op.create_index("ix_kiosk_use_at", "kiosk_use", ["at"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=400), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_saved_view_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.String(length=40), nullable=True),
        sa.Column("service_id", sa.String(length=80), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("csat", "effort", "nps")),
        sa.Column("line", sa.String(length=300), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("csat BETWEEN 1 AND 5", name=op.f("ck_feedback_csat_on_scale")),
        sa.CheckConstraint("effort BETWEEN 1 AND 7", name=op.f("ck_feedback_effort_on_scale")),
        sa.CheckConstraint("nps BETWEEN 0 AND 10", name=op.f("ck_feedback_nps_on_scale")),
        sa.CheckConstraint("channel IN ('my_visit', 'kiosk')", name=op.f("ck_feedback_channel_known")),
        sa.CheckConstraint(
            "coalesce(csat, effort, nps) IS NOT NULL OR line IS NOT NULL", name=op.f("ck_feedback_answered")
        ),
        sa.CheckConstraint(
            "(ticket_id IS NULL) = (agency_id IS NULL) AND (ticket_id IS NULL) = (service_id IS NULL)",
            name=op.f("ck_feedback_of_a_service"),
        ),
        sa.CheckConstraint("ticket_id IS NULL OR nps IS NULL", name=op.f("ck_feedback_nps_of_the_visit")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_feedback_{table}_id"))
            for table in ("visit", "ticket", "agency", "service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_feedback_ticket_id")),
    )
    for column in ("visit_id", "service_date", "agency_id", "service_id"):
        op.create_index(f"ix_feedback_{column}", "feedback", [column])
    of_the_visit = sa.text("ticket_id IS NULL")
    op.create_index(
        "uq_feedback_visit",
        "feedback",
        ["visit_id"],
        unique=True,
        sqlite_where=of_the_visit,
        postgresql_where=of_the_visit,
    )


def downgrade() -> None:
    raise NotImplementedError("go back to a backup: nothing is thrown away by a migration")
