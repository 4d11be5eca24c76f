"""Saved views of the figures: choices under a name, each reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.models import SavedView

LONGEST = 60
"""Signs of a name."""

LONGEST_QUERY = 400
MOST = 50
"""Views a reader may keep."""


def of_user(user_id: int) -> Sequence[SavedView]:
    """By name."""
    own = select(SavedView).where(SavedView.user_id == user_id)
    return db.session.scalars(own.order_by(SavedView.name, SavedView.id)).all()


def save(user_id: int, name: str, query: str, *, now: datetime) -> None:
    """Keep `query` under a name; the same name once more replaces it.

    Refuses `invalid` for a name that is empty or too long, and for one view too many.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST or not name.isprintable():
        raise Refusal(Code.INVALID, field="name")
    if len(query) > LONGEST_QUERY:
        raise Refusal(Code.INVALID, field="query")
    with transaction():
        own = select(SavedView).where(SavedView.user_id == user_id)
        found = db.session.scalars(own.where(SavedView.name == name)).first()
        if found is not None:
            found.query = query
            return
        kept = select(func.count()).select_from(SavedView).where(SavedView.user_id == user_id)
        if db.session.execute(kept).scalar_one() >= MOST:
            raise Refusal(Code.INVALID, field="count")
        db.session.add(SavedView(user_id=user_id, name=name, query=query, created_at=now))


def delete(user_id: int, view_id: int) -> str:
    """Returns the query it had. Refuses `not_found` for what is not the reader's own."""
    with transaction():
        found = db.session.get(SavedView, view_id)
        if found is None or found.user_id != user_id:
            raise Refusal(Code.NOT_FOUND)
        query = found.query
        db.session.delete(found)
    return query
