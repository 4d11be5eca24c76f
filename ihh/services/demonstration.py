"""The demonstration: its sign-ins and its clock. It exists only where `DEMO` is 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ihh import clock
from ihh.db import db, transaction
from ihh.domain.closed_days import next_open_day
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.house import House
from ihh.models import Demonstration, User
from ihh.models.account import Role
from ihh.services.accounts import add_user
from ihh.services.house import current_house

BEGINS_MIN = 10 * 60 + 30
"""Minute of the day at which a demonstration begins: a morning in full swing."""

LATEST_MIN = 15 * 60 + 30
"""From this minute on a restart begins a new day: the old one is as good as over."""

PASSWORD = "demo"


@dataclass(frozen=True)
class SignIn:
    username: str
    password: str
    title: str
    """Role and agency, in English: names of accounts, not of people."""


def sign_ins() -> list[SignIn]:
    """The demonstration's accounts: a clerk for each agency with desks, a supervisor, an analyst."""
    house = current_house()
    with_desks = {desk.agency for desk in house.desks}
    clerks = [
        SignIn(agency.id, PASSWORD, f"Clerk, {agency.short_name['en']}")
        for agency in house.agencies
        if agency.id in with_desks
    ]
    others = [
        SignIn(role.value, PASSWORD, role.value.capitalize()) for role in Role if role is not Role.CLERK
    ]
    return clerks + others


def ensure_accounts(*, now: datetime) -> None:
    """Make the demonstration's accounts that are missing."""
    known = set(db.session.scalars(select(User.username)))
    agencies = current_house().agency
    for entry in sign_ins():
        if entry.username in known:
            continue
        is_clerk = entry.username in agencies
        add_user(
            entry.username,
            entry.password,
            Role.CLERK if is_clerk else Role(entry.username),
            agency_id=entry.username if is_clerk else None,
            now=now,
            is_demo=True,
            may_export_events=entry.username == Role.ANALYST,
        )


def unfinished(house: House, *, today: date) -> Demonstration | None:
    """The synthetic day that a restart goes on with: it lies ahead of the world's and is not over."""
    newest = select(Demonstration).order_by(Demonstration.service_date.desc()).limit(1)
    row = db.session.scalars(newest).first()
    if row is None or row.service_date <= today:
        return None
    is_over = local_minute(row.seen_at, timezone=house.timezone) >= LATEST_MIN
    return None if is_over else row


def next_day(house: House, *, today: date) -> date:
    """The day to show: the next open one that no demonstration has used."""
    newest = db.session.scalars(
        select(Demonstration.service_date).order_by(Demonstration.service_date.desc())
    ).first()
    day = next_open_day(house, max(today, newest) if newest else today)
    if day is None:
        raise ValueError("the house file has no open day within a year")
    return day


def begin(house: House, day: date) -> Demonstration:
    """Note that the demonstration shows `day`, its clock at the beginning."""
    with transaction():
        at = instant(day, BEGINS_MIN, timezone=house.timezone)
        row = Demonstration(service_date=day, seed=day.toordinal(), seen_at=at)
        db.session.add(row)
    return row


def set_clock() -> None:
    """Let this process's clock go on from where the demonstration last stood."""
    house = current_house()
    row = unfinished(house, today=local_day(clock.real_now(), timezone=house.timezone))
    if row is not None:
        clock.shift(row.seen_at - clock.real_now())


def note_time(*, now: datetime) -> None:
    """Remember how far the demonstration's clock has come."""
    with transaction():
        newest = select(Demonstration).order_by(Demonstration.service_date.desc()).limit(1)
        row = db.session.scalars(newest).first()
        if row is not None and now > row.seen_at + timedelta(seconds=1):
            row.seen_at = now
