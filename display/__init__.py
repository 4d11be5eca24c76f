"""The queue displays of the hall."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "display", __name__, url_prefix="/display", template_folder="templates", static_folder="static"
)

from . import views  # noqa: E402, F401  (the views hang themselves on the blueprint)
