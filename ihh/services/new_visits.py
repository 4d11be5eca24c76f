"""A visit that begins, what a visit wants when it is planned anew, and the visit it was booked with."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ihh.db import db
from ihh.domain import visit as visits
from ihh.domain.numbering import ALPHABET, BOOKING_CODE_LENGTH, TOKEN_LENGTH
from ihh.domain.party import Party, people_of
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit

OVER = frozenset({VisitState.CANCELLED, VisitState.EXPIRED, VisitState.NO_SHOW})
"""States in which a visit binds the one it was booked with no more."""


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


def wishes_of(visit: Visit) -> tuple[LegWish, ...]:
    """The legs of a visit as a wish, to plan it anew."""
    return tuple(
        LegWish(leg.service_id, people_of(leg.people), tuple(leg.documents), leg.override_reason)
        for leg in visit.legs
    )


def wish_of(visit: Visit) -> Wish:
    party = Party(visit.adults, visit.minors)
    return Wish(party, wishes_of(visit), visit.language, visit.customer_type, visit.municipality)


def booked_with(visit: Visit) -> Visit | None:
    """The other of two visits that were booked together."""
    if visit.follows_id is not None:
        return db.session.get(Visit, visit.follows_id, populate_existing=True)
    following = select(Visit).where(Visit.follows_id == visit.id)
    return db.session.scalars(following.execution_options(populate_existing=True)).first()


def allowed_days(visit: Visit) -> tuple[date, date]:
    """The first and the last day on which a visit can be, for the one it was booked with."""
    other = booked_with(visit)
    if other is not None and other.state not in OVER:
        if visit.follows_id is not None and visit.follows_after_days:
            return other.service_date + timedelta(days=visit.follows_after_days), date.max
        if other.follows_id is not None and other.follows_after_days:
            return date.min, other.service_date - timedelta(days=other.follows_after_days)
    return date.min, date.max


def new_token(length: int = TOKEN_LENGTH) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
