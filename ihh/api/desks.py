"""Desks: a clerk's actions at the desk that is open under the clerk's name."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user

from ihh import clock
from ihh.api.conditional import conditional
from ihh.api.desk_schemas import (
    ActionBody,
    CallBody,
    CallMadeSchema,
    CompleteBody,
    DeskSchema,
    TicketSchema,
    TransferBody,
)
from ihh.api.resource import Resource, refuses, tagged
from ihh.domain.errors import Code
from ihh.models import Ticket
from ihh.models.account import Role
from ihh.presentation.access import access, actor, staff
from ihh.services import serving
from ihh.services.desk_view import view_desk
from ihh.services.desks import own_desk
from ihh.services.serving import Call

AT_DESKS = staff(Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR)

OWN_DESK = (Code.NOT_FOUND, Code.NOT_YOUR_DESK, Code.NOT_YOUR_AGENCY)
ON_VISITOR = (*OWN_DESK, Code.WRONG_STATE, Code.REQUEST_ID_REUSED)

resource = Resource("desks", description="A clerk's actions; for the clerk who has the desk open.")


@resource.route("/desks/<name:desk_id>", methods=["GET"])
@tagged
@access(AT_DESKS)
@refuses(*OWN_DESK)
@resource.response(200, DeskSchema)
def get_desk(desk_id: str) -> Response:
    """The desk's visitor, its line in calling order, and who is on hold."""
    own_desk(desk_id, current_user)
    return conditional(DeskSchema().dump(view_desk(desk_id, now=clock.now())))


@resource.route("/desks/<name:desk_id>/calls", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR, Code.DESK_CLOSED, Code.DESK_BUSY, Code.NOBODY_TO_CALL, Code.IDENTITY_CODE_GIVEN)
@resource.arguments(CallBody)
@resource.response(201, CallMadeSchema)
def call_visitor(body: dict[str, Any], desk_id: str) -> Call:
    """Call the next visitor, or one named out of turn, which needs a reason."""
    own_desk(desk_id, current_user)
    if body["ticket"] is not None:
        return serving.call_ticket(desk_id, body["ticket"], why=body["why"] or "", **_sent(body))
    return serving.call_next(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/recall", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def recall(body: dict[str, Any], desk_id: str) -> Ticket:
    """Call the called visitor once more."""
    own_desk(desk_id, current_user)
    return serving.recall(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/start", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def start(body: dict[str, Any], desk_id: str) -> Ticket:
    """The called visitor is at the desk."""
    own_desk(desk_id, current_user)
    return serving.start(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/complete", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(CompleteBody)
@resource.response(200, TicketSchema)
def complete(body: dict[str, Any], desk_id: str) -> Ticket:
    """The service is done; what waited for it is unlocked."""
    own_desk(desk_id, current_user)
    return serving.complete(desk_id, outcome=body["outcome"], **_sent(body))


@resource.route("/desks/<name:desk_id>/hold", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def hold(body: dict[str, Any], desk_id: str) -> Ticket:
    """Park the visitor, keeping the place; the desk is free again."""
    own_desk(desk_id, current_user)
    return serving.hold(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/requeue", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def requeue(body: dict[str, Any], desk_id: str) -> Ticket:
    """Take a call back: the visitor waits again at the old place."""
    own_desk(desk_id, current_user)
    return serving.requeue(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/no-show", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def mark_no_show(body: dict[str, Any], desk_id: str) -> Ticket:
    """The called visitor did not come."""
    own_desk(desk_id, current_user)
    return serving.mark_no_show(desk_id, **_sent(body))


@resource.route("/desks/<name:desk_id>/transfer", methods=["POST"])
@access(AT_DESKS)
@refuses(*ON_VISITOR, Code.ALREADY_IN_VISIT, Code.NOT_IN_HOUSE)
@resource.arguments(TransferBody)
@resource.response(200, TicketSchema)
def transfer(body: dict[str, Any], desk_id: str) -> Ticket:
    """Send the visitor on to another service under the same number.

    The answer is the ticket that ended here.
    """
    own_desk(desk_id, current_user)
    return serving.transfer(desk_id, body["service"], **_sent(body))


@resource.route("/tickets/<number:ticket_id>/release", methods=["POST"])
@access(AT_DESKS)
@refuses(Code.NOT_FOUND, Code.NOT_YOUR_AGENCY, Code.WRONG_STATE, Code.REQUEST_ID_REUSED)
@resource.arguments(ActionBody)
@resource.response(200, TicketSchema)
def release(body: dict[str, Any], ticket_id: int) -> Ticket:
    """A visitor on hold is back: the ticket returns to its line with its old place."""
    return serving.release(ticket_id, agency_id=current_user.agency_id, **_sent(body))


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    """What every action says: when, by whom, under which id."""
    return {"now": clock.now(), "by": actor(), "request_id": body["request_id"]}
