"""Check-in: a booked visit by QR or code, or a walk-in; one number for the whole visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select

from ihh.db import Transaction, advance_day, db, transaction
from ihh.domain import visit as visits
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Channel, House, Service, desk_serves
from ihh.domain.numbering import BOOKING_CODE_LENGTH, normal_code, queue_number, token_in
from ihh.domain.party import mask_of
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.domain.wish import Wish
from ihh.models import Leg, Visit
from ihh.services import guidance, tickets
from ihh.services.events import record_visit
from ihh.services.house import current_house
from ihh.services.new_visits import new_visit
from ihh.services.requests import answered_once


class Punctuality(StrEnum):
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True)
class CheckedIn:
    visit_id: str
    punctuality: Punctuality
    minutes: int
    """Early or late by."""


def check_in(scanned: str, *, now: datetime, by: str, request_id: str | None = None) -> CheckedIn:
    """Check in the visit whose QR code was scanned or whose booking code was typed.

    Refuses with the code that tells people most: `unknown_code`, `visit_cancelled`,
    `already_checked_in`, `wrong_day_early`, `wrong_day_past`, `too_early`, `visit_ended`.
    """
    house = current_house()

    def work() -> dict[str, object]:
        with transaction() as tx:
            visit = _find(scanned)
            punctuality, minutes = _admit(house, visit, now)
            before, visit.state = visit.state, visits.after(VisitState(visit.state), VisitAction.CHECK_IN)
            _enter(tx, house, visit, before, VisitAction.CHECK_IN, now=now, by=by)
            return {"visit_id": visit.id, "punctuality": punctuality, "minutes": minutes}

    asked = token_in(scanned) or normal_code(scanned)
    answer = answered_once(request_id, f"check_in {by} {asked}"[:100], work, now=now)
    guidance.inform(answer["visit_id"], now=now)
    return CheckedIn(answer["visit_id"], Punctuality(answer["punctuality"]), answer["minutes"])


def take_number(
    wish: Wish, *, now: datetime, by: str, request_id: str | None = None, is_synthetic: bool = False
) -> CheckedIn:
    """A walk-in's visit: its services now, by line. Refuses `no_walk_in_now` naming the service."""
    house = current_house()

    def work() -> dict[str, object]:
        with transaction() as tx:
            for leg in wish.legs:
                if not walk_in_is_open(house, house.service.get(leg.service), now=now):
                    raise Refusal(Code.NO_WALK_IN_NOW, service=leg.service)
            visit = _walk_in(wish, now=now, day=local_day(now, timezone=house.timezone))
            visit.is_synthetic = is_synthetic
            db.session.add(visit)
            _enter(tx, house, visit, None, VisitAction.TAKE_NUMBER, now=now, by=by)
            return {"visit_id": visit.id}

    asked = ",".join(f"{leg.service}:{mask_of(leg.people)}" for leg in wish.legs)
    answer = answered_once(request_id, f"take_number {by} {asked}"[:100], work, now=now)
    guidance.inform(answer["visit_id"], now=now)
    return CheckedIn(answer["visit_id"], Punctuality.ON_TIME, 0)


def walk_in_is_open(house: House, service: Service | None, *, now: datetime) -> bool:
    """Whether the service takes walk-ins at this minute: by the house's days, its own hours and its desks."""
    if service is None or not service.takes_walk_ins:
        return False
    day = local_day(now, timezone=house.timezone)
    minute = local_minute(now, timezone=house.timezone)
    hours = (service.hours or house.hours)[day.weekday()]
    return is_open(house, day) and any(span.start <= minute < span.end for span in hours)


def open_walk_ins(house: House, language: str, *, now: datetime) -> list[Service]:
    """Services a walk-in can join now, where some desk today can serve them."""
    weekday = local_day(now, timezone=house.timezone).weekday()
    return [
        service
        for service in house.services
        if walk_in_is_open(house, service, now=now)
        and any(
            desk.hours[weekday] and desk_serves(house, desk, service.id, language) for desk in house.desks
        )
    ]


def _find(scanned: str) -> Visit:
    token, code = token_in(scanned), normal_code(scanned)
    if token is not None:
        match = or_(Visit.check_in_token == token, Visit.link_token == token)
    elif len(code) == BOOKING_CODE_LENGTH:
        match = Visit.booking_code == code
    else:
        raise Refusal(Code.UNKNOWN_CODE)
    visit = db.session.scalars(
        select(Visit).where(match).with_for_update().execution_options(populate_existing=True)
    ).first()
    if visit is None or visit.state in (VisitState.HELD, VisitState.EXPIRED):
        raise Refusal(Code.UNKNOWN_CODE)
    return visit


def _admit(house: House, visit: Visit, now: datetime) -> tuple[Punctuality, int]:
    """Early or late by how much; refuses what cannot be checked in now."""
    if visit.state == VisitState.CANCELLED:
        raise Refusal(Code.VISIT_CANCELLED)
    today = local_day(now, timezone=house.timezone)
    if visit.state == VisitState.IN_HOUSE and visit.service_date == today:
        raise Refusal(Code.ALREADY_CHECKED_IN, number=visit.queue_number, link=visit.link_token)
    if visit.service_date > today:
        raise Refusal(Code.WRONG_DAY_EARLY, date=visit.service_date)
    if visit.service_date < today:
        raise Refusal(Code.WRONG_DAY_PAST, date=visit.service_date)
    first = min(leg.starts_at for leg in visit.legs if leg.starts_at is not None)
    minutes = int((now - first).total_seconds() // 60)
    if minutes < -house.policy.check_in_early_min:
        opens = first - timedelta(minutes=house.policy.check_in_early_min)
        raise Refusal(Code.TOO_EARLY, starts_at=first, opens_at=opens)
    if minutes < -house.policy.early_min:
        return Punctuality.EARLY, -minutes
    if minutes > house.policy.late_min:
        return Punctuality.LATE, minutes
    return Punctuality.ON_TIME, 0


def _walk_in(wish: Wish, *, now: datetime, day: date) -> Visit:
    visit = new_visit(wish, VisitAction.TAKE_NUMBER, Origin.WALK_IN, day=day, now=now)
    for position, leg in enumerate(wish.legs):
        visit.legs.append(
            Leg(
                position=position,
                service_id=leg.service,
                mode=Channel.WALK_IN,
                people=mask_of(leg.people),
                documents=list(leg.documents),
            )
        )
    return visit


def _enter(
    tx: Transaction,
    house: House,
    visit: Visit,
    before: str | None,
    action: VisitAction,
    *,
    now: datetime,
    by: str,
) -> None:
    """Give the visit its tickets, and its number last: the day's counter is locked from then on."""
    visit.checked_in_at = now
    db.session.flush()
    record_visit(tx, visit, action, before=before, at=now, by=by)
    tickets.issue(tx, house, visit, now=now, by=by)
    given = advance_day(visit.service_date, "numbers_given")
    try:
        visit.queue_number = queue_number(visit.service_date, given - 1)
    except ValueError:
        raise Refusal(Code.NUMBERS_USED_UP) from None
