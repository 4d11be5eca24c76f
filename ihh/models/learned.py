"""What the house has learned from its own days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base


class Learned(Base):
    """A small document worked out nightly from recorded days: service times, the estimates' calibration."""

    __tablename__ = "learned"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    learned_on: Mapped[date] = mapped_column(Date)
    """The first day that was not used."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
