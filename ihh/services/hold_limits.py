"""Against hoarding: how many visits one network may hold, and one contact may have open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.visit import VisitState
from ihh.models import Contact, Visit

KEPT = timedelta(hours=1)
"""How long it is remembered which network held a visit."""


@dataclass(frozen=True)
class Source:
    """The network a hold comes from: its digest, never its address."""

    digest: str
    holds_per_hour: int


def limit_holds(source: Source, *, now: datetime) -> None:
    """Refuses `too_many_holds`. Two visits held together are one hold: only the first carries the source."""
    one_at_a_time(f"holds {source.digest}")
    lately = select(func.count()).where(Visit.hold_source == source.digest, Visit.created_at > now - KEPT)
    if (db.session.execute(lately).scalar() or 0) >= source.holds_per_hour:
        raise Refusal(Code.TOO_MANY_HOLDS)


def limit_open_visits(house: House, contact: Reachable) -> None:
    """Refuses `too_many_open_visits`. Two visits booked together count as one."""
    known = ((Contact.email, contact.email), (Contact.phone, contact.phone))
    for value in sorted(value for _, value in known if value is not None):
        one_at_a_time(f"open visits {value}")
    same = or_(*(column == value for column, value in known if value is not None))
    bookings = func.coalesce(Visit.follows_id, Visit.id)
    open_visits = (
        select(func.count(bookings.distinct()))
        .select_from(Contact)
        .join(Visit)
        .where(same, Visit.state == VisitState.BOOKED)
    )
    if (db.session.execute(open_visits).scalar() or 0) >= house.limits.open_visits_per_contact:
        raise Refusal(Code.TOO_MANY_OPEN_VISITS, limit=house.limits.open_visits_per_contact)


def forget_sources(*, now: datetime) -> None:
    old = Visit.hold_source.is_not(None) & (Visit.created_at <= now - KEPT)
    db.session.execute(update(Visit).where(old).values(hold_source=None))


def one_at_a_time(name: str) -> None:
    """Let only one transaction at a time count and add; SQLite has but one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
