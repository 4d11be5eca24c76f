"""The waitlist: joining it with what one wanted to book, and the page of whoever waits."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.contact import read_contact
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House, text
from ihh.domain.waitlist import OPEN, WaitlistState
from ihh.domain.wish import Wish
from ihh.models import Visit, WaitlistEntry
from ihh.presentation import sentences
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.presentation.languages import text_language
from ihh.presentation.network import request_source
from ihh.presentation.problem import status_of
from ihh.services import letters, waitlist, waitlist_entries, waitlist_offers
from ihh.services.house import current_house
from ihh.services.my_visit import view_visit
from ihh.web import booking_draft
from ihh.web.public_nav import public_nav
from ihh.web.visit_page import WORDS
from ihh.web.waitlist_form import WaitForm, read_wait
from ihh.web.waitlist_words import drawn, hours_text, in_order_of_time

blueprint = Blueprint("waitlist", __name__)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """The address is a secret: no search engine may list it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/waitlist")
@access(PUBLIC)
def join() -> ResponseReturnValue:
    """Which days and hours to wait for; `from`, `to`, `not_before` and `not_after` may be given."""
    house, draft = current_house(), booking_draft.load()
    if not draft.is_ready(house):
        return redirect(url_for("booking.services"), 303)
    return _join_page(house, draft.wish(), read_wait(house, request.args, now=clock.now()))


@blueprint.post("/waitlist")
@access(PUBLIC)
def enter() -> ResponseReturnValue:
    house, draft, now = current_house(), booking_draft.load(), clock.now()
    if not draft.is_ready(house):
        return redirect(url_for("booking.services"), 303)
    form = read_wait(house, request.form, now=now)
    if form.errors:
        return _join_page(house, draft.wish(), form), 422
    try:
        contact = read_contact(request.form.get("email"), request.form.get("phone"))
        source = request_source()
        entry = waitlist_entries.join(draft.wish(), contact, **form.asked(), now=now, source=source)
    except Refusal as refused:
        return _join_page(house, draft.wish(), form, refused=refused), status_of(refused.code)
    flash(_("You are on the waitlist. Save this page: its address is your only key to it."), "done")
    return redirect(url_for("waitlist.show", token=entry.link_token), 303)


@blueprint.get("/w/<token>")
@access(LINK)
def show(token: str) -> ResponseReturnValue:
    return _entry_page(waitlist_entries.find_by_link(token))


@blueprint.post("/w/<token>/take")
@access(LINK)
def take(token: str) -> ResponseReturnValue:
    entry = waitlist_entries.find_by_link(token)
    try:
        contact = read_contact(request.form.get("email"), request.form.get("phone"))
        visit = waitlist_offers.take(entry.id, contact, now=clock.now())
    except Refusal as refused:
        return _as_it_stands(entry, refused)
    flash(_("Your visit is booked."), "done")
    return redirect(url_for("visit.show", token=visit.link_token), 303)


@blueprint.post("/w/<token>/decline")
@access(LINK)
def decline(token: str) -> ResponseReturnValue:
    entry = waitlist_entries.find_by_link(token)
    try:
        waitlist.decline(entry.id, now=clock.now())
    except Refusal as refused:
        return _as_it_stands(entry, refused)
    flash(_("The visit goes to others. You keep your place."), "done")
    return redirect(url_for("waitlist.show", token=token), 303)


@blueprint.get("/w/<token>/leave")
@access(LINK)
def ask_leave(token: str) -> ResponseReturnValue:
    view = waitlist_entries.view_entry(waitlist_entries.find_by_link(token), now=clock.now())
    if view.state not in OPEN:
        return redirect(url_for("waitlist.show", token=token), 303)
    return render_template("waitlist/leave.html", nav=public_nav("booking.questions"), token=token, view=view)


@blueprint.post("/w/<token>/leave")
@access(LINK)
def leave(token: str) -> ResponseReturnValue:
    entry = waitlist_entries.find_by_link(token)
    try:
        waitlist.leave(entry.id, now=clock.now())
    except Refusal as refused:
        return _as_it_stands(entry, refused)
    return redirect(url_for("waitlist.show", token=token), 303)


def _join_page(house: House, wish: Wish, form: WaitForm, *, refused: Refusal | None = None) -> str:
    return render_template(
        "waitlist/join.html",
        nav=public_nav("booking.questions"),
        form=form,
        wish=wish,
        services=_services_text(house, wish),
        offer_min=house.limits.waitlist_offer_min,
        writes=letters.are_sent(),
        typed=request.form,
        free_on=refused.facts["date"] if refused and refused.code is Code.VISIT_FREE else None,
        errors=[*form.errors, *_errors(refused)],
    )


def _entry_page(entry: WaitlistEntry, *, refused: Refusal | None = None) -> str:
    now, house = clock.now(), current_house()
    view = waitlist_entries.view_entry(entry, now=now)
    is_offered = view.state is WaitlistState.OFFERED and view.visit is not None
    return render_template(
        f"waitlist/{view.state.value}.html",
        nav=public_nav("booking.questions"),
        token=entry.link_token,
        view=view,
        entry=entry,
        wish=view.wish,
        services=_services_text(house, view.wish),
        hours=hours_text(entry),
        visit=view.visit,
        legs=in_order_of_time(view_visit(view.visit, now=now)) if view.visit is not None else [],
        lanes=drawn(house, view.visit) if view.visit is not None and is_offered else [],
        documents=house.document,
        agencies=house.agency,
        offer_min=house.limits.waitlist_offer_min,
        until_day=_last_day(house, view.visit),
        typed=request.form,
        errors=_errors(refused),
        **WORDS,
    )


def _as_it_stands(entry: WaitlistEntry, refused: Refusal) -> ResponseReturnValue:
    """What was asked is not possible: told beside the form that can mend it, or with how it stands now."""
    if refused.code in (Code.OFFER_OVER, Code.WRONG_STATE, Code.HOLD_EXPIRED):
        flash(sentences.refusal(refused), "attention")
        return redirect(url_for("waitlist.show", token=entry.link_token), 303)
    return _entry_page(entry, refused=refused), status_of(refused.code)


def _errors(refused: Refusal | None) -> list[tuple[str, str]]:
    if refused is None or refused.code is Code.VISIT_FREE:
        return []
    field = "to" if refused.code is Code.INVALID else str(refused.facts.get("field") or "phone")
    return [(field, sentences.refusal(refused))]


def _last_day(house: House, visit: Visit | None) -> date | None:
    """On which an offer ends."""
    until = visit.hold_expires_at if visit is not None else None
    return local_day(until, timezone=house.timezone) if until is not None else None


def _services_text(house: House, wish: Wish) -> str:
    names = (house.service[leg.service].name for leg in wish.legs if leg.service in house.service)
    return ", ".join(dict.fromkeys(text(name, text_language()) for name in names))
