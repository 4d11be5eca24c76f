"""What the four steps of booking do, for the public's pages and the staff's alike.

Addresses are those of the pages that are asked for: `url_for(".visits")` stays in their blueprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.contact import read_contact
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.presentation import plan_token, sentences
from ihh.presentation.languages import text_language
from ihh.presentation.problem import status_of
from ihh.services import booking
from ihh.services.house import current_house
from ihh.services.my_visit import VisitView, view_visit
from ihh.services.new_visits import booked_with
from ihh.web import booking_draft, booking_forms, booking_services
from ihh.web.booking_flow import Flow
from ihh.web.booking_visits import visits_page
from ihh.web.hours import hours_lines
from ihh.web.visit_page import WORDS, stops_of

CONTACT_FIELDS = ("email", "phone")


def questions(flow: Flow) -> ResponseReturnValue:
    house = current_house()
    return _questions_page(flow, house, booking_forms.questions_form(house, booking_draft.load(flow.key)))


def answer(flow: Flow) -> ResponseReturnValue:
    house = current_house()
    form = booking_forms.read_questions(house, request.form, list(booking_forms.served_languages(house)))
    if not form.is_complete:
        return _questions_page(flow, house, form), 422 if form.errors else 200
    booking_draft.save_answers(form.draft, flow.key)
    return redirect(url_for(".services"), 303)


def services(flow: Flow) -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load(flow.key)
    if not draft.is_answered(house):
        return redirect(url_for(".questions"), 303)
    today = local_day(clock.now(), timezone=house.timezone)
    form = booking_services.services_form(house, draft, today=today, may_overrule=flow.is_staff)
    return _services_page(flow, house, form)


def choose_services(flow: Flow) -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load(flow.key)
    if not draft.is_answered(house):
        return redirect(url_for(".questions"), 303)
    today = local_day(clock.now(), timezone=house.timezone)
    form = booking_services.read_services(house, draft, request.form, today=today, may_overrule=flow.is_staff)
    if form.errors:
        return _services_page(flow, house, form), 422
    booking_draft.save(form.draft, flow.key)
    return redirect(url_for(".visits"), 303)


def visits(flow: Flow) -> ResponseReturnValue:
    house, draft = current_house(), booking_draft.load(flow.key)
    if not draft.is_ready(house):
        return redirect(url_for(".services"), 303)
    return visits_page(flow, house, draft)


def choose_visit(flow: Flow) -> ResponseReturnValue:
    house, draft, now = current_house(), booking_draft.load(flow.key), clock.now()
    if not draft.is_ready(house):
        return redirect(url_for(".services"), 303)
    try:
        wish, chosen = plan_token.unseal(request.form.get("plan", ""), now=now, audience=flow.audience)
        _release_hold(flow)
        visit = booking.hold_chosen(
            wish, chosen, source=flow.source, now=now, by=flow.by, audience=flow.audience
        )
    except Refusal as refused:
        page = visits_page(flow, house, draft, refused=refused, typed=_typed())
        return page, status_of(refused.code)
    booking_draft.keep_hold(visit, flow.key)
    return _confirm_page(flow, visit) if _typed() else redirect(url_for(".confirmation"), 303)


def confirmation(flow: Flow) -> ResponseReturnValue:
    visit = booking_draft.held_visit(flow.key)
    if visit is None:
        return redirect(url_for(".visits"), 303)
    if not _is_held(visit):
        return _hold_is_over(flow)
    return _confirm_page(flow, visit)


def confirm(flow: Flow, done: Callable[[Visit], ResponseReturnValue]) -> ResponseReturnValue:
    """`done` answers where the visit is booked."""
    visit = booking_draft.kept_visit(flow.key)
    if visit is None or visit.state == VisitState.CANCELLED:
        return redirect(url_for(".visits"), 303)
    try:
        contact = read_contact(request.form.get("email"), request.form.get("phone"))
        booking.confirm(visit.id, contact, now=clock.now(), by=flow.by)
    except Refusal as refused:
        if refused.code is Code.HOLD_EXPIRED:
            return _hold_is_over(flow)
        return _confirm_page(flow, visit, refused=refused), status_of(refused.code)
    booking_draft.clear(flow.key)
    return done(visit)


def extend(flow: Flow) -> ResponseReturnValue:
    visit = booking_draft.held_visit(flow.key)
    try:
        if visit is not None:
            visit = booking.extend_hold(visit.id, now=clock.now())
    except Refusal:
        return _hold_is_over(flow)
    if visit is not None and _typed():
        return _confirm_page(flow, visit)
    return redirect(url_for(".confirmation"), 303)


def release(flow: Flow) -> ResponseReturnValue:
    """Give the held times back and choose again."""
    if request.form.get("over"):
        return _hold_is_over(flow)
    _release_hold(flow)
    return _choose_again(flow)


def forget(flow: Flow) -> None:
    """Begin anew: what is held is given back, what was answered is gone."""
    _release_hold(flow)
    booking_draft.clear(flow.key)


def reasons_of(visits: Sequence[Visit]) -> dict[str, str]:
    """Service → why a clerk set its rules aside, of all legs of the visits."""
    return {
        leg.service_id: leg.override_reason
        for visit in visits
        for leg in visit.legs
        if leg.override_reason is not None
    }


def views_in_time(house: House, visits: Sequence[Visit], *, now: datetime) -> list[VisitView]:
    """The visits with their legs in the order of their times."""
    views = [view_visit(visit, now=now) for visit in visits]
    return [replace(view, legs=tuple(stop.leg for stop in stops_of(house, view.legs))) for view in views]


def _questions_page(flow: Flow, house: House, form: booking_forms.QuestionsForm) -> str:
    return render_template(
        "booking/questions.html",
        **flow.around(),
        form=form,
        languages_served=booking_forms.served_languages(house),
        language=form.draft.language or ("" if flow.is_staff else text_language()),
        conditions=booking_forms.conditions_json,
        party_max=house.limits.party_max,
    )


def _services_page(flow: Flow, house: House, form: booking_services.ServicesForm) -> str:
    party = form.draft.party
    return render_template(
        "booking/services.html",
        **flow.around(),
        form=form,
        party=party,
        people=booking_forms.people_names(party, first=flow.first_person),
        agencies=house.agency,
        hours_lines=hours_lines,
    )


def _confirm_page(flow: Flow, visit: Visit, *, refused: Refusal | None = None) -> str:
    now, house = clock.now(), current_house()
    assert visit.hold_expires_at is not None
    held = [each for each in (visit, booked_with(visit)) if each is not None]
    return render_template(
        "booking/confirm.html",
        **flow.around(),
        visit=visit,
        views=views_in_time(house, held, now=now),
        reasons=reasons_of(held),
        services=house.service,
        documents=house.document,
        agencies=house.agency,
        seconds=max(int((visit.hold_expires_at - now).total_seconds()), 0),
        extension=house.limits.hold_extension_min,
        kept_days=house.retention.contact_days,
        typed=request.form,
        errors=_contact_errors(refused),
        **{**WORDS, "people_text": partial(sentences.people_text, first=flow.first_person)},
    )


def _contact_errors(refused: Refusal | None) -> list[tuple[str, str]]:
    if refused is None:
        return []
    field = str(refused.facts.get("field") or "email")
    return [(field, sentences.refusal(refused))]


def _typed() -> Mapping[str, str]:
    """What was typed to be reached by: it goes on from page to page, and is kept nowhere."""
    given = {name: request.form.get(name, "").strip() for name in CONTACT_FIELDS}
    return {name: value for name, value in given.items() if value}


def _is_held(visit: Visit) -> bool:
    return (
        visit.state == VisitState.HELD
        and visit.hold_expires_at is not None
        and visit.hold_expires_at > clock.now()
    )


def _hold_is_over(flow: Flow) -> ResponseReturnValue:
    """Where the browser's clock ran out a moment before the house's, the times are given back."""
    visit = booking_draft.held_visit(flow.key)
    booking_draft.forget_hold(flow.key)
    if visit is not None and _is_held(visit):
        booking.cancel(visit.id, now=clock.now(), by=flow.by)
    return _choose_again(flow, Refusal(Code.HOLD_EXPIRED))


def _choose_again(flow: Flow, refused: Refusal | None = None) -> ResponseReturnValue:
    """Step 3 once more, and with it what was typed in step 4."""
    house, draft, typed = current_house(), booking_draft.load(flow.key), _typed()
    if typed and draft.is_ready(house):
        return visits_page(flow, house, draft, refused=refused, typed=typed)
    if refused is not None:
        flash(sentences.refusal(refused), "attention")
    return redirect(url_for(".visits"), 303)


def _release_hold(flow: Flow) -> None:
    """Cancel what this browser holds and has not confirmed."""
    visit = booking_draft.held_visit(flow.key)
    booking_draft.forget_hold(flow.key)
    if visit is not None and visit.state == VisitState.HELD:
        booking.cancel(visit.id, now=clock.now(), by=flow.by)
