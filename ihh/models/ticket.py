"""Tickets, and who is at a desk right now."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ihh.db import Base, UtcDateTime
from ihh.domain.ticket import TicketState
from ihh.models.columns import one_of
from ihh.models.visit import Visit

_AT_DESK = text("state IN ('called', 'serving')")

IS_AT_DESK = text("ticket.state IN ('called', 'serving')")
"""For queries by desk: written out, it lets them use the index of the desks in use."""


class Ticket(Base):
    """A leg's place in a line today; one made by a transfer has no leg."""

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("state", TicketState),
        CheckConstraint("state NOT IN ('called', 'serving') OR desk_id IS NOT NULL", name="at_a_desk"),
        Index("ix_ticket_line", "service_date", "agency_id", "state"),
        Index("ix_ticket_visit_id", "visit_id"),
        Index(
            "uq_ticket_desk_in_use",
            "desk_id",
            unique=True,
            sqlite_where=_AT_DESK,
            postgresql_where=_AT_DESK,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    service_date: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    people: Mapped[int]
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it could first be called: prerequisites done, and of an appointment not before its time."""
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """First call."""
    last_called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    served_seconds: Mapped[int] = mapped_column(default=0)
    """Service time of stretches that ended, holds left out."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    desk_id: Mapped[str | None] = mapped_column(ForeignKey("desk.id"), index=True)
    """Where it is, or was last, called or served."""
    need_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_for: Mapped[str | None] = mapped_column(String(12))
    """Why it is held: "clerk", "unanswered" (its call), "lost_time" (no slot could save its appointment)."""
    returns_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the house releases it by itself; null: when someone does."""
    unanswered_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of a called one: the last call or recall by a person, from which `ihh.domain.day_clock` counts."""
    unanswered: Mapped[int] = mapped_column(default=0)
    """Calls, with their recalls, that nobody answered; 0 again when one is."""
    estimate_low: Mapped[float | None]
    """Minutes until the first call as reckoned when it began to wait: the record of how honest that was."""
    estimate_middle: Mapped[float | None]
    estimate_high: Mapped[float | None]
    estimate_naive: Mapped[float | None]
    """The yardstick at the same instant, see `ihh.domain.estimate`."""
    estimated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """That instant: at issue, or when it was unlocked."""

    visit: Mapped[Visit] = relationship()


class LiveEstimate(Base):
    """A waiting ticket's estimate at a quarter of an hour: with the call that came, a pair to learn from."""

    __tablename__ = "live_estimate"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    low: Mapped[float]
    middle: Mapped[float]
    high: Mapped[float]
    naive: Mapped[float]


class Engagement(Base):
    """A person of a visit who is called to or served at a desk: the key lets one desk have them."""

    __tablename__ = "engagement"

    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(2), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
