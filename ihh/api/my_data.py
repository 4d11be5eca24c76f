"""A visitor's own data: see it, take it along, delete it."""

from __future__ import annotations

from typing import Any

from flask import Response

from ihh import clock
from ihh.api.my_data_schemas import EntryDataSchema, GoneSchema, LeftSchema, VisitDataSchema
from ihh.api.resource import Resource
from ihh.presentation.access import LINK, access
from ihh.services import booking, forgetting, my_data, waitlist_entries

resource = Resource("my-data", description="All that is kept about a visit or a place on the waitlist.")


@resource.after_request
def keep_private(response: Response) -> Response:
    response.cache_control.no_store = True
    return response


@resource.route("/visits/<link_token:token>/data", methods=["GET"])
@access(LINK)
@resource.response(200, VisitDataSchema)
def get_visit_data(token: str) -> dict[str, Any]:
    """Everything kept about the visit, but for the keys that open it."""
    return my_data.visit_document(booking.find_by_link(token))


@resource.route("/visits/<link_token:token>/data", methods=["DELETE"])
@access(LINK)
@resource.response(200, LeftSchema)
def delete_visit_data(token: str) -> dict[str, Any]:
    """Delete contact, letters, comments and this very link. A visit to come stays booked: cancel it first."""
    left = forgetting.forget_visit(booking.find_by_link(token).id, now=clock.now())
    return vars(left)


@resource.route("/waitlist/<link_token:token>/data", methods=["GET"])
@access(LINK)
@resource.response(200, EntryDataSchema)
def get_entry_data(token: str) -> dict[str, Any]:
    """Everything kept about the place on the waitlist."""
    return my_data.entry_document(waitlist_entries.find_by_link(token))


@resource.route("/waitlist/<link_token:token>/data", methods=["DELETE"])
@access(LINK)
@resource.response(200, GoneSchema)
def delete_entry_data(token: str) -> dict[str, Any]:
    """Leave the waitlist and delete all of it, the link too."""
    forgetting.forget_entry(waitlist_entries.find_by_link(token).id, now=clock.now())
    return {"gone": ["waitlist", "contact", "letters", "link"]}
