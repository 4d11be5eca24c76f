"""What the kiosks are used for, and how often that fails: counted beside the action, never in its way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from ihh.db import db, transaction
from ihh.domain.errors import Refusal
from ihh.models import AnsweredRequest, KioskUse

log = logging.getLogger(__name__)

BROKEN = "error"
"""In place of a refusal's code: the house itself failed."""


class KioskAction(StrEnum):
    CHECK_IN = "check_in"
    TAKE_NUMBER = "take_number"
    FEEDBACK = "feedback"


@contextmanager
def counted(
    action: KioskAction, *, device_id: int | None, now: datetime, request_id: str | None = None
) -> Iterator[None]:
    """Count what the block does as one try, with the code of the refusal if it is refused.

    A request that was answered before is a repetition, not another try.
    """
    is_repeated = request_id is not None and _was_answered(request_id)
    failure: str | None = None
    try:
        yield
    except Refusal as refused:
        failure = refused.code.value
        raise
    except Exception:
        failure = BROKEN
        raise
    finally:
        if not is_repeated:
            note(action, failure, device_id=device_id, now=now)


def _was_answered(request_id: str) -> bool:
    try:
        return db.session.get(AnsweredRequest, request_id) is not None
    except Exception:
        log.exception("a kiosk's request was not looked up")
        db.session.rollback()
        return False


def note(action: KioskAction, failure: str | None, *, device_id: int | None, now: datetime) -> None:
    """In a transaction of its own: a refusal counts though its action wrote nothing."""
    try:
        with transaction():
            db.session.add(KioskUse(at=now, device_id=device_id, action=action, failure=failure))
    except Exception:
        log.exception("a kiosk's use was not counted")
