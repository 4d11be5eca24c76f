"""Boards: the state a paired display shows, polled where the socket is silent."""

from __future__ import annotations

from flask import Response

from ihh import clock
from ihh.api.board_schemas import BoardSchema
from ihh.api.conditional import conditional
from ihh.api.resource import Resource, tagged
from ihh.presentation.access import DISPLAY, access
from ihh.services.boards import hall_board

resource = Resource("boards", description="What displays show; for a paired display.")


@resource.route("/boards/hall", methods=["GET"])
@tagged
@access(DISPLAY)
@resource.response(200, BoardSchema)
def get_hall_board() -> Response:
    """The hall's board. The ETag leaves the time of the answer out."""
    return conditional(BoardSchema().dump(hall_board(now=clock.now())), apart_from=("at",))
