"""The desk's buttons: which service each calls, and what is said when it is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from ihh import realtime
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Desk, text
from ihh.models import Ticket
from ihh.presentation.formats import number
from ihh.presentation.languages import text_language
from ihh.services import desks, serving
from ihh.services.house import current_house
from ihh.web.desk_words import needs

REQUEST_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Pressed:
    """A button at a desk: by whom, when, and the id that makes a second press harmless."""

    desk: Desk
    by: str
    now: datetime
    request_id: str
    ticket_id: int | None = None

    @property
    def once(self) -> dict[str, Any]:
        """What every service that may be repeated asks for."""
        return {"now": self.now, "by": self.by, "request_id": self.request_id}


def request_id(action: str) -> str:
    """The page's id with the button's name: each button of a page counts once. Refuses `invalid`."""
    given = request.form.get("request_id", "")
    if not REQUEST_ID.fullmatch(given):
        raise Refusal(Code.INVALID, field="request_id")
    return f"{given}.{action}"[:64]


def call_next(pressed: Pressed) -> str:
    call = serving.call_next(pressed.desk.id, **pressed.once)
    return _("Called %(number)s.", number=number(call.number))


def finish_and_call_next(pressed: Pressed) -> str:
    call = serving.complete_and_call_next(pressed.desk.id, outcome=_outcome(), **pressed.once)
    if call is None:
        return _("Finished. No one is waiting for this desk.")
    return _("Finished. Called %(number)s.", number=number(call.number))


def finish(pressed: Pressed) -> str:
    ticket = serving.complete(pressed.desk.id, outcome=_outcome(), **pressed.once)
    return _("%(number)s is finished.", number=_number(ticket))


def start(pressed: Pressed) -> str:
    ticket = serving.start(pressed.desk.id, **pressed.once)
    return _("Started with %(number)s.", number=_number(ticket))


def call_again(pressed: Pressed) -> str:
    ticket = serving.recall(pressed.desk.id, **pressed.once)
    return _("Called %(number)s again.", number=_number(ticket))


def hold(pressed: Pressed) -> str:
    ticket = serving.hold(pressed.desk.id, **pressed.once)
    return _("%(number)s is on hold, the place is kept.", number=_number(ticket))


def back_to_line(pressed: Pressed) -> str:
    ticket = serving.requeue(pressed.desk.id, **pressed.once)
    return _("%(number)s waits again at the old place.", number=_number(ticket))


def not_here(pressed: Pressed) -> str:
    ticket = serving.mark_no_show(pressed.desk.id, **pressed.once)
    return _("%(number)s did not come.", number=_number(ticket))


def transfer(pressed: Pressed) -> str:
    service_id = request.form.get("service", "")
    ticket = serving.transfer(pressed.desk.id, service_id, **pressed.once)
    house = current_house()
    agency = house.agency[house.service[service_id].agency]
    return _(
        "%(number)s goes to %(agency)s, area %(area)s.",
        number=_number(ticket),
        agency=text(agency.short_name, text_language()),
        area=agency.zone or "",
    )


def pause(pressed: Pressed) -> str:
    desks.pause_desk(pressed.desk.id, now=pressed.now)
    realtime.refresh_boards()
    return _("On a break: this desk calls no one.")


def resume(pressed: Pressed) -> str:
    desks.resume_desk(pressed.desk.id)
    realtime.refresh_boards()
    return _("The break is over.")


def call_visitor(pressed: Pressed) -> str:
    """Out of turn; the event says that a clerk chose, and why."""
    why = request.form.get("why", "")
    call = serving.call_ticket(pressed.desk.id, _ticket_id(pressed), why=why, **pressed.once)
    return _("Called %(number)s.", number=number(call.number))


def release(pressed: Pressed) -> str:
    ticket = serving.release(
        _ticket_id(pressed),
        agency_id=pressed.desk.agency,
        **pressed.once,
    )
    return _("%(number)s waits again at the old place.", number=_number(ticket))


def mark_need(pressed: Pressed) -> str:
    why = request.form.get("why", "")
    if why not in needs():
        raise Refusal(Code.INVALID, field="why")
    ticket = serving.mark_need(
        _ticket_id(pressed),
        why,
        agency_id=pressed.desk.agency,
        **pressed.once,
    )
    return _("%(number)s goes first.", number=_number(ticket))


Action = Callable[[Pressed], str]

AT_DESK: dict[str, Action] = {
    "call-next": call_next,
    "finish-and-call-next": finish_and_call_next,
    "finish": finish,
    "start": start,
    "call-again": call_again,
    "hold": hold,
    "back-to-line": back_to_line,
    "not-here": not_here,
    "transfer": transfer,
    "pause": pause,
    "resume": resume,
}
"""Name in the address → what the button does to the visitor at the desk, or to the desk."""

ON_TICKET: dict[str, Action] = {"call": call_visitor, "release": release, "need": mark_need}
"""The same, for a visitor of the line."""


def _outcome() -> str:
    return request.form.get("outcome", "done")


def _ticket_id(pressed: Pressed) -> int:
    if pressed.ticket_id is None:
        raise Refusal(Code.NOT_FOUND)
    return pressed.ticket_id


def _number(ticket: Ticket) -> str:
    return number(ticket.visit.queue_number)
