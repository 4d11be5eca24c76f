"""Accounts of the staff, and paired devices."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime
from ihh.models.columns import one_of


class Role(StrEnum):
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class DeviceKind(StrEnum):
    KIOSK = "kiosk"
    DISPLAY = "display"


class User(Base, UserMixin):
    """Someone who signs in. A clerk belongs to an agency and serves at its desks only."""

    __tablename__ = "user_account"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("role <> 'clerk' OR agency_id IS NOT NULL", name="clerk_has_agency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("agency.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)  # type: ignore[assignment]
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Exists for a demonstration; may not sign in outside one."""
    may_export_events: Mapped[bool] = mapped_column(default=False)
    """May take files of single events out of the house; every one is logged."""
    session_salt: Mapped[str] = mapped_column(String(32))
    """Changes with the password: older sign-ins end."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def get_id(self) -> str:
        return f"{self.id}:{self.session_salt}"


class Device(Base):
    """A kiosk or display. It types a short-lived code once and keeps a token, which can be revoked."""

    __tablename__ = "device"
    __table_args__ = (one_of("kind", DeviceKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40), unique=True)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    paired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
