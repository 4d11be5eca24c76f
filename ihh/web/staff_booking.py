"""Booking for a customer who cannot: the same four steps on the house's own terms, and a slip."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from ihh import clock
from ihh.domain.house import House
from ihh.models import Visit
from ihh.presentation.access import access, staff
from ihh.presentation.languages import text_language, written_in
from ihh.presentation.qr import qr_svg
from ihh.services.house import current_house
from ihh.services.my_visit import visit_by_id
from ihh.services.new_visits import booked_with
from ihh.web import booking_steps as steps
from ihh.web.booking_flow import STAFF_FLOW
from ihh.web.staff import AT_DESKS
from ihh.web.visit_page import WORDS

blueprint = Blueprint("staff_booking", __name__)

DONE_KEY = "staff booking done"
"""Which visit was booked last, in the session: no address names it."""


@blueprint.get("/staff/book")
@access(staff(*AT_DESKS))
def questions() -> ResponseReturnValue:
    return steps.questions(STAFF_FLOW)


@blueprint.post("/staff/book")
@access(staff(*AT_DESKS))
def answer() -> ResponseReturnValue:
    return steps.answer(STAFF_FLOW)


@blueprint.get("/staff/book/services")
@access(staff(*AT_DESKS))
def services() -> ResponseReturnValue:
    return steps.services(STAFF_FLOW)


@blueprint.post("/staff/book/services")
@access(staff(*AT_DESKS))
def choose_services() -> ResponseReturnValue:
    return steps.choose_services(STAFF_FLOW)


@blueprint.get("/staff/book/visit")
@access(staff(*AT_DESKS))
def visits() -> ResponseReturnValue:
    return steps.visits(STAFF_FLOW)


@blueprint.post("/staff/book/visit")
@access(staff(*AT_DESKS))
def choose_visit() -> ResponseReturnValue:
    return steps.choose_visit(STAFF_FLOW)


@blueprint.get("/staff/book/confirm")
@access(staff(*AT_DESKS))
def confirmation() -> ResponseReturnValue:
    return steps.confirmation(STAFF_FLOW)


@blueprint.post("/staff/book/confirm")
@access(staff(*AT_DESKS))
def confirm() -> ResponseReturnValue:
    return steps.confirm(STAFF_FLOW, _to_the_slip)


@blueprint.post("/staff/book/extend")
@access(staff(*AT_DESKS))
def extend() -> ResponseReturnValue:
    return steps.extend(STAFF_FLOW)


@blueprint.post("/staff/book/release")
@access(staff(*AT_DESKS))
def release() -> ResponseReturnValue:
    return steps.release(STAFF_FLOW)


@blueprint.post("/staff/book/anew")
@access(staff(*AT_DESKS))
def anew() -> ResponseReturnValue:
    """For the next customer: nothing of the one before is left on the screen."""
    steps.forget(STAFF_FLOW)
    session.pop(DONE_KEY, None)
    return redirect(url_for(".questions"), 303)


@blueprint.get("/staff/book/done")
@access(staff(*AT_DESKS))
def done() -> ResponseReturnValue:
    """What the customer takes along, in the language the customer is served in."""
    first = visit_by_id(session.get(DONE_KEY, ""))
    if first is None:
        return redirect(url_for(".questions"), 303)
    house = current_house()
    visits = [visit for visit in (first, booked_with(first)) if visit is not None]
    with written_in(first.language):
        slip, slip_language = _slip(house, visits), text_language()
    return render_template(
        "booking/staff_done.html",
        **STAFF_FLOW.around(),
        slip=slip,
        slip_language=slip_language,
        reasons=steps.reasons_of(visits),
        services=house.service,
    )


def _slip(house: House, visits: list[Visit]) -> Markup:
    page = render_template(
        "booking/slip.html",
        visit=visits[0],
        views=steps.views_in_time(house, visits, now=clock.now()),
        codes={
            visit.id: qr_svg(visit.check_in_token, _("QR code of the visit, for the kiosk"))
            for visit in visits
        },
        find_address=_find_address(),
        documents=house.document,
        agencies=house.agency,
        early_min=house.policy.check_in_early_min,
        **WORDS,
    )
    return Markup(page)


def _to_the_slip(visit: Visit) -> ResponseReturnValue:
    session[DONE_KEY] = visit.id
    return redirect(url_for(".done"), 303)


def _find_address() -> str:
    """Where the customer types the code, as the world sees it; without the protocol, to be typed."""
    root = current_app.config["IHH"].public_url or request.url_root.rstrip("/")
    return f"{root}{url_for('home.find')}".partition("://")[2]
