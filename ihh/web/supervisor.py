"""House now: what a supervisor sees at a glance, and what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh import clock
from ihh.domain.daytime import local_day
from ihh.domain.house import text
from ihh.models.account import Role
from ihh.presentation import languages
from ihh.presentation.access import access, staff
from ihh.presentation.formats import clock_time, minute_time, short_date, wait_range
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.house_now import Alert, AlertKind, HouseNow, Level, LineNow, Mark, SilentKiosk, house_now
from ihh.web.staff import user_menu

blueprint = Blueprint("supervisor", __name__)

SUPERVISORS = (Role.SUPERVISOR, Role.ADMINISTRATOR)

SCALE_MIN = 60
"""Minutes at the end of the ranges' scale; a longer range is drawn to it and told in words."""

TROUBLED = (Level.OVER, Level.CROSSES)


@dataclass(frozen=True)
class Bar:
    """A range on the scale, in percent of its width."""

    start: float
    width: float


@dataclass(frozen=True)
class Curve:
    """People in the house by the quarter of an hour, as points of a drawing 100 wide and 100 high."""

    points: str
    now_at: float
    most: int
    hours: tuple[tuple[str, float], ...]


@blueprint.get("/supervisor")
@access(staff(*SUPERVISORS))
def show() -> ResponseReturnValue:
    return render_template(
        "supervisor/now.html",
        nav=nav("supervisor.show"),
        user=user_menu(),
        languages=languages.menu(),
        **_state(),
    )


@blueprint.get("/supervisor/state")
@access(staff(*SUPERVISORS))
def state() -> ResponseReturnValue:
    """The page's content alone: what it fetches to stay up to date."""
    return render_template("supervisor/state.html", **_state())


def nav(current: str) -> list[dict[str, Any]]:
    """The rooms of those who run the house."""
    rooms = [
        ("supervisor.show", _("House now")),
        ("staffing.show", _("Staffing")),
        ("calendar_admin.show", _("Absences")),
        ("statistics.show", _("Statistics")),
    ]
    return [{"label": name, "href": url_for(room), "is_current": room == current} for room, name in rooms]


def _state() -> dict[str, Any]:
    found, house = house_now(now=clock.now()), current_house()
    return {
        "found": found,
        "summary": summary(found),
        "target": house.figures.service_level_min,
        "target_at": 100 * house.figures.service_level_min / SCALE_MIN,
        "share_target": house.figures.service_level_target_pct,
        "share": in_time_text(found),
        "scale": range(0, SCALE_MIN + 1, 15),
        "bar": bar_of,
        "range_text": wait_range,
        "mark_text": mark_text,
        "alert_text": alert_text,
        "alert_help": alert_help,
        "kiosk_text": partial(kiosk_text, now=found.at),
        "curve": curve_of(found),
        "Level": Level,
        "AlertKind": AlertKind,
    }


def summary(found: HouseNow) -> str:
    """One sentence: who is over the target, who comes close."""
    over, close = ([_short(line) for line in found.lines if line.level is level] for level in TROUBLED)
    if not over and not close:
        return _("Every line is within the target.")
    sentences = []
    if over:
        sentences.append(
            ngettext(
                "%(names)s is over the target.",
                "%(names)s are over the target.",
                len(over),
                names=", ".join(over),
            )
        )
    if close:
        sentences.append(
            ngettext("%(names)s is close.", "%(names)s are close.", len(close), names=", ".join(close))
        )
    return " ".join(sentences)


def in_time_text(found: HouseNow) -> str:
    """ "58 %" of those called so far."""
    if found.called_in_time is None:
        return "–"
    part, whole = found.called_in_time
    return _("%(share)d %%", share=round(100 * part / whole))


def bar_of(line: LineNow) -> Bar | None:
    if line.wait is None:
        return None
    start = min(line.wait.low, SCALE_MIN)
    end = min(max(line.wait.high, start), SCALE_MIN)
    return Bar(100 * start / SCALE_MIN, max(100 * (end - start) / SCALE_MIN, 1.5))


def mark_text(mark: Mark) -> str:
    return {
        Mark.SERVING: _("serving"),
        Mark.FREE: _("free or calling"),
        Mark.BREAK: _("on a break"),
        Mark.CLOSED: _("closed"),
    }[mark]


def alert_text(alert: Alert) -> str:
    name = text(alert.agency.short_name, text_language())
    if alert.kind is AlertKind.NO_DESK:
        return ngettext(
            "%(name)s: %(num)d waits and no desk is open",
            "%(name)s: %(num)d wait and no desk is open",
            alert.people,
            name=name,
        )
    if alert.kind is AlertKind.UNSERVED:
        return _("%(name)s cannot serve all before it closes", name=name)
    if alert.kind is AlertKind.BEHIND:
        return _("%(name)s calls appointments %(minutes)d min late", name=name, minutes=alert.minutes)
    return _("%(name)s: the wait is over the target", name=name)


def alert_help(alert: Alert) -> str:
    """What stands behind the alert, and what would end it."""
    facts = ""
    if alert.kind is AlertKind.UNSERVED:
        facts = ngettext(
            "%(num)d who waits now would be called only after the last desk closes.",
            "%(num)d who wait now would be called only after the last desk closes.",
            alert.people,
        )
    if not alert.desks:
        return " ".join([facts, _("All desks of the agency that have hours now are open.")]).strip()
    names = ", ".join(desk.desk.label for desk in alert.desks)
    help_text = ngettext(
        "Desk %(names)s has hours now and is closed.",
        "Desks %(names)s have hours now and are closed.",
        len(alert.desks),
        names=names,
    )
    return " ".join([facts, help_text]).strip()


def kiosk_text(kiosk: SilentKiosk, *, now: datetime) -> str:
    """ "Kiosk hall-1 not heard of since 9:12", with the day where that is not today."""
    if kiosk.since is None:
        return _("Kiosk %(name)s was never heard of", name=kiosk.name)
    timezone = current_house().timezone
    day = local_day(kiosk.since, timezone=timezone)
    when = clock_time(kiosk.since)
    if day != local_day(now, timezone=timezone):
        when = f"{short_date(day)} {when}"
    return _("Kiosk %(name)s not heard of since %(time)s", name=kiosk.name, time=when)


def curve_of(found: HouseNow) -> Curve | None:
    """None before the first quarter of an hour, and on a closed day."""
    if len(found.people_by_time) < 2:
        return None
    house = current_house()
    today = local_day(found.at, timezone=house.timezone)
    first, last = found.people_by_time[0][0], house.hours[today.weekday()][-1].end
    most = max(max(people for _minute, people in found.people_by_time), 1)

    def across(minute: int) -> float:
        return round(100 * (minute - first) / (last - first), 2)

    points = " ".join(
        f"{across(minute)},{round(100 - 92 * people / most, 2)}" for minute, people in found.people_by_time
    )
    hours = tuple(
        (minute_time(minute), across(minute)) for minute in range(-(-first // 60) * 60, last + 1, 60)
    )
    return Curve(points, across(found.people_by_time[-1][0]), most, hours)


def _short(line: LineNow) -> str:
    return text(line.agency.short_name, text_language())
