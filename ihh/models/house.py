"""The loaded house: its whole document, and rows for what other tables refer to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime


class HouseVersion(Base):
    """A house file as it was loaded; the newest row is in force."""

    __tablename__ = "house_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgencyRow(Base):
    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)


class ServiceRow(Base):
    __tablename__ = "service"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    is_retired: Mapped[bool] = mapped_column(default=False)


class DeskRow(Base):
    __tablename__ = "desk"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    is_retired: Mapped[bool] = mapped_column(default=False)
