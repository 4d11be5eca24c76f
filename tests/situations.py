"""Situations that tests begin with, made through the services: the only way states come about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.wish import LegWish, Wish
from ihh.models import QueueEvent, User, Visit
from ihh.models.account import Role
from ihh.services import accounts, booking, check_in, desks, proposals
from ihh.services.calendars import Audience
from ihh.services.house import current_house

HELSINKI = ZoneInfo("Europe/Helsinki")
TUESDAY = date(2026, 12, 1)
PASSWORD = "correct horse battery"


def at(clock: str, day: date = TUESDAY) -> datetime:
    """A wall-clock time of a day in Helsinki, "10:30"."""
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=HELSINKI)


def wish(*services: str, party: Party = Party(1), language: str = "en", people: tuple[str, ...] = ()) -> Wish:
    legs = tuple(LegWish(service, people or party.people) for service in services)
    return Wish(party, legs, language, "work")


def booked(
    wanted: Wish, *, day: date = TUESDAY, not_before: str = "09:00", now: datetime | None = None
) -> Visit:
    """A confirmed visit on `day`, the earliest from `not_before`."""
    when = now or at("12:00", day - timedelta(days=4))
    hour, minute = not_before.split(":")
    offers = proposals.propose(wanted, now=when, first=day, last=day, not_before=int(hour) * 60 + int(minute))
    assert offers.earliest is not None, "the situation needs a free visit"
    held = booking.hold(wanted, offers.earliest, source=None, now=when)
    return booking.confirm(held.id, None, now=when)


def kept_busy(*desk_ids: str, day: date = TUESDAY, since: str = "09:00", until: str = "16:00") -> None:
    """Booked visits that take these desks' whole time between two times of day."""
    house, wanted = current_house(), at("12:00", day - timedelta(days=30))
    begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (since, until))
    for desk_id in desk_ids:
        service = house.desk[desk_id].services[0]
        plan = VisitOption(day, begin, end, (PlannedLeg(service, ("p1",), desk_id, begin, end),))
        held = booking.hold(wish(service), plan, source=None, now=wanted, audience=Audience.HOUSE)
        booking.confirm(held.id, None, now=wanted)


def walked_in(*services: str, now: datetime, party: Party = Party(1), language: str = "en") -> Visit:
    done = check_in.take_number(wish(*services, party=party, language=language), now=now, by="kiosk:test")
    return visit(done.visit_id)


def visit(visit_id: str) -> Visit:
    found = db.session.get(Visit, visit_id, populate_existing=True)
    assert found is not None
    return found


def opened(*desk_ids: str, now: datetime) -> None:
    """Desks opened without a clerk, as the demonstration does."""
    for desk_id in desk_ids:
        desks.open_desk(desk_id, None, now=now)


def clerk(agency: str | None = "kela", *, username: str = "clerk", role: Role = Role.CLERK) -> User:
    return accounts.add_user(username, PASSWORD, role, agency_id=agency, now=at("08:00"))


def events(action: str | None = None) -> list[QueueEvent]:
    query = select(QueueEvent).order_by(QueueEvent.service_date, QueueEvent.revision)
    if action is not None:
        query = query.where(QueueEvent.action == action)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
