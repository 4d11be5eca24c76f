"""What the house did to a visit, and what it will do about a call, as sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from ihh.domain.day_clock import ClockAction
from ihh.domain.house import House, text
from ihh.domain.ticket import HeldFor
from ihh.presentation.formats import clock_time, span_text
from ihh.presentation.languages import text_language
from ihh.services.my_visit import LegView, VisitView

Named = Callable[[str], str]
"""Agency → its short name in the reader's language."""

LATE_STEP_MIN = 5


@dataclass(frozen=True)
class News:
    key: str
    """The same for the same happening: what was told under it is not told again."""
    title: str
    """What happened."""
    advice: str
    """What is safe, and what to do."""


def news_of(house: House, view: VisitView) -> list[News]:
    """What befell the visit's legs that are still to come, in their order."""
    found = []
    for leg in view.legs:
        if leg.change is not None and not leg.is_last_call:
            found.append(_changed(house, leg))
        if leg.held_for is HeldFor.UNANSWERED and leg is not view.focus:
            title, advice = parked_text(house, leg)
            found.append(News(f"parked {leg.ticket_id} {leg.returns_at}", title, advice))
    return found


def parked_text(house: House, leg: LegView) -> tuple[str, str]:
    """Of a call that nobody answered: what happened, and what to do."""
    title = _(
        "You were called to desk %(desk)s at %(time)s.",
        desk=leg.desk_label,
        time=clock_time(leg.first_called_at),
    )
    agency = named(house)(leg.service.agency)
    kept = _("Your place is kept: %(agency)s calls you again.", agency=agency)
    if leg.returns_at is not None:
        kept = _(
            "Your place is kept: %(agency)s calls you again, from %(time)s.",
            agency=agency,
            time=clock_time(leg.returns_at),
        )
    if leg.area is None:
        return title, kept
    return title, kept + " " + _(
        "If you are here, tell the staff of %(agency)s in area %(area)s.", agency=agency, area=leg.area.id
    )


def call_text(leg: LegView) -> str:
    """Of a call: when it was, and what comes next if nobody answers it."""
    called = clock_time(leg.called_at)
    step = leg.to_come[0] if leg.to_come else None
    if leg.is_last_call:
        if step is None:
            return _("This is the last call. Go to the desk now, or your number is no longer called.")
        return _(
            "This is the last call. Be there by %(time)s, or your number is no longer called at any desk.",
            time=clock_time(step.at),
        )
    if step is None:
        return _("Called %(time)s. Go to the desk now.", time=called)
    if step.action is ClockAction.RECALL:
        return _("Called %(time)s. We call again at %(next)s.", time=called, next=clock_time(step.at))
    return _(
        "Called %(time)s. At %(next)s the desk goes on with someone else; your place is kept.",
        time=called,
        next=clock_time(step.at),
    )


def then_text(house: House, view: VisitView) -> str:
    """The other lines in which the party waits, the next call first; empty where there is none."""
    stops = []
    for leg in view.then:
        agency = named(house)(leg.service.agency)
        in_area = _("%(agency)s, area %(area)s", agency=agency, area=leg.area.id) if leg.area else agency
        stops.append(in_area)
    return _("Then %(stops)s. Your place is kept.", stops="; ".join(stops)) if stops else ""


def behind_text(house: House, leg: LegView) -> str:
    """How late the leg's agency calls its appointments; empty where it is in time."""
    if not leg.behind_min:
        return ""
    low = leg.behind_min // LATE_STEP_MIN * LATE_STEP_MIN
    late = span_text(low, low + LATE_STEP_MIN)
    return _("%(agency)s runs about %(minutes)s late", agency=named(house)(leg.service.agency), minutes=late)


def named(house: House) -> Named:
    return lambda agency_id: text(house.agency[agency_id].short_name, text_language())


def _changed(house: House, leg: LegView) -> News:
    change = leg.change
    assert change is not None  # asked only of those that have one
    facts = {
        "agency": named(house)(leg.service.agency),
        "was": clock_time(change.was),
        "now": clock_time(change.becomes),
        "other": named(house)(change.because) if change.because else "",
    }
    key = f"change {change.event_id}"
    if change.becomes is None:
        lost = _("Your %(agency)s time at %(was)s is lost: the desk before it took longer.", **facts)
        if facts["other"]:
            lost = _("Your %(agency)s time at %(was)s is lost, because %(other)s took longer.", **facts)
        kept = _(
            "No time was left: you keep your place in %(agency)s’s line and are called when you are free.",
            **facts,
        )
        return News(key, lost, kept)
    moved = _("Your %(agency)s time moved from %(was)s to %(now)s: the desk before it took longer.", **facts)
    if facts["other"]:
        moved = _(
            "Your %(agency)s time moved from %(was)s to %(now)s, because %(other)s took longer.", **facts
        )
    return News(key, moved, _("The new time is sure. You need not do anything."))
