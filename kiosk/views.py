"""The kiosk's steps: start, QR code, booking code, walk-in, and the confirmation."""

from __future__ import annotations

import uuid

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Refusal
from ihh.domain.numbering import ALPHABET, BOOKING_CODE_LENGTH
from ihh.domain.party import Party
from ihh.presentation.access import KIOSK, access
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.my_visit import visit_by_id
from ihh.services.walk_ins import walk_in_lines

from . import blueprint, visitor
from .confirmation import confirmation
from .walk_in import Chosen, chosen_lines, party_asked


@blueprint.get("/")
@access(KIOSK)
def start() -> ResponseReturnValue:
    return render_template("kiosk/start.html", request_id=new_request_id())


@blueprint.get("/qr")
@access(KIOSK)
def qr() -> ResponseReturnValue:
    return render_template("kiosk/qr.html", request_id=new_request_id())


@blueprint.get("/code")
@access(KIOSK)
def code() -> ResponseReturnValue:
    return render_template(
        "kiosk/code.html", request_id=new_request_id(), alphabet=ALPHABET, length=BOOKING_CODE_LENGTH
    )


@blueprint.get("/walk-in")
@access(KIOSK)
def walk_in() -> ResponseReturnValue:
    """Which services: lines with their waits, closed ones with when they open."""
    return _walk_in_page(request.args.getlist("service"), error="")


@blueprint.get("/walk-in/party")
@access(KIOSK)
def party() -> ResponseReturnValue:
    """How many people, for the services chosen."""
    services = request.args.getlist("service")
    chosen = chosen_lines(walk_in_lines(text_language(), now=clock.now()), services)
    if not chosen:
        return _walk_in_page([], error=_("Choose at least one service."))
    return party_page(chosen, Party(1), error="")


@blueprint.get("/done")
@access(KIOSK)
def done() -> ResponseReturnValue:
    """The confirmation of the visit this kiosk just checked in, and its slip."""
    facts = visitor.remembered()
    visit = visit_by_id(str(facts.get("visit") or ""))
    if visit is None:
        return redirect(url_for("kiosk.start"))
    link = f"{_public_root()}/v/{visit.link_token}"
    shown = confirmation(visit, facts.get("punctuality"), facts.get("minutes", 0), link, now=clock.now())
    return render_template("kiosk/done.html", shown=shown, request_id=facts.get("request", ""))


def party_page(chosen: list[Chosen], asked: Party, *, error: str, request_id: str = "") -> str:
    most = current_house().limits.party_max
    return render_template(
        "kiosk/party.html",
        chosen=chosen,
        party=asked,
        most=most,
        error=error,
        request_id=request_id or new_request_id(),
    )


def party_again(refused_text: str) -> str:
    """The party's page with everything chosen, and why it was refused."""
    services = request.form.getlist("service")
    chosen = chosen_lines(walk_in_lines(text_language(), now=clock.now()), services)
    try:
        asked = party_asked(request.form)
    except Refusal:
        asked = Party(1)
    return party_page(chosen, asked, error=refused_text, request_id=request.form.get("request_id", ""))


def new_request_id() -> str:
    """For a form sent without a script; scripts make their own."""
    return str(uuid.uuid4())


def _walk_in_page(chosen: list[str], *, error: str) -> str:
    found = walk_in_lines(text_language(), now=clock.now())
    return render_template("kiosk/walk_in.html", lines=found, chosen=chosen, error=error)


def _public_root() -> str:
    return current_app.config["IHH"].public_url or request.url_root.rstrip("/")
