"""A period's visits, tickets and appointments as plain facts for the figures: three queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import exists, select

from ihh.db import db
from ihh.domain.figure_facts import AppointmentFact, TicketFact, VisitFact
from ihh.domain.house import Channel
from ihh.domain.ticket import TicketState
from ihh.domain.visit import VisitState
from ihh.models import Leg, ServiceRow, Ticket, Visit

NEVER_BOOKED = (VisitState.HELD, VisitState.EXPIRED, VisitState.CANCELLED)


def visits_between(first: date, last: date) -> list[VisitFact]:
    """Visits of the days from `first` to `last`, both included, without what was cancelled."""
    tickets, appointments = _tickets(first, last), _appointments(first, last)
    query = (
        select(
            Visit.id,
            Visit.service_date,
            Visit.origin,
            Visit.language,
            (Visit.adults + Visit.minors).label("party_size"),
            Visit.state,
            Visit.checked_in_at,
        )
        .where(Visit.service_date.between(first, last), Visit.state.not_in(NEVER_BOOKED))
        .order_by(Visit.service_date, Visit.id)
    )
    return [
        VisitFact(
            day=row.service_date,
            channel=row.origin,
            language=row.language,
            party_size=row.party_size,
            state=row.state,
            checked_in_at=row.checked_in_at,
            tickets=tuple(tickets[row.id]),
            appointments=tuple(appointments[row.id]),
        )
        for row in db.session.execute(query)
    ]


def has_synthetic(first: date, last: date) -> bool:
    """Whether a demonstration made some of these days' visits."""
    made = exists().where(Visit.service_date.between(first, last), Visit.is_synthetic)
    return bool(db.session.execute(select(made)).scalar())


def _tickets(first: date, last: date) -> dict[str, list[TicketFact]]:
    query = (
        select(
            Ticket.visit_id,
            Ticket.service_id,
            Ticket.agency_id,
            Ticket.people,
            Ticket.state,
            Ticket.outcome,
            Ticket.booked_at,
            Ticket.joined_at,
            Ticket.called_at,
            Ticket.started_at,
            Ticket.served_seconds,
        )
        .where(Ticket.service_date.between(first, last), Ticket.state != TicketState.CANCELLED)
        .order_by(Ticket.id)
    )
    found: dict[str, list[TicketFact]] = defaultdict(list)
    for visit_id, *row in db.session.execute(query):
        found[visit_id].append(TicketFact(*row))
    return found


def _appointments(first: date, last: date) -> dict[str, list[AppointmentFact]]:
    query = (
        select(Leg.visit_id, Leg.service_id, ServiceRow.agency_id, Leg.people, Leg.starts_at)
        .join(Visit, Leg.visit_id == Visit.id)
        .join(ServiceRow, Leg.service_id == ServiceRow.id)
        .where(Visit.service_date.between(first, last), Leg.mode == Channel.DESK)
        .order_by(Leg.id)
    )
    found: dict[str, list[AppointmentFact]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.visit_id].append(AppointmentFact(row.service_id, row.agency_id, row.people, row.starts_at))
    return found
