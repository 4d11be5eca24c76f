"""The check-in kiosk: a booked visit by QR or code, or a number without a booking."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "kiosk", __name__, url_prefix="/kiosk", template_folder="templates", static_folder="static"
)

from . import feedback, shell, views, writes  # noqa: E402, F401  (they hang themselves on the blueprint)
