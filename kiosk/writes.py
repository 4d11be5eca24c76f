"""What the kiosk writes: a check-in, a number.

Each carries a client-made id, so that repeating it is harmless. A script gets JSON, a plain form gets pages.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Any

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.numbering import normal_code, token_in
from ihh.models.account import DeviceKind
from ihh.presentation import limits
from ihh.presentation.access import KIOSK, access, actor, current_device
from ihh.presentation.languages import text_language
from ihh.presentation.problem import problem, status_of, wants_json
from ihh.presentation.sentences import refusal
from ihh.services.check_in import CheckedIn, check_in, take_number
from ihh.services.kiosk_use import KioskAction, counted
from ihh.services.walk_ins import walk_in_wish

from . import blueprint, views, visitor
from .walk_in import fault_text, party_asked
from .words import refused_title

REQUEST_ID = re.compile(r"[0-9a-fA-F-]{8,64}")
LONGEST_CODE = 40


def kiosk_of_request() -> str:
    """Codes are limited by kiosk: many visitors share one, and a house's kiosks may share an address."""
    device = g.get("device") or current_device(DeviceKind.KIOSK)
    return f"kiosk:{device.id}" if device is not None else f"address:{request.remote_addr}"


@blueprint.post("/check-in")
@access(KIOSK)
@limits.limiter.limit(limits.KIOSK_CODES, key_func=kiosk_of_request)
def check_in_visit() -> ResponseReturnValue:
    """Check in what was scanned or typed."""
    scanned = request.form.get("scanned", "")
    try:
        with _counted(KioskAction.CHECK_IN):
            asked = token_in(scanned) or normal_code(scanned)[:LONGEST_CODE]
            done = check_in(asked, now=clock.now(), by=actor(), request_id=_request_id())
    except Refusal as refused:
        return _refused(refused)
    return _answer(done)


@blueprint.post("/take-number")
@access(KIOSK)
def take_a_number() -> ResponseReturnValue:
    """A walk-in's number for the services and party of the form."""
    try:
        with _counted(KioskAction.TAKE_NUMBER):
            wish = walk_in_wish(request.form.getlist("service"), party_asked(request.form), text_language())
            done = take_number(wish, now=clock.now(), by=actor(), request_id=_request_id())
    except Refusal as refused:
        if refused.code is not Code.LEGS_INVALID:
            return _refused(refused)
        sentence = fault_text(refused)
        if wants_json():
            return _problem(refused, sentence)
        return views.party_again(sentence), status_of(refused.code)
    return _answer(done)


def _counted(action: KioskAction) -> AbstractContextManager[None]:
    given = request.form.get("request_id", "")
    request_id = given if REQUEST_ID.fullmatch(given) else None
    return counted(action, device_id=g.device.id, now=clock.now(), request_id=request_id)


def _request_id() -> str:
    given = request.form.get("request_id", "")
    if not REQUEST_ID.fullmatch(given):
        raise Refusal(Code.INVALID)
    return given


def _answer(done: CheckedIn) -> ResponseReturnValue:
    """Remember whom to confirm, unless the visitor has left a kept scan behind, and go there."""
    if "quiet" not in request.form:
        visitor.remembered().update(
            visit=done.visit_id,
            punctuality=done.punctuality,
            minutes=done.minutes,
            request=request.form["request_id"],
        )
    if wants_json():
        return jsonify({"next": url_for("kiosk.done")})
    return redirect(url_for("kiosk.done"))


def _refused(refused: Refusal) -> ResponseReturnValue:
    sentence = refusal(refused)
    if wants_json():
        return _problem(refused, sentence)
    page = render_template(
        "kiosk/refused.html",
        heading=refused_title(refused.code),
        sentence=sentence,
        number=refused.facts.get("number") or "",
        steps=next_steps(refused.code),
    )
    return page, status_of(refused.code)


def _problem(refused: Refusal, sentence: str) -> ResponseReturnValue:
    more: dict[str, Any] = {
        "heading": refused_title(refused.code),
        "number": refused.facts.get("number") or "",
        "steps": next_steps(refused.code),
    }
    return problem(status_of(refused.code), refused.code, sentence, **more)


def next_steps(code: Code) -> list[str]:
    """What the visitor can do now, the likeliest first: try again, take a number, leave."""
    if code is Code.ALREADY_CHECKED_IN:
        return ["done"]
    if code in (Code.UNKNOWN_CODE, Code.INVALID, Code.REQUEST_ID_REUSED):
        return ["again", "walk_in"]
    if code is Code.TOO_EARLY:
        return ["done", "walk_in"]
    if code is Code.NUMBERS_USED_UP:
        return ["done"]
    return ["walk_in", "done"]
