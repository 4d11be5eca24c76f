"""Rate limits for what can be guessed: sign-in, codes, pairing."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, default_limits=[])

GUESSING = "10 per minute; 100 per hour"
"""Sign-in, pairing and codes typed by strangers, per network address."""

KIOSK_CODES = "30 per minute"
"""Codes typed or scanned at one kiosk: people in a queue, not a machine."""


def init_app(app: Flask) -> None:
    settings = app.config["IHH"]
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_ENABLED"] = not settings.is_testing
    limiter.init_app(app)
