"""Entries of the waitlist: joining, what an entry wants, how it stands, and when it is forgotten."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.party import Party
from ihh.domain.planner import plan
from ihh.domain.planner.problem import LegRequest
from ihh.domain.waitlist import OPEN, Turn, WaitlistState, ahead_of
from ihh.domain.wish import LegWish, Wish
from ihh.models import Letter, Visit, WaitlistContact, WaitlistEntry
from ihh.services import calendars, letters
from ihh.services.calendars import LATEST, Query
from ihh.services.hold_limits import KEPT as SOURCE_KEPT
from ihh.services.hold_limits import Source, one_at_a_time
from ihh.services.house import current_house
from ihh.services.new_visits import new_token

ENDED_KEPT = timedelta(days=30)
"""How long the page of an entry that has ended still says so."""


@dataclass(frozen=True)
class EntryView:
    """An entry as its page shows it."""

    entry: WaitlistEntry
    wish: Wish
    state: WaitlistState
    """An offer that ran out has expired, even before the house has seen to it."""
    ahead: int
    """Entries asked before this one about time that both could want."""
    visit: Visit | None
    """The visit on offer, or the one that was taken."""
    has_contact: bool
    is_written_to: bool
    """Whether a letter tells of an offer; without one the page must be looked at."""
    has_days_over: bool
    """Of one that expired: whether its last day is over, and not an offer that ran out."""


def join(
    wish: Wish,
    contact: Reachable | None,
    *,
    first: date,
    last: date,
    not_before: int = 0,
    not_after: int = LATEST,
    now: datetime,
    source: Source | None,
) -> WaitlistEntry:
    """Wait for a visit between two days and two times of day. A wish's later legs are not waited for.

    Refuses `invalid` for days that are over, out of order or beyond the horizon, `visit_free` with the date
    where such a visit need not be waited for, `too_many_waiting` and `too_many_joins`.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    _check_range(house, max(first, today), last, not_before, not_after, today=today)
    entry = WaitlistEntry(
        id=uuid.uuid4().hex,
        state=WaitlistState.WAITING,
        link_token=new_token(),
        created_at=now,
        language=wish.language,
        wish=_written(wish),
        first_date=max(first, today),
        last_date=last,
        not_before=not_before,
        not_after=not_after,
        declined=[],
        source=source.digest if source else None,
    )
    query = query_of(entry, first=entry.first_date, last=last, options=1)
    if free := plan(calendars.problem(house, query, now=now)).options:
        raise Refusal(Code.VISIT_FREE, date=free[0].date)
    with transaction():
        if source is not None:
            _limit_joins(source, now=now)
        if contact is not None:
            _limit_waiting(house, contact)
        db.session.add(entry)
        db.session.flush()
        if contact is not None:
            db.session.add(
                WaitlistContact(
                    entry_id=entry.id,
                    email=contact.email,
                    phone=contact.phone,
                    delete_after=last + timedelta(days=1),
                )
            )
    return entry


def find_by_link(token: str) -> WaitlistEntry:
    """The entry of a secret link. Refuses `not_found`."""
    entry = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.link_token == token)).first()
    if entry is None:
        raise Refusal(Code.NOT_FOUND)
    return entry


def view_entry(entry: WaitlistEntry, *, now: datetime) -> EntryView:
    visit = db.session.get(Visit, entry.offered_visit_id) if entry.offered_visit_id else None
    state = WaitlistState(entry.state)
    if state is WaitlistState.OFFERED and not is_on_offer(visit, now=now):
        state = WaitlistState.EXPIRED
    contact = contact_of(entry.id)
    return EntryView(
        entry=entry,
        wish=wish_of(entry),
        state=state,
        ahead=_ahead(entry) if state is WaitlistState.WAITING else 0,
        visit=visit,
        has_contact=contact is not None,
        is_written_to=letters.are_sent() and contact is not None and contact.email is not None,
        has_days_over=has_days_over(entry),
    )


def has_days_over(entry: WaitlistEntry) -> bool:
    """Whether the entry ended because its last day was over."""
    timezone = current_house().timezone
    return entry.ended_at is not None and entry.last_date < local_day(entry.ended_at, timezone=timezone)


def is_on_offer(visit: Visit | None, *, now: datetime) -> bool:
    return visit is not None and visit.hold_expires_at is not None and visit.hold_expires_at > now


def locked(entry_id: str) -> WaitlistEntry:
    """The entry, locked until the commit. Refuses `not_found`."""
    entry = db.session.get(WaitlistEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise Refusal(Code.NOT_FOUND)
    return entry


def contact_of(entry_id: str) -> Reachable | None:
    row = db.session.get(WaitlistContact, entry_id)
    return None if row is None else Reachable(row.email, row.phone)


def forget_contact(entry_id: str) -> None:
    db.session.execute(delete(WaitlistContact).where(WaitlistContact.entry_id == entry_id))


def forget(*, now: datetime) -> None:
    """Contacts of entries that have ended, once the letter about it is sent; and what is older still."""
    today = local_day(now, timezone=current_house().timezone)
    ended = select(WaitlistEntry.id).where(WaitlistEntry.ended_at.is_not(None))
    to_write = exists().where(Letter.entry_id == WaitlistContact.entry_id, Letter.next_try_at.is_not(None))
    done = WaitlistContact.entry_id.in_(ended) & ~to_write
    db.session.execute(delete(WaitlistContact).where(or_(done, WaitlistContact.delete_after < today)))
    old = WaitlistEntry.source.is_not(None) & (WaitlistEntry.created_at <= now - SOURCE_KEPT)
    db.session.execute(update(WaitlistEntry).where(old).values(source=None))
    db.session.execute(delete(WaitlistEntry).where(WaitlistEntry.ended_at <= now - ENDED_KEPT))


def turn_of(entry: WaitlistEntry) -> Turn:
    return Turn(
        entry.id, entry.created_at, entry.first_date, entry.last_date, entry.not_before, entry.not_after
    )


def wish_of(entry: WaitlistEntry) -> Wish:
    """What the entry waits for."""
    document = entry.wish
    legs = tuple(
        LegWish(leg["service"], tuple(leg["people"]), tuple(leg["documents"]), leg["override_reason"])
        for leg in document["legs"]
    )
    party = Party(*document["party"])
    return Wish(party, legs, entry.language, document["customer_type"], document["municipality"])


def query_of(entry: WaitlistEntry, *, first: date, last: date, options: int) -> Query:
    """The entry's wish as a question to the public calendars: soonest first."""
    wish = wish_of(entry)
    return Query(
        legs=tuple(LegRequest(leg.service, leg.people) for leg in wish.legs),
        language=wish.language,
        first=first,
        last=last,
        prefer="earliest",
        options=options,
        not_before=entry.not_before,
        not_after=entry.not_after,
        waived=wish.waived,
    )


def _written(wish: Wish) -> dict[str, Any]:
    return {
        "party": [wish.party.adults, wish.party.minors],
        "legs": [
            {
                "service": leg.service,
                "people": list(leg.people),
                "documents": list(leg.documents),
                "override_reason": leg.override_reason,
            }
            for leg in wish.legs
        ],
        "customer_type": wish.customer_type,
        "municipality": wish.municipality,
    }


def _check_range(
    house: House, first: date, last: date, not_before: int, not_after: int, *, today: date
) -> None:
    faults = {}
    if not first <= last <= today + timedelta(days=house.limits.horizon_days):
        faults["/to"] = "not_in_range"
    if not 0 <= not_before < not_after <= LATEST:
        faults["/not_after"] = "not_in_range"
    if faults:
        raise Refusal(Code.INVALID, faults=faults)


def _limit_joins(source: Source, *, now: datetime) -> None:
    one_at_a_time(f"joins {source.digest}")
    lately = select(func.count()).where(
        WaitlistEntry.source == source.digest, WaitlistEntry.created_at > now - SOURCE_KEPT
    )
    if (db.session.execute(lately).scalar() or 0) >= source.holds_per_hour:
        raise Refusal(Code.TOO_MANY_JOINS)


def _limit_waiting(house: House, contact: Reachable) -> None:
    known = ((WaitlistContact.email, contact.email), (WaitlistContact.phone, contact.phone))
    for value in sorted(value for _, value in known if value is not None):
        one_at_a_time(f"waiting {value}")
    same = or_(*(column == value for column, value in known if value is not None))
    waiting = (
        select(func.count())
        .select_from(WaitlistContact)
        .join(WaitlistEntry, WaitlistEntry.id == WaitlistContact.entry_id)
        .where(same, WaitlistEntry.state.in_(OPEN))
    )
    limit = house.limits.open_visits_per_contact
    if (db.session.execute(waiting).scalar() or 0) >= limit:
        raise Refusal(Code.TOO_MANY_WAITING, limit=limit)


def _ahead(entry: WaitlistEntry) -> int:
    """Those on offer count too: who declines keeps the place."""
    earlier = select(WaitlistEntry).where(
        WaitlistEntry.state.in_(OPEN),
        WaitlistEntry.created_at <= entry.created_at,
        WaitlistEntry.first_date <= entry.last_date,
        WaitlistEntry.last_date >= entry.first_date,
    )
    return ahead_of(turn_of(entry), map(turn_of, db.session.scalars(earlier)))
