"""Published figures: frozen when their period has closed, with the masks of that moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from ihh.db import Base, UtcDateTime


class Release(Base):
    """A closed period whose figures are published and never change again."""

    __tablename__ = "release"

    period_kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    small_cell: Mapped[int]
    """The k its masks were made with."""
    service_level_min: Mapped[int]
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    """Some of its visits were made by a demonstration or a generator."""
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then its hidden rows hold nothing that they were counted from."""


class FigureRow(Base):
    """One row of one table of one period."""

    __tablename__ = "figure"

    period_kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    table_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    row_key: Mapped[str] = mapped_column(String(160), primary_key=True)
    flag: Mapped[str] = mapped_column(String(12), default="")
    """Whether the row is hidden, see `ihh.domain.masking`."""
    feedback_flag: Mapped[str] = mapped_column(String(12), default="")
    """The same for what visitors answered."""
    booking_flag: Mapped[str] = mapped_column(String(12), default="")
    """The same for walk-ins and appointments told apart."""
    sources: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Additive numbers the measures are made of; emptied in hidden rows once the events are gone."""
    spreads: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """Distributions, for pooling several periods; see `ihh.domain.statistics.spreads`."""
