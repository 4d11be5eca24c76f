"""Writes that carry a client-made id: repeating one returns the first answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.models import AnsweredRequest


def answered_once(
    request_id: str | None, scope: str, work: Callable[[], dict[str, Any]], *, now: datetime
) -> dict[str, Any]:
    """Do `work` once per request id and return its answer, now or the stored one.

    `scope` says what is asked and by whom; the same id with another scope is refused
    (`request_id_reused`). A refused request is not stored: it may be tried again.
    """
    if request_id is None:
        with transaction():
            return work()
    first = _first_answer(request_id, scope)
    if first is not None:
        return first
    try:
        with transaction():
            row = AnsweredRequest(id=request_id, scope=scope, answered_at=now, answer={})
            db.session.add(row)
            db.session.flush()
            row.answer = work()
        return row.answer
    except IntegrityError:
        # The same request came twice at once and the other one was first.
        first = _first_answer(request_id, scope)
        if first is None:
            raise
        return first


def _first_answer(request_id: str, scope: str) -> dict[str, Any] | None:
    db.session.rollback()
    row = db.session.get(AnsweredRequest, request_id, populate_existing=True)
    if row is None:
        return None
    if row.scope != scope:
        raise Refusal(Code.REQUEST_ID_REUSED)
    return row.answer
