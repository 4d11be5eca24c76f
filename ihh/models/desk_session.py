"""Who has which desk, and since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime

_OPEN = text("closed_at IS NULL")


class DeskSession(Base):
    """A desk is open while it has a session without an end: one at a time, one per clerk."""

    __tablename__ = "desk_session"
    __table_args__ = (
        Index(
            "uq_desk_session_desk_open", "desk_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(
            "uq_desk_session_user_open", "user_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[str] = mapped_column(ForeignKey("desk.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """None: a desk that the demonstration runs."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """On a break since; calls nobody, finishes whom it serves."""
