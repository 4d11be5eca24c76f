"""The desk: choose one, open it, serve from it.

The screen is one page of parts. Its buttons are posts that answer with a redirect, or with the new
parts where a script asks for JSON; `now` gives the same parts to who only wants to stay up to date.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, get_flashed_messages, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from ihh import clock, realtime
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Desk
from ihh.models.account import Role
from ihh.presentation.access import access, actor, staff
from ihh.presentation.problem import status_of, wants_json
from ihh.presentation.sentences import refusal
from ihh.services import desks
from ihh.services.desk_view import choices_for, view_desk
from ihh.services.house import current_house
from ihh.web.desk_actions import AT_DESK, ON_TICKET, Action, Pressed, request_id
from ihh.web.desk_words import hours_text, language_text, words
from ihh.web.staff import user_menu

blueprint = Blueprint("desk", __name__)

AT_A_DESK = staff(Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR)

CSRF_MARK, REQUEST_MARK = "csrf-of-this-page", "request-of-this-page"
"""Stand in for what differs in every rendering until its digest, the ETag, is taken."""


@blueprint.get("/desk")
@access(AT_A_DESK)
def choose() -> ResponseReturnValue:
    return _choose_page()


@blueprint.post("/desk/<desk_id>/open")
@access(AT_A_DESK)
def open_desk(desk_id: str) -> ResponseReturnValue:
    try:
        desks.open_desk(desk_id, current_user, now=clock.now())
    except Refusal as refused:
        if refused.code not in (Code.DESK_TAKEN, Code.DESK_BUSY):
            raise
        return _choose_page(refused), status_of(refused.code)
    realtime.refresh_boards()
    return redirect(url_for("desk.show", desk_id=desk_id), 303)


@blueprint.post("/desk/<desk_id>/close")
@access(AT_A_DESK)
def close(desk_id: str) -> ResponseReturnValue:
    desk = desks.own_desk(desk_id, current_user)
    try:
        desks.close_desk(desk_id, now=clock.now())
    except Refusal as refused:
        return _refused(desk, refused)
    realtime.refresh_boards()
    if wants_json():
        return jsonify({"go": url_for("desk.choose")})
    return redirect(url_for("desk.choose"), 303)


@blueprint.get("/desk/<desk_id>")
@access(AT_A_DESK)
def show(desk_id: str) -> ResponseReturnValue:
    """The desk's screen; whoever does not have the desk open chooses one first."""
    desk = desks.desk_of(desk_id, current_user)
    if not desks.has_open(desk_id, current_user):
        return redirect(url_for("desk.choose"))
    said = get_flashed_messages(with_categories=True)
    return _page(desk, *(said[-1][::-1] if said else ("", "")))


@blueprint.get("/desk/<desk_id>/now")
@access(AT_A_DESK)
def now(desk_id: str) -> ResponseReturnValue:
    """The parts of the screen as they stand; 304 when they stand as before.

    Whoever no longer has the desk is told where to `go`.
    """
    desk = desks.desk_of(desk_id, current_user)
    if not desks.has_open(desk_id, current_user):
        return jsonify({"go": url_for("desk.choose")})
    state, etag = _state(desk)
    answer = jsonify(state)
    answer.set_etag(etag)
    answer.cache_control.no_cache = True
    answer.cache_control.private = True
    return answer.make_conditional(request)


@blueprint.post("/desk/<desk_id>/<any({}):action>".format(",".join(f'"{name}"' for name in AT_DESK)))
@access(AT_A_DESK)
def act(desk_id: str, action: str) -> ResponseReturnValue:
    return _do(desk_id, AT_DESK[action], action)


@blueprint.post("/desk/<desk_id>/line/<int:ticket_id>/<any({}):action>".format(",".join(ON_TICKET)))
@access(AT_A_DESK)
def act_on(desk_id: str, ticket_id: int, action: str) -> ResponseReturnValue:
    return _do(desk_id, ON_TICKET[action], f"{action}.{ticket_id}", ticket_id)


def _do(desk_id: str, action: Action, name: str, ticket_id: int | None = None) -> ResponseReturnValue:
    desk = desks.own_desk(desk_id, current_user)
    try:
        sentence = action(Pressed(desk, actor(), clock.now(), request_id(name), ticket_id))
    except Refusal as refused:
        return _refused(desk, refused, typed={ticket_id: request.form.get("why", "")})
    if wants_json():
        return jsonify(_state(desk, sentence)[0])
    flash(sentence, "done")
    return redirect(url_for("desk.show", desk_id=desk.id), 303)


def _refused(
    desk: Desk, refused: Refusal, *, typed: Mapping[int | None, str] | None = None
) -> ResponseReturnValue:
    """The refusal's sentence with the screen as it stands now: nothing else is lost.

    `typed` is what was written for a ticket of the line.
    """
    status = status_of(refused.code)
    if wants_json():
        return jsonify(_state(desk, refusal(refused), "refused")[0]), status
    return _page(desk, refusal(refused), "refused", typed=typed), status


def _page(
    desk: Desk, sentence: str = "", tone: str = "", *, typed: Mapping[int | None, str] | None = None
) -> str:
    context = _context(desk) | {"typed": typed or {}}
    return render_template(
        "desk/desk.html",
        **context,
        csrf=generate_csrf(),
        request_id=uuid.uuid4().hex,
        sentence=sentence,
        tone=tone,
        server_ms=_ms(context["at"]),
        timezone=current_house().timezone,
    )


def _parts(desk: Desk) -> tuple[str, str]:
    """The parts as HTML, and the digest of all that matters in them."""
    html = render_template("desk/parts.html", **_context(desk), csrf=CSRF_MARK, request_id=REQUEST_MARK)
    etag = hashlib.sha256(html.encode()).hexdigest()[:32]
    filled = html.replace(CSRF_MARK, generate_csrf()).replace(REQUEST_MARK, uuid.uuid4().hex)
    return filled, etag


def _context(desk: Desk) -> dict[str, Any]:
    at = clock.now()
    return {"view": view_desk(desk.id, now=at), "at": at, "typed": {}, **words()}


def _state(desk: Desk, sentence: str = "", tone: str = "done") -> tuple[dict[str, Any], str]:
    """What the script shows, and its ETag.

    `revision` is the world's clock in ms, read before the state: of two states the later is newer.
    """
    revision, at = _ms(clock.real_now()), clock.now()
    html, etag = _parts(desk)
    state = {
        "epoch": local_day(at, timezone=current_house().timezone).isoformat(),
        "revision": revision,
        "now": _ms(at),
        "html": html,
        "sentence": sentence,
        "tone": tone,
    }
    return state, etag


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _choose_page(refused: Refusal | None = None) -> str:
    choices = choices_for(current_user, now=clock.now())
    yours = next((choice for choice in choices if choice.state == "yours"), None)
    error = refusal(refused) if refused is not None else ""
    if refused is not None and refused.code is Code.DESK_BUSY and yours is not None:
        error = _("You have desk %(label)s open. Close it first.", label=yours.desk.label)
    return render_template(
        "desk/choose.html",
        choices=choices,
        yours=yours,
        error=error,
        hours_text=hours_text,
        language_text=language_text,
        user=user_menu(),
    )
