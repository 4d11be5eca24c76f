"""A day's counters, and the demonstration's clock."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class ServiceDay(Base):
    """Counters of one day: advanced by `ihh.db.advance_day` under the row's lock."""

    __tablename__ = "service_day"

    date: Mapped[date] = mapped_column(Date, primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    """Revision of the last queue event; a board shows the state of one revision."""
    numbers_given: Mapped[int] = mapped_column(default=0)
    calendar_version: Mapped[int] = mapped_column(default=0)
    """Advanced by every commit that changes the day's free time, so that a stale cache is known as stale."""


class Demonstration(Base):
    """The synthetic day in progress."""

    __tablename__ = "demonstration"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date] = mapped_column(Date, unique=True)
    seed: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The demonstration clock when the server last ran: it stands still while no server does."""
