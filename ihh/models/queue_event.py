"""Queue events: the immutable record of every accepted action."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class QueueEvent(Base):
    """One accepted action: audit, source of the figures and revision of the boards in one."""

    __tablename__ = "queue_event"
    __table_args__ = (
        UniqueConstraint("service_date", "revision"),
        Index("ix_queue_event_call", "service_date", "agency_id", "action", "revision"),
        Index("ix_queue_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date] = mapped_column(Date)
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(20))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    agency_id: Mapped[str | None] = mapped_column(String(40))
    service_id: Mapped[str | None] = mapped_column(String(80))
    desk_id: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(10))
    after: Mapped[str | None] = mapped_column(String(10))
    actor: Mapped[str] = mapped_column(String(60))
    """Who did it: "visitor", "kiosk:hall-1", "clerk:17", "house" (the clock), "demo"."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the action alone does not say: the reason of a call, an outcome, an override."""
