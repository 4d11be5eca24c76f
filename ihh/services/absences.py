"""Absences: times at which nobody is at a desk although its hours say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ihh.db import Transaction, db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.visit import VisitState
from ihh.models import DeskAbsence, Leg, Visit
from ihh.services.house import current_house

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class BookedLeg:
    """A booked visit's leg, known to the staff by the visit's code alone."""

    booking_code: str
    service_id: str
    starts_at: datetime
    ends_at: datetime


def add(desk_id: str, starts_at: datetime, ends_at: datetime, *, now: datetime, by: str) -> DeskAbsence:
    """Nothing is booked at the desk in this time from now on; what is booked stays, see `booked_into`.

    Adding the same twice is harmless. Refuses `not_found` for a desk the house does not have,
    `range_reversed`, `range_past` for what is over, and `invalid` for more than a year.
    """
    house = current_house()
    if desk_id not in house.desk:
        raise Refusal(Code.NOT_FOUND, field="desk")
    if ends_at <= starts_at:
        raise Refusal(Code.RANGE_REVERSED)
    if ends_at <= now:
        raise Refusal(Code.RANGE_PAST)
    if ends_at - starts_at > LONGEST:
        raise Refusal(Code.INVALID, field="ends_at")
    same = select(DeskAbsence).where(
        DeskAbsence.desk_id == desk_id, DeskAbsence.starts_at == starts_at, DeskAbsence.ends_at == ends_at
    )
    with transaction() as tx:
        absence = db.session.scalars(same).first()
        if absence is None:
            absence = DeskAbsence(
                desk_id=desk_id, starts_at=starts_at, ends_at=ends_at, created_at=now, created_by=by
            )
            db.session.add(absence)
            _change_days(tx, house, absence)
    return absence


def remove(absence_id: int) -> None:
    """The desk is manned after all. Removing twice is harmless."""
    house = current_house()
    with transaction() as tx:
        absence = db.session.get(DeskAbsence, absence_id)
        if absence is not None:
            db.session.delete(absence)
            _change_days(tx, house, absence)


def upcoming(house: House, now: datetime) -> list[DeskAbsence]:
    """Absences of the house's desks that are not over, the first to begin first."""
    query = (
        select(DeskAbsence)
        .where(DeskAbsence.ends_at > now, DeskAbsence.desk_id.in_(list(house.desk)))
        .order_by(DeskAbsence.starts_at, DeskAbsence.desk_id)
    )
    return list(db.session.scalars(query))


def is_absent(desk_id: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether nobody is at the desk for some of the time."""
    query = select(DeskAbsence.id).where(
        DeskAbsence.desk_id == desk_id, DeskAbsence.starts_at < ends_at, DeskAbsence.ends_at > starts_at
    )
    return db.session.execute(query.limit(1)).first() is not None


def booked_into(absences: Sequence[DeskAbsence]) -> Mapping[int, tuple[BookedLeg, ...]]:
    """Absence id → the booked legs that lie in it, by time, for the staff to move."""
    if not absences:
        return {}
    query = (
        select(Leg, Visit.booking_code)
        .join(Visit, Leg.visit_id == Visit.id)
        .where(
            Visit.state == VisitState.BOOKED,
            Leg.desk_id.in_({absence.desk_id for absence in absences}),
            Leg.starts_at < max(absence.ends_at for absence in absences),
            Leg.ends_at > min(absence.starts_at for absence in absences),
        )
        .order_by(Leg.starts_at)
    )
    found = db.session.execute(query).all()
    return {
        absence.id: tuple(
            BookedLeg(code, leg.service_id, leg.starts_at, leg.ends_at)
            for leg, code in found
            if leg.desk_id == absence.desk_id
            and leg.starts_at is not None
            and leg.ends_at is not None
            and leg.starts_at < absence.ends_at
            and leg.ends_at > absence.starts_at
        )
        for absence in absences
    }


def _change_days(tx: Transaction, house: House, absence: DeskAbsence) -> None:
    """Every day the absence touches; one that ends at midnight does not touch the day that begins then."""
    day = local_day(absence.starts_at, timezone=house.timezone)
    last = local_day(absence.ends_at - timedelta(microseconds=1), timezone=house.timezone)
    while day <= last:
        tx.change_calendar(day)
        day += timedelta(days=1)
