"""A booked visit as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from icalendar import Calendar, Event

from ihh.domain.house import text
from ihh.presentation.formats import clock_time
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.my_visit import LegView, VisitView


def calendar_file(view: VisitView, *, link: str, now: datetime) -> bytes:
    """One event from the first leg to the last, with the legs, the booking code and the link to the visit.

    The event's identifier stays the same when the visit is moved, so that a calendar replaces it.
    """
    house, language, visit = current_house(), text_language(), view.visit
    event = Event()
    event.add("uid", f"{visit.id}@{house.id}.ihh")
    event.add("dtstamp", now)
    event.add("sequence", int((now - visit.created_at).total_seconds()))
    event.add("dtstart", min(leg.starts_at for leg in visit.legs if leg.starts_at))
    event.add("dtend", max(leg.ends_at for leg in visit.legs if leg.ends_at))
    event.add("summary", _("Visit to %(house)s", house=text(house.name, language)))
    event.add("location", text(house.address, language))
    lines = [
        *(_leg_line(leg) for leg in view.legs),
        "",
        _("Booking code: %(code)s", code=visit.booking_code),
        link,
    ]
    event.add("description", "\n".join(lines))
    event.add("url", link)
    calendar = Calendar()
    calendar.add("prodid", "-//International House//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _leg_line(leg: LegView) -> str:
    name, time = text(leg.service.name, text_language()), clock_time(leg.planned_at)
    if leg.booked_at is None:
        return _("About %(time)s: %(service)s (walk-in, time can move)", time=time, service=name)
    return _("%(time)s: %(service)s", time=time, service=name)
