"""Find a visit by the code its booker reads and types."""

from __future__ import annotations

from sqlalchemy import select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.numbering import BOOKING_CODE_LENGTH, normal_code
from ihh.domain.visit import VisitState
from ihh.models import Visit


def find_by_code(typed: str) -> Visit:
    """The visit of a booking code, whatever case and spaces it was typed with. Refuses `unknown_code`.

    What was held and never confirmed has no code that anyone was told; to a visit whose party deleted its
    link no code leads any more.
    """
    code = normal_code(typed)
    visit = None
    if len(code) == BOOKING_CODE_LENGTH:
        visit = db.session.scalars(select(Visit).where(Visit.booking_code == code)).first()
    if visit is None or visit.state in (VisitState.HELD, VisitState.EXPIRED) or visit.unlinked_at is not None:
        raise Refusal(Code.UNKNOWN_CODE)
    return visit
