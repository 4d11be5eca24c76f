"""For whom the four steps of booking are taken: the public itself, or a customer for whom a clerk books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from ihh.presentation.access import actor
from ihh.presentation.network import request_source
from ihh.services.calendars import Audience
from ihh.services.hold_limits import Source
from ihh.web import booking_draft
from ihh.web.public_nav import public_nav
from ihh.web.staff import user_menu


@dataclass(frozen=True)
class Flow:
    audience: Audience
    key: str
    """Of its draft and its hold in the session."""
    frame: str
    """The template that its pages stand in."""

    @property
    def is_staff(self) -> bool:
        return self.audience is Audience.HOUSE

    @property
    def by(self) -> str:
        """Who acts, for the queue event: also a clerk who is signed in books for themselves as a visitor."""
        return actor() if self.is_staff else "visitor"

    @property
    def first_person(self) -> str:
        """What the first of the party is called; empty where it is who reads."""
        return _("Customer") if self.is_staff else ""

    @property
    def source(self) -> Source | None:
        """The network whose holds are limited; the house's own are not."""
        return None if self.is_staff else request_source()

    def around(self) -> dict[str, Any]:
        """What the frame needs."""
        parts = {"user": user_menu()} if self.is_staff else {"nav": public_nav("booking.questions")}
        return {"flow": self, "frame": self.frame, **parts}


PUBLIC_FLOW = Flow(Audience.PUBLIC, booking_draft.KEY, "booking/frame.html")
STAFF_FLOW = Flow(Audience.HOUSE, "staff booking", "booking/staff_frame.html")
