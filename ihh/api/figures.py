"""Figures: what a period's visits amount to, for those who answer for the house."""

from __future__ import annotations

from typing import Any

from ihh import clock
from ihh.api.figure_schemas import FiguresQuery, FiguresSchema
from ihh.api.resource import Resource, refuses
from ihh.domain.errors import Code
from ihh.models.account import Role
from ihh.presentation.access import access, staff
from ihh.services.reports import report

resource = Resource("figures", description="Figures of a period; for analysts and supervisors.")


@resource.route("/figures", methods=["GET"])
@access(staff(Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR))
@refuses(Code.INVALID)
@resource.arguments(FiguresQuery, location="query")
@resource.response(200, FiguresSchema)
def get_figures(query: dict[str, Any]) -> dict[str, Any]:
    """All figures of the days from one to another, by agency, service, hour, channel and language."""
    found = report(query["first"], query["last"], now=clock.now())
    return vars(found) | {"tables": list(found.tables.values())}
