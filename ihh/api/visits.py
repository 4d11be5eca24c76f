"""Visits: hold, confirm, extend, move, cancel, look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response

from ihh import clock
from ihh.api.conditional import conditional
from ihh.api.offers import PLANNING, with_options
from ihh.api.resource import Resource, limited, refuses, tagged
from ihh.api.visit_schemas import ConfirmBody, HoldBody, VisitSchema
from ihh.domain.contact import read_contact
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.presentation import plan_token
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.presentation.network import request_source
from ihh.services import booking
from ihh.services.house import current_house
from ihh.services.my_visit import LegView, Step, view_visit
from ihh.services.new_visits import booked_with, wish_of

NO_STEP = (VisitState.HELD, VisitState.EXPIRED, VisitState.CANCELLED, VisitState.NO_SHOW)

CANNOT_MOVE = (
    Code.NOT_BOOKED,
    Code.HOLD_EXPIRED,
    Code.VISIT_CANCELLED,
    Code.ALREADY_CHECKED_IN,
    Code.VISIT_ENDED,
    Code.WRONG_DAY_PAST,
)

resource = Resource("visits", description="A party's visit, known by the secret token of its link.")


@resource.route("/visits", methods=["POST"])
@access(PUBLIC)
@limited(PLANNING)
@refuses(Code.PLAN_STALE, Code.SLOT_TAKEN, Code.TOO_MANY_HOLDS)
@resource.arguments(HoldBody)
@resource.response(201, VisitSchema)
def hold_visit(body: dict[str, Any]) -> dict[str, Any]:
    """Hold a plan's times for some minutes, all or none; of two visits this gives the first."""
    now = clock.now()
    wish, chosen = plan_token.unseal(body["plan"], now=now)
    try:
        visit = booking.hold_chosen(wish, chosen, source=request_source(), now=now)
    except Refusal as refused:
        raise with_options(refused, wish, body, now=now) from None
    return told(visit, now=now)


@resource.route("/visits/<link_token:token>", methods=["GET"])
@tagged
@access(LINK)
@resource.response(200, VisitSchema)
def get_visit(token: str) -> Response:
    """How the visit stands and what the party does next."""
    return conditional(VisitSchema().dump(told(booking.find_by_link(token), now=clock.now())))


@resource.route("/visits/<link_token:token>/confirm", methods=["POST"])
@access(LINK)
@refuses(
    Code.HOLD_EXPIRED,
    Code.VISIT_CANCELLED,
    Code.ALREADY_CHECKED_IN,
    Code.VISIT_ENDED,
    Code.WRONG_DAY_PAST,
    Code.CONTACT_INVALID,
    Code.IDENTITY_CODE_GIVEN,
    Code.TOO_MANY_OPEN_VISITS,
)
@resource.arguments(ConfirmBody, required=False)
@resource.response(200, VisitSchema)
def confirm_visit(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Turn a hold into a booking, both visits of it where it is of two. Twice is harmless."""
    now = clock.now()
    visit = booking.find_by_link(token)
    given = body.get("contact") or {}
    contact = read_contact(given.get("email"), given.get("phone"))
    return told(booking.confirm(visit.id, contact, now=now), now=now)


@resource.route("/visits/<link_token:token>/extend", methods=["POST"])
@access(LINK)
@refuses(Code.HOLD_EXPIRED)
@resource.response(200, VisitSchema)
def extend_hold(token: str) -> dict[str, Any]:
    """Five more minutes to finish, once; for both visits of a hold."""
    now = clock.now()
    return told(booking.extend_hold(booking.find_by_link(token).id, now=now), now=now)


@resource.route("/visits/<link_token:token>/move", methods=["POST"])
@access(LINK)
@limited(PLANNING)
@refuses(Code.PLAN_STALE, Code.SLOT_TAKEN, *CANNOT_MOVE)
@resource.arguments(HoldBody)
@resource.response(200, VisitSchema)
def move_visit(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Put a booked visit on another plan's times; the old ones stay until the new ones are sure."""
    now = clock.now()
    visit = booking.find_by_link(token)
    _, option = plan_token.unseal_visit(body["plan"], now=now)
    try:
        visit = booking.move(visit.id, option, now=now)
    except Refusal as refused:
        raise with_options(refused, wish_of(visit), body, now=now, moving=visit.id) from None
    return told(visit, now=now)


@resource.route("/visits/<link_token:token>", methods=["DELETE"])
@access(LINK)
@refuses(Code.HOLD_EXPIRED, Code.ALREADY_CHECKED_IN, Code.VISIT_ENDED, Code.WRONG_DAY_PAST)
@resource.response(200, VisitSchema)
def cancel_visit(token: str) -> dict[str, Any]:
    """Give the times back, of a hold those of both visits. Twice is harmless; not once checked in."""
    now = clock.now()
    return told(booking.cancel(booking.find_by_link(token).id, now=now), now=now)


def told(visit: Visit, *, now: datetime) -> dict[str, Any]:
    """The visit for `VisitSchema`."""
    house = current_house()
    view = view_visit(visit, now=now)
    return {
        "token": visit.link_token,
        "state": visit.state,
        "step": None if visit.state in NO_STEP else view.step,
        "wait_at": view.focus.area if view.focus is not None and view.step is Step.TO_AREA else None,
        "number": visit.queue_number,
        "date": visit.service_date,
        "language": visit.language,
        "party": {"adults": visit.adults, "minors": visit.minors},
        "booking_code": visit.booking_code,
        "check_in_token": visit.check_in_token,
        "expires_at": visit.hold_expires_at if visit.state == VisitState.HELD else None,
        "is_hold_extended": visit.is_hold_extended,
        "legs": [_leg(house, leg) for leg in view.legs],
        "together": _together(visit),
    }


def _together(visit: Visit) -> dict[str, Any] | None:
    other = booked_with(visit)
    if other is None or other.unlinked_at is not None:
        return None
    return {
        "token": other.link_token,
        "date": other.service_date,
        "state": other.state,
        "is_first": visit.follows_id == other.id,
    }


def _leg(house: House, leg: LegView) -> Mapping[str, Any]:
    known = [house.document[name] for name in leg.documents if name in house.document]
    return vars(leg) | {"documents": known}
