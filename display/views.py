"""Pages of the display: pairing, the board, and the board's state for its script."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import (
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.models.account import DeviceKind
from ihh.presentation import limits, pairing
from ihh.presentation.access import DISPLAY, PUBLIC, access, same_query
from ihh.presentation.sentences import refusal
from ihh.services.boards import hall_board
from ihh.services.house import current_house

from . import blueprint
from .sentences import agency_names, sentences, zone_name


@blueprint.get("/")
@access(DISPLAY)
def board() -> ResponseReturnValue:
    """The hall's display; `?area=A` shows the calls of one area only."""
    house = current_house()
    area = request.args.get("area") or None
    if area is not None and area not in house.zone:
        abort(404)
    said = sentences()
    return render_template(
        "display/board.html",
        area=area,
        zone=zone_name(house, area) if area else (),
        say=said,
        words={"sentences": said, "agencies": agency_names(house)},
        timezone=house.timezone,
        address=(current_app.config["IHH"].public_url or request.host_url).split("://")[-1].rstrip("/"),
    )


@blueprint.get("/board")
@access(DISPLAY)
def state() -> ResponseReturnValue:
    """The hall's board; 304 while the display's copy still holds."""
    answer = hall_board(now=clock.now())
    response = jsonify(answer)
    response.set_etag(_version(answer))
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response.make_conditional(request)


@blueprint.get("/pair")
@access(PUBLIC)
def pair() -> ResponseReturnValue:
    """The form for the code of `ihh device add display`; a demonstration pairs by itself."""
    if current_app.config["IHH"].is_demo:
        return _paired(pairing.pair_demo_device(DeviceKind.DISPLAY, now=clock.real_now()))
    return render_template("display/pair.html", code="", error="")


@blueprint.post("/pair")
@access(PUBLIC)
@limits.limiter.limit(limits.GUESSING)
def pair_by_code() -> ResponseReturnValue:
    code = request.form.get("code", "")
    try:
        token = pairing.pair_by_code(DeviceKind.DISPLAY, code, now=clock.real_now())
    except Refusal as refused:
        if refused.code is not Code.PAIRING_FAILED:
            raise
        return render_template("display/pair.html", code=code, error=refusal(refused)), 403
    return _paired(token)


@blueprint.get("/worker.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker: served from here, so that it may keep /display/ itself."""
    return send_from_directory(str(blueprint.static_folder), "worker.js", max_age=0)


def _paired(token: str) -> Response:
    response = redirect(same_query(url_for("display.board")))
    pairing.set_device_cookie(response, DeviceKind.DISPLAY, token)
    return response


def _version(answer: dict[str, Any]) -> str:
    """Names the board's content; the time of asking is no part of it."""
    content = {key: value for key, value in answer.items() if key != "at"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
