"""A party deletes what leads to it: contact, link and what it wrote. What is left names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update

from ihh.db import db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.numbering import BOOKING_CODE_LENGTH
from ihh.domain.visit import VisitState
from ihh.domain.waitlist import OPEN
from ihh.models import Contact, Feedback, Letter, Visit, WaitlistEntry
from ihh.services import waitlist, waitlist_entries
from ihh.services.house import current_house
from ihh.services.my_data import kept_until
from ihh.services.new_visits import new_token


@dataclass(frozen=True)
class Left:
    """What is left of a visit whose link was deleted."""

    booking_code: str | None
    """Of a visit still to come: it checks in at the kiosk, and does nothing else any more."""
    kept_until: date
    """How long the visit's events are kept, under a random number."""


def is_to_come(visit: Visit, *, now: datetime) -> bool:
    """Whether somebody may still check in with the visit's code."""
    today = local_day(now, timezone=current_house().timezone)
    return visit.state == VisitState.BOOKED and visit.service_date >= today


def forget_visit(visit_id: str, *, now: datetime) -> Left:
    """Delete a visit's contact, letters and comments, and its link at once.

    A visit to come stays booked, and its code still checks it in: whoever does not come cancels first. Once
    the party has checked in no code leads to the visit either. Times that are only held run out by
    themselves, and the network that holds them is remembered for its hour, or nobody could be kept from
    holding all. No event tells of it: the visit says itself when its link was deleted. Refuses `not_found`.
    """
    with transaction():
        visit = db.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
        if visit is None:
            raise Refusal(Code.NOT_FOUND)
        db.session.execute(delete(Contact).where(Contact.visit_id == visit_id))
        db.session.execute(delete(Letter).where(Letter.visit_id == visit_id))
        _forget_lines(visit_id)
        # The page of the waitlist leads to the visit that was taken from it.
        ended = WaitlistEntry.state.not_in(OPEN)
        db.session.execute(delete(WaitlistEntry).where(WaitlistEntry.offered_visit_id == visit_id, ended))
        visit.link_token, visit.unlinked_at = new_token(), now
        to_come = is_to_come(visit, now=now)
        if not to_come:
            visit.booking_code, visit.check_in_token = new_token(BOOKING_CODE_LENGTH), new_token()
    return Left(visit.booking_code if to_come else None, kept_until(current_house(), visit.service_date))


def forget_entry(entry_id: str, *, now: datetime) -> None:
    """Leave the waitlist and delete all of the entry. A visit taken from it stays, with a link of its own.

    Refuses `not_found`.
    """
    with transaction():
        if waitlist_entries.locked(entry_id).state in OPEN:
            waitlist.leave(entry_id, now=now)
        db.session.flush()
        db.session.execute(delete(WaitlistEntry).where(WaitlistEntry.id == entry_id))


def _forget_lines(visit_id: str) -> None:
    """The scores stay; an answer that was a line only goes."""
    of_visit = (Feedback.visit_id == visit_id) & Feedback.line.is_not(None)
    has_score = Feedback.csat.is_not(None) | Feedback.effort.is_not(None) | Feedback.nps.is_not(None)
    db.session.execute(delete(Feedback).where(of_visit, ~has_score))
    db.session.execute(update(Feedback).where(of_visit).values(line=None))
