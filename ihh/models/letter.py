"""Letters to be sent: written with the action they tell of, sent after its commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class Letter(Base):
    """An e-mail about a visit or a waitlist entry; the address is read from its contact when it is sent."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("(visit_id IS NULL) <> (entry_id IS NULL)", name="about_one_thing"),
        Index(
            "ix_letter_due",
            "next_try_at",
            sqlite_where=text("next_try_at IS NOT NULL"),
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[str | None] = mapped_column(
        ForeignKey("waitlist_entry.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Null once it is sent or given up."""
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
