"""Kiosks and displays: paired by a short-lived code, known by a token, revocable."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.numbering import ALPHABET, normal_code
from ihh.models import Device
from ihh.models.account import DeviceKind

log = logging.getLogger(__name__)

CODE_LENGTH = 8
CODE_LIVES = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a device was last heard of."""

DEMO_NAME = "demo-"
"""Begins the names of a demonstration's devices: each browser that looks at a screen becomes one."""


def add_device(kind: DeviceKind, name: str, *, now: datetime) -> str:
    """A new device, or a new code for one that has a name already; returns the code to type on it.

    Pairing ends the token of an earlier device of this name. Refuses `name_taken` when the name
    belongs to a device of another kind.
    """
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    with transaction():
        device = _by_name(name)
        if device is None:
            device = Device(kind=kind, name=name)
            db.session.add(device)
        elif device.kind != kind:
            raise Refusal(Code.NAME_TAKEN)
        device.code_digest, device.code_expires_at = _digest(code), now + CODE_LIVES
        device.revoked_at = None
    return code


def pair(code: str, kind: DeviceKind, *, now: datetime) -> tuple[Device, str]:
    """Exchange a typed code for the device's token. The code works once. Refuses `pairing_failed`."""
    token = secrets.token_urlsafe(32)
    with transaction():
        query = select(Device).where(Device.code_digest == _digest(normal_code(code))).with_for_update()
        device = db.session.scalars(query).first()
        if (
            device is None
            or device.kind != kind
            or device.revoked_at is not None
            or device.code_expires_at is None
            or device.code_expires_at <= now
        ):
            raise Refusal(Code.PAIRING_FAILED)
        device.code_digest, device.code_expires_at = None, None
        device.token_digest, device.paired_at, device.seen_at = _digest(token), now, now
    return device, token


def device_by_token(token: str | None, kind: DeviceKind) -> Device | None:
    """The paired, unrevoked device of this token."""
    if not token:
        return None
    query = select(Device).where(Device.token_digest == _digest(token), Device.revoked_at.is_(None))
    device = db.session.scalars(query).first()
    return device if device is not None and device.kind == kind else None


def note_seen(device: Device, *, now: datetime) -> None:
    """Remember that the device was heard of: once a minute at most, and never in the request's way."""
    if device.seen_at is not None and now - SEEN_EVERY < device.seen_at <= now:
        return
    device_id, seen_at = device.id, device.seen_at
    same = Device.seen_at.is_(None) if seen_at is None else Device.seen_at == seen_at
    try:
        with transaction():
            db.session.execute(update(Device).where(Device.id == device_id, same).values(seen_at=now))
    except Exception:
        log.exception("device %d was heard of, but that was not noted", device_id)


def kiosks_in_use() -> list[Device]:
    """Paired kiosks that are not a demonstration's, by name."""
    query = select(Device).where(
        Device.kind == DeviceKind.KIOSK,
        Device.token_digest.is_not(None),
        Device.revoked_at.is_(None),
        Device.name.not_like(f"{DEMO_NAME}%"),
    )
    return list(db.session.scalars(query.order_by(Device.name).execution_options(populate_existing=True)))


def revoke(name: str, *, now: datetime) -> None:
    """End a device's token and any code at once. Refuses `not_found`."""
    with transaction():
        device = _by_name(name)
        if device is None:
            raise Refusal(Code.NOT_FOUND)
        device.revoked_at = now
        device.token_digest = device.code_digest = device.code_expires_at = None


def all_devices() -> list[Device]:
    return list(db.session.scalars(select(Device).order_by(Device.name)))


def _by_name(name: str) -> Device | None:
    return db.session.scalars(select(Device).where(Device.name == name)).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
