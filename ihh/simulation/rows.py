"""What became of a day's tickets and visits, read from the database once the day is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.domain.house import LinePolicy
from ihh.domain.ticket import AT_DESK, TicketState
from ihh.models import LiveEstimate, QueueEvent, Ticket, Visit
from ihh.simulation.scenario import TIMEZONE, Scenario, ScenarioDay, Visitor, VisitorLeg, instant


class Outcome(StrEnum):
    SERVED = "served"
    NO_SHOW = "no_show"
    LEFT = "left"


OUTCOMES = {TicketState.COMPLETED: Outcome.SERVED, TicketState.NO_SHOW: Outcome.NO_SHOW}
"""Whoever came and was neither has left."""


@dataclass(frozen=True)
class Estimate:
    """Minutes."""

    p10: float
    p50: float
    p90: float
    naive: float | None


@dataclass(frozen=True)
class Busy:
    """From a call to its end: completion, or nobody came."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class TicketRow:
    visitor: str
    service: str
    agency: str
    date: date
    outcome: Outcome
    booked_at: datetime | None = None
    arrived_at: datetime | None = None
    """The visitor's check-in; None for one who never came."""
    desk: str | None = None
    issued_at: datetime | None = None
    joined_at: datetime | None = None
    called_at: datetime | None = None
    """First call."""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    reason: str | None = None
    """Of the last call."""
    estimate: Estimate | None = None
    """At issue; None where a lock kept the ticket from waiting then, and nothing could be said."""
    live: tuple[tuple[datetime, Estimate], ...] = ()
    busy: tuple[Busy, ...] = ()


@dataclass(frozen=True)
class VisitRow:
    visitor: str
    arrived_at: datetime
    left_at: datetime
    services: tuple[str, ...]
    """Served, in their order."""


@dataclass(frozen=True)
class DayRows:
    tickets: tuple[TicketRow, ...]
    visits: tuple[VisitRow, ...]


def rows_of(scenario: Scenario, day: ScenarioDay, visit_ids: Mapping[str, str]) -> DayRows:
    """A ticket for each leg of the scenario, in its order; a visit for each visitor who came.

    `visit_ids` has the visit of each visitor who came.
    """
    facts = _Facts(day.date)
    tickets = tuple(
        _ticket_row(scenario, day, visitor, leg, facts, visit_ids.get(visitor.id))
        for visitor in day.visitors
        for leg in visitor.legs
    )
    visits = tuple(
        _visit_row(visitor, facts, visit_ids[visitor.id])
        for visitor in day.visitors
        if visitor.id in visit_ids
    )
    return DayRows(tickets, visits)


class _Facts:
    """A day's tables, read once."""

    def __init__(self, day: date) -> None:
        tickets = list(db.session.scalars(select(Ticket).where(Ticket.service_date == day)))
        self.tickets = {(ticket.visit_id, ticket.service_id): ticket for ticket in tickets}
        self.served = sorted(
            (ticket for ticket in tickets if ticket.state == TicketState.COMPLETED),
            key=lambda ticket: (ticket.ended_at, ticket.id),
        )
        self.visits = {
            visit.id: visit for visit in db.session.scalars(select(Visit).where(Visit.service_date == day))
        }
        self.live = _live(day)
        self.reasons: dict[int, str] = {}
        self.busy: dict[int, list[Busy]] = defaultdict(list)
        self._read_calls(day)

    def _read_calls(self, day: date) -> None:
        query = (
            select(
                QueueEvent.ticket_id, QueueEvent.at, QueueEvent.before, QueueEvent.after, QueueEvent.detail
            )
            .where(QueueEvent.service_date == day, QueueEvent.ticket_id.is_not(None))
            .order_by(QueueEvent.revision)
        )
        called: dict[int, datetime] = {}
        for ticket_id, at, before, after, detail in db.session.execute(query):
            if after == TicketState.CALLED and before == TicketState.WAITING:
                called[ticket_id] = at
                self.reasons[ticket_id] = _in_words(detail)
            elif before in AT_DESK and after not in AT_DESK:
                self.busy[ticket_id].append(Busy(called[ticket_id], at))


def _live(day: date) -> Mapping[int, Sequence[tuple[datetime, Estimate]]]:
    query = (
        select(LiveEstimate)
        .join(Ticket, LiveEstimate.ticket_id == Ticket.id)
        .where(Ticket.service_date == day)
        .order_by(LiveEstimate.ticket_id, LiveEstimate.at)
    )
    found: dict[int, list[tuple[datetime, Estimate]]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.ticket_id].append((row.at, Estimate(row.low, row.middle, row.high, row.naive)))
    return found


def _ticket_row(
    scenario: Scenario,
    day: ScenarioDay,
    visitor: Visitor,
    leg: VisitorLeg,
    facts: _Facts,
    visit_id: str | None,
) -> TicketRow:
    known: dict[str, Any] = {
        "visitor": visitor.id,
        "service": leg.service,
        "agency": scenario.services[leg.service].agency,
        "date": day.date,
        "booked_at": None if leg.at is None else instant(day.date, leg.at),
        "arrived_at": facts.visits[visit_id].checked_in_at if visit_id is not None else None,
    }
    if visit_id is None:
        return TicketRow(**known, outcome=Outcome.NO_SHOW)
    ticket = facts.tickets[visit_id, leg.service]
    is_one_line = scenario.policy.lines is LinePolicy.ONE_AT_A_TIME
    return TicketRow(
        **known,
        outcome=OUTCOMES.get(TicketState(ticket.state), Outcome.LEFT),
        desk=ticket.desk_id,
        # In one line at a time the next ticket is there, but locked, until it is issued.
        issued_at=None if is_one_line and ticket.joined_at is None else ticket.issued_at,
        joined_at=ticket.joined_at,
        called_at=ticket.called_at,
        started_at=ticket.started_at,
        completed_at=ticket.ended_at if ticket.state == TicketState.COMPLETED else None,
        reason=facts.reasons.get(ticket.id),
        estimate=_estimate(ticket) if ticket.estimated_at == ticket.issued_at else None,
        live=tuple(facts.live.get(ticket.id, ())),
        busy=tuple(facts.busy.get(ticket.id, ())),
    )


def _visit_row(visitor: Visitor, facts: _Facts, visit_id: str) -> VisitRow:
    visit = facts.visits[visit_id]
    assert visit.checked_in_at is not None, "who came has checked in"
    assert visit.ended_at is not None, "the day is over"
    served = tuple(ticket.service_id for ticket in facts.served if ticket.visit_id == visit_id)
    return VisitRow(visitor.id, visit.checked_in_at, visit.ended_at, served)


def _estimate(ticket: Ticket) -> Estimate | None:
    low, middle, high = ticket.estimate_low, ticket.estimate_middle, ticket.estimate_high
    if low is None or middle is None or high is None:
        return None
    return Estimate(low, middle, high, ticket.estimate_naive)


def _in_words(detail: Mapping[str, Any]) -> str:
    """The reason of a call in one sentence, its code first: "booked 10:30, here since 10:22"."""
    booked = f" {_clock(detail['booked_at'])}" if detail.get("booked_at") else ""
    return f"{detail['reason']}{booked}, here since {_clock(detail['since'])}"


def _clock(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(ZoneInfo(TIMEZONE)).strftime("%H:%M")
