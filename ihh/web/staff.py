"""The staff's door: sign in, sign out, and where to go from there."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from ihh import clock, realtime
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import text
from ihh.models.account import Role
from ihh.presentation.access import PUBLIC, access, staff
from ihh.presentation.languages import text_language
from ihh.presentation.limits import GUESSING, limiter
from ihh.presentation.problem import status_of
from ihh.presentation.sentences import refusal
from ihh.services import accounts, demonstration, desks
from ihh.services.house import current_house

blueprint = Blueprint("staff", __name__)

AT_DESKS = (Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR)
READ_STATISTICS = (Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)
PLAN_DESKS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
PLAN_SERVICES = (Role.ADMINISTRATOR,)

LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")
"""An address of this house: `//host` and `/\\host` would lead elsewhere."""


def _was_refused(response: Response) -> bool:
    """Only failed sign-ins count: many clerks share one address in the morning."""
    return response.status_code == status_of(Code.SIGN_IN_FAILED)


def _typed_name() -> str:
    return "user " + request.form.get("username", "").strip().lower()[:60]


@blueprint.get("/staff")
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_next_path())
    return _sign_in_page()


@blueprint.post("/staff")
@access(PUBLIC)
@limiter.limit(GUESSING, key_func=get_remote_address, deduct_when=_was_refused)
@limiter.limit(GUESSING, key_func=_typed_name, deduct_when=_was_refused)
def enter() -> ResponseReturnValue:
    try:
        user = accounts.sign_in(
            request.form.get("username", ""),
            request.form.get("password", ""),
            allow_demo=current_app.config["IHH"].is_demo,
        )
    except Refusal as refused:
        return _sign_in_page(refusal(refused)), status_of(refused.code)
    session.clear()
    login_user(user)
    return redirect(_next_path(), 303)


@blueprint.post("/staff/sign-out")
@access(staff())
def sign_out() -> ResponseReturnValue:
    """End the sign-in and close the desk with it; a desk with a visitor is finished first."""
    open_here = desks.session_of_user(current_user.id)
    if open_here is not None:
        try:
            desks.close_desk(open_here.desk_id, now=clock.now())
        except Refusal as refused:
            flash(refusal(refused), "refused")
            return redirect(url_for("desk.show", desk_id=open_here.desk_id), 303)
        realtime.refresh_boards()
    logout_user()
    session.clear()
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.get("/staff/start")
@access(staff())
def start() -> ResponseReturnValue:
    return render_template("staff/start.html", doors=_doors(), role=role_text(), user=user_menu())


def user_menu() -> dict[str, Any]:
    """Who is signed in, for the menu of the staff's screens."""
    return {
        "label": current_user.username,
        "links": [(_("Start"), url_for("staff.start"))],
        "sign_out_href": url_for("staff.sign_out"),
    }


def role_text() -> str:
    """ "Clerk, Kela": what the signed-in account may do, and for whom."""
    role = {
        Role.CLERK: _("Clerk"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.ANALYST: _("Analyst"),
        Role.ADMINISTRATOR: _("Administrator"),
    }[Role(current_user.role)]
    agency = current_house().agency.get(current_user.agency_id or "")
    if agency is None:
        return role
    return _("%(role)s, %(agency)s", role=role, agency=text(agency.short_name, text_language()))


def _doors() -> list[tuple[str, str, str]]:
    """(address, name, what one does there) for the role that is signed in."""
    doors = []
    if current_user.role in AT_DESKS:
        doors.append(_desk_door())
        about = _("For a customer who cannot do it: the same steps, and a slip with the code.")
        doors.append((url_for("staff_booking.questions"), _("Book for a customer"), about))
    if current_user.role in READ_STATISTICS:
        about = _("Waits, visits and how they changed.")
        doors.append((url_for("statistics.show"), _("Statistics"), about))
        about = _("What visitors wrote, by month and agency.")
        doors.append((url_for("comments.show"), _("Comments"), about))
    elif current_user.role == Role.CLERK and current_user.agency_id:
        here = url_for("statistics.agency_view", agency_id=current_user.agency_id)
        doors.append((here, _("Our figures"), _("Waits and visits of your agency, month by month.")))
        here = url_for("comments.show_of_agency", agency_id=current_user.agency_id)
        doors.append((here, _("Comments"), _("What visitors wrote about your agency, by month.")))
    if current_user.role in PLAN_DESKS:
        about = _("Lines, desks and what needs a hand.")
        doors.insert(0, (url_for("supervisor.show"), _("House now"), about))
        doors.append((url_for("staffing.show"), _("Staffing"), _("Desks a weekday needs and has.")))
        doors.append((url_for("calendar_admin.show"), _("Absences"), _("When a desk is not manned.")))
    if current_user.role in PLAN_SERVICES:
        about = _("How long services take, and what visits are planned with.")
        doors.append((url_for("calendar_admin.show_durations"), _("Service times"), about))
    return doors


def _desk_door() -> tuple[str, str, str]:
    open_here = desks.session_of_user(current_user.id)
    desk = current_house().desk.get(open_here.desk_id) if open_here is not None else None
    if desk is None:
        return url_for("desk.choose"), _("Desk"), _("Open a desk, call and serve visitors.")
    name = _("Desk %(label)s", label=desk.label)
    return url_for("desk.show", desk_id=desk.id), name, _("You have it open. Go on serving.")


def _sign_in_page(error: str = "") -> str:
    is_demo = current_app.config["IHH"].is_demo
    return render_template(
        "staff/sign_in.html",
        error=error,
        username=request.form.get("username", ""),
        next_path=request.values.get("next", ""),
        sign_ins=demonstration.sign_ins() if is_demo else [],
    )


def _next_path() -> str:
    wanted = request.values.get("next", "")
    return wanted if LOCAL_PATH.fullmatch(wanted) else url_for("staff.start")
