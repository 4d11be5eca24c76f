"""The visit page of whoever has the link: before the day, in the house, and after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from ihh import clock
from ihh.domain.daytime import local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.planner import VisitOption
from ihh.domain.ticket import OPEN, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.presentation import plan_token, sentences
from ihh.presentation.access import LINK, access
from ihh.presentation.calendar_file import calendar_file
from ihh.presentation.feedback_words import csat_words
from ihh.presentation.formats import clock_time
from ihh.presentation.problem import status_of
from ihh.presentation.qr import qr_svg
from ihh.services import booking, new_visits, proposals, serving
from ihh.services.feedback import view_feedback
from ihh.services.house import current_house
from ihh.services.my_visit import VisitView, view_visit
from ihh.services.sooner import sooner, take_sooner
from ihh.web.booking_dates import read_dates
from ihh.web.booking_options import offer_of
from ihh.web.public_nav import public_nav
from ihh.web.visit_news import named
from ihh.web.visit_page import Page, page_of, present_option, shown

blueprint = Blueprint("visit", __name__)

CSRF_MARK = "csrf-of-this-page"
"""Stands in for what differs in every rendering until its digest, the ETag, is taken."""


@dataclass(frozen=True)
class Linked:
    """The visit that was booked together with the one that is shown."""

    token: str
    day: date
    is_second: bool


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """The address is a secret: no search engine may list it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/v/<token>")
@access(LINK)
def show(token: str) -> ResponseReturnValue:
    return _page(booking.find_by_link(token))


@blueprint.get("/v/<token>/now")
@access(LINK)
def now(token: str) -> ResponseReturnValue:
    """The part of the page that changes; 304 where it has not."""
    fragment = render_template("visit/now.html", token=token, csrf=CSRF_MARK, **_shown(token))
    filled = fragment.replace(CSRF_MARK, generate_csrf()) if CSRF_MARK in fragment else fragment
    answer = Response(filled, mimetype="text/html")
    answer.set_etag(hashlib.sha256(fragment.encode()).hexdigest()[:32])
    answer.cache_control.no_cache = True
    answer.cache_control.private = True
    return answer.make_conditional(request)


@blueprint.get("/v/<token>/visit.ics")
@access(LINK)
def calendar(token: str) -> ResponseReturnValue:
    visit = _booked(token)
    content = calendar_file(view_visit(visit, now=clock.now()), link=_link(visit), now=clock.now())
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    answer.cache_control.no_store = True
    return answer


@blueprint.get("/v/<token>/move")
@access(LINK)
def other_times(token: str) -> ResponseReturnValue:
    return _move_page(_booked(token))


@blueprint.post("/v/<token>/move")
@access(LINK)
def move(token: str) -> ResponseReturnValue:
    visit, at = _booked(token), clock.now()
    try:
        _wish, option = plan_token.unseal_visit(request.form.get("plan", ""), now=at)
        booking.move(visit.id, option, now=at)
    except Refusal as refused:
        return _move_page(visit, refused=refused), status_of(refused.code)
    flash(_("Your visit is moved. The booking code and this page stay the same."), "done")
    return redirect(url_for("visit.show", token=token), 303)


@blueprint.get("/v/<token>/cancel")
@access(LINK)
def ask_cancel(token: str) -> ResponseReturnValue:
    visit = _booked(token)
    return render_template(
        "visit/cancel.html", nav=public_nav(), token=token, linked=_linked(visit), **_shown_of(visit)
    )


@blueprint.post("/v/<token>/cancel")
@access(LINK)
def cancel(token: str) -> ResponseReturnValue:
    booking.cancel(booking.find_by_link(token).id, now=clock.now())
    return redirect(url_for("visit.show", token=token), 303)


@blueprint.get("/v/<token>/leave")
@access(LINK)
def ask_leave(token: str) -> ResponseReturnValue:
    view = _view(booking.find_by_link(token))
    losing = [leg for leg in view.legs if leg.state in OPEN and leg.state != TicketState.SERVING]
    if view.visit.state != VisitState.IN_HOUSE or not losing:
        return redirect(url_for("visit.show", token=token), 303)
    return render_template(
        "visit/leave.html", nav=public_nav(), token=token, losing=losing, **_shown_of(view.visit)
    )


@blueprint.post("/v/<token>/leave")
@access(LINK)
def leave(token: str) -> ResponseReturnValue:
    serving.leave(booking.find_by_link(token).id, now=clock.now())
    return redirect(url_for("visit.show", token=token), 303)


@blueprint.post("/v/<token>/sooner")
@access(LINK)
def go_sooner(token: str) -> ResponseReturnValue:
    """Take the free time that the page offered; a refusal leaves everything as it was."""
    visit = booking.find_by_link(token)
    ticket_id, starts_at = _offered(request.form)
    try:
        ticket = take_sooner(visit.id, ticket_id, starts_at, now=clock.now())
    except Refusal as refused:
        if refused.code is not Code.SLOT_TAKEN:
            raise
        flash(_("This free time is gone. Nothing changed: what you had is still yours."), "error")
        return _page(visit), status_of(refused.code)
    agency = named(current_house())(ticket.agency_id)
    flash(
        _("Your %(agency)s time is now %(time)s.", agency=agency, time=clock_time(ticket.booked_at)), "done"
    )
    return redirect(url_for("visit.show", token=token), 303)


def _offered(form: Mapping[str, str]) -> tuple[int, datetime]:
    """The ticket and the time of an offer. Refuses `invalid`."""
    try:
        ticket_id, starts_at = int(form.get("ticket", "")), datetime.fromisoformat(form.get("starts_at", ""))
    except ValueError:
        raise Refusal(Code.INVALID, field="starts_at") from None
    if starts_at.tzinfo is None:
        raise Refusal(Code.INVALID, field="starts_at")
    return ticket_id, starts_at


def _page(visit: Visit) -> str:
    return render_template(
        "visit/page.html",
        nav=public_nav("home.find"),
        token=visit.link_token,
        csrf=generate_csrf(),
        linked=_linked(visit),
        **_shown_of(visit),
    )


def _view(visit: Visit) -> VisitView:
    return view_visit(visit, now=clock.now())


def _shown(token: str) -> dict[str, Any]:
    return _shown_of(booking.find_by_link(token))


def _shown_of(visit: Visit) -> dict[str, Any]:
    values = shown(current_house(), _view(visit), now=clock.now())
    if values["page"] is Page.WAITING:
        values["sooner"] = sooner(visit, now=clock.now())
    if values["page"] is Page.ENDED:
        values["feedback"], values["faces"] = view_feedback(visit, now=clock.now()), csat_words()
    if values["page"] is Page.BOOKED:
        values["qr"] = qr_svg(visit.check_in_token, _("QR code of your visit, for the kiosk"))
    return values


def _booked(token: str) -> Visit:
    """The visit of the link while it can still be changed; refuses with the reason why not."""
    visit = booking.find_by_link(token)
    page = page_of(current_house(), _view(visit), now=clock.now())
    if page is Page.BOOKED:
        return visit
    if page is Page.MISSED:
        raise Refusal(Code.WRONG_DAY_PAST, date=visit.service_date)
    if page in (Page.CANCELLED, Page.EXPIRED, Page.HELD):
        raise Refusal(
            {"cancelled": Code.VISIT_CANCELLED, "expired": Code.HOLD_EXPIRED}.get(page, Code.NOT_BOOKED)
        )
    raise Refusal(Code.ALREADY_STARTED)


def _linked(visit: Visit) -> Linked | None:
    """The other of two visits that were booked together, while it counts."""
    other = new_visits.booked_with(visit)
    if other is None or other.state in new_visits.OVER or visit.state == VisitState.HELD:
        return None
    if other.unlinked_at is not None:
        return None
    return Linked(other.link_token, other.service_date, is_second=other.follows_id is not None)


def _move_page(visit: Visit, *, refused: Refusal | None = None) -> str:
    house, at = current_house(), clock.now()
    allowed = new_visits.allowed_days(visit)
    wish = new_visits.wish_of(visit)
    dates = read_dates(house, request.values, now=at, allowed=allowed)
    found = proposals.propose(wish, now=at, moving=visit.id, **dates.asked())
    offer = offer_of(house, wish, found, now=at, present=_present(house, visit))
    return render_template(
        "visit/move.html",
        nav=public_nav(),
        token=visit.link_token,
        visit=visit,
        linked=_linked(visit),
        allowed=allowed,
        offer=offer,
        has_choice=any(not card.is_present for card in (*offer.best, *offer.further)),
        dates=dates,
        refused=sentences.refusal(refused) if refused else "",
    )


def _present(house: House, visit: Visit) -> VisitOption:
    minutes = {
        leg.position: (
            local_minute(leg.starts_at, timezone=house.timezone),
            local_minute(leg.ends_at, timezone=house.timezone),
        )
        for leg in visit.legs
        if leg.starts_at is not None and leg.ends_at is not None
    }
    return present_option(visit, minutes)


def _link(visit: Visit) -> str:
    """The visit's address as the world sees it."""
    path = url_for("visit.show", token=visit.link_token)
    root = current_app.config["IHH"].public_url or request.url_root.rstrip("/")
    return f"{root}{path}"
