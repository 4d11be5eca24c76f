"""Holds that run out, and the slots that a hold or a booking gives back when it ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, select

from ihh.db import Transaction, db
from ihh.domain import visit as visits
from ihh.domain.visit import VisitAction, VisitState
from ihh.models import Visit
from ihh.services.events import record_visit
from ihh.services.free_time import ON_OFFER
from ihh.services.slots import free_slots


def ran_out(now: datetime) -> Select[Visit]:
    return select(Visit).where(
        Visit.state == VisitState.HELD, Visit.hold_expires_at <= now, Visit.id.not_in(ON_OFFER)
    )


def release_ran_out(tx: Transaction, *, now: datetime) -> set[date]:
    """Let holds that ran out go, so that their slots can be taken; returns their days."""
    days = set()
    for visit in db.session.scalars(ran_out(now).with_for_update(skip_locked=True)):
        give_back(tx, visit, VisitAction.EXPIRE, now=now, by="house")
        days.add(visit.service_date)
    return days


def give_back(tx: Transaction, visit: Visit, action: VisitAction, *, now: datetime, by: str) -> None:
    """End a hold or a booking by the action and free its slots."""
    before, visit.state = visit.state, visits.after(VisitState(visit.state), action)
    free_slots([visit.id])
    tx.change_calendar(visit.service_date)
    record_visit(tx, visit, action, before=before, at=now, by=by)
