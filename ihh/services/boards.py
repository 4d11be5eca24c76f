"""Boards: the small, whole state that a display shows, with its revision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, true

from ihh.db import db
from ihh.domain.closed_days import is_open, next_open_day
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.house import House
from ihh.domain.ticket import AT_DESK, TicketState
from ihh.models import ServiceDay, Ticket, Visit
from ihh.services import waits
from ihh.services.house import current_house

CALLS_KEPT = 20
"""More than a screen shows at once: one that shows a single area picks its own from them."""

SHOWN = AT_DESK | {TicketState.COMPLETED}
"""A call that was taken back, or whose visitor went away, is no longer on the board."""


def hall_board(*, now: datetime) -> dict[str, Any]:
    """The hall's board: latest calls and the waits of the lines. Numbers, desks and areas only.

    `epoch` and `revision` order two boards: within an epoch the higher revision is newer.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    revision, calls = _calls(house, today)
    return {
        "board": "hall",
        "epoch": today.isoformat(),
        "revision": revision,
        "at": _stamp(now),
        "calls": calls,
        "waits": _waits(house, now=now),
        "opening": _opening(house, now=now),
    }


def _calls(house: House, today: date) -> tuple[int, list[dict[str, Any]]]:
    """The day's revision, and the latest calls as they stood at it: one statement reads both."""
    latest = (
        select(
            Ticket.id,
            Ticket.calls,
            Visit.queue_number,
            Ticket.desk_id,
            Ticket.state,
            Ticket.last_called_at,
        )
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(Ticket.service_date == today, Ticket.last_called_at.is_not(None), Ticket.state.in_(SHOWN))
        .order_by(Ticket.last_called_at.desc(), Ticket.id.desc())
        .limit(CALLS_KEPT)
        .subquery()
    )
    query = (
        select(ServiceDay.revision, latest)
        .join_from(ServiceDay, latest, true(), isouter=True)
        .where(ServiceDay.date == today)
        .order_by(latest.c.last_called_at.desc(), latest.c.id.desc())
    )
    rows = db.session.execute(query).all()
    calls = [
        {
            "id": f"{row.id}.{row.calls}",
            "number": row.queue_number,
            "desk": desk.label,
            "area": desk.zone,
            "state": row.state,
            "at": _stamp(row.last_called_at),
        }
        for row in rows
        if (desk := house.desk.get(row.desk_id or "")) is not None
    ]
    return (rows[0].revision if rows else 0), calls


def _waits(house: House, *, now: datetime) -> list[dict[str, Any]]:
    """A row for each agency with desks: the range for one who joins now, or why there is none."""
    desks = waits.open_desks(house, now=now)
    walk_in = {service.agency for service in house.services if service.takes_walk_ins}
    rows = []
    for agency in house.agencies:
        if agency.zone is None:
            continue
        wait = waits.wait_for_newcomer(house, [], desks.get(agency.id, []), now=now)
        state = "open" if wait is not None else "closed"
        if agency.id not in walk_in:
            state, wait = "by_appointment", None
        rows.append(
            {
                "agency": agency.id,
                "area": agency.zone,
                "state": state,
                "low": wait.low if wait else None,
                "high": wait.high if wait else None,
            }
        )
    return rows


def _opening(house: House, *, now: datetime) -> dict[str, Any]:
    """Whether the house is open at this minute, and when it next opens."""
    day = local_day(now, timezone=house.timezone)
    minute = local_minute(now, timezone=house.timezone)
    spans = house.hours[day.weekday()] if is_open(house, day) else ()
    here = next((span for span in spans if span.start <= minute < span.end), None)
    if here is not None:
        return {"is_open": True, "until": _stamp(instant(day, here.end, timezone=house.timezone))}
    later = next((span for span in spans if span.start > minute), None)
    if later is not None:
        return {"is_open": False, "next": _stamp(instant(day, later.start, timezone=house.timezone))}
    following = next_open_day(house, day)
    if following is None:
        return {"is_open": False, "next": None}
    begins = house.hours[following.weekday()][0].start
    return {"is_open": False, "next": _stamp(instant(following, begins, timezone=house.timezone))}


def _stamp(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None
