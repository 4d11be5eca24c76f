"""Days of this house as facts, read from its visits, tickets, appointments and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select

from ihh.db import db
from ihh.domain.house import Channel
from ihh.domain.statistics.facts import ABSENT, ServiceFact, VisitFact
from ihh.domain.visit import VisitAction, VisitState
from ihh.models import Feedback, Leg, QueueEvent, ServiceRow, Ticket, Visit

NEVER_BOOKED = (VisitState.HELD, VisitState.EXPIRED, VisitState.CANCELLED)

Answers = Mapping[tuple[str, int | None], Mapping[str, Any]]


def visits_between(first: date, last: date) -> list[VisitFact]:
    """Visits of the days from `first` to `last`, both included, without what was cancelled."""
    answers = _answers(first, last)
    services, moves = _services(first, last, answers), _moves(first, last)
    query = (
        select(Visit)
        .where(Visit.service_date.between(first, last), Visit.state.not_in(NEVER_BOOKED))
        .order_by(Visit.service_date, Visit.id)
    )
    return [
        VisitFact(
            day=visit.service_date,
            key=visit.id,
            channel=visit.origin,
            language=visit.language,
            customer_type=visit.customer_type,
            municipality=visit.municipality,
            party_size=visit.adults + visit.minors,
            services=tuple(services[visit.id]),
            checked_in_at=visit.checked_in_at,
            ended_at=visit.ended_at,
            moves=moves.get(visit.id, 0),
            is_synthetic=visit.is_synthetic,
            **answers.get((visit.id, None), {}),
        )
        for visit in db.session.scalars(query)
    ]


def _services(first: date, last: date, answers: Answers) -> dict[str, list[ServiceFact]]:
    found: dict[str, list[ServiceFact]] = defaultdict(list)
    query = select(Ticket).where(Ticket.service_date.between(first, last)).order_by(Ticket.id)
    legs: set[int] = set()
    for ticket in db.session.scalars(query):
        if ticket.leg_id is not None:
            legs.add(ticket.leg_id)
        found[ticket.visit_id].append(_of_ticket(ticket, answers))
    for visit_id, absent in _absent(first, last, legs):
        found[visit_id].append(absent)
    return found


def _of_ticket(ticket: Ticket, answers: Answers) -> ServiceFact:
    given = answers.get((ticket.visit_id, ticket.id), {})
    return ServiceFact(
        agency=ticket.agency_id,
        service=ticket.service_id,
        people=ticket.people,
        state=ticket.state,
        outcome=ticket.outcome,
        booked_at=ticket.booked_at,
        joined_at=ticket.joined_at,
        called_at=ticket.called_at,
        started_at=ticket.started_at,
        ended_at=ticket.ended_at,
        served_s=ticket.served_seconds,
        calls=ticket.calls,
        estimate_low=ticket.estimate_low,
        estimate_middle=ticket.estimate_middle,
        estimate_high=ticket.estimate_high,
        estimate_naive=ticket.estimate_naive,
        csat=given.get("csat"),
        effort=given.get("effort"),
    )


def _absent(first: date, last: date, with_ticket: set[int]) -> Sequence[tuple[str, ServiceFact]]:
    """Appointments for which there never was a ticket."""
    query = (
        select(Leg.id, Leg.visit_id, Leg.service_id, ServiceRow.agency_id, Leg.people, Leg.starts_at)
        .join(Visit, Leg.visit_id == Visit.id)
        .join(ServiceRow, Leg.service_id == ServiceRow.id)
        .where(Visit.service_date.between(first, last), Leg.mode == Channel.DESK)
        .order_by(Leg.id)
    )
    return [
        (
            row.visit_id,
            ServiceFact(row.agency_id, row.service_id, row.people, ABSENT, booked_at=row.starts_at),
        )
        for row in db.session.execute(query)
        if row.id not in with_ticket
    ]


def _answers(first: date, last: date) -> Answers:
    """By visit and ticket; None for the ticket stands for the whole visit."""
    query = select(Feedback.visit_id, Feedback.ticket_id, Feedback.csat, Feedback.effort, Feedback.nps).where(
        Feedback.service_date.between(first, last)
    )
    return {
        (row.visit_id, row.ticket_id): {"csat": row.csat, "effort": row.effort}
        | ({"nps": row.nps} if row.ticket_id is None else {})
        for row in db.session.execute(query)
    }


def _moves(first: date, last: date) -> dict[str, int]:
    """How often visitors moved their visits by the link, whatever day they moved them from."""
    of_these = exists().where(Visit.id == QueueEvent.visit_id, Visit.service_date.between(first, last))
    query = (
        select(QueueEvent.visit_id, func.count())
        .where(QueueEvent.action == VisitAction.MOVE, QueueEvent.actor == "visitor", of_these)
        .group_by(QueueEvent.visit_id)
    )
    return {visit_id: moved for visit_id, moved in db.session.execute(query) if visit_id is not None}
