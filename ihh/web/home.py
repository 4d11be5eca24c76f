"""The first page, finding a visit by its code, and the statements the law asks for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Refusal
from ihh.domain.house import House, Service
from ihh.presentation import sentences
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.languages import text_language
from ihh.presentation.limits import GUESSING, limiter
from ihh.presentation.problem import status_of
from ihh.services.demonstration import sign_ins
from ihh.services.find_visit import find_by_code
from ihh.services.house import current_house
from ihh.services.opening import closed_days, opening
from ihh.web.hours import hours_lines
from ihh.web.public_nav import public_nav

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(PUBLIC)
def first() -> ResponseReturnValue:
    house, now = current_house(), clock.now()
    return render_template(
        "home/first.html",
        nav=public_nav("home.first"),
        open=opening(house, now=now),
        closed=closed_days(house, language=text_language(), now=now),
        week=house.hours,
        hours_lines=hours_lines,
        agencies=_by_agency(house),
        screens=_screens(),
        sign_ins=sign_ins,
    )


@blueprint.get("/find")
@access(PUBLIC)
def find() -> ResponseReturnValue:
    return render_template("home/find.html", nav=public_nav("home.find"), typed="", error="")


@blueprint.post("/find")
@access(PUBLIC)
@limiter.limit(GUESSING)
def show_found() -> ResponseReturnValue:
    typed = request.form.get("code", "")
    try:
        visit = find_by_code(typed)
    except Refusal as refused:
        page = render_template(
            "home/find.html", nav=public_nav("home.find"), typed=typed[:40], error=sentences.refusal(refused)
        )
        return page, status_of(refused.code)
    return redirect(url_for("visit.show", token=visit.link_token), 303)


@blueprint.get("/privacy")
@access(PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html", nav=public_nav(), kept=current_house().retention)


@blueprint.get("/accessibility")
@access(PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("home/accessibility.html", nav=public_nav())


def _screens() -> list[tuple[str, str]]:
    """Every screen of the product, for the demonstration."""
    return [
        (_("Booking, on the visitor's phone"), url_for("booking.questions")),
        (_("My visit, by its code"), url_for("home.find")),
        (_("Check-in kiosk"), "/kiosk/"),
        (_("Hall display"), "/display/"),
        (_("Desk, for clerks"), "/desk"),
        (_("Statistics"), "/statistics"),
        (_("Sign-in for the staff"), "/staff"),
        (_("API for other systems"), "/api/docs"),
    ]


def _by_agency(house: House) -> list[dict[str, Any]]:
    """Each agency with its services, those with a place in the house first."""
    services: dict[str, list[Service]] = {}
    for service in house.services:
        services.setdefault(service.agency, []).append(service)
    entries = [{"agency": agency, "services": services.get(agency.id, [])} for agency in house.agencies]
    return sorted(entries, key=lambda entry: entry["agency"].zone is None)
