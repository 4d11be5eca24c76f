"""Staffing: the desks a weekday needs by the half hour, drawn against those that are planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import get_day_names
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.closed_days import next_open_day
from ihh.domain.daytime import local_day
from ihh.domain.house import Agency, House
from ihh.domain.staffing import Need
from ihh.presentation import languages
from ihh.presentation.access import access, staff
from ihh.presentation.formats import minute_time
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.staffing import AgencyStaffing, Played, StaffingDay, last_played, staffing
from ihh.web.staff import user_menu
from ihh.web.supervisor import SUPERVISORS, nav

blueprint = Blueprint("staffing", __name__)


@dataclass(frozen=True)
class HalfHour:
    """A column of an agency's drawing, in percent."""

    label: str
    at: float
    width: float
    needed: int
    planned: int
    needed_height: float
    planned_height: float
    need: Need

    @property
    def short(self) -> int:
        """Desks that are missing."""
        return max(self.needed - self.planned, 0)


@dataclass(frozen=True)
class Drawing:
    agency: Agency
    staffing: AgencyStaffing
    halves: tuple[HalfHour, ...]
    most: int
    played: Played | None
    """What days played with these desks came to; None until someone had them played."""

    @property
    def short(self) -> tuple[HalfHour, ...]:
        return tuple(half for half in self.halves if half.short)


@blueprint.get("/staffing")
@access(staff(*SUPERVISORS))
def show() -> ResponseReturnValue:
    house, now = current_house(), clock.now()
    weekdays = [weekday for weekday in range(7) if house.hours[weekday]]
    asked = request.args.get("weekday", "")
    known = asked.isascii() and asked.isdigit() and int(asked) in weekdays
    chosen = int(asked) if known else _next_open_weekday(house, now)
    found = staffing(chosen, now=now)
    names = get_day_names("wide", context="stand-alone", locale=text_language())
    return render_template(
        "supervisor/staffing.html",
        nav=nav("staffing.show"),
        user=user_menu(),
        languages=languages.menu(),
        weekdays=[
            (names[weekday], url_for("staffing.show", weekday=weekday), weekday == chosen)
            for weekday in weekdays
        ],
        found=found,
        drawings=drawings_of(found) if found else [],
    )


def _next_open_weekday(house: House, now: datetime) -> int:
    """The day to be planned next; Monday in a house that never opens."""
    following = next_open_day(house, local_day(now, timezone=house.timezone))
    return following.weekday() if following is not None else 0


def drawings_of(found: StaffingDay) -> list[Drawing]:
    """Agencies with enough history of the weekday, in the house's order."""
    house, played = current_house(), last_played(found.day.weekday())
    return [
        _drawing(house.agency[row.agency], row, played.get(row.agency))
        for row in found.agencies
        if row.needs and row.days
    ]


def _drawing(agency: Agency, row: AgencyStaffing, played: Played | None) -> Drawing:
    most = max([1, *row.planned, *(need.desks for need in row.needs)])
    width = 100 / len(row.needs)
    return Drawing(
        agency,
        row,
        tuple(
            HalfHour(
                label=minute_time(need.start),
                at=round(index * width, 3),
                width=round(width, 3),
                needed=need.desks,
                planned=planned,
                needed_height=round(100 * need.desks / most, 2),
                planned_height=round(100 * planned / most, 2),
                need=need,
            )
            for index, (need, planned) in enumerate(zip(row.needs, row.planned, strict=True))
        ),
        most,
        played,
    )
