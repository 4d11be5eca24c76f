"""The waitlist: join, look, take or decline what is offered, leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response

from ihh import clock
from ihh.api.conditional import conditional
from ihh.api.offers import PLANNING
from ihh.api.resource import Resource, limited, refuses, tagged
from ihh.api.visit_schemas import VisitSchema
from ihh.api.visits import told as told_visit
from ihh.api.waitlist_schemas import EntrySchema, JoinBody, TakeBody
from ihh.domain.contact import Reachable, read_contact
from ihh.domain.errors import Code
from ihh.domain.party import Party
from ihh.domain.route import LegChoice
from ihh.domain.waitlist import WaitlistState
from ihh.models import Visit, WaitlistEntry
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.presentation.network import request_source
from ihh.services import waitlist, waitlist_entries, waitlist_offers
from ihh.services.wishes import wish_for

RANGE = ("first", "last", "not_before", "not_after")

resource = Resource(
    "waitlist", description="A party that waits for a visit, known by the secret token of its link."
)


@resource.route("/waitlist", methods=["POST"])
@access(PUBLIC)
@limited(PLANNING)
@refuses(
    Code.LEGS_INVALID,
    Code.ANSWERS_INCOMPLETE,
    Code.CONTACT_INVALID,
    Code.IDENTITY_CODE_GIVEN,
    Code.VISIT_FREE,
    Code.TOO_MANY_WAITING,
    Code.TOO_MANY_JOINS,
)
@resource.arguments(JoinBody)
@resource.response(201, EntrySchema)
def join_waitlist(body: dict[str, Any]) -> dict[str, Any]:
    """Wait for a visit on one of the days. Refused with `visit_free` where one need not be waited for."""
    now = clock.now()
    legs = [LegChoice(leg["service"], tuple(leg["people"])) for leg in body["legs"]]
    wish = wish_for(Party(**body["party"]), legs, body["language"], answers=body["answers"])
    asked = {name: body[name] for name in RANGE if name in body}
    entry = waitlist_entries.join(wish, _contact(body), **asked, now=now, source=request_source())
    return told(entry, now=now)


@resource.route("/waitlist/<link_token:token>", methods=["GET"])
@tagged
@access(LINK)
@resource.response(200, EntrySchema)
def get_entry(token: str) -> Response:
    """How the entry stands, and what is offered to it."""
    entry = waitlist_entries.find_by_link(token)
    return conditional(EntrySchema().dump(told(entry, now=clock.now())))


@resource.route("/waitlist/<link_token:token>/take", methods=["POST"])
@access(LINK)
@refuses(Code.OFFER_OVER, Code.CONTACT_INVALID, Code.IDENTITY_CODE_GIVEN, Code.TOO_MANY_OPEN_VISITS)
@resource.arguments(TakeBody, required=False)
@resource.response(200, VisitSchema)
def take_offer(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Book the visit on offer. Twice is harmless."""
    now = clock.now()
    entry = waitlist_entries.find_by_link(token)
    return told_visit(waitlist_offers.take(entry.id, _contact(body), now=now), now=now)


@resource.route("/waitlist/<link_token:token>/decline", methods=["POST"])
@access(LINK)
@refuses(Code.OFFER_OVER)
@resource.response(200, EntrySchema)
def decline_offer(token: str) -> dict[str, Any]:
    """Not this visit: it goes to the next, the place is kept, and this half day is not offered again."""
    now = clock.now()
    return told(waitlist.decline(waitlist_entries.find_by_link(token).id, now=now), now=now)


@resource.route("/waitlist/<link_token:token>", methods=["DELETE"])
@access(LINK)
@refuses(Code.WRONG_STATE)
@resource.response(200, EntrySchema)
def leave_waitlist(token: str) -> dict[str, Any]:
    """Wait no longer; a visit on offer goes to the next. Twice is harmless."""
    now = clock.now()
    return told(waitlist.leave(waitlist_entries.find_by_link(token).id, now=now), now=now)


def told(entry: WaitlistEntry, *, now: datetime) -> dict[str, Any]:
    """The entry for `EntrySchema`."""
    view = waitlist_entries.view_entry(entry, now=now)
    visit = view.visit
    return {
        "token": entry.link_token,
        "state": view.state,
        "ahead": view.ahead,
        "first": entry.first_date,
        "last": entry.last_date,
        "not_before": entry.not_before,
        "not_after": entry.not_after,
        "offer": _offer(visit, now=now) if visit and view.state is WaitlistState.OFFERED else None,
        "visit": visit.link_token if visit and view.state is WaitlistState.TAKEN else None,
    }


def _offer(visit: Visit, *, now: datetime) -> dict[str, Any]:
    """Without the tokens of the visit: those are for whoever takes it."""
    return {
        "expires_at": visit.hold_expires_at,
        "date": visit.service_date,
        "legs": told_visit(visit, now=now)["legs"],
    }


def _contact(body: dict[str, Any]) -> Reachable | None:
    given = body.get("contact") or {}
    return read_contact(given.get("email"), given.get("phone"))
