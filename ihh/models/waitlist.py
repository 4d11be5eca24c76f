"""The waitlist: who would come when time is given back, in the order they asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime
from ihh.domain.numbering import TOKEN_LENGTH
from ihh.domain.waitlist import WaitlistState
from ihh.models.columns import one_of


class WaitlistEntry(Base):
    """A party waiting for a visit between two dates. No names; the contact is kept apart."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        one_of("state", WaitlistState),
        CheckConstraint("first_date <= last_date", name="dates_in_order"),
        CheckConstraint(
            "(state IN ('offered', 'taken')) = (offered_visit_id IS NOT NULL)", name="offer_has_visit"
        ),
        Index("ix_waitlist_entry_state_created_at", "state", "created_at"),
        Index("ix_waitlist_entry_source_created_at", "source", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    link_token: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Its place in the order; an offer that ran out loses the place, one declined in time does not."""
    language: Mapped[str] = mapped_column(String(8))
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Party, legs and customer type, as `ihh.services.waitlist_entries` writes and reads them."""
    first_date: Mapped[date] = mapped_column(Date)
    last_date: Mapped[date] = mapped_column(Date)
    not_before: Mapped[int] = mapped_column(default=0)
    """Minutes from local midnight."""
    not_after: Mapped[int] = mapped_column(default=24 * 60)
    offered_visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"), unique=True)
    """The visit held for this party while the offer stands, and booked by it once taken."""
    declined: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Half days not to be offered again, as `ihh.domain.waitlist.half_day` names them."""
    source: Mapped[str | None] = mapped_column(String(32))
    """Keyed digest of the network address that joined; forgotten after an hour."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WaitlistContact(Base):
    """How to reach the one who waits; gone when the entry has ended and the letter about that is sent."""

    __tablename__ = "waitlist_contact"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),)

    entry_id: Mapped[str] = mapped_column(
        ForeignKey("waitlist_entry.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    delete_after: Mapped[date] = mapped_column(Date, index=True)
