"""Desks: who works where, open, on a break, closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Desk
from ihh.models import DeskSession, User
from ihh.services.house import current_house
from ihh.services.serving import at_desk


def desks_for(user: User) -> list[Desk]:
    """The desks a user may serve at: a clerk those of the agency, others all."""
    house = current_house()
    return [desk for desk in house.desks if user.agency_id in (None, desk.agency)]


def desk_of(desk_id: str, user: User) -> Desk:
    """A desk of the user's agency. Refuses `not_found` and `not_your_agency`."""
    desk = current_house().desk.get(desk_id)
    if desk is None:
        raise Refusal(Code.NOT_FOUND)
    if user.agency_id not in (None, desk.agency):
        raise Refusal(Code.NOT_YOUR_AGENCY)
    return desk


def own_desk(desk_id: str, user: User) -> Desk:
    """The desk, where the user has it open: who acts at a desk asks this first.

    Refuses `not_found`, `not_your_agency`, and `not_your_desk` when it is closed or another's.
    """
    desk = desk_of(desk_id, user)
    if not has_open(desk_id, user):
        raise Refusal(Code.NOT_YOUR_DESK)
    return desk


def has_open(desk_id: str, user: User) -> bool:
    session = session_at(desk_id)
    return session is not None and session.user_id == user.id


def session_of_user(user_id: int) -> DeskSession | None:
    """The desk session the user has open."""
    return _open(DeskSession.user_id == user_id)


def session_at(desk_id: str) -> DeskSession | None:
    return _open(DeskSession.desk_id == desk_id)


def open_sessions() -> dict[str, DeskSession]:
    query = select(DeskSession).where(DeskSession.closed_at.is_(None))
    return {session.desk_id: session for session in db.session.scalars(query)}


def open_desk(desk_id: str, user: User | None, *, now: datetime) -> DeskSession:
    """Take a desk. A desk that the demonstration runs is handed over with whom it serves.

    Refuses `not_your_agency`, `desk_taken`, and `desk_busy` when the user still has another desk.
    `user` None is the demonstration itself.
    """
    house = current_house()
    if desk_id not in house.desk:
        raise Refusal(Code.NOT_FOUND)
    if user is not None and user.agency_id not in (None, house.desk[desk_id].agency):
        raise Refusal(Code.NOT_YOUR_AGENCY)
    try:
        with transaction():
            there = session_at(desk_id)
            if there is not None and user is not None and there.user_id == user.id:
                return there
            if there is not None and there.user_id is None and user is not None:
                there.closed_at = now
                db.session.flush()
            session = DeskSession(desk_id=desk_id, user_id=user.id if user else None, opened_at=now)
            db.session.add(session)
            db.session.flush()
    except IntegrityError:
        taken = session_at(desk_id) is not None
        raise Refusal(Code.DESK_TAKEN if taken else Code.DESK_BUSY) from None
    return session


def close_desk(desk_id: str, *, now: datetime) -> None:
    """Close the desk. Refuses `desk_busy` while it has a visitor."""
    with transaction():
        session = session_at(desk_id)
        if session is None:
            return
        if at_desk(desk_id) is not None:
            raise Refusal(Code.DESK_BUSY)
        session.closed_at = now


def pause_desk(desk_id: str, *, now: datetime) -> None:
    """A break: the desk calls nobody until it resumes; a visitor there is served to the end."""
    with transaction():
        session = session_at(desk_id)
        if session is None:
            raise Refusal(Code.DESK_CLOSED)
        session.paused_at = session.paused_at or now


def resume_desk(desk_id: str) -> None:
    with transaction():
        session = session_at(desk_id)
        if session is None:
            raise Refusal(Code.DESK_CLOSED)
        session.paused_at = None


def _open(condition: object) -> DeskSession | None:
    query = select(DeskSession).where(DeskSession.closed_at.is_(None), condition)  # type: ignore[arg-type]
    return db.session.scalars(query.execution_options(populate_existing=True)).first()
