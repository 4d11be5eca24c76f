"""What the desk's screen says: states, hours, legs and transfers as short sentences."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.day_clock import ClockAction
from ihh.domain.house import Agency, text
from ihh.domain.ticket import HeldFor, TicketState
from ihh.presentation.formats import clock_time, duration, minute_time, span_text, wait_range
from ihh.presentation.languages import text_language
from ihh.presentation.sentences import call_reason, reason_text
from ihh.services.desk_line import HeldRow, LineRow
from ihh.services.desk_view import DeskView, Guest, Hours, HoursState
from ihh.services.desk_visit import DeskLeg, Target, TargetState
from ihh.services.serving import REASON_LONGEST


def words() -> dict[str, Any]:
    """The functions a desk template may call."""
    return {
        "behind_text": behind_text,
        "call_text": call_text,
        "called_text": called_text,
        "clock_text": clock_text,
        "goodbye_text": goodbye_text,
        "held_lines": held_lines,
        "hours_text": hours_text,
        "language_text": language_text,
        "leg_lines": leg_lines,
        "line_reason": line_reason,
        "away_lines": away_lines,
        "reason_longest": REASON_LONGEST,
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


def line_reason(row: LineRow) -> str:
    """Why the visitor stands where they stand."""
    reason = row.reason
    return reason_text(
        reason.code,
        since=clock_time(reason.since),
        booked=clock_time(reason.booked_at),
        need=_need_text(row.need),
    )


def away_lines(row: LineRow) -> tuple[str, str]:
    """Of one who is at another desk: where and how long, never what for; and how long they have waited."""
    waited = _("Place kept, waited %(time)s", time=duration(row.waited_min))
    if row.with_agency is None:
        return _("At a desk now"), waited
    agency = _name(row.with_agency)
    if row.elsewhere is None:
        return _("With %(agency)s now", agency=agency), waited
    left = span_text(row.elsewhere.low, row.elsewhere.high)
    return _("With %(agency)s now, back in %(time)s", agency=agency, time=left), waited


def held_lines(row: HeldRow) -> list[str]:
    """Why a visitor is on hold and what ends it, a sentence a line."""
    since = clock_time(row.since)
    if row.held_for is HeldFor.UNANSWERED:
        recalls = row.call.recalls if row.call is not None else 0
        missed = ngettext(
            "Not here: called again %(num)d×, on hold since %(time)s",
            "Not here: called again %(num)d×, on hold since %(time)s",
            recalls,
            time=since,
        )
        if row.returns_at is None:
            return [missed]
        return [missed, _("Back in the line at %(time)s by itself", time=clock_time(row.returns_at))]
    if row.held_for is HeldFor.LOST_TIME:
        lost = _("Lost the booked time: another desk took longer")
        if row.elsewhere is None:
            return [lost, _("Back in the line by itself once free")]
        left = span_text(row.elsewhere.low, row.elsewhere.high)
        return [lost, _("Back in the line by itself once free, in %(time)s", time=left)]
    return [_("Held by a clerk since %(time)s", time=since), _("Waits for “Release”, place kept")]


def behind_text(view: DeskView) -> str:
    return _(
        "%(agency)s runs %(minutes)d min behind its appointments",
        agency=_name(view.agency),
        minutes=view.behind_min,
    )


def call_text(guest: Guest) -> str:
    """Why this visitor was called."""
    return call_reason(guest.call.detail, need=_need_text(guest.need)) if guest.call is not None else ""


def clock_text(guest: Guest) -> str:
    """What the house does by itself while nobody answers the call."""
    recalls = [clock_time(step.at) for step in guest.to_come if step.action is ClockAction.RECALL]
    ends = next((step for step in guest.to_come if step.action is not ClockAction.RECALL), None)
    if ends is None:
        return _("Not here after three minutes? Call again, or press “Not here”.")
    end = clock_time(ends.at)
    if ends.action is ClockAction.GIVE_UP:
        return _("Last call: counts as not here at %(time)s.", time=end)
    if not recalls:
        return _("Nobody comes? On hold by itself at %(time)s, place kept.", time=end)
    return _(
        "Nobody comes? Called again by itself at %(times)s, on hold at %(end)s, place kept.",
        times=", ".join(recalls),
        end=end,
    )


def called_text(guest: Guest) -> str:
    """When the visitor was called, how often, and when the service started."""
    ticket = guest.ticket
    called = clock_time(ticket.last_called_at)
    recalls = guest.call.recalls if guest.call is not None else 0
    if guest.is_serving:
        return _(
            "Called %(called)s, started %(started)s", called=called, started=clock_time(ticket.resumed_at)
        )
    if recalls and guest.call is not None:
        return ngettext(
            "Called %(first)s, again %(num)d×, last %(time)s",
            "Called %(first)s, again %(num)d×, last %(time)s",
            recalls,
            first=clock_time(guest.call.at),
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
    return ", ".join(_name(agency) for agency in leg.after)


def _name(agency: Agency) -> str:
    return text(agency.short_name, text_language())


def _need_text(need: str | None) -> str:
    """The words of a mark's reason: one of the list, or what was written."""
    return needs().get(need, need) if need else ""


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
