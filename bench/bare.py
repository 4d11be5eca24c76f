"""The bare counterpart of a call: the same reads and writes in SQLAlchemy Core, without rule or refusal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, text, update

from ihh.db import db
from ihh.models import QueueEvent, ServiceDay, Ticket, Visit

TICKET, VISIT, EVENT, DAY = (model.__table__ for model in (Ticket, Visit, QueueEvent, ServiceDay))
T, V = TICKET.c, VISIT.c

LINE = (
    select(
        *(T.id, T.visit_id, T.agency_id, T.service_id, T.state, T.people, T.booked_at, T.issued_at),
        *(T.joined_at, T.need_at, T.served_seconds, V.queue_number, V.language, V.checked_in_at),
    )
    .join_from(TICKET, VISIT, T.visit_id == V.id)
    .where(T.service_date == bindparam("day"), T.agency_id == bindparam("agency"), T.state == "waiting")
    .order_by(T.id)
)
ENGAGE = text(
    "INSERT INTO engagement (visit_id, person, ticket_id) VALUES (:visit, 'p1', :ticket)"
    " ON CONFLICT DO NOTHING"
)
CALL = (
    update(TICKET)
    .where(T.id == bindparam("ticket"), T.state == "waiting")
    .values(
        state="called",
        desk_id=bindparam("desk"),
        called_at=bindparam("at"),
        last_called_at=bindparam("at"),
        unanswered_since=bindparam("at"),
        calls=T.calls + 1,
    )
    .returning(T.id)
)
REVISION = (
    update(DAY)
    .where(DAY.c.date == bindparam("day"))
    .values(revision=DAY.c.revision + 1)
    .returning(DAY.c.revision)
)


def call(day: date, desk: str, *, now: datetime) -> None:
    """Call the first of the line whom no other desk has."""
    connection = db.session.connection(execution_options={"ihh_writes": True})
    for row in connection.execute(LINE, {"day": day, "agency": "kela"}).all():
        ticket = {"visit": row.visit_id, "ticket": row.id, "desk": desk, "at": now}
        if connection.execute(ENGAGE, ticket).rowcount != 1:
            continue
        if connection.execute(CALL, ticket).first() is not None:
            break
    revision = connection.execute(REVISION, {"day": day}).scalar_one()
    event = {
        **{"service_date": day, "revision": revision, "at": now, "action": "call", "visit_id": row.visit_id},
        **{"ticket_id": row.id, "agency_id": row.agency_id, "service_id": row.service_id, "desk_id": desk},
        **{"before": "waiting", "after": "called", "actor": "bench", "detail": {"reason": "walk_in"}},
    }
    connection.execute(insert(EVENT), event)
    db.session.commit()
