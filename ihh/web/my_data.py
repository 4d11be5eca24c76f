"""A visitor's own data, by the link: all that is kept, the same as a file, and its deletion."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.visit import VisitState
from ihh.domain.waitlist import OPEN
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.presentation.data_file import data_file
from ihh.presentation.my_data_words import entry_parts, visit_parts
from ihh.services import booking, forgetting, my_data, waitlist_entries
from ihh.services.house import current_house
from ihh.web.public_nav import public_nav

blueprint = Blueprint("my_data", __name__)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """The address is a secret and so is what it shows: nobody lists it, no browser keeps it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.cache_control.no_store = True
    return response


@blueprint.get("/v/<token>/data")
@access(LINK)
def of_visit(token: str) -> ResponseReturnValue:
    document = my_data.visit_document(booking.find_by_link(token))
    return _page("visit", token, parts=visit_parts(document), kept_until=document["kept_until"])


@blueprint.get("/w/<token>/data")
@access(LINK)
def of_entry(token: str) -> ResponseReturnValue:
    document = my_data.entry_document(waitlist_entries.find_by_link(token))
    return _page("waitlist", token, parts=entry_parts(document))


@blueprint.get("/v/<token>/data.json")
@access(LINK)
def visit_file(token: str) -> ResponseReturnValue:
    visit = booking.find_by_link(token)
    document = my_data.visit_document(visit)
    return _file(document, f"visit-{visit.service_date.isoformat()}.json")


@blueprint.get("/w/<token>/data.json")
@access(LINK)
def entry_file(token: str) -> ResponseReturnValue:
    return _file(my_data.entry_document(waitlist_entries.find_by_link(token)), "waitlist.json")


@blueprint.get("/v/<token>/data/delete")
@access(LINK)
def ask_visit(token: str) -> ResponseReturnValue:
    """What goes, what stays, and for a visit still to come what cannot be done afterwards."""
    visit = booking.find_by_link(token)
    return render_template(
        "my_data/delete_visit.html",
        nav=public_nav(),
        token=token,
        visit=visit,
        is_to_come=forgetting.is_to_come(visit, now=clock.now()),
        is_booked=visit.state == VisitState.BOOKED,
        is_in_house=visit.state == VisitState.IN_HOUSE,
        kept_until=my_data.kept_until(current_house(), visit.service_date),
    )


@blueprint.post("/v/<token>/data/delete")
@access(LINK)
def delete_visit(token: str) -> ResponseReturnValue:
    """A second tap finds no link any more, and is told the same."""
    try:
        left = forgetting.forget_visit(booking.find_by_link(token).id, now=clock.now())
    except Refusal as refused:
        if refused.code is not Code.NOT_FOUND:
            raise
    else:
        if left.booking_code is not None:
            code = f"{left.booking_code[:4]} {left.booking_code[4:]}"
            flash(
                _("Your visit stays booked. Check in at the kiosk with the code %(code)s.", code=code), "done"
            )
    return redirect(url_for("my_data.deleted"), 303)


@blueprint.get("/w/<token>/data/delete")
@access(LINK)
def ask_entry(token: str) -> ResponseReturnValue:
    entry = waitlist_entries.find_by_link(token)
    return render_template(
        "my_data/delete_entry.html", nav=public_nav(), token=token, is_open=entry.state in OPEN
    )


@blueprint.post("/w/<token>/data/delete")
@access(LINK)
def delete_entry(token: str) -> ResponseReturnValue:
    try:
        forgetting.forget_entry(waitlist_entries.find_by_link(token).id, now=clock.now())
    except Refusal as refused:
        if refused.code is not Code.NOT_FOUND:
            raise
    return redirect(url_for("my_data.deleted", of="waitlist"), 303)


@blueprint.get("/data-deleted")
@access(PUBLIC)
def deleted() -> ResponseReturnValue:
    """What is gone and what stays; of no visit in particular, so that it has no secret."""
    return render_template(
        "my_data/deleted.html",
        nav=public_nav(),
        is_visit=request.args.get("of") != "waitlist",
        months=current_house().retention.events_months,
    )


def _page(kind: str, token: str, **values: Any) -> str:
    routes = {
        "visit": ("visit.show", "visit_file", "ask_visit"),
        "waitlist": ("waitlist.show", "entry_file", "ask_entry"),
    }
    back, file, ask = routes[kind]
    return render_template(
        "my_data/data.html",
        nav=public_nav(),
        back=url_for(back, token=token),
        file=url_for(f"my_data.{file}", token=token),
        ask=url_for(f"my_data.{ask}", token=token),
        is_visit=kind == "visit",
        **values,
    )


def _file(document: my_data.Document, name: str) -> Response:
    answer = Response(data_file(document, now=clock.now()), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
