"""Numbers about a day that belong to no visit: what the kiosks did, what the desks could do and did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import instant
from ihh.domain.house import House
from ihh.domain.statistics.kiosk_failures import group_of
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.models import DeskAbsence, DeskRow, KioskUse, Leg, Ticket, Visit
from ihh.services.statistics.raw_facts import NEVER_BOOKED

Numbers = dict[tuple[str, str], int]
"""By (name, agency); an empty agency is the whole house."""

TRIES = ("check_in", "take_number")
"""What a kiosk is for; feedback is counted apart."""

WORKED = {"check_in": "kiosk_check_ins", "take_number": "kiosk_numbers", "feedback": "kiosk_feedback"}

MINUTE = timedelta(minutes=1)

COUNTED_DAY = "kiosk_days"
"""Days of which feedback and reasons are counted at all: years of another system have none."""


def numbers_of(house: House, day: date) -> Numbers:
    numbers = _kiosks(house, day)
    for name, by_agency in (
        ("planned_min", _planned(house, day)),
        ("booked_min", _booked(day)),
        ("used_min", _used(day)),
    ):
        for agency, minutes in by_agency.items():
            numbers[name, agency] = minutes
        numbers[name, ""] = sum(by_agency.values())
    return {name: amount for name, amount in numbers.items() if amount}


def _kiosks(house: House, day: date) -> Numbers:
    start = instant(day, 0, timezone=house.timezone)
    end = instant(day + timedelta(days=1), 0, timezone=house.timezone)
    query = (
        select(KioskUse.action, KioskUse.failure, func.count())
        .where(KioskUse.at >= start, KioskUse.at < end)
        .group_by(KioskUse.action, KioskUse.failure)
    )
    found = Counter({COUNTED_DAY: 1})
    for action, failure, n in db.session.execute(query):
        if failure is None:
            found[WORKED[action]] += n
        if action in TRIES:
            found["kiosk_tries"] += n
            if failure is not None:
                found["kiosk_failed"] += n
                found[group_of(failure)] += n
    return {(name, ""): amount for name, amount in found.items()}


def _planned(house: House, day: date) -> Counter[str]:
    """Minutes with a desk at its place, by agency, as they passed: in a night of the clock's change too."""
    found: Counter[str] = Counter()
    if not is_open(house, day):
        return found
    away = _away(house, day)
    for desk in house.desks:
        for hours in desk.hours[day.weekday()]:
            start, end = (instant(day, of, timezone=house.timezone) for of in (hours.start, hours.end))
            found[desk.agency] += (end - start - _covered(away.get(desk.id, ()), start, end)) // MINUTE
    return found


def _away(house: House, day: date) -> dict[str, list[tuple[datetime, datetime]]]:
    start = instant(day, 0, timezone=house.timezone)
    end = instant(day + timedelta(days=1), 0, timezone=house.timezone)
    query = select(DeskAbsence).where(DeskAbsence.starts_at < end, DeskAbsence.ends_at > start)
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for absence in db.session.scalars(query):
        found.setdefault(absence.desk_id, []).append((absence.starts_at, absence.ends_at))
    return found


def _covered(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` lies in one of the spans at least."""
    total, until = timedelta(0), start
    for begins, ends in sorted(spans):
        total += max(min(ends, end) - max(begins, until), timedelta(0))
        until = max(until, ends)
    return total


def _booked(day: date) -> Counter[str]:
    """Minutes of appointments that were not cancelled, by agency."""
    query = (
        select(DeskRow.agency_id, Leg.starts_at, Leg.ends_at)
        .join(Visit, Leg.visit_id == Visit.id)
        .join(DeskRow, Leg.desk_id == DeskRow.id)
        .where(Visit.service_date == day, Visit.state.not_in(NEVER_BOOKED))
    )
    found: Counter[str] = Counter()
    for agency, starts_at, ends_at in db.session.execute(query):
        if starts_at is not None and ends_at is not None:
            found[agency] += round((ends_at - starts_at).total_seconds() / 60)
    return found


def _used(day: date) -> Counter[str]:
    """Minutes of services of known length, by agency."""
    query = (
        select(Ticket.agency_id, func.sum(Ticket.served_seconds))
        .where(
            Ticket.service_date == day,
            Ticket.state == TicketState.COMPLETED,
            func.coalesce(Ticket.outcome, "") != UNKNOWN_OUTCOME,
        )
        .group_by(Ticket.agency_id)
    )
    return Counter({agency: round(int(seconds) / 60) for agency, seconds in db.session.execute(query)})
