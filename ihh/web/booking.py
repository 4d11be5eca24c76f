"""Booking a visit in four steps, without an account: questions, services, visit, confirmation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.contact import read_contact
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House, text
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.presentation import plan_token, sentences
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.languages import text_language
from ihh.presentation.network import network_digest
from ihh.presentation.problem import status_of
from ihh.services import booking
from ihh.services.house import current_house
from ihh.services.my_visit import view_visit
from ihh.web import booking_draft, booking_forms
from ihh.web.booking_dates import read_dates
from ihh.web.booking_options import offer_of
from ihh.web.hours import hours_lines
from ihh.web.public_nav import public_nav
from ihh.web.visit_page import WORDS

blueprint = Blueprint("booking", __name__)


@blueprint.get("/book")
@access(PUBLIC)
def questions() -> ResponseReturnValue:
    house = current_house()
    return _questions_page(house, booking_forms.questions_form(house, booking_draft.load()))


@blueprint.post("/book")
@access(PUBLIC)
def answer() -> ResponseReturnValue:
    house = current_house()
    form = booking_forms.read_questions(house, request.form, list(booking_forms.served_languages(house)))
    if not form.is_complete:
        return _questions_page(house, form), 422 if form.errors else 200
    booking_draft.save_answers(form.draft)
    return redirect(url_for("booking.services"), 303)


@blueprint.get("/book/services")
@access(PUBLIC)
def services() -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load()
    if not draft.is_answered(house):
        return redirect(url_for("booking.questions"), 303)
    return _services_page(house, draft, booking_forms.services_form(house, draft))


@blueprint.post("/book/services")
@access(PUBLIC)
def choose_services() -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load()
    if not draft.is_answered(house):
        return redirect(url_for("booking.questions"), 303)
    form = booking_forms.read_services(house, draft, request.form)
    if form.errors:
        return _services_page(house, draft, form), 422
    booking_draft.save_legs(draft, form.legs)
    return redirect(url_for("booking.visits"), 303)


@blueprint.get("/book/visit")
@access(PUBLIC)
def visits() -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load()
    if not draft.is_ready(house):
        return redirect(url_for("booking.services"), 303)
    return _visits_page(house, draft)


@blueprint.post("/book/visit")
@access(PUBLIC)
def choose_visit() -> ResponseReturnValue:
    house, draft, now = current_house(), booking_draft.load(), clock.now()
    if not draft.is_ready(house):
        return redirect(url_for("booking.services"), 303)
    try:
        wish, option = plan_token.unseal(request.form.get("plan", ""), now=now)
        _release_hold()
        visit = booking.hold(wish, option, source=network_digest(), now=now)
    except Refusal as refused:
        return _visits_page(house, draft, refused=refused), status_of(refused.code)
    booking_draft.keep_hold(visit)
    return redirect(url_for("booking.confirmation"), 303)


@blueprint.get("/book/confirm")
@access(PUBLIC)
def confirmation() -> ResponseReturnValue:
    visit = booking_draft.held_visit()
    if visit is None:
        return redirect(url_for("booking.visits"), 303)
    if not _is_held(visit):
        return _hold_is_over()
    return _confirm_page(visit)


@blueprint.post("/book/confirm")
@access(PUBLIC)
def confirm() -> ResponseReturnValue:
    visit = booking_draft.kept_visit()
    if visit is None or visit.state == VisitState.CANCELLED:
        return redirect(url_for("booking.visits"), 303)
    try:
        contact = read_contact(request.form.get("email"), request.form.get("phone"))
        booking.confirm(visit.id, contact, now=clock.now())
    except Refusal as refused:
        if refused.code is Code.HOLD_EXPIRED:
            return _hold_is_over()
        return _confirm_page(visit, refused=refused), status_of(refused.code)
    booking_draft.clear()
    flash(_("Your visit is booked."), "done")
    return redirect(url_for("visit.show", token=visit.link_token), 303)


@blueprint.post("/book/extend")
@access(PUBLIC)
def extend() -> ResponseReturnValue:
    visit = booking_draft.held_visit()
    try:
        if visit is not None:
            booking.extend_hold(visit.id, now=clock.now())
    except Refusal:
        return _hold_is_over()
    return redirect(url_for("booking.confirmation"), 303)


@blueprint.post("/book/release")
@access(PUBLIC)
def release() -> ResponseReturnValue:
    """Give the held times back and choose again."""
    _release_hold()
    return redirect(url_for("booking.visits"), 303)


def _questions_page(house: House, form: booking_forms.QuestionsForm) -> str:
    return render_template(
        "booking/questions.html",
        nav=public_nav("booking.questions"),
        form=form,
        languages_served=booking_forms.served_languages(house),
        language=form.draft.language or text_language(),
        conditions=booking_forms.conditions_json,
        party_max=house.limits.party_max,
    )


def _services_page(house: House, draft: booking_draft.Draft, form: booking_forms.ServicesForm) -> str:
    return render_template(
        "booking/services.html",
        nav=public_nav("booking.questions"),
        form=form,
        party=draft.party,
        people=booking_forms.people_names(draft.party),
        agencies=house.agency,
        hours_lines=hours_lines,
    )


def _visits_page(house: House, draft: booking_draft.Draft, *, refused: Refusal | None = None) -> str:
    now, wish = clock.now(), draft.wish()
    dates = read_dates(house, request.values, now=now)
    held = booking_draft.held_visit()
    services = [house.service[leg.service] for leg in wish.legs]
    proposals = booking.propose(wish, now=now, moving=held.id if held else None, **dates.asked())
    return render_template(
        "booking/visits.html",
        nav=public_nav("booking.questions"),
        offer=offer_of(house, wish, proposals, now=now),
        dates=dates,
        wish=wish,
        blocked=[house.service[wish.legs[index].service] for index in proposals.blocked],
        services=services,
        short_names=", ".join(
            dict.fromkeys(
                text(house.agency[service.agency].short_name, text_language()) for service in services
            )
        ),
        agencies=house.agency,
        hours_lines=hours_lines,
        refused=sentences.refusal(refused) if refused else "",
    )


def _confirm_page(visit: Visit, *, refused: Refusal | None = None) -> str:
    now, house = clock.now(), current_house()
    assert visit.hold_expires_at is not None
    return render_template(
        "booking/confirm.html",
        nav=public_nav("booking.questions"),
        visit=visit,
        view=view_visit(visit, now=now),
        documents=house.document,
        agencies=house.agency,
        seconds=max(int((visit.hold_expires_at - now).total_seconds()), 0),
        extension=booking.HOLD_EXTENSION_MIN,
        kept_days=booking.CONTACT_KEPT_DAYS,
        typed=request.form,
        errors=_contact_errors(refused),
        **WORDS,
    )


def _contact_errors(refused: Refusal | None) -> list[tuple[str, str]]:
    if refused is None:
        return []
    field = str(refused.facts.get("field") or "email")
    return [(field, sentences.refusal(refused))]


def _is_held(visit: Visit) -> bool:
    return (
        visit.state == VisitState.HELD
        and visit.hold_expires_at is not None
        and visit.hold_expires_at > clock.now()
    )


def _hold_is_over() -> ResponseReturnValue:
    booking_draft.forget_hold()
    flash(sentences.refusal(Refusal(Code.HOLD_EXPIRED)), "attention")
    return redirect(url_for("booking.visits"), 303)


def _release_hold() -> None:
    """Cancel what this browser holds and has not confirmed."""
    visit = booking_draft.held_visit()
    booking_draft.forget_hold()
    if visit is not None and visit.state == VisitState.HELD:
        booking.cancel(visit.id, now=clock.now())
