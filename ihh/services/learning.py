"""What the estimates learn each night from the days before: `ihh.domain.estimate.learning` does the sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.estimate import calibration, history, learning
from ihh.domain.estimate.calibration import Calibration, Pair, recalibrated
from ihh.domain.estimate.learning import Days, Served, Stay
from ihh.domain.estimate.wait import Wait
from ihh.domain.house import Channel, House
from ihh.domain.ticket import UNKNOWN_OUTCOME, HeldFor, TicketAction, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Learned, Leg, LiveEstimate, QueueEvent, Ticket, Visit
from ihh.services.house import current_house
from ihh.services.present import CALIBRATION, SERVICE_TIMES

DAYS = 60
LONGEST_TURN = timedelta(minutes=15)
"""A desk that calls nobody for longer is on a break."""


class Came(NamedTuple):
    """A ticket of a past day."""

    day: date
    visit_id: str
    checked_in_at: datetime | None
    agency_id: str
    service_id: str
    desk_id: str | None
    people: int
    state: str
    outcome: str | None
    served_seconds: int
    booked_at: datetime | None
    joined_at: datetime | None
    called_at: datetime | None
    last_called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class _Booked(NamedTuple):
    came_at: datetime | None
    begins_at: datetime


class _Told(NamedTuple):
    low: float
    middle: float
    high: float
    at: datetime
    called_at: datetime


def learn(*, now: datetime, is_demo: bool = False) -> bool:
    """Learn from the last `DAYS` days, once a day; False where today it was done already.

    A demonstration learns from its synthetic visits, a real house from its real ones. The calibration
    goes on from the one in force, with the waits told since that was learned.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    known = db.session.get(Learned, SERVICE_TIMES, populate_existing=True)
    if known is not None and known.learned_on == today and known.document["is_synthetic"] == is_demo:
        return False
    kind = {"is_synthetic": is_demo}
    learned = learning.learn(_days(house, today, is_synthetic=is_demo))
    documents = {
        SERVICE_TIMES: kind | history.to_document(learned),
        CALIBRATION: kind | calibration.to_document(_recalibrated(today, is_synthetic=is_demo)),
    }
    try:
        with transaction():
            for name, document in documents.items():
                db.session.merge(Learned(name=name, learned_on=today, document=document))
    except IntegrityError:
        return False  # another process was faster
    return True


def _days(house: House, today: date, *, is_synthetic: bool) -> Days:
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    rows = _tickets(house, first, last, is_synthetic=is_synthetic)
    return Days(
        served=_served(house, rows),
        stays=list(_stays(rows)),
        lateness=_lateness(first, last, is_synthetic=is_synthetic),
        calls=sum(row.called_at is not None for row in rows),
        unanswered=_unanswered(first, last, is_synthetic=is_synthetic),
        ways=[
            (row.started_at - row.last_called_at).total_seconds() / 60
            for row in rows
            if row.started_at and row.last_called_at and row.started_at >= row.last_called_at
        ],
        turns=list(_turns(rows)),
        count=len({row.day for row in rows}),
    )


def _tickets(house: House, first: date, last: date, *, is_synthetic: bool) -> list[Came]:
    query = (
        select(
            Ticket.service_date,
            Ticket.visit_id,
            Visit.checked_in_at,
            Ticket.agency_id,
            Ticket.service_id,
            Ticket.desk_id,
            Ticket.people,
            Ticket.state,
            Ticket.outcome,
            Ticket.served_seconds,
            Ticket.booked_at,
            Ticket.joined_at,
            Ticket.called_at,
            Ticket.last_called_at,
            Ticket.started_at,
            Ticket.ended_at,
        )
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(Ticket.service_date.between(first, last), Visit.is_synthetic == is_synthetic)
        .order_by(Ticket.visit_id, Ticket.id)
        .execution_options(yield_per=1000)
    )
    rows = (Came._make(row) for row in db.session.execute(query))
    return [row for row in rows if row.service_id in house.service]


def _served(house: House, rows: Iterable[Came]) -> list[Served]:
    return [
        Served(
            day=row.day,
            agency=row.agency_id,
            desk=row.desk_id or "",
            service=row.service_id,
            size=row.people.bit_count(),
            planned=house.service[row.service_id].planned_min(row.people.bit_count()),
            minutes=row.served_seconds / 60,
        )
        for row in rows
        if row.state == TicketState.COMPLETED and row.outcome != UNKNOWN_OUTCOME
    ]


def _stays(rows: Sequence[Came]) -> Iterable[Stay]:
    """Of each visit until something began or it gave up; one that the day's end sent home did neither."""
    for _, group in groupby(rows, key=lambda row: row.visit_id):
        tickets = list(group)
        came_at = tickets[0].checked_in_at
        began = [row.started_at for row in tickets if row.started_at is not None]
        left = [
            row.ended_at
            for row in tickets
            if row.state == TicketState.LEFT and row.ended_at is not None and row.ended_at.date() == row.day
        ]
        until = min(began or left, default=None)
        if came_at is not None and until is not None:
            minutes = max((until - came_at).total_seconds() / 60, 0.0)
            is_booked = any(row.booked_at is not None for row in tickets)
            yield Stay(is_booked, minutes, gave_up=not began)


def _turns(rows: Sequence[Came]) -> Iterable[float]:
    """Minutes from the end of a service to the desk's next call of one who was waiting for nothing else."""
    alone = {
        visit_id for visit_id, group in groupby(rows, key=lambda row: row.visit_id) if len(list(group)) == 1
    }
    at_desks = sorted(
        (row for row in rows if row.desk_id and row.last_called_at and row.ended_at),
        key=lambda row: (row.desk_id, row.last_called_at),
    )
    for before, row in pairwise(at_desks):
        if row.desk_id != before.desk_id or row.visit_id not in alone or row.joined_at is None:
            continue
        assert row.last_called_at is not None
        assert before.ended_at is not None
        turn = row.last_called_at - before.ended_at
        if row.joined_at <= before.ended_at and timedelta(0) <= turn <= LONGEST_TURN:
            yield turn.total_seconds() / 60


def _lateness(first: date, last: date, *, is_synthetic: bool) -> list[float | None]:
    """Of booked visits: check-in minus first appointment, minutes; None for one that never came."""
    query = (
        select(Visit.checked_in_at, func.min(Leg.starts_at))
        .join(Leg, Leg.visit_id == Visit.id)
        .where(
            Visit.service_date.between(first, last),
            Visit.is_synthetic == is_synthetic,
            Visit.state.in_((VisitState.ENDED, VisitState.NO_SHOW)),
            Leg.mode == Channel.DESK,
        )
        .group_by(Visit.id)
    )
    return [
        None if row.came_at is None else (row.came_at - row.begins_at).total_seconds() / 60
        for row in map(_Booked._make, db.session.execute(query))
    ]


def _unanswered(first: date, last: date, *, is_synthetic: bool) -> int:
    """Tickets with a call that nobody answered."""
    query = (
        select(func.count(QueueEvent.ticket_id.distinct()))
        .join(Visit, QueueEvent.visit_id == Visit.id)
        .where(
            QueueEvent.service_date.between(first, last),
            QueueEvent.action == TicketAction.HOLD,
            QueueEvent.detail["for"].as_string() == HeldFor.UNANSWERED,
            Visit.is_synthetic == is_synthetic,
        )
    )
    return db.session.execute(query).scalar() or 0


def _recalibrated(today: date, *, is_synthetic: bool) -> Calibration:
    row = db.session.get(Learned, CALIBRATION, populate_existing=True)
    known, since = Calibration(), today - timedelta(days=DAYS)
    if row is not None and row.document["is_synthetic"] == is_synthetic:
        with suppress(KeyError, TypeError, ValueError):  # by another version: begins anew
            known, since = calibration.from_document(row.document), max(row.learned_on, since)
    return recalibrated(known, _pairs(since, today - timedelta(days=1), is_synthetic=is_synthetic))


def _pairs(first: date, last: date, *, is_synthetic: bool) -> list[Pair]:
    """Waits told in these days to those who were then called: at issue, and every quarter of an hour."""
    called = (
        Ticket.service_date.between(first, last),
        Ticket.called_at.is_not(None),
        Visit.is_synthetic == is_synthetic,
    )
    at_issue = (
        select(
            Ticket.estimate_low,
            Ticket.estimate_middle,
            Ticket.estimate_high,
            Ticket.estimated_at,
            Ticket.called_at,
        )
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(*called, Ticket.estimated_at.is_not(None))
    )
    live = (
        select(LiveEstimate.low, LiveEstimate.middle, LiveEstimate.high, LiveEstimate.at, Ticket.called_at)
        .join(Ticket, LiveEstimate.ticket_id == Ticket.id)
        .join(Visit, Ticket.visit_id == Visit.id)
        .where(*called, LiveEstimate.at <= Ticket.called_at)
    )
    return [
        Pair(Wait(row.low, row.middle, row.high), (row.called_at - row.at).total_seconds() / 60)
        for query in (at_issue, live)
        for row in map(_Told._make, db.session.execute(query.execution_options(yield_per=1000)))
    ]
