"""What the desk's screen says: states, hours, legs and transfers as short sentences."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.calling import Reason
from ihh.domain.house import text
from ihh.domain.ticket import TicketState
from ihh.presentation.formats import clock_time, duration, minute_time, wait_range
from ihh.presentation.languages import text_language
from ihh.presentation.sentences import call_reason, reason_text
from ihh.services.desk_view import DeskView, Guest, Hours, HoursState
from ihh.services.desk_visit import DeskLeg, Target, TargetState


def words() -> dict[str, Any]:
    """The functions a desk template may call."""
    return {
        "call_text": call_text,
        "called_text": called_text,
        "goodbye_text": goodbye_text,
        "hours_text": hours_text,
        "language_text": language_text,
        "leg_lines": leg_lines,
        "line_reason": line_reason,
        "main_action": main_action,
        "needs": needs(),
        "outcomes": outcomes(),
        "planned_text": planned_text,
        "target_text": target_text,
    }


def main_action(view: DeskView) -> str:
    """The name of the one large button, see `ihh.web.desk_actions`."""
    if view.guest is None:
        return "resume" if view.is_paused else "call-next"
    if not view.guest.is_serving:
        return "start"
    return "finish" if view.is_paused else "finish-and-call-next"


def needs() -> dict[str, str]:
    """Why a visitor may go first: a short list instead of free text, so that nothing personal is written."""
    return {
        "cannot_wait": _("Cannot wait long"),
        "small_children": _("Small children"),
        "must_leave": _("Must leave soon"),
        "our_mistake": _("Our mistake"),
    }


def outcomes() -> dict[str, str]:
    """How a service may end at this desk; a transfer inside the house sets its own."""
    return {
        "done": _("Done"),
        "more_later": _("Done, customer sends more later"),
        "must_return": _("Must come back another day"),
        "transferred": _("Wrong place, sent elsewhere"),
    }


def language_text(code: str, *, speaks: bool = True) -> str:
    """The visitor's language in the clerk's; says so where no desk of the service has it."""
    names = Locale.parse(text_language()).languages
    name = str(names.get(code.split("-")[0], code))
    name = name[:1].upper() + name[1:]
    return name if speaks else _("%(language)s, interpreter needed", language=name)


def hours_text(hours: Hours) -> str:
    if hours.state is HoursState.CLOSED:
        return _("No opening hours today")
    at = minute_time(hours.minute or 0)
    if hours.state is HoursState.OPEN:
        return _("Open until %(time)s", time=at)
    if hours.state is HoursState.BREAK:
        return _("Break in the hours until %(time)s", time=at)
    if hours.state is HoursState.BEFORE:
        return _("Hours begin at %(time)s", time=at)
    return _("Hours ended at %(time)s", time=at)


def line_reason(reason: Reason) -> str:
    return reason_text(reason.code, since=clock_time(reason.since), booked=clock_time(reason.booked_at))


def call_text(guest: Guest) -> str:
    """Why this visitor was called."""
    return call_reason(guest.call) if guest.call is not None else ""


def called_text(guest: Guest) -> str:
    """When the visitor was called, how often, and when the service started."""
    ticket = guest.ticket
    called = clock_time(ticket.last_called_at)
    if guest.is_serving:
        return _(
            "Called %(called)s, started %(started)s", called=called, started=clock_time(ticket.resumed_at)
        )
    if ticket.calls > 1:
        return ngettext(
            "Called %(num)d time, last %(time)s",
            "Called %(num)d times, last %(time)s",
            ticket.calls,
            time=called,
        )
    return _("Called %(time)s", time=called)


def planned_text(guest: Guest) -> str:
    return ngettext(
        "Planned %(minutes)s for %(num)d person",
        "Planned %(minutes)s for %(num)d people",
        guest.people,
        minutes=duration(guest.planned_min),
    )


def leg_lines(leg: DeskLeg) -> list[str]:
    """Where a leg stands, a sentence a line: of other agencies place and time only."""
    if leg.is_here:
        return [_("Here now")]
    found = [_leg_state(leg)]
    if leg.closes_min is not None:
        found.append(_("Closes %(time)s", time=minute_time(leg.closes_min)))
    return found


def _leg_state(leg: DeskLeg) -> str:
    area = leg.area.id if leg.area else ""
    if leg.state is TicketState.COMPLETED:
        return _("Done %(time)s", time=clock_time(leg.ended_at))
    if leg.state is TicketState.LOCKED:
        return _("After %(agency)s, area %(area)s", agency=_agencies(leg), area=area)
    if leg.state is TicketState.WAITING and leg.booked_at is not None:
        return _("Booked %(time)s, area %(area)s", time=clock_time(leg.booked_at), area=area)
    if leg.state is TicketState.WAITING:
        return _("In line in area %(area)s, place kept", area=area)
    if leg.state is TicketState.HELD:
        return _("On hold, place kept")
    if leg.state in (TicketState.CALLED, TicketState.SERVING):
        return _("Someone of the party is there, area %(area)s", area=area)
    return _("Ended %(time)s", time=clock_time(leg.ended_at))


def _agencies(leg: DeskLeg) -> str:
    return ", ".join(text(agency.short_name, text_language()) for agency in leg.after)


def target_text(target: Target) -> str:
    """What a transfer there would mean."""
    wait = wait_range(target.wait)
    if target.state is TargetState.IN_LINE:
        return _("Already in line, %(wait)s", wait=wait) if wait else _("Already in line")
    return {
        TargetState.OPEN: wait,
        TargetState.APPOINTMENT: _("By appointment"),
        TargetState.UNSTAFFED: _("No desk open now"),
        TargetState.CLOSED: _("Closed now"),
        TargetState.IN_VISIT: _("Already in visit"),
    }[target.state]


def goodbye_text(guest: Guest, number: str) -> str:
    """What the clerk may say at the end."""
    stop = guest.next_stop
    if stop is None:
        return _("Say goodbye: “This was your last stop today.”")
    agency = text(stop.agency.short_name, text_language())
    area = stop.area.id if stop.area else ""
    return _(
        "Say where to go: “Next is %(agency)s, area %(area)s. Take a seat, the screen shows %(number)s.”",
        agency=agency,
        area=area,
        number=number,
    )
