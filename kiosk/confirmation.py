"""What the confirmation and the slip say about a visit just checked in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup

from ihh.domain.daytime import local_day
from ihh.domain.estimate import Wait
from ihh.domain.house import Zone, text
from ihh.domain.ticket import TicketState
from ihh.models import Visit
from ihh.presentation.formats import clock_time, wait_range
from ihh.presentation.languages import text_language
from ihh.presentation.qr import qr_svg
from ihh.presentation.sentences import people_text, ticket_state_text
from ihh.services.house import current_house
from ihh.services.my_visit import LegView, VisitView, view_visit

from .words import punctuality_text


@dataclass(frozen=True)
class ShownLeg:
    title: str
    """ "DVV, booked 9:00", "Kela": the agency only, never the service."""
    people: str
    area: str | None
    when: str
    """The range of its wait, what comes first, or how it stands."""


@dataclass(frozen=True)
class Confirmation:
    number: str
    area: Zone | None
    agency: str
    """The one that calls first."""
    wait: Wait | None
    legs: tuple[ShownLeg, ...]
    punctuality: str
    phone_code: Markup
    """QR code of My visit."""
    at: datetime
    printed: str
    """Date and time in figures, for the slip."""


def confirmation(
    visit: Visit, punctuality: str | None, minutes: int, link: str, *, now: datetime
) -> Confirmation:
    view = view_visit(visit, now=now)
    focus = view.focus
    return Confirmation(
        number=visit.queue_number or "",
        area=focus.area if focus else None,
        agency=_agency(focus) if focus else "",
        wait=focus.wait if focus else None,
        legs=tuple(_leg(leg, visit) for leg in _in_order(view)),
        punctuality=punctuality_text(punctuality, minutes),
        phone_code=qr_svg(link, _("QR code of your visit's page")),
        at=now,
        printed=_printed(now),
    )


def _in_order(view: VisitView) -> list[LegView]:
    """Where the party is sent first, then its other lines by their next calls, then what comes later."""
    sent = [leg for leg in (view.focus, *view.then) if leg is not None]
    return [*sent, *(leg for leg in view.legs if leg not in sent)]


def _printed(now: datetime) -> str:
    day = local_day(now, timezone=current_house().timezone)
    return f"{day.day}.{day.month}.{day.year} {clock_time(now)}"


def _leg(leg: LegView, visit: Visit) -> ShownLeg:
    agency = _agency(leg)
    title = (
        _("%(agency)s, booked %(time)s", agency=agency, time=clock_time(leg.booked_at))
        if leg.booked_at
        else agency
    )
    return ShownLeg(
        title=title,
        people=people_text(leg.people, visit.adults, visit.minors),
        area=leg.area.id if leg.area else None,
        when=_when(leg),
    )


def _when(leg: LegView) -> str:
    if leg.after:
        first = dict.fromkeys(_agency_name(service.agency) for service in leg.after)
        return _("after %(agency)s", agency=", ".join(first))
    if leg.state == TicketState.WAITING:
        return wait_range(leg.wait)
    return ticket_state_text(leg.state)


def _agency(leg: LegView) -> str:
    return _agency_name(leg.service.agency)


def _agency_name(agency_id: str) -> str:
    return text(current_house().agency[agency_id].short_name, text_language())
