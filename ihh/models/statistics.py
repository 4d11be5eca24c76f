"""Around the figures: who took single events out of the house, what the kiosks did, views worth keeping."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class ExportLog(Base):
    """A file of single events that somebody took: kept two years."""

    __tablename__ = "export_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(60))
    """As a queue event's actor: "analyst:3", or "command line"."""
    what: Mapped[str] = mapped_column(String(20))
    """ "events" (single ones) or "figures"."""
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    file_format: Mapped[str] = mapped_column(String(12))
    row_count: Mapped[int | None]
    """None: it was not finished."""
    request_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """By which the page that asked follows it."""
    rows_expected: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    """About a second old while the file is made."""


class KioskUse(Base):
    """One try at a kiosk: what it was for, and why it failed if it did. Nothing about who."""

    __tablename__ = "kiosk_use"
    __table_args__ = (Index("ix_kiosk_use_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    action: Mapped[str] = mapped_column(String(20))
    """ "check_in", "take_number" or "feedback"."""
    failure: Mapped[str | None] = mapped_column(String(40))
    """The refusal's code; None: it worked."""


class SavedView(Base):
    """A reader's own choices of a page of figures, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(400))
    """The page's query string, checked anew whenever it is opened."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
