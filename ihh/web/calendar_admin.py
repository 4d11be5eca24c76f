"""The calendars for those who run the house: absences of desks, and how long services are planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ihh import clock
from ihh.domain.daytime import instant, local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Agency, Desk, House
from ihh.models import DeskAbsence
from ihh.presentation.access import access, actor, staff
from ihh.presentation.formats import EN_DASH, NBSP, clock_time, long_date, short_date
from ihh.presentation.languages import text_language
from ihh.presentation.problem import status_of
from ihh.presentation.sentences import refusal
from ihh.services import absences, durations
from ihh.services.absences import BookedLeg
from ihh.services.house import current_house
from ihh.web.staff import PLAN_DESKS, PLAN_SERVICES, user_menu

blueprint = Blueprint("calendar_admin", __name__)

FIELDS = ("desk", "day", "from", "to")

AT_FIELD = {Code.NOT_FOUND: "desk", Code.RANGE_REVERSED: "to", Code.RANGE_PAST: "to"}
"""Beside which field of the form a refusal stands."""

Errors = Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """The form's fields understood."""

    desk_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Row:
    """An absence as the page tells it."""

    absence_id: int
    desk: Desk
    agency: Agency
    period: str
    booked: tuple[BookedLeg, ...]
    is_one_day: bool


@blueprint.get("/staff/calendar")
@access(staff(*PLAN_DESKS))
def show() -> ResponseReturnValue:
    house, now = current_house(), clock.now()
    today = local_day(now, timezone=house.timezone)
    return _page(house, {"day": today.isoformat()}, {}, now=now)


@blueprint.post("/staff/calendar")
@access(staff(*PLAN_DESKS))
def add() -> ResponseReturnValue:
    house, now = current_house(), clock.now()
    typed, errors = _understood(house)
    if typed is not None:
        try:
            absences.add(typed.desk_id, typed.starts_at, typed.ends_at, now=now, by=actor())
        except Refusal as refused:
            errors = {AT_FIELD.get(refused.code, "desk"): refusal(refused)}
    if errors:
        return _page(house, request.form, errors, now=now), status_of(Code.INVALID)
    flash(_("The absence is added. Nothing more is booked into it."), "done")
    return redirect(url_for("calendar_admin.show"), 303)


@blueprint.post("/staff/calendar/<int:absence_id>/remove")
@access(staff(*PLAN_DESKS))
def remove(absence_id: int) -> ResponseReturnValue:
    absences.remove(absence_id)
    flash(_("The absence is removed. The desk can be booked again."), "done")
    return redirect(url_for("calendar_admin.show"), 303)


@blueprint.get("/staff/durations")
@access(staff(*PLAN_SERVICES))
def show_durations() -> ResponseReturnValue:
    house = current_house()
    return render_template(
        "staff/durations.html",
        rows=[(house.service[name], duration) for name, duration in durations.planned(house).items()],
        measured_from=house.limits.measured_from,
        small_cell=house.figures.small_cell,
        shown=lambda time: time.n >= house.figures.small_cell,
        minutes=minutes_text,
        **_frame("calendar_admin.show_durations"),
    )


def minutes_text(minutes: float) -> str:
    """ "25 min", "26.4 min": what was measured has a decimal."""
    figure = format_decimal(round(minutes, 1), format="0.#", locale=text_language())
    return _("%(minutes)s min", minutes=figure).replace(" ", NBSP)


def _frame(endpoint: str) -> dict[str, Any]:
    doors = [("calendar_admin.show", _("Absences"))]
    if current_user.role in PLAN_SERVICES:
        doors.append(("calendar_admin.show_durations", _("Service times")))
    nav = [{"label": name, "href": url_for(door), "is_current": door == endpoint} for door, name in doors]
    return {"user": user_menu(), "nav": nav}


def _page(house: House, typed: Mapping[str, str], errors: Errors, *, now: datetime) -> str:
    coming = absences.upcoming(house, now)
    booked = absences.booked_into(coming)
    return render_template(
        "staff/calendar.html",
        rows=[_row(house, absence, booked[absence.id]) for absence in coming],
        agencies=_desks_by_agency(house),
        services=house.service,
        typed={name: typed.get(name, "") for name in FIELDS},
        errors=errors,
        booked_text=booked_text,
        **_frame("calendar_admin.show"),
    )


def _row(house: House, absence: DeskAbsence, booked: tuple[BookedLeg, ...]) -> Row:
    desk = house.desk[absence.desk_id]
    first, last = (local_day(at, timezone=house.timezone) for at in (absence.starts_at, absence.ends_at))
    begin, end = clock_time(absence.starts_at), clock_time(absence.ends_at)
    if first == last:
        period = _("%(day)s, %(hours)s", day=long_date(first), hours=f"{begin}{EN_DASH}{end}")
    else:
        days = {"first": long_date(first), "last": long_date(last)}
        period = _("%(first)s, %(begin)s, to %(last)s, %(end)s", begin=begin, end=end, **days)
    return Row(absence.id, desk, house.agency[desk.agency], period, booked, first == last)


def booked_text(row: Row, leg: BookedLeg) -> str:
    """When the booked leg begins: the time alone where the absence is of one day."""
    if row.is_one_day:
        return clock_time(leg.starts_at)
    day = local_day(leg.starts_at, timezone=current_house().timezone)
    return _("%(day)s, %(hours)s", day=short_date(day), hours=clock_time(leg.starts_at))


def _desks_by_agency(house: House) -> list[tuple[Agency, list[Desk]]]:
    groups = groupby(house.desks, key=lambda desk: desk.agency)
    return [(house.agency[agency], list(desks)) for agency, desks in groups]


def _understood(house: House) -> tuple[Typed | None, Errors]:
    """The form, or what is missing or wrong at which field."""
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    errors: dict[str, str] = {} if given["desk"] else {"desk": _("Choose a desk.")}
    day, begin, end = _day(given["day"]), _minute(given["from"]), _minute(given["to"])
    if day is None:
        errors["day"] = _("Give the day as a date.")
    if begin is None:
        errors["from"] = _("Give the time at which it begins.")
    if end is None:
        errors["to"] = _("Give the time at which it ends.")
    if errors or day is None or begin is None or end is None:
        return None, errors
    starts_at, ends_at = (instant(day, minute, timezone=house.timezone) for minute in (begin, end))
    return Typed(given["desk"], starts_at, ends_at), {}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _minute(typed: str) -> int | None:
    try:
        at = time.fromisoformat(typed)
    except ValueError:
        return None
    return at.hour * 60 + at.minute
