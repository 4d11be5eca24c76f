"""How queue events are written: one for each accepted action, never otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from ihh.db import Transaction
from ihh.domain.ticket import TicketAction
from ihh.domain.visit import VisitAction
from ihh.models import QueueEvent, Ticket, Visit


def record_visit(
    tx: Transaction,
    visit: Visit,
    action: VisitAction,
    *,
    before: str | None,
    at: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
) -> None:
    tx.record(
        QueueEvent(
            service_date=visit.service_date,
            at=at,
            action=action,
            visit_id=visit.id,
            before=before,
            after=visit.state,
            actor=by,
            detail=detail or {},
        )
    )


def record_ticket(
    tx: Transaction,
    ticket: Ticket | Row[*tuple[Any, ...]],
    action: TicketAction,
    *,
    before: str | None,
    at: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """`ticket` as it is after the action, or a row with what the event says of it."""
    tx.record(
        QueueEvent(
            service_date=ticket.service_date,
            at=at,
            action=action,
            visit_id=ticket.visit_id,
            ticket_id=ticket.id,
            agency_id=ticket.agency_id,
            service_id=ticket.service_id,
            desk_id=ticket.desk_id,
            before=before,
            after=ticket.state,
            actor=by,
            detail=detail or {},
        )
    )
