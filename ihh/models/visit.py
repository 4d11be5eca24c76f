"""Visits, their legs, the slots these occupy, and contacts, which are kept apart."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ihh.db import Base, UtcDateTime
from ihh.domain.house import Channel
from ihh.domain.numbering import BOOKING_CODE_LENGTH, TOKEN_LENGTH
from ihh.domain.visit import Origin, VisitState
from ihh.models.columns import one_of


class Visit(Base):
    """One party's day. No names, no identity code, no contact."""

    __tablename__ = "visit"
    __table_args__ = (
        one_of("state", VisitState),
        one_of("origin", Origin),
        CheckConstraint("adults >= 1 AND minors >= 0 AND adults + minors <= 6", name="party_size"),
        UniqueConstraint("service_date", "queue_number"),
        Index("ix_visit_service_date_state", "service_date", "state"),
        Index("ix_visit_hold_source_created_at", "hold_source", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(10))
    service_date: Mapped[date] = mapped_column(Date)
    queue_number: Mapped[str | None] = mapped_column(String(5))
    language: Mapped[str] = mapped_column(String(8))
    """In which the visitor is served and written to."""
    adults: Mapped[int]
    minors: Mapped[int] = mapped_column(default=0)
    customer_type: Mapped[str] = mapped_column(String(20), default="other")
    """Answer to the house's question `purpose`: a dimension of the figures."""
    municipality: Mapped[str | None] = mapped_column(String(20))
    booking_code: Mapped[str] = mapped_column(String(BOOKING_CODE_LENGTH), unique=True)
    check_in_token: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)
    link_token: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hold_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_hold_extended: Mapped[bool] = mapped_column(default=False)
    hold_source: Mapped[str | None] = mapped_column(String(32))
    """Keyed digest of the network address that held the slots; forgotten after an hour."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follows_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"), index=True)
    """The first of two visits that were booked together."""
    follows_after_days: Mapped[int] = mapped_column(default=0)
    """Fewest days after that first visit; 0: either may come first."""
    unlinked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the party deleted its link and contact: no code and no other page leads to this one since then."""
    guided_to: Mapped[str | None] = mapped_column(String(40))
    """The agency whose line is expected to call first: where the party was last told to wait."""
    is_synthetic: Mapped[bool] = mapped_column(default=False)

    legs: Mapped[list[Leg]] = relationship(
        back_populates="visit", order_by="Leg.position", cascade="all, delete-orphan", passive_deletes=True
    )


class Leg(Base):
    """One service for some of the party. An appointment has a desk and slots, a walk-in leg neither."""

    __tablename__ = "leg"
    __table_args__ = (
        CheckConstraint(
            f"(mode = '{Channel.DESK}' AND desk_id IS NOT NULL AND starts_at IS NOT NULL)"
            f" OR (mode = '{Channel.WALK_IN}' AND desk_id IS NULL)",
            name="mode_known",
        ),
        CheckConstraint("people > 0 AND people < 64", name="people_known"),
        UniqueConstraint("visit_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    mode: Mapped[str] = mapped_column(String(10))
    people: Mapped[int]
    """Bit mask, see `ihh.domain.party`."""
    documents: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of an appointment the booked time; of a walk-in leg when the plan has it; null for a walk-in visit."""
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    desk_id: Mapped[str | None] = mapped_column(ForeignKey("desk.id"), index=True)
    override_reason: Mapped[str | None] = mapped_column(String(200))
    """Why a clerk set the service's order or block aside; then neither binds this leg."""

    visit: Mapped[Visit] = relationship(back_populates="legs")


class Slot(Base):
    """One grid step of a desk's time that an appointment occupies: the key sells it once."""

    __tablename__ = "slot"

    desk_id: Mapped[str] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id", ondelete="CASCADE"), index=True)


class Contact(Base):
    """How to reach the one who booked; apart from the queue, gone some days after the visit."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),)

    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    delete_after: Mapped[date] = mapped_column(Date, index=True)
