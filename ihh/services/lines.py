"""Lines: who waits for a desk, in the order in which they will be called.

One statement reads all that the calling rule asks: the waiting tickets, what follows for each from the
other tickets of its visit, and the agency's last call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from ihh.db import db
from ihh.domain.calling import Choice, LineTicket, ReasonCode, calling_order
from ihh.domain.daytime import local_day
from ihh.domain.house import Desk, House, LinePolicy, desk_serves
from ihh.domain.ticket import AT_DESK, TicketAction, TicketState
from ihh.models import QueueEvent, Ticket, Visit


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting ticket as the rule sees it, and whom it is for."""

    rule: LineTicket
    people: int
    """Bit mask, see `ihh.domain.party`."""


@dataclass(frozen=True, slots=True)
class Line:
    """The tickets a desk may call, in no order, those whose people are busy elsewhere included."""

    tickets: Sequence[InLine]
    after_overdue: bool
    """Whether the agency's last call today was an overdue walk-in."""


def line_of_desk(house: House, desk: Desk, *, now: datetime) -> list[Choice]:
    """The tickets the desk may call, best first, those busy elsewhere included."""
    line = open_to(house, desk, now=now)
    rule = (ticket.rule for ticket in line.tickets)
    return calling_order(rule, now=now, policy=house.policy, after_overdue=line.after_overdue)


def open_to(house: House, desk: Desk, *, now: datetime) -> Line:
    """The part of the agency's line that has a service and a language of the desk."""
    asked = {"day": local_day(now, timezone=house.timezone), "agency": desk.agency}
    able: dict[tuple[str, str], bool] = {}
    tickets, last = [], None
    for row in db.session.connection().execute(_LINE[house.policy.lines], asked).all():
        service_id, language, people, last, *facts = row
        kind = (service_id, language)
        if kind not in able:
            able[kind] = desk_serves(house, desk, service_id, language)
        if able[kind]:
            tickets.append(InLine(_line_ticket(*facts), people))
    return Line(tickets, last == ReasonCode.OVERDUE)


def _line_ticket(
    ticket_id: int,
    visit_id: str,
    number: str,
    arrived_at: datetime,
    booked_at: datetime | None,
    need_at: datetime | None,
    received_s: int,
    is_excused: bool | None,
    is_busy: int,
) -> LineTicket:
    """A row's last columns as the rule's own values."""
    received = timedelta(seconds=received_s)
    return LineTicket(
        ticket_id,
        visit_id,
        number,
        arrived_at,
        booked_at,
        need_at,
        received,
        is_excused=bool(is_excused),
        is_free=not is_busy,
    )


_other = Ticket.__table__.alias("other")
_ticket, _visit, _event, _kin = Ticket.__table__.c, Visit.__table__.c, QueueEvent.__table__.c, _other.c

_IS_KIN = and_(
    _kin.visit_id == _ticket.visit_id,
    _kin.id != _ticket.id,
    _kin.people.bitwise_and(_ticket.people) != 0,
)
"""The same people's other tickets today."""

_WAS_SERVED_THEN = and_(
    _kin.started_at <= _ticket.booked_at,
    or_(_kin.ended_at.is_(None), _kin.ended_at >= _ticket.booked_at),
)
_IS_EXCUSED = and_(
    # Only who had checked in by then was kept by the house: by a lock, or by serving them elsewhere.
    _visit.checked_in_at <= _ticket.booked_at,
    or_(_ticket.joined_at > _ticket.booked_at, func.max(case((_WAS_SERVED_THEN, 1), else_=0)) == 1),
)


def _statement(lines: LinePolicy) -> Select[Any]:
    """A row for each waiting ticket of an agency."""
    day: BindParameter[date] = bindparam("day")
    agency: BindParameter[str] = bindparam("agency")
    one_line = lines is LinePolicy.ONE_AT_A_TIME
    return (
        select(
            _ticket.service_id,
            _visit.language,
            _ticket.people,
            _last_reason(day, agency),
            _ticket.id,
            _ticket.visit_id,
            func.coalesce(_visit.queue_number, ""),
            _ticket.issued_at if one_line else _visit.checked_in_at,
            _ticket.booked_at,
            _ticket.need_at,
            literal(0) if one_line else func.coalesce(func.sum(_kin.served_seconds), 0),
            _IS_EXCUSED,
            func.max(case((_kin.state.in_(AT_DESK), 1), else_=0)),
        )
        .join_from(Ticket.__table__, Visit.__table__, _ticket.visit_id == _visit.id)
        .outerjoin(_other, _IS_KIN)
        .where(_ticket.service_date == day, _ticket.agency_id == agency, _ticket.state == TicketState.WAITING)
        .group_by(_ticket.id, _visit.id)
    )


def _last_reason(day: BindParameter[date], agency: BindParameter[str]) -> ScalarSelect[str]:
    """Why the agency called whom it called last today."""
    return (
        select(_event.detail["reason"].as_string())
        .where(_event.service_date == day, _event.agency_id == agency, _event.action == TicketAction.CALL)
        .order_by(_event.revision.desc())
        .limit(1)
        .scalar_subquery()
    )


_LINE = {policy: _statement(policy) for policy in LinePolicy}
