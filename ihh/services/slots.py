"""Slots: the legs of a visit take the desks' time, or give it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from ihh.db import db
from ihh.domain.daytime import instant
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Channel, House
from ihh.domain.party import mask_of
from ihh.domain.planner import VisitOption
from ihh.domain.wish import LegWish
from ihh.models import Leg, Slot, Visit
from ihh.services import absences, calendars
from ihh.services.calendars import Audience

DEADLOCK = "40P01"
"""PostgreSQL's code for two transactions that each wait for what the other has."""


@contextmanager
def taking_slots() -> Iterator[None]:
    """Goes around a transaction with `occupy`: refuses `slot_taken` where another visit was faster."""
    try:
        yield
    except IntegrityError:
        raise Refusal(Code.SLOT_TAKEN) from None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
        raise Refusal(Code.SLOT_TAKEN) from None


def occupy(
    house: House,
    visit: Visit,
    wishes: tuple[LegWish, ...],
    option: VisitOption,
    *,
    audience: Audience,
    now: datetime,
) -> None:
    """Write the legs and their slots; the slots' key lets two visits never share one.

    Refuses `plan_stale` for a plan that does not fit the wish, the house or the time any more, and
    `slot_taken` for time that is not for this audience or at a desk without anybody. Of a slot that
    another visit has the database tells, see `taking_slots`.
    """
    _check_plan(house, wishes, option, now=now)
    legs = [_leg(house, position, wish, option) for position, wish in enumerate(wishes)]
    for leg in legs:
        is_open = audience is Audience.HOUSE or _is_public(house, leg, now=now)
        if not is_open or _is_unmanned(leg):
            raise Refusal(Code.SLOT_TAKEN)
    visit.legs.extend(legs)
    db.session.flush()
    steps = [step for leg in legs for step in _steps(house, leg)]
    # In one order for all, so that two visits that want the same slots do not wait for each other.
    steps.sort(key=lambda step: (step["starts_at"], step["desk_id"]))
    if steps:
        db.session.execute(insert(Slot), steps)


def occupy_leg(house: House, leg: Leg, desk_id: str, starts_at: datetime, *, minutes: int) -> None:
    """Put one leg at a desk's time; what it had before was freed. Of a taken slot see `taking_slots`."""
    leg.desk_id, leg.starts_at, leg.ends_at = desk_id, starts_at, starts_at + timedelta(minutes=minutes)
    db.session.flush()
    db.session.execute(insert(Slot), list(_steps(house, leg)))


def free_leg(leg: Leg) -> None:
    db.session.execute(delete(Slot).where(Slot.leg_id == leg.id))


def free_slots(visit_ids: list[str]) -> None:
    legs = select(Leg.id).where(Leg.visit_id.in_(visit_ids))
    db.session.execute(delete(Slot).where(Slot.leg_id.in_(legs)))


def _check_plan(house: House, wishes: tuple[LegWish, ...], option: VisitOption, *, now: datetime) -> None:
    wanted = [(wish.service, set(wish.people)) for wish in wishes]
    if wanted != [(leg.service, set(leg.people)) for leg in option.legs]:
        raise Refusal(Code.PLAN_STALE)  # a plan for other services than the visit to move has
    if any(leg.service not in house.service or leg.desk not in (None, *house.desk) for leg in option.legs):
        raise Refusal(Code.PLAN_STALE)
    if instant(option.date, option.start, timezone=house.timezone) < now:
        raise Refusal(Code.PLAN_STALE)


def _leg(house: House, position: int, wish: LegWish, option: VisitOption) -> Leg:
    planned = option.legs[position]
    return Leg(
        position=position,
        service_id=wish.service,
        mode=Channel.WALK_IN if planned.desk is None else Channel.DESK,
        people=mask_of(wish.people),
        documents=list(wish.documents),
        override_reason=wish.override_reason,
        starts_at=instant(option.date, planned.start, timezone=house.timezone),
        ends_at=instant(option.date, planned.end, timezone=house.timezone),
        desk_id=planned.desk,
    )


def _is_public(house: House, leg: Leg, *, now: datetime) -> bool:
    if leg.desk_id is None or leg.starts_at is None or leg.ends_at is None:
        return True
    return calendars.is_public(house, leg.service_id, leg.desk_id, leg.starts_at, leg.ends_at, now=now)


def _is_unmanned(leg: Leg) -> bool:
    """Whether nobody will be at the desk, which may have become known since the visit was planned."""
    if leg.desk_id is None or leg.starts_at is None or leg.ends_at is None:
        return False
    return absences.is_absent(leg.desk_id, leg.starts_at, leg.ends_at)


def _steps(house: House, leg: Leg) -> Iterator[dict[str, Any]]:
    """The grid steps an appointment takes; a walk-in leg takes none."""
    if leg.desk_id is None or leg.starts_at is None or leg.ends_at is None:
        return
    at = leg.starts_at
    while at < leg.ends_at:
        yield {"desk_id": leg.desk_id, "starts_at": at, "leg_id": leg.id}
        at += timedelta(minutes=house.grid_min)
