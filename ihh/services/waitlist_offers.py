"""Taking what the waitlist offers: here an entry of the waitlist becomes a booking."""

from __future__ import annotations

from datetime import datetime

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.waitlist import WaitlistAction, WaitlistState, after
from ihh.models import Visit
from ihh.services import booking
from ihh.services.waitlist import offered_visit
from ihh.services.waitlist_entries import contact_of, forget_contact, locked


def take(entry_id: str, contact: Reachable | None, *, now: datetime, by: str = "visitor") -> Visit:
    """Book the visit on offer; without another contact it gets the entry's. Taking twice is harmless.

    Refuses `offer_over`, and what `booking.confirm` refuses: the offer then stands.
    """
    with transaction():
        entry = locked(entry_id)
        if entry.state == WaitlistState.TAKEN:
            return db.session.get_one(Visit, entry.offered_visit_id)
        visit = offered_visit(entry, now=now)
        booking.confirm(visit.id, contact or contact_of(entry.id), now=now, by=by)
        entry.state = after(WaitlistState(entry.state), WaitlistAction.TAKE)
        entry.ended_at = now
        forget_contact(entry.id)
    return visit
