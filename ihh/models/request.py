"""Requests already answered, so that a repeated one gets the first answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class AnsweredRequest(Base):
    __tablename__ = "answered_request"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Made by the client."""
    scope: Mapped[str] = mapped_column(String(100))
    """What was asked, by whom: the same id for something else is a fault of the client."""
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
