"""Whoever waits for a visit is offered time as it comes free, in the order of waiting.

What a cancelled or moved visit gives back is held for the next in line in the very transaction that frees
it: the public never sees it in between, so nobody can pass a time on by cancelling it. An offer that is
declined or runs out goes to the next in the same way. One transaction at a time makes offers, so that
the order holds over all of them; a public booking never waits for that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from ihh.db import Transaction, db, transaction
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.planner import VisitOption, plan
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.domain.waitlist import OPEN, WaitlistAction, WaitlistState, after, half_day, in_turn
from ihh.models import Visit, WaitlistEntry
from ihh.services import calendars, letters
from ihh.services.calendars import Audience, Query
from ihh.services.events import record_visit
from ihh.services.hold_limits import one_at_a_time
from ihh.services.holds import give_back, release_ran_out
from ihh.services.house import current_house
from ihh.services.letters import LetterKind
from ihh.services.new_visits import new_visit
from ihh.services.slots import occupy, taking_slots
from ihh.services.waitlist_entries import (
    forget,
    forget_contact,
    is_on_offer,
    locked,
    query_of,
    turn_of,
    wish_of,
)

LOOKED_AT = 200
"""Entries looked at when time comes free, those who wait longest."""

HALF_DAYS = 20
"""Of so many half days an entry's best visits are looked at, to find one it has not declined."""

TRIES = 3
"""Someone who books at the same moment may take what was about to be offered."""

_Vain = set[tuple[Query, tuple[str, ...]]]
"""Searches that found nothing, with what was declined: offers only take time, so they stay in vain."""


def offer_freed(tx: Transaction, days: Collection[date], *, now: datetime) -> None:
    """Offer the time that came free on these days, within the transaction that frees it."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    if not _waiting([day for day in days if day >= today], limit=1):
        return
    one_at_a_time("waitlist")
    freed = sorted(day for day in {*days, *release_ran_out(tx, now=now)} if day >= today)
    entries = {entry.id: entry for entry in _waiting(freed, limit=LOOKED_AT)}
    vain: _Vain = set()
    for turn in in_turn(map(turn_of, entries.values()), freed):
        _offer(tx, house, entries[turn.entry_id], [day for day in freed if turn.covers(day)], vain, now=now)


def serve_waiting(*, now: datetime) -> None:
    """Offer what came free otherwise: time released to the public, desks manned again, new hours."""
    days = _days_with_room(now=now)
    if days:
        with transaction() as tx:
            offer_freed(tx, days, now=now)


def decline(entry_id: str, *, now: datetime, by: str = "visitor") -> WaitlistEntry:
    """Not this visit: the place in the order stays, and this half day is not offered again.

    Refuses `offer_over`.
    """
    with transaction() as tx:
        one_at_a_time("waitlist")
        entry = locked(entry_id)
        visit = offered_visit(entry, now=now)
        entry.declined = [*entry.declined, _half_day_of(visit)]
        _end_offer(tx, entry, visit, WaitlistAction.DECLINE, VisitAction.CANCEL, now=now, by=by)
        offer_freed(tx, [visit.service_date], now=now)
    return entry


def leave(entry_id: str, *, now: datetime, by: str = "visitor") -> WaitlistEntry:
    """Wait no longer. Leaving twice is harmless."""
    with transaction() as tx:
        one_at_a_time("waitlist")
        entry = locked(entry_id)
        if entry.state == WaitlistState.LEFT:
            return entry
        if entry.state == WaitlistState.OFFERED:
            visit = db.session.get_one(Visit, entry.offered_visit_id, with_for_update=True)
            _end_offer(tx, entry, visit, WaitlistAction.LEAVE, VisitAction.CANCEL, now=now, by=by)
            offer_freed(tx, [visit.service_date], now=now)
        else:
            _end(entry, WaitlistAction.LEAVE, now=now)
        forget_contact(entry.id)
    return entry


def end_over(tx: Transaction, *, now: datetime) -> None:
    """End what is over: offers that ran out, whose time goes to the next, and entries past their last day."""
    today = local_day(now, timezone=current_house().timezone)
    if db.session.execute(_ran_out(now).limit(1)).first() is not None:
        one_at_a_time("waitlist")
        freed = set()
        for entry, visit in _locked(_ran_out(now)):
            _end_offer(tx, entry, visit, WaitlistAction.EXPIRE, VisitAction.EXPIRE, now=now, by="house")
            letters.write(LetterKind.ENDED, entry_id=entry.id, now=now)
            freed.add(visit.service_date)
        offer_freed(tx, freed, now=now)
    past = (
        select(WaitlistEntry)
        .where(WaitlistEntry.state == WaitlistState.WAITING, WaitlistEntry.last_date < today)
        .with_for_update(skip_locked=True)
    )
    for entry in db.session.scalars(past):
        _end(entry, WaitlistAction.EXPIRE, now=now)
        letters.write(LetterKind.ENDED, entry_id=entry.id, now=now)
    db.session.flush()
    forget(now=now)


def offered_visit(entry: WaitlistEntry, *, now: datetime) -> Visit:
    """The visit on offer to the entry, locked until the commit. Refuses `offer_over`."""
    if entry.state != WaitlistState.OFFERED:
        raise Refusal(Code.OFFER_OVER)
    visit = db.session.get_one(Visit, entry.offered_visit_id, with_for_update=True, populate_existing=True)
    if visit.state != VisitState.HELD or not is_on_offer(visit, now=now):
        raise Refusal(Code.OFFER_OVER)
    return visit


def _offer(
    tx: Transaction, house: House, entry: WaitlistEntry, days: Sequence[date], vain: _Vain, *, now: datetime
) -> None:
    """Hold the soonest visit on one of the days for the entry, where there is one."""
    for _try in range(TRIES):
        option = _soonest(house, entry, days, vain, now=now)
        if option is None:
            return
        try:
            with taking_slots(), db.session.begin_nested():
                visit = _hold(house, entry, option, now=now)
        except Refusal:
            continue
        tx.change_calendar(visit.service_date)
        record_visit(tx, visit, VisitAction.HOLD, before=None, at=now, by="house")
        letters.write(LetterKind.OFFER, entry_id=entry.id, now=now)
        return


def _hold(house: House, entry: WaitlistEntry, option: VisitOption, *, now: datetime) -> Visit:
    wish = wish_of(entry)
    visit = new_visit(wish, VisitAction.HOLD, Origin.ONLINE, day=option.date, now=now)
    begins = instant(option.date, option.start, timezone=house.timezone)
    visit.hold_expires_at = min(
        now + timedelta(minutes=house.limits.waitlist_offer_min),
        begins - timedelta(minutes=house.limits.book_ahead_min),
    )
    db.session.add(visit)
    occupy(house, visit, wish.legs, option, audience=Audience.PUBLIC, now=now)
    entry.state = after(WaitlistState(locked(entry.id).state), WaitlistAction.OFFER)
    entry.offered_visit_id = visit.id
    db.session.flush()
    return visit


def _soonest(
    house: House, entry: WaitlistEntry, days: Iterable[date], vain: _Vain, *, now: datetime
) -> VisitOption | None:
    for day in days:
        option = _first_fit(house, entry, day, day, vain, now=now)
        if option is not None:
            return option
    return None


def _first_fit(
    house: House, entry: WaitlistEntry, first: date, last: date, vain: _Vain, *, now: datetime
) -> VisitOption | None:
    """The soonest visit that was not declined and can stand on offer for a while."""
    ahead_min = house.limits.book_ahead_min + house.limits.hold_min
    query = replace(query_of(entry, first=first, last=last, options=HALF_DAYS), ahead_min=ahead_min)
    declined = tuple(name for name in entry.declined if first.isoformat() <= name[:10] <= last.isoformat())
    if (query, declined) in vain or any(leg.service not in house.service for leg in query.legs):
        return None
    for option in plan(calendars.problem(house, query, now=now)).options:
        if half_day(option.date, option.start) not in declined:
            return option
    vain.add((query, declined))
    return None


def _days_with_room(*, now: datetime) -> set[date]:
    """Days on which somebody who waits could have a visit, looked up without a lock as the public sees it."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    vain: _Vain = set()
    fits = (
        _first_fit(house, entry, max(entry.first_date, today), entry.last_date, vain, now=now)
        for entry in _waiting([today, date.max], limit=LOOKED_AT)
    )
    return {option.date for option in fits if option is not None}


def _waiting(days: Collection[date], *, limit: int) -> list[WaitlistEntry]:
    """Those who wait for a day between the first and the last of these, whoever waits longest first."""
    if not days:
        return []
    waiting = (
        select(WaitlistEntry)
        .where(
            WaitlistEntry.state == WaitlistState.WAITING,
            WaitlistEntry.first_date <= max(days),
            WaitlistEntry.last_date >= min(days),
        )
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(limit)
    )
    return list(db.session.scalars(waiting.execution_options(populate_existing=True)))


def _ran_out(now: datetime) -> Select[WaitlistEntry, Visit]:
    """Offers that nobody answered in time, with their visits."""
    return (
        select(WaitlistEntry, Visit)
        .join(Visit, Visit.id == WaitlistEntry.offered_visit_id)
        .where(WaitlistEntry.state == WaitlistState.OFFERED, Visit.hold_expires_at <= now)
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
    )


def _locked(offers: Select[WaitlistEntry, Visit]) -> list[tuple[WaitlistEntry, Visit]]:
    """Until the commit; those that are being answered at this moment are left out."""
    locking = offers.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return [(entry, visit) for entry, visit in db.session.execute(locking)]


def _end_offer(
    tx: Transaction,
    entry: WaitlistEntry,
    visit: Visit,
    action: WaitlistAction,
    visit_action: VisitAction,
    *,
    now: datetime,
    by: str,
) -> None:
    _end(entry, action, now=now)
    entry.offered_visit_id = None
    if visit.state == VisitState.HELD:
        give_back(tx, visit, visit_action, now=now, by=by)
    db.session.flush()


def _end(entry: WaitlistEntry, action: WaitlistAction, *, now: datetime) -> None:
    entry.state = after(WaitlistState(entry.state), action)
    entry.ended_at = now if entry.state not in OPEN else None


def _half_day_of(visit: Visit) -> str:
    begins = min(leg.starts_at for leg in visit.legs if leg.starts_at)
    return half_day(visit.service_date, local_minute(begins, timezone=current_house().timezone))
