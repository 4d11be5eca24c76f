"""Facts: what ended days amount to, with nothing that leads to a person (`ihh.domain.statistics.facts`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime

_ID = BigInteger().with_variant(Integer, "sqlite")


class VisitFactRow(Base):
    __tablename__ = "visit_fact"
    __table_args__ = (UniqueConstraint("source", "key"), Index("ix_visit_fact_day", "day"))

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    """The pseudonym under which an event-level export speaks of the visit."""
    day: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(40))
    """ "house", or the name of an import."""
    key: Mapped[str] = mapped_column(String(64))
    """The visit's id in its source; never exported."""
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    customer_type: Mapped[str] = mapped_column(String(20))
    municipality: Mapped[str | None] = mapped_column(String(20))
    party_size: Mapped[int]
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moves: Mapped[int] = mapped_column(default=0)
    csat: Mapped[int | None]
    effort: Mapped[int | None]
    nps: Mapped[int | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class ServiceFactRow(Base):
    __tablename__ = "service_fact"
    __table_args__ = (
        Index("ix_service_fact_day", "day"),
        Index("ix_service_fact_visit_fact_id", "visit_fact_id"),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    visit_fact_id: Mapped[int] = mapped_column(_ID, ForeignKey("visit_fact.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    agency: Mapped[str] = mapped_column(String(40))
    service: Mapped[str] = mapped_column(String(80))
    people: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str | None] = mapped_column(String(20))
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    served_s: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    estimate_low: Mapped[float | None]
    estimate_middle: Mapped[float | None]
    estimate_high: Mapped[float | None]
    estimate_naive: Mapped[float | None]
    csat: Mapped[int | None]
    effort: Mapped[int | None]


class DayFactRow(Base):
    """A number about a day that belongs to no visit: the kiosks' use, the desks' capacity."""

    __tablename__ = "day_fact"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    """Empty: of the whole house."""
    amount: Mapped[int]


class ClosedDay(Base):
    """A day whose visits have become facts, or whose facts are gone again."""

    __tablename__ = "closed_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: this house did not close it; its facts came from another system."""
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then the day has neither events nor facts: no figure can be counted from it any more."""


class CompleteRange(Base):
    """Days of which somebody declared that every visit another system recorded is here."""

    __tablename__ = "complete_range"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    first: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[date] = mapped_column(Date, primary_key=True)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
