"""Routes: which services a party needs."""

from __future__ import annotations

from typing import Any

from ihh.api.resource import Resource, refuses
from ihh.api.route_schemas import RouteBody, RouteSchema
from ihh.domain.errors import Code
from ihh.domain.party import Party
from ihh.domain.route import Route
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.languages import speak
from ihh.services.wishes import find_route

resource = Resource("routes", description="From a newcomer's answers to services.")


@resource.route("/routes", methods=["POST"])
@access(PUBLIC)
@refuses(Code.ANSWERS_INCOMPLETE, Code.LEGS_INVALID)
@resource.arguments(RouteBody)
@resource.response(200, RouteSchema)
def find(body: dict[str, Any]) -> Route:
    """The services a party needs now, later and elsewhere. Nothing is stored."""
    if "language" in body:
        speak(body["language"])
    return find_route(body["answers"], Party(**body["party"]))
