"""Retention: what is older than the house keeps it goes, in small transactions that hold nobody up.

Safe to run twice and to be stopped anywhere: a day's visits go batch by batch, each with all that hangs on
it, and the day is noted as purged in the transaction that takes the last of it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from ihh.db import Base, db, transaction
from ihh.domain.daytime import instant, local_day
from ihh.domain.house import House
from ihh.domain.retention import Due, due, first_kept
from ihh.domain.statistics.periods import Period
from ihh.models import (
    AnsweredRequest,
    ClosedDay,
    Contact,
    DeskAbsence,
    DeskSession,
    Engagement,
    ExportLog,
    Feedback,
    KioskUse,
    Leg,
    Letter,
    LiveEstimate,
    QueueEvent,
    ServiceFactRow,
    Slot,
    Ticket,
    Visit,
    VisitFactRow,
    WaitlistContact,
    WaitlistEntry,
)
from ihh.services.feedback import forget_lines
from ihh.services.hold_limits import one_at_a_time
from ihh.services.house import current_house
from ihh.services.statistics.closing import unclosed_days
from ihh.services.statistics.emptying import empty, hidden_rows, released_periods, to_empty
from ihh.services.statistics.fact_rows import first_day

BATCH_VISITS = 50
BATCH_ROWS = 500
PAUSE_S = 0.02
"""Between two batches: whoever waits to write comes first."""

COMMENTS = "feedback (comments deleted)"
HIDDEN_ROWS = "figure (hidden rows emptied)"
"""Names of counts that are not of rows going."""

Ids = Collection[str]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Purged:
    """What goes, or went: rows by table, and which days."""

    rows: Mapping[str, int]
    """In the order in which they go; tables of which nothing goes are there too."""
    days: Due
    contacts_before: date
    """Of visits before that day."""
    events_before: date
    log_before: date

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def plan(*, now: datetime) -> Purged:
    """What a purge would take now; nothing is changed."""
    scope, rows, old = _scope(now), _nothing(), {}
    for table, condition, _key in _old_rows(scope):
        old[table] = condition
        rows[_name(table)] += _count(table, condition)
    rows[COMMENTS] = _count(Feedback, _old_comments(scope))
    has_no_score = func.coalesce(Feedback.csat, Feedback.effort, Feedback.nps).is_(None)
    old[Feedback] = _old_comments(scope) & has_no_score
    for day in scope.days.going:
        ids = list(db.session.scalars(select(Visit.id).where(Visit.service_date == day)))
        for table, of in OF_VISITS:
            rows[_name(table)] += _count(table, of(ids) & ~old.get(table, false()))
        for table, of_day in OF_DAYS:
            rows[_name(table)] += _count(table, of_day(day))
    for period in scope.to_empty():
        rows[HIDDEN_ROWS] += len(hidden_rows(period))
    return _purged(scope, rows)


def purge(*, now: datetime) -> Purged:
    """Delete what is past its time, batch by batch; what went. The figures that are published stay."""
    scope, rows = _scope(now), _nothing()
    for table, condition, key in _old_rows(scope):
        while went := _delete_some(table, condition, key):
            rows[_name(table)] += went
            time.sleep(PAUSE_S)
    rows[COMMENTS] = _forget_comments(scope)
    for day in scope.days.going:
        while _purge_visits(day, rows):
            time.sleep(PAUSE_S)
        _purge_rest(day, rows, now=now)
    for period in scope.to_empty():
        rows[HIDDEN_ROWS] += empty(period, now=now)
        time.sleep(PAUSE_S)
    return _purged(scope, rows)


@dataclass(frozen=True)
class _Scope:
    house: House
    today: date
    released: frozenset[Period]
    days: Due
    events_before: date
    contacts_before: date
    log_before: date

    @property
    def first_left(self) -> date:
        """All days before it are, or will be, without events."""
        return min(self.days.waiting, default=self.events_before)

    def start_of(self, day: date) -> datetime:
        return instant(day, 0, timezone=self.house.timezone)

    def to_empty(self) -> list[Period]:
        months = self.house.retention.events_months
        return to_empty(self.released, first_left=self.first_left, today=self.today, months=months)


def _scope(now: datetime) -> _Scope:
    house = current_house()
    kept, today = house.retention, local_day(now, timezone=house.timezone)
    before = first_kept(today, kept.events_months)
    released = released_periods()
    uncounted = unclosed_days(house, today)
    first = min({day for day in (first_day(), *uncounted) if day is not None}, default=None)
    days = due(
        _days_before(before),
        released=released,
        first_counted=first,
        today=today,
        months=kept.events_months,
    )
    return _Scope(
        house,
        today,
        released,
        days,
        before,
        today - timedelta(days=kept.contact_days),
        first_kept(today, kept.log_months),
    )


def _purged(scope: _Scope, rows: Mapping[str, int]) -> Purged:
    return Purged(dict(rows), scope.days, scope.contacts_before, scope.events_before, scope.log_before)


def _days_before(before: date) -> set[date]:
    """Days with visits, facts or events of no visit."""
    found: set[date] = set()
    for column, condition in (
        (Visit.service_date, Visit.service_date < before),
        (VisitFactRow.day, VisitFactRow.day < before),
        (QueueEvent.service_date, (QueueEvent.service_date < before) & QueueEvent.visit_id.is_(None)),
    ):
        found.update(db.session.scalars(select(column).where(condition).distinct()))
    return found


def _tickets(ids: Ids) -> Any:
    return select(Ticket.id).where(Ticket.visit_id.in_(ids))


def _legs(ids: Ids) -> Any:
    return select(Leg.id).where(Leg.visit_id.in_(ids))


def _entries(ids: Ids) -> Any:
    return select(WaitlistEntry.id).where(WaitlistEntry.offered_visit_id.in_(ids))


OF_VISITS: Sequence[tuple[type[Base], Callable[[Ids], Condition]]] = (
    (LiveEstimate, lambda ids: LiveEstimate.ticket_id.in_(_tickets(ids))),
    (Feedback, lambda ids: Feedback.visit_id.in_(ids)),
    (Engagement, lambda ids: Engagement.visit_id.in_(ids)),
    (QueueEvent, lambda ids: or_(QueueEvent.visit_id.in_(ids), QueueEvent.ticket_id.in_(_tickets(ids)))),
    (Ticket, lambda ids: Ticket.visit_id.in_(ids)),
    (Slot, lambda ids: Slot.leg_id.in_(_legs(ids))),
    (Leg, lambda ids: Leg.visit_id.in_(ids)),
    (Letter, lambda ids: or_(Letter.visit_id.in_(ids), Letter.entry_id.in_(_entries(ids)))),
    (WaitlistContact, lambda ids: WaitlistContact.entry_id.in_(_entries(ids))),
    (WaitlistEntry, lambda ids: WaitlistEntry.offered_visit_id.in_(ids)),
    (Contact, lambda ids: Contact.visit_id.in_(ids)),
    (Visit, lambda ids: Visit.id.in_(ids)),
)
"""All that hangs on visits, what refers to another before that other."""

OF_DAYS: Sequence[tuple[type[Base], Callable[[date], Condition]]] = (
    (QueueEvent, lambda day: (QueueEvent.service_date == day) & QueueEvent.visit_id.is_(None)),
    (ServiceFactRow, lambda day: ServiceFactRow.day == day),
    (VisitFactRow, lambda day: VisitFactRow.day == day),
)


def _old_rows(scope: _Scope) -> Iterator[tuple[type[Base], Condition, InstrumentedAttribute[Any]]]:
    """What goes by its own time, and the key by which it is taken."""
    log_before = scope.start_of(scope.log_before)
    yield Contact, _old_contacts(scope), Contact.visit_id
    yield WaitlistContact, WaitlistContact.delete_after < scope.today, WaitlistContact.entry_id
    yield KioskUse, KioskUse.at < scope.start_of(scope.first_left), KioskUse.id
    yield (
        AnsweredRequest,
        AnsweredRequest.answered_at < scope.start_of(scope.events_before),
        AnsweredRequest.id,
    )
    yield ExportLog, ExportLog.at < log_before, ExportLog.id
    yield DeskSession, DeskSession.closed_at < log_before, DeskSession.id
    yield DeskAbsence, DeskAbsence.ends_at < log_before, DeskAbsence.id


def _old_contacts(scope: _Scope) -> Condition:
    """Also of a house that keeps them for a shorter time than when they were given."""
    old_visits = select(Visit.id).where(Visit.service_date < scope.contacts_before)
    return or_(Contact.delete_after < scope.today, Contact.visit_id.in_(old_visits))


def _old_comments(scope: _Scope) -> Condition:
    """No figure is made of them: they do not wait for any."""
    return (Feedback.service_date < scope.events_before) & Feedback.line.is_not(None)


def _forget_comments(scope: _Scope) -> int:
    with transaction() as tx:
        return forget_lines(tx, scope.events_before)


def _nothing() -> Counter[str]:
    """Every table, in the order in which its rows go."""
    by_age = (Contact, WaitlistContact, KioskUse, AnsweredRequest, ExportLog, DeskSession, DeskAbsence)
    tables: list[type[Base]] = [*by_age, *(table for table, _of in (*OF_VISITS, *OF_DAYS))]
    return Counter({**{_name(table): 0 for table in tables}, COMMENTS: 0, HIDDEN_ROWS: 0})


def _name(table: type[Base]) -> str:
    return str(table.__tablename__)


def _count(table: type[Base], condition: Condition) -> int:
    return db.session.execute(select(func.count()).select_from(table).where(condition)).scalar_one()


def _delete_some(table: type[Base], condition: Condition, key: InstrumentedAttribute[Any]) -> int:
    with transaction():
        one_at_a_time("purge")
        found = list(db.session.scalars(select(key).where(condition).limit(BATCH_ROWS)))
        return _delete(table, key.in_(found)) if found else 0


def _purge_visits(day: date, rows: Counter[str]) -> bool:
    """Some of the day's visits with all that hangs on them; whether there were any."""
    with transaction():
        one_at_a_time("purge")
        ids = list(db.session.scalars(select(Visit.id).where(Visit.service_date == day).limit(BATCH_VISITS)))
        if ids:
            db.session.execute(update(Visit).where(Visit.follows_id.in_(ids)).values(follows_id=None))
            for table, of in OF_VISITS:
                rows[_name(table)] += _delete(table, of(ids))
    return bool(ids)


def _purge_rest(day: date, rows: Counter[str], *, now: datetime) -> None:
    """What the day has besides visits, and the note that it is purged."""
    with transaction():
        one_at_a_time("purge")
        for table, of in OF_DAYS:
            rows[_name(table)] += _delete(table, of(day))
        closed = db.session.get(ClosedDay, day) or ClosedDay(day=day)
        closed.purged_at = now
        db.session.add(closed)


def _delete(table: type[Base], condition: Condition) -> int:
    found: Any = db.session.execute(
        delete(table).where(condition), execution_options={"synchronize_session": False}
    )
    return int(found.rowcount)
