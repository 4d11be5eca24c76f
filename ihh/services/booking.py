"""Booking: propose visits, hold slots, confirm, move, cancel."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from ihh.db import Transaction, db, transaction
from ihh.domain import visit as visits
from ihh.domain.contact import Reachable
from ihh.domain.daytime import instant, local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Channel, House
from ihh.domain.numbering import ALPHABET, BOOKING_CODE_LENGTH, TOKEN_LENGTH
from ihh.domain.party import Party, mask_of, people_of
from ihh.domain.planner import VisitOption, plan
from ihh.domain.planner.problem import LegRequest, Prefer, Problem
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.models import Contact, Leg, Slot, Visit
from ihh.services.calendars import Query, problem
from ihh.services.events import record_visit
from ihh.services.house import current_house

CONTACT_KEPT_DAYS = 30
HOLD_EXTENSION_MIN = 5
HOLD_SOURCE_KEPT = timedelta(hours=1)
OFFERED = 6
"""Visits looked up besides the soonest and the shortest."""


@dataclass(frozen=True)
class LegWish:
    """One service for some of the party, and the documents they were asked to bring."""

    service: str
    people: tuple[str, ...]
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a party wants from a visit."""

    party: Party
    legs: tuple[LegWish, ...]
    language: str
    customer_type: str = "other"
    municipality: str | None = None


@dataclass(frozen=True)
class Proposals:
    """Visits to choose from: the best by each preference, further days, and what stands in the way."""

    earliest: VisitOption | None
    balanced: VisitOption | None
    shortest: VisitOption | None
    others: tuple[VisitOption, ...]
    blocked: tuple[int, ...]
    """Indexes of legs that have no place in the range even alone."""

    @property
    def all(self) -> tuple[VisitOption, ...]:
        """Every different visit, soonest first."""
        found = {
            (option.date, option.start, option.legs): option
            for option in (self.earliest, self.balanced, self.shortest, *self.others)
            if option is not None
        }
        return tuple(sorted(found.values(), key=lambda option: (option.date, option.start)))


def propose(
    wish: Wish,
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    not_before: int = 0,
    not_after: int = 24 * 60,
    moving: str | None = None,
) -> Proposals:
    """The visits on offer from `first` (today) to `last` (the horizon); `moving` frees a visit's slots."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    begin = max(first or today, today)
    query = Query(
        legs=tuple(LegRequest(leg.service, leg.people) for leg in wish.legs),
        language=wish.language,
        first=begin,
        last=last or today + timedelta(days=house.limits.horizon_days),
        not_before=not_before,
        not_after=not_after,
    )
    asked = problem(house, query, now=now, ignoring=moving)
    return proposals_of(asked)


def proposals_of(asked: Problem) -> Proposals:
    """The best visit by each preference and the best of other days, from one problem."""

    def best(prefer: Prefer, options: int) -> tuple[VisitOption, ...]:
        request = replace(asked.request, prefer=prefer, options=options)
        return plan(replace(asked, request=request)).options

    balanced = plan(replace(asked, request=replace(asked.request, prefer="balanced", options=OFFERED)))
    if not balanced.options:
        return Proposals(None, None, None, (), balanced.blocked)
    return Proposals(
        earliest=best("earliest", 1)[0],
        balanced=balanced.options[0],
        shortest=best("shortest", 1)[0],
        others=balanced.options[1:],
        blocked=(),
    )


def hold(
    wish: Wish,
    option: VisitOption,
    *,
    source: str | None,
    now: datetime,
    by: str = "visitor",
    is_synthetic: bool = False,
) -> Visit:
    """Reserve the option's slots, all or none, until the house's hold time is over.

    `source` is a digest of the network address. Refuses `slot_taken` where another was faster and
    `too_many_holds` to whoever holds more than a person needs.
    """
    house = current_house()
    try:
        with transaction() as tx:
            release_expired(tx, now=now)
            if source is not None:
                _limit_holds(house, source, now)
            visit = new_visit(wish, VisitAction.HOLD, Origin.ONLINE, day=option.date, now=now)
            visit.hold_expires_at = now + timedelta(minutes=house.limits.hold_min)
            visit.hold_source, visit.is_synthetic = source, is_synthetic
            db.session.add(visit)
            _occupy(house, visit, wish.legs, option)
            record_visit(tx, visit, VisitAction.HOLD, before=None, at=now, by=by)
    except IntegrityError:
        raise Refusal(Code.SLOT_TAKEN) from None
    return visit


def extend_hold(visit_id: str, *, now: datetime) -> Visit:
    """Five more minutes, once."""
    with transaction():
        visit = _locked(visit_id)
        if visit.state != VisitState.HELD or visit.hold_expires_at is None or visit.hold_expires_at <= now:
            raise Refusal(Code.HOLD_EXPIRED)
        if not visit.is_hold_extended:
            visit.hold_expires_at += timedelta(minutes=HOLD_EXTENSION_MIN)
            visit.is_hold_extended = True
    return visit


def confirm(visit_id: str, contact: Reachable | None, *, now: datetime, by: str = "visitor") -> Visit:
    """Turn a hold into a booking. Confirming twice is harmless."""
    house = current_house()
    with transaction() as tx:
        visit = _locked(visit_id)
        if visit.state == VisitState.BOOKED:
            return visit
        before = visit.state
        if visit.hold_expires_at is not None and visit.hold_expires_at <= now:
            raise Refusal(Code.HOLD_EXPIRED)
        visit.state = visits.after(VisitState(before), VisitAction.CONFIRM)
        if contact is not None:
            _limit_open_visits(house, contact)
            db.session.add(
                Contact(
                    visit_id=visit.id,
                    email=contact.email,
                    phone=contact.phone,
                    delete_after=visit.service_date + timedelta(days=CONTACT_KEPT_DAYS),
                )
            )
        visit.confirmed_at, visit.hold_expires_at = now, None
        record_visit(tx, visit, VisitAction.CONFIRM, before=before, at=now, by=by)
    return visit


def move(visit_id: str, option: VisitOption, *, now: datetime, by: str = "visitor") -> Visit:
    """Put a booked visit on another option's slots; the old ones stay until the new ones are sure."""
    house = current_house()
    try:
        with transaction() as tx:
            release_expired(tx, now=now)
            visit = _locked(visit_id)
            before = visit.state
            visit.state = visits.after(VisitState(before), VisitAction.MOVE)
            detail = {"from": visit.service_date.isoformat()}
            wishes = wishes_of(visit)
            visit.legs.clear()
            db.session.flush()
            visit.service_date = option.date
            _occupy(house, visit, wishes, option)
            contact = db.session.get(Contact, visit.id)
            if contact is not None:
                contact.delete_after = option.date + timedelta(days=CONTACT_KEPT_DAYS)
            record_visit(tx, visit, VisitAction.MOVE, before=before, at=now, by=by, detail=detail)
    except IntegrityError:
        raise Refusal(Code.SLOT_TAKEN) from None
    return visit


def cancel(visit_id: str, *, now: datetime, by: str = "visitor") -> Visit:
    """Give a held or booked visit's slots back. Cancelling twice is harmless."""
    with transaction() as tx:
        visit = _locked(visit_id)
        if visit.state == VisitState.CANCELLED:
            return visit
        before = visit.state
        visit.state = visits.after(VisitState(before), VisitAction.CANCEL)
        _free_slots([visit.id])
        record_visit(tx, visit, VisitAction.CANCEL, before=before, at=now, by=by)
    return visit


def release_expired(tx: Transaction, *, now: datetime) -> None:
    """Let holds that ran out go, so that their slots can be taken."""
    ran_out = (
        select(Visit)
        .where(Visit.state == VisitState.HELD, Visit.hold_expires_at <= now)
        .with_for_update(skip_locked=True)
    )
    for visit in db.session.scalars(ran_out):
        visit.state = visits.after(VisitState.HELD, VisitAction.EXPIRE)
        _free_slots([visit.id])
        record_visit(tx, visit, VisitAction.EXPIRE, before=VisitState.HELD, at=now, by="house")
    forget = Visit.hold_source.is_not(None) & (Visit.created_at <= now - HOLD_SOURCE_KEPT)
    db.session.execute(update(Visit).where(forget).values(hold_source=None))


def wishes_of(visit: Visit) -> tuple[LegWish, ...]:
    """The legs of a visit as a wish, to plan it anew."""
    return tuple(LegWish(leg.service_id, people_of(leg.people), tuple(leg.documents)) for leg in visit.legs)


def wish_of(visit: Visit) -> Wish:
    party = Party(visit.adults, visit.minors)
    return Wish(party, wishes_of(visit), visit.language, visit.customer_type, visit.municipality)


def find_by_link(token: str) -> Visit:
    """The visit of a secret link. Refuses `not_found`."""
    visit = db.session.scalars(select(Visit).where(Visit.link_token == token)).first()
    if visit is None:
        raise Refusal(Code.NOT_FOUND)
    return visit


def new_token(length: int = TOKEN_LENGTH) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _locked(visit_id: str) -> Visit:
    """The visit's row, locked until the commit. Refuses `not_found`."""
    visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None:
        raise Refusal(Code.NOT_FOUND)
    return visit


def new_visit(wish: Wish, action: VisitAction, origin: Origin, *, day: date, now: datetime) -> Visit:
    """A visit that begins with `action`, with codes and tokens of its own; not yet in the session."""
    return Visit(
        id=uuid.uuid4().hex,
        state=visits.after(None, action),
        origin=origin,
        service_date=day,
        language=wish.language,
        adults=wish.party.adults,
        minors=wish.party.minors,
        customer_type=wish.customer_type,
        municipality=wish.municipality,
        booking_code=new_token(BOOKING_CODE_LENGTH),
        check_in_token=new_token(),
        link_token=new_token(),
        created_at=now,
    )


def _occupy(house: House, visit: Visit, wishes: tuple[LegWish, ...], option: VisitOption) -> None:
    """Write the legs and their slots; the slots' key lets two visits never share one."""
    if len(wishes) != len(option.legs):
        raise Refusal(Code.PLAN_STALE)
    for position, (wish, planned) in enumerate(zip(wishes, option.legs, strict=True)):
        if (wish.service, set(wish.people)) != (planned.service, set(planned.people)):
            raise Refusal(Code.PLAN_STALE)  # a plan for other services than the visit to move has
        if wish.service not in house.service or (planned.desk is not None and planned.desk not in house.desk):
            raise Refusal(Code.PLAN_STALE)
        starts_at = instant(option.date, planned.start, timezone=house.timezone)
        leg = Leg(
            visit_id=visit.id,
            position=position,
            service_id=wish.service,
            mode=Channel.WALK_IN if planned.desk is None else Channel.DESK,
            people=mask_of(wish.people),
            documents=list(wish.documents),
            starts_at=starts_at,
            ends_at=instant(option.date, planned.end, timezone=house.timezone),
            desk_id=planned.desk,
        )
        visit.legs.append(leg)
        db.session.flush()
        if planned.desk is not None:
            _take_slots(leg, range(0, planned.end - planned.start, house.grid_min), starts_at)
    db.session.flush()


def _take_slots(leg: Leg, steps: Iterable[int], starts_at: datetime) -> None:
    db.session.add_all(
        Slot(desk_id=leg.desk_id, starts_at=starts_at + timedelta(minutes=step), leg_id=leg.id)
        for step in steps
    )


def _free_slots(visit_ids: list[str]) -> None:
    legs = select(Leg.id).where(Leg.visit_id.in_(visit_ids))
    db.session.execute(delete(Slot).where(Slot.leg_id.in_(legs)))


def _limit_holds(house: House, source: str, now: datetime) -> None:
    lately = select(func.count()).where(
        Visit.hold_source == source, Visit.created_at > now - HOLD_SOURCE_KEPT
    )
    if (db.session.execute(lately).scalar() or 0) >= house.limits.holds_per_hour:
        raise Refusal(Code.TOO_MANY_HOLDS)


def _limit_open_visits(house: House, contact: Reachable) -> None:
    same = or_(
        *(
            column == value
            for column, value in ((Contact.email, contact.email), (Contact.phone, contact.phone))
            if value is not None
        )
    )
    open_visits = (
        select(func.count()).select_from(Contact).join(Visit).where(same, Visit.state == VisitState.BOOKED)
    )
    if (db.session.execute(open_visits).scalar() or 0) >= house.limits.open_visits_per_contact:
        raise Refusal(Code.TOO_MANY_OPEN_VISITS, limit=house.limits.open_visits_per_contact)
