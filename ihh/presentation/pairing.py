"""Pairing a kiosk or display: a typed code, or in a demonstration nothing, becomes the device's cookie."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import current_app
from werkzeug.wrappers import Response

from ihh.models.account import DeviceKind
from ihh.presentation.access import device_cookie
from ihh.services import devices

COOKIE_LIVES = 400 * 86400
"""Seconds; the longest a browser keeps one. Ended earlier by revoking the device."""


def pair_by_code(kind: DeviceKind, code: str, *, now: datetime) -> str:
    """The token of the device whose code was typed. Refuses `pairing_failed`.

    `now` is the world's time (`clock.real_now`), also in a demonstration: a code's age protects the system.
    """
    _, token = devices.pair(code, kind, now=now)
    return token


def pair_demo_device(kind: DeviceKind, *, now: datetime) -> str:
    """The token of a new device that exists for the demonstration."""
    code = devices.add_device(kind, f"{devices.DEMO_NAME}{kind}-{secrets.token_hex(4)}", now=now)
    return pair_by_code(kind, code, now=now)


def set_device_cookie(response: Response, kind: DeviceKind, token: str) -> None:
    """Let the browser that gets `response` be the device. Scripts and other sites never see the cookie."""
    response.set_cookie(
        device_cookie(kind),
        token,
        max_age=COOKIE_LIVES,
        httponly=True,
        samesite="Strict",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
