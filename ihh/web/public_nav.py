"""Main links of the public pages."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _


def public_nav(current: str = "") -> list[dict[str, Any]]:
    """The links for the frame's `nav`; `current` is the endpoint that is marked."""
    links = (
        ("booking.questions", _("Book a visit")),
        ("home.find", _("Find my visit")),
        ("home.first", _("Opening hours and services")),
    )
    return [
        {"label": label, "href": url_for(endpoint), "is_current": endpoint == current}
        for endpoint, label in links
    ]
