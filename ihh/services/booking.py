"""Booking: hold slots, confirm, move, cancel; one visit, or two that are held and confirmed together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from ihh.db import Transaction, db, transaction
from ihh.domain import visit as visits
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.planner import VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Contact, Visit
from ihh.services import letters, waitlist
from ihh.services.calendars import Audience
from ihh.services.events import record_visit
from ihh.services.hold_limits import Source, forget_sources, limit_holds, limit_open_visits
from ihh.services.holds import give_back, ran_out, release_ran_out
from ihh.services.house import current_house
from ihh.services.letters import LetterKind
from ihh.services.new_visits import allowed_days, new_visit, wishes_of
from ihh.services.slots import occupy, taking_slots


@dataclass(frozen=True)
class _Holder:
    source: Source | None
    by: str
    audience: Audience
    is_synthetic: bool = False


@dataclass(frozen=True)
class _Part:
    """One of the visits that are held together."""

    legs: tuple[LegWish, ...]
    option: VisitOption


def hold(
    wish: Wish,
    option: VisitOption,
    *,
    source: Source | None,
    now: datetime,
    by: str = "visitor",
    audience: Audience = Audience.PUBLIC,
    is_synthetic: bool = False,
) -> Visit:
    """Reserve the option's slots, all or none, until the house's hold time is over.

    `source` is the network that is limited, None for the house itself. Refuses `slot_taken` where another
    was faster, `plan_stale` for a plan that is over or fits no more, and `too_many_holds`.
    """
    holder = _Holder(source, by, audience, is_synthetic)
    (visit,) = _hold(wish, [_Part(wish.legs, option)], holder, now=now)
    return visit


def hold_two(
    wish: Wish,
    two: TwoVisits,
    *,
    source: Source | None,
    now: datetime,
    by: str = "visitor",
    audience: Audience = Audience.PUBLIC,
) -> tuple[Visit, Visit]:
    """Reserve both visits' slots, all or none: one hold with one end. Refuses as `hold` does."""
    seconds = wish.later or wish.legs
    parts = [
        _Part(tuple(wish.legs[leg] for leg in two.first_legs), two.first),
        _Part(tuple(seconds[leg] for leg in two.second_legs), two.second),
    ]
    first, second = _hold(wish, parts, _Holder(source, by, audience), now=now)
    return first, second


def hold_chosen(
    wish: Wish,
    chosen: VisitOption | TwoVisits,
    *,
    source: Source | None,
    now: datetime,
    by: str = "visitor",
    audience: Audience = Audience.PUBLIC,
) -> Visit:
    """Hold what was chosen among the proposals: the visit, or the first of two."""
    if isinstance(chosen, TwoVisits):
        return hold_two(wish, chosen, source=source, now=now, by=by, audience=audience)[0]
    return hold(wish, chosen, source=source, now=now, by=by, audience=audience)


def extend_hold(visit_id: str, *, now: datetime) -> Visit:
    """Five more minutes, once; for both visits that are held together."""
    with transaction() as tx:
        visit, *others = _locked(visit_id)
        if visit.state != VisitState.HELD or _has_run_out(visit, now):
            raise Refusal(Code.HOLD_EXPIRED)
        for held in (visit, *others):
            if held.hold_expires_at is not None and not held.is_hold_extended:
                held.hold_expires_at += timedelta(minutes=current_house().limits.hold_extension_min)
                held.is_hold_extended = True
                tx.change_calendar(held.service_date)  # its slots stay taken for longer
    return visit


def confirm(visit_id: str, contact: Reachable | None, *, now: datetime, by: str = "visitor") -> Visit:
    """Turn a hold into a booking, both visits of it where it is of two. Confirming twice is harmless."""
    house = current_house()
    with transaction() as tx:
        together = _locked(visit_id)
        visit = together[0]
        if visit.state == VisitState.BOOKED:
            return visit
        for held in together:
            visits.after(VisitState(held.state), VisitAction.CONFIRM)
            if _has_run_out(held, now):
                raise Refusal(Code.HOLD_EXPIRED)
        if contact is not None:
            limit_open_visits(house, contact)
        for held in together:
            _confirm(tx, held, contact, now=now, by=by)
    return visit


def move(
    visit_id: str,
    option: VisitOption,
    *,
    now: datetime,
    by: str = "visitor",
    audience: Audience = Audience.PUBLIC,
) -> Visit:
    """Put a booked visit on another option's slots; the old ones stay until the new ones are sure.

    A visit that was booked with another stays on its side of it: else `plan_stale`.
    """
    house = current_house()
    _release_run_out(now=now)
    with taking_slots(), transaction() as tx:
        visit = _locked(visit_id)[0]
        before, left = visit.state, visit.service_date
        visit.state = visits.after(VisitState(before), VisitAction.MOVE)
        earliest, latest = allowed_days(visit)
        if not earliest <= option.date <= latest:
            raise Refusal(Code.PLAN_STALE)
        wishes = wishes_of(visit)
        visit.legs.clear()
        db.session.flush()
        visit.service_date = option.date
        occupy(house, visit, wishes, option, audience=audience, now=now)
        for day in (left, option.date):
            tx.change_calendar(day)
        contact = db.session.get(Contact, visit.id)
        if contact is not None:
            contact.delete_after = option.date + timedelta(days=house.retention.contact_days)
        detail = {"from": left.isoformat()}
        record_visit(tx, visit, VisitAction.MOVE, before=before, at=now, by=by, detail=detail)
        letters.write(LetterKind.MOVED, visit_id=visit.id, now=now)
        waitlist.offer_freed(tx, {left}, now=now)
    return visit


def cancel(visit_id: str, *, now: datetime, by: str = "visitor") -> Visit:
    """Give a booked visit's slots back, or those of all visits of a hold. Cancelling twice is harmless.

    What a booked visit gives back is offered to the waitlist before anyone else can see it.
    """
    with transaction() as tx:
        together = _locked(visit_id)
        visit = together[0]
        if visit.state == VisitState.CANCELLED:
            return visit
        was_booked = visit.state == VisitState.BOOKED
        for each in together:
            give_back(tx, each, VisitAction.CANCEL, now=now, by=by)
        if was_booked:
            letters.write(LetterKind.CANCELLED, visit_id=visit.id, now=now)
            waitlist.offer_freed(tx, {visit.service_date}, now=now)
    return visit


def release_expired(tx: Transaction, *, now: datetime) -> None:
    """Let holds that ran out go, so that their slots can be taken, and forget where old ones came from."""
    release_ran_out(tx, now=now)
    forget_sources(now=now)


def find_by_link(token: str) -> Visit:
    """The visit of a secret link. Refuses `not_found`."""
    visit = db.session.scalars(select(Visit).where(Visit.link_token == token)).first()
    if visit is None:
        raise Refusal(Code.NOT_FOUND)
    return visit


def _hold(wish: Wish, parts: list[_Part], holder: _Holder, *, now: datetime) -> list[Visit]:
    house = current_house()
    _release_run_out(now=now)
    held: list[Visit] = []
    with taking_slots(), transaction() as tx:
        if holder.source is not None:
            limit_holds(holder.source, now=now)
        for part in parts:
            origin = Origin.ONLINE if holder.audience is Audience.PUBLIC else Origin.STAFF
            visit = new_visit(wish, VisitAction.HOLD, origin, day=part.option.date, now=now)
            visit.hold_expires_at = now + timedelta(minutes=house.limits.hold_min)
            visit.is_synthetic = holder.is_synthetic
            if held:
                visit.follows_id = held[0].id
                visit.follows_after_days = _days_between(house, wish, parts)
            elif holder.source is not None:
                visit.hold_source = holder.source.digest
            db.session.add(visit)
            occupy(house, visit, part.legs, part.option, audience=holder.audience, now=now)
            tx.change_calendar(visit.service_date)
            detail = _overrides(part.legs)
            record_visit(tx, visit, VisitAction.HOLD, before=None, at=now, by=holder.by, detail=detail)
            held.append(visit)
    return held


def _days_between(house: House, wish: Wish, parts: list[_Part]) -> int:
    """Fewest days between two visits; 0 where nothing in the second must come after the first."""
    if wish.later:
        return max(wish.later_after_days, 1)
    first, second = (part.legs for part in parts)
    binds = any(
        earlier.service in house.prerequisites[later.service] and set(earlier.people) & set(later.people)
        for later in second
        if later.override_reason is None
        for earlier in first
    )
    return int(binds)


def _overrides(legs: tuple[LegWish, ...]) -> dict[str, dict[str, str]]:
    """For the event's detail: which services' rules a clerk set aside, and why."""
    reasons = {leg.service: leg.override_reason for leg in legs if leg.override_reason is not None}
    return {"overrides": reasons} if reasons else {}


def _confirm(tx: Transaction, visit: Visit, contact: Reachable | None, *, now: datetime, by: str) -> None:
    before, visit.state = visit.state, visits.after(VisitState(visit.state), VisitAction.CONFIRM)
    if contact is not None:
        delete_after = visit.service_date + timedelta(days=current_house().retention.contact_days)
        db.session.add(
            Contact(visit_id=visit.id, email=contact.email, phone=contact.phone, delete_after=delete_after)
        )
    visit.confirmed_at, visit.hold_expires_at = now, None
    tx.change_calendar(visit.service_date)  # the hold no longer runs out
    record_visit(tx, visit, VisitAction.CONFIRM, before=before, at=now, by=by)
    letters.write(LetterKind.BOOKED, visit_id=visit.id, now=now)


def _locked(visit_id: str) -> list[Visit]:
    """The visit, locked until the commit, and while it is held the one that is held with it.

    Refuses `not_found`.
    """
    followed = select(Visit.follows_id).where(Visit.id == visit_id).scalar_subquery()
    either = or_(Visit.id == visit_id, Visit.id == followed, Visit.follows_id == visit_id)
    rows = select(Visit).where(either).order_by(Visit.id).with_for_update()
    found = list(db.session.scalars(rows.execution_options(populate_existing=True)))
    found.sort(key=lambda visit: visit.id != visit_id)
    if not found:
        raise Refusal(Code.NOT_FOUND)
    return found if found[0].state == VisitState.HELD else found[:1]


def _has_run_out(visit: Visit, now: datetime) -> bool:
    return visit.hold_expires_at is not None and visit.hold_expires_at <= now


def _release_run_out(*, now: datetime) -> None:
    """In a transaction of its own: one that gives slots back and takes others could wait in a circle."""
    if db.session.scalars(ran_out(now).limit(1)).first() is not None:
        with transaction() as tx:
            release_ran_out(tx, now=now)
