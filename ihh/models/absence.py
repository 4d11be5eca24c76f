"""Times at which a desk is not manned although its hours say so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class DeskAbsence(Base):
    """One stretch without anybody at the desk: nothing is booked into it from then on."""

    __tablename__ = "desk_absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index("ix_desk_absence_desk_id_starts_at", "desk_id", "starts_at"),
        Index("ix_desk_absence_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[str] = mapped_column(ForeignKey("desk.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(60))
    """As a queue event's actor: "supervisor:3". Never why: that is nobody's business here."""
