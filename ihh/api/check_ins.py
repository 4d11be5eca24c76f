"""Check-ins: booked visits and walk-ins arrive at a paired kiosk."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from flask import g

from ihh import clock
from ihh.api.check_in_schemas import CheckedInSchema, CheckInBody, WalkInBody
from ihh.api.resource import Resource, limited, refuses
from ihh.api.visits import told
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.route import LegChoice
from ihh.presentation.access import KIOSK, access, actor
from ihh.presentation.limits import KIOSK_CODES
from ihh.services.check_in import CheckedIn, check_in, take_number
from ihh.services.kiosk_use import KioskAction, counted
from ihh.services.my_visit import visit_by_id
from ihh.services.wishes import wish_for

resource = Resource("check-ins", description="Arrivals; for a paired kiosk.")


def _this_kiosk() -> str:
    return f"kiosk {g.device.id}"


@resource.route("/check-ins", methods=["POST"])
@access(KIOSK)
@limited(KIOSK_CODES, key=_this_kiosk)
@refuses(
    Code.UNKNOWN_CODE,
    Code.VISIT_CANCELLED,
    Code.ALREADY_CHECKED_IN,
    Code.WRONG_DAY_EARLY,
    Code.WRONG_DAY_PAST,
    Code.TOO_EARLY,
    Code.VISIT_ENDED,
    Code.NUMBERS_USED_UP,
    Code.REQUEST_ID_REUSED,
    Code.NOT_FOUND,
)
@resource.arguments(CheckInBody)
@resource.response(201, CheckedInSchema)
def check_in_visit(body: dict[str, Any]) -> dict[str, Any]:
    """Check a booked visit in: it gets its queue number and its tickets."""
    now = clock.now()
    with _counted(KioskAction.CHECK_IN, body, now=now):
        done = check_in(body["code"], now=now, by=actor(), request_id=body["request_id"])
    return _told(done, now=now)


@resource.route("/walk-ins", methods=["POST"])
@access(KIOSK)
@limited(KIOSK_CODES, key=_this_kiosk)
@refuses(Code.LEGS_INVALID, Code.NO_WALK_IN_NOW, Code.NUMBERS_USED_UP, Code.REQUEST_ID_REUSED, Code.NOT_FOUND)
@resource.arguments(WalkInBody)
@resource.response(201, CheckedInSchema)
def take_walk_in(body: dict[str, Any]) -> dict[str, Any]:
    """Take a number for services now, without a booking."""
    now = clock.now()
    legs = [LegChoice(leg["service"], tuple(leg["people"])) for leg in body["legs"]]
    with _counted(KioskAction.TAKE_NUMBER, body, now=now):
        wish = wish_for(Party(**body["party"]), legs, body["language"])
        done = take_number(wish, now=now, by=actor(), request_id=body["request_id"])
    return _told(done, now=now)


def _counted(action: KioskAction, body: dict[str, Any], *, now: datetime) -> AbstractContextManager[None]:
    return counted(action, device_id=g.device.id, now=now, request_id=body["request_id"])


def _told(done: CheckedIn, *, now: datetime) -> dict[str, Any]:
    visit = visit_by_id(done.visit_id)
    if visit is None:  # the first answer was long ago
        raise Refusal(Code.NOT_FOUND)
    return {
        "punctuality": done.punctuality,
        "minutes": done.minutes,
        "visit": told(visit, now=now),
    }
