"""What is kept about one visit or one place on the waitlist, for whoever has its link.

A document holds plain values: pages put them into words, the API and the file tell them as they are. Keys
that open something (link, QR code, booking code) are left out, so that the file may be handed on.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from ihh.db import db
from ihh.domain.house import House
from ihh.domain.party import people_of
from ihh.domain.retention import last_kept
from ihh.models import (
    Contact,
    Feedback,
    Letter,
    LiveEstimate,
    QueueEvent,
    Ticket,
    Visit,
    WaitlistContact,
    WaitlistEntry,
)
from ihh.services.house import current_house
from ihh.services.new_visits import booked_with
from ihh.services.tickets import tickets_of

FORMAT = "ihh-my-data/1"

Document = dict[str, Any]


def visit_document(visit: Visit) -> Document:
    """Everything kept about a visit, in sections."""
    house = current_house()
    tickets = tickets_of(visit.id)
    taken = select(WaitlistEntry).where(WaitlistEntry.offered_visit_id == visit.id)
    entry = db.session.scalars(taken).first()
    return {
        "format": FORMAT,
        "visit": _visit(visit),
        "services": [_leg(house, leg) for leg in visit.legs],
        "lines": [_ticket(house, ticket) for ticket in tickets],
        "events": _events(house, visit.id),
        "contact": _contact(db.session.get(Contact, visit.id)),
        "letters": _letters(Letter.visit_id == visit.id),
        "feedback": _feedback(visit.id),
        "waitlist": entry_document(entry)["waitlist"] if entry is not None else None,
        "kept_until": kept_until(house, visit.service_date),
    }


def entry_document(entry: WaitlistEntry) -> Document:
    """Everything kept about a place on the waitlist."""
    wish = entry.wish
    adults, minors = wish["party"]
    visit = db.session.get(Visit, entry.offered_visit_id) if entry.offered_visit_id else None
    return {
        "format": FORMAT,
        "waitlist": {
            "state": entry.state,
            "joined_at": entry.created_at,
            "ended_at": entry.ended_at,
            "first_date": entry.first_date,
            "last_date": entry.last_date,
            "not_before_min": entry.not_before,
            "not_after_min": entry.not_after,
            "language": entry.language,
            "adults": adults,
            "minors": minors,
            "purpose": wish["customer_type"],
            "municipality": wish["municipality"],
            "services": [
                {"service": leg["service"], "people": leg["people"], "documents": leg["documents"]}
                for leg in wish["legs"]
            ],
            "declined": list(entry.declined),
            "offered_date": visit.service_date if visit is not None else None,
            "network_digest_kept": entry.source is not None,
        },
        "contact": _contact(db.session.get(WaitlistContact, entry.id)),
        "letters": _letters(Letter.entry_id == entry.id),
    }


def kept_until(house: House, day: date) -> date:
    """The last day on which events of a visit on `day` are kept; see `ihh.domain.retention`."""
    return last_kept(day, house.retention.events_months)


def _visit(visit: Visit) -> Document:
    other = booked_with(visit)
    return {
        "date": visit.service_date,
        "state": visit.state,
        "origin": visit.origin,
        "language": visit.language,
        "adults": visit.adults,
        "minors": visit.minors,
        "purpose": visit.customer_type,
        "municipality": visit.municipality,
        "number": visit.queue_number,
        "created_at": visit.created_at,
        "hold_expires_at": visit.hold_expires_at,
        "confirmed_at": visit.confirmed_at,
        "checked_in_at": visit.checked_in_at,
        "ended_at": visit.ended_at,
        "guided_to": visit.guided_to,
        "together_with_date": other.service_date if other is not None else None,
        "network_digest_kept": visit.hold_source is not None,
        "link_deleted_at": visit.unlinked_at,
        "is_synthetic": visit.is_synthetic,
    }


def _leg(house: House, leg: Any) -> Document:
    return {
        "service": leg.service_id,
        "people": list(people_of(leg.people)),
        "by_appointment": leg.desk_id is not None,
        "starts_at": leg.starts_at,
        "ends_at": leg.ends_at,
        "desk": _desk(house, leg.desk_id),
        "documents": list(leg.documents),
        "order_set_aside_because": leg.override_reason,
    }


def _ticket(house: House, ticket: Ticket) -> Document:
    told = select(LiveEstimate).where(LiveEstimate.ticket_id == ticket.id).order_by(LiveEstimate.at)
    return {
        "service": ticket.service_id,
        "people": list(people_of(ticket.people)),
        "state": ticket.state,
        "booked_at": ticket.booked_at,
        "issued_at": ticket.issued_at,
        "joined_at": ticket.joined_at,
        "called_at": ticket.called_at,
        "last_called_at": ticket.last_called_at,
        "calls": ticket.calls,
        "started_at": ticket.started_at,
        "served_s": ticket.served_seconds,
        "ended_at": ticket.ended_at,
        "desk": _desk(house, ticket.desk_id),
        "outcome": ticket.outcome,
        "marked_in_need_at": ticket.need_at,
        "held_for": ticket.held_for,
        "returns_at": ticket.returns_at,
        "estimates": [
            *_first_estimate(ticket),
            *(_estimate(row.at, row.low, row.middle, row.high) for row in db.session.scalars(told)),
        ],
    }


def _first_estimate(ticket: Ticket) -> list[Document]:
    if ticket.estimated_at is None or ticket.estimate_low is None:
        return []
    return [
        _estimate(
            ticket.estimated_at, ticket.estimate_low, ticket.estimate_middle or 0, ticket.estimate_high or 0
        )
    ]


def _estimate(at: Any, low: float, middle: float, high: float) -> Document:
    return {"at": at, "low_min": low, "middle_min": middle, "high_min": high}


def _events(house: House, visit_id: str) -> list[Document]:
    query = select(QueueEvent).where(QueueEvent.visit_id == visit_id).order_by(QueueEvent.at, QueueEvent.id)
    return [
        {
            "at": event.at,
            "action": event.action,
            "by": event.actor.partition(":")[0],
            "service": event.service_id,
            "desk": _desk(house, event.desk_id),
            "detail": event.detail,
        }
        for event in db.session.scalars(query)
    ]


def _contact(row: Contact | WaitlistContact | None) -> Document | None:
    if row is None:
        return None
    return {"email": row.email, "phone": row.phone, "kept_until": row.delete_after}


def _letters(condition: Any) -> list[Document]:
    query = select(Letter).where(condition).order_by(Letter.created_at, Letter.id)
    return [
        {
            "kind": letter.kind,
            "created_at": letter.created_at,
            "sent_at": letter.sent_at,
            "tries": letter.tries,
        }
        for letter in db.session.scalars(query)
    ]


def _feedback(visit_id: str) -> list[Document]:
    query = select(Feedback).where(Feedback.visit_id == visit_id).order_by(Feedback.created_at, Feedback.id)
    return [
        {
            "service": answer.service_id,
            "csat": answer.csat,
            "effort": answer.effort,
            "nps": answer.nps,
            "line": answer.line,
            "channel": answer.channel,
            "language": answer.language,
            "at": answer.created_at,
        }
        for answer in db.session.scalars(query)
    ]


def _desk(house: House, desk_id: str | None) -> str | None:
    """Its label, as the visitor read it."""
    if desk_id is None:
        return None
    desk = house.desk.get(desk_id)
    return desk.label if desk is not None else desk_id
