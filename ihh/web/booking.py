"""Booking a visit in four steps, without an account: questions, services, visit, confirmation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.models import Visit
from ihh.presentation.access import PUBLIC, access
from ihh.web import booking_steps as steps
from ihh.web.booking_flow import PUBLIC_FLOW

blueprint = Blueprint("booking", __name__)


@blueprint.get("/book")
@access(PUBLIC)
def questions() -> ResponseReturnValue:
    return steps.questions(PUBLIC_FLOW)


@blueprint.post("/book")
@access(PUBLIC)
def answer() -> ResponseReturnValue:
    return steps.answer(PUBLIC_FLOW)


@blueprint.get("/book/services")
@access(PUBLIC)
def services() -> ResponseReturnValue:
    return steps.services(PUBLIC_FLOW)


@blueprint.post("/book/services")
@access(PUBLIC)
def choose_services() -> ResponseReturnValue:
    return steps.choose_services(PUBLIC_FLOW)


@blueprint.get("/book/visit")
@access(PUBLIC)
def visits() -> ResponseReturnValue:
    return steps.visits(PUBLIC_FLOW)


@blueprint.post("/book/visit")
@access(PUBLIC)
def choose_visit() -> ResponseReturnValue:
    return steps.choose_visit(PUBLIC_FLOW)


@blueprint.get("/book/confirm")
@access(PUBLIC)
def confirmation() -> ResponseReturnValue:
    return steps.confirmation(PUBLIC_FLOW)


@blueprint.post("/book/confirm")
@access(PUBLIC)
def confirm() -> ResponseReturnValue:
    return steps.confirm(PUBLIC_FLOW, _to_the_visit)


@blueprint.post("/book/extend")
@access(PUBLIC)
def extend() -> ResponseReturnValue:
    return steps.extend(PUBLIC_FLOW)


@blueprint.post("/book/release")
@access(PUBLIC)
def release() -> ResponseReturnValue:
    return steps.release(PUBLIC_FLOW)


def _to_the_visit(visit: Visit) -> ResponseReturnValue:
    flash(_("Your visit is booked."), "done")
    return redirect(url_for("visit.show", token=visit.link_token), 303)
