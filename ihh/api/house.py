"""The house: agencies, services, hours and questions."""

from __future__ import annotations

from typing import Any

from flask import Response

from ihh.api.conditional import conditional
from ihh.api.house_schemas import HouseQuery, HouseSchema
from ihh.api.resource import Resource, tagged
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.languages import speak
from ihh.services.house import current_house

resource = Resource("house", description="What the house offers, when, and what to ask a newcomer.")


@resource.route("/house", methods=["GET"])
@tagged
@access(PUBLIC)
@resource.arguments(HouseQuery, location="query")
@resource.response(200, HouseSchema)
def get_house(query: dict[str, Any]) -> Response:
    """The house in one language."""
    if "language" in query:
        speak(query["language"])
    return conditional(HouseSchema().dump(current_house()))
