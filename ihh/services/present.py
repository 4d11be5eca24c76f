"""The present as the estimate reads it: who waits and is served, who is still to come, which desks there are.

Three statements whatever is waiting. The first reads the signs: while they are the same, nothing that
an estimate looks at has changed but the time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from ihh.db import UtcDateTime, db
from ihh.domain.calling import ReasonCode
from ihh.domain.daytime import instant
from ihh.domain.estimate import Calibration, DoneToday, History, calibration, history
from ihh.domain.house import Channel, House
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketAction, TicketState
from ihh.domain.visit import VisitState
from ihh.models import DeskAbsence, DeskSession, Learned, Leg, QueueEvent, Ticket, Visit

SERVICE_TIMES, CALIBRATION = "service_times", "calibration"
"""Names of the documents the house learns nightly, see `ihh.services.learning`."""

_ticket, _visit, _leg = Ticket.__table__.c, Visit.__table__.c, Leg.__table__.c
_event, _session, _absence = QueueEvent.__table__.c, DeskSession.__table__.c, DeskAbsence.__table__.c


class Sign(NamedTuple):
    kind: str
    name: str | None
    begins: datetime | None
    ends: datetime | None
    number: int | None
    word: str | None


Signs = tuple[Sign, ...]


class Seen(NamedTuple):
    """A ticket of a visit that is in the house, or lately was; or, without an id, an appointment of one
    that has not come yet."""

    id: int | None
    leg_id: int | None
    visit_id: str
    number: str | None
    language: str
    checked_in_at: datetime | None
    service_id: str
    agency_id: str
    people: int
    booked_at: datetime | None
    state: str
    issued_at: datetime | None
    joined_at: datetime | None
    called_at: datetime | None
    last_called_at: datetime | None
    started_at: datetime | None
    resumed_at: datetime | None
    served_seconds: int
    ended_at: datetime | None
    desk_id: str | None
    need_at: datetime | None
    held_for: str | None
    returns_at: datetime | None
    unanswered: int


LATELY = timedelta(hours=1)
"""Visits that ended are still read so long after they came: they tell how many do."""
COMING = "coming"
"""State of an appointment whose visitor has not checked in."""


@dataclass(frozen=True)
class Present:
    signs: Signs
    seen: Sequence[Seen]
    done: Sequence[DoneToday]

    @property
    def revision(self) -> int:
        """Of the day's last queue event."""
        return next((sign.number or 0 for sign in self.signs if sign.kind == "event"), 0)

    @property
    def open_desks(self) -> Mapping[str, datetime | None]:
        """Desk → since when it is on a break; None while it calls."""
        return {sign.name or "": sign.ends for sign in self.signs if sign.kind == "session"}

    @property
    def absences(self) -> Sequence[tuple[str, datetime, datetime]]:
        return [
            (sign.name, sign.begins, sign.ends)
            for sign in self.signs
            if sign.kind == "absence" and sign.name and sign.begins and sign.ends
        ]

    @property
    def after_overdue(self) -> frozenset[str]:
        """Agencies whose last call today was an overdue walk-in."""
        return frozenset(
            sign.name or "" for sign in self.signs if sign.kind == "call" and sign.word == ReasonCode.OVERDUE
        )

    @property
    def history(self) -> History:
        return _history(self._document(SERVICE_TIMES))

    @property
    def calibration(self) -> Calibration:
        return _calibration(self._document(CALIBRATION))

    def _document(self, name: str) -> str | None:
        return next((sign.word for sign in self.signs if (sign.kind, sign.name) == ("learned", name)), None)


def read_signs(house: House, day: date) -> Signs:
    begins = instant(day, 0, timezone=house.timezone)
    asked = {"day": day, "begins": begins, "ends": begins + timedelta(days=1)}
    rows = db.session.connection().execute(_SIGNS, asked)
    return tuple(sorted(map(Sign._make, rows), key=lambda sign: (sign.kind, sign.name or "")))


def read_present(house: House, day: date, signs: Signs, *, now: datetime) -> Present:
    connection = db.session.connection()
    seen = map(Seen._make, connection.execute(_SEEN, {"day": day, "lately": now - LATELY}))
    done = connection.execute(_DONE, {"day": day})
    return Present(
        signs,
        [row for row in seen if row.service_id in house.service],
        [_done(house, *row) for row in done if row.service_id in house.service],
    )


def _done(house: House, desk_id: str | None, service_id: str, people: int, seconds: str) -> DoneToday:
    service, size = house.service[service_id], people.bit_count()
    return DoneToday(
        agency=service.agency,
        desk=desk_id or "",
        service=service_id,
        size=size,
        planned=service.planned_min(size),
        minutes=tuple(int(each) / 60 for each in seconds.split(",")),
    )


@lru_cache(maxsize=4)
def _history(document: str | None) -> History:
    try:
        return history.from_document(json.loads(document or "{}"))
    except (KeyError, TypeError, ValueError):
        return history.COLD  # nothing learned yet, or by another version: the next night learns anew


@lru_cache(maxsize=4)
def _calibration(document: str | None) -> Calibration:
    try:
        return calibration.from_document(json.loads(document or "{}"))
    except (KeyError, TypeError, ValueError):
        return Calibration()


def _sign(kind: str, name: Any, **columns: Any) -> Select[Any]:
    return select(
        literal(kind).label("kind"),
        cast(name, String).label("name"),
        columns.get("begins", cast(null(), UtcDateTime)).label("begins"),
        columns.get("ends", cast(null(), UtcDateTime)).label("ends"),
        cast(columns.get("number", null()), Integer).label("number"),
        cast(columns.get("word", null()), String).label("word"),
    )


def _signs() -> CompoundSelect[Any]:
    """The day's last event, its agencies' last calls, the desks that are open or unmanned, what was learned.

    The last event tells by its visit, whose id is nobody else's, that it is the same one.
    """
    day: BindParameter[date] = bindparam("day")
    last_event = (
        _sign("event", _event.visit_id, number=_event.revision)
        .where(_event.service_date == day)
        .order_by(_event.revision.desc())
        .limit(1)
        .subquery()
    )
    last_calls = (
        select(func.max(_event.revision))
        .where(_event.service_date == day, _event.action == TicketAction.CALL)
        .group_by(_event.agency_id)
    )
    return union_all(
        select(last_event),
        _sign("call", _event.agency_id, word=_event.detail["reason"].as_string()).where(
            _event.service_date == day, _event.revision.in_(last_calls)
        ),
        _sign("session", _session.desk_id, begins=_session.opened_at, ends=_session.paused_at).where(
            _session.closed_at.is_(None)
        ),
        _sign("absence", _absence.desk_id, begins=_absence.starts_at, ends=_absence.ends_at).where(
            _absence.ends_at > bindparam("begins", type_=UtcDateTime),
            _absence.starts_at < bindparam("ends", type_=UtcDateTime),
        ),
        _sign("learned", Learned.name, word=Learned.document).where(
            Learned.name.in_((SERVICE_TIMES, CALIBRATION))
        ),
    )


def _seen() -> Select[Any]:
    is_booked = _visit.state == VisitState.BOOKED
    is_or_was_here = or_(
        _visit.state == VisitState.IN_HOUSE,
        and_(_visit.state == VisitState.ENDED, _visit.checked_in_at > bindparam("lately", type_=UtcDateTime)),
    )
    return (
        select(
            _ticket.id,
            _leg.id,
            _visit.id,
            _visit.queue_number,
            _visit.language,
            _visit.checked_in_at,
            func.coalesce(_ticket.service_id, _leg.service_id),
            func.coalesce(_ticket.agency_id, ""),
            func.coalesce(_ticket.people, _leg.people),
            case((is_booked, _leg.starts_at), else_=_ticket.booked_at),
            func.coalesce(_ticket.state, COMING),
            _ticket.issued_at,
            _ticket.joined_at,
            _ticket.called_at,
            _ticket.last_called_at,
            _ticket.started_at,
            _ticket.resumed_at,
            func.coalesce(_ticket.served_seconds, 0),
            _ticket.ended_at,
            _ticket.desk_id,
            _ticket.need_at,
            _ticket.held_for,
            _ticket.returns_at,
            func.coalesce(_ticket.unanswered, 0),
        )
        .select_from(Visit.__table__)
        .outerjoin(Ticket.__table__, _ticket.visit_id == _visit.id)
        .outerjoin(Leg.__table__, and_(_leg.visit_id == _visit.id, is_booked, _leg.mode == Channel.DESK))
        .where(
            _visit.service_date == bindparam("day"),
            or_(
                and_(is_or_was_here, _ticket.id.is_not(None)),
                and_(is_booked, _leg.id.is_not(None)),
            ),
        )
        .order_by(_ticket.id, _leg.id)
    )


def _done_today() -> Select[Any]:
    """Minutes are listed, not summed: a pace is judged by their logarithms."""
    return (
        select(
            _ticket.desk_id,
            _ticket.service_id,
            _ticket.people,
            func.aggregate_strings(cast(_ticket.served_seconds, String), ","),
        )
        .where(
            _ticket.service_date == bindparam("day"),
            _ticket.state == TicketState.COMPLETED,
            _ticket.outcome != UNKNOWN_OUTCOME,
        )
        .group_by(_ticket.desk_id, _ticket.service_id, _ticket.people)
    )


_SIGNS, _SEEN, _DONE = _signs(), _seen(), _done_today()
