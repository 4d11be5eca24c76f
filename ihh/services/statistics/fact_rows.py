"""Facts in and out of their tables, in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select

from ihh.db import db
from ihh.domain.statistics.facts import HOUSE, ServiceFact, VisitFact
from ihh.models import DayFactRow, ServiceFactRow, VisitFactRow
from ihh.services.statistics import bulk

_SERVICE = (
    "agency",
    "service",
    "people",
    "state",
    "outcome",
    "booked_at",
    "joined_at",
    "called_at",
    "started_at",
    "ended_at",
    "served_s",
    "calls",
    "estimate_low",
    "estimate_middle",
    "estimate_high",
    "estimate_naive",
    "csat",
    "effort",
)
_VISIT = (
    "day",
    "source",
    "key",
    "channel",
    "language",
    "customer_type",
    "municipality",
    "party_size",
    "checked_in_at",
    "ended_at",
    "moves",
    "csat",
    "effort",
    "nps",
    "is_synthetic",
)


def replace_day(day: date, visits: Sequence[VisitFact], numbers: dict[tuple[str, str], int]) -> None:
    """A day of this house anew, with its own numbers by (name, agency); within a transaction."""
    connection = db.session.connection()
    own = select(VisitFactRow.id).where(VisitFactRow.day == day, VisitFactRow.source == HOUSE)
    connection.execute(delete(ServiceFactRow).where(ServiceFactRow.visit_fact_id.in_(own)))
    connection.execute(delete(VisitFactRow).where(VisitFactRow.day == day, VisitFactRow.source == HOUSE))
    connection.execute(delete(DayFactRow).where(DayFactRow.day == day))
    bulk.add(visits)
    bulk.add_numbers(day, numbers)


def between(first: date, last: date) -> list[VisitFact]:
    """All facts of the days from `first` to `last`, both included."""
    columns = [getattr(ServiceFactRow, name) for name in _SERVICE]
    query = (
        select(ServiceFactRow.visit_fact_id, *columns)
        .where(ServiceFactRow.day.between(first, last))
        .order_by(ServiceFactRow.id)
    )
    services: dict[int, list[ServiceFact]] = defaultdict(list)
    for row in db.session.execute(query):
        services[row[0]].append(ServiceFact(*row[1:]))
    visits = (
        select(VisitFactRow.id, *(getattr(VisitFactRow, name) for name in _VISIT))
        .where(VisitFactRow.day.between(first, last))
        .order_by(VisitFactRow.day, VisitFactRow.id)
    )
    return [_visit(row, services) for row in db.session.execute(visits)]


def _visit(row: Any, services: dict[int, list[ServiceFact]]) -> VisitFact:
    given = dict(zip(_VISIT, row[1:], strict=True))
    return VisitFact(services=tuple(services.get(row[0], ())), **given)


def numbers_between(first: date, last: date) -> dict[tuple[str, str], int]:
    """The days' own numbers together, by (name, agency); the house's have no agency."""
    query = (
        select(DayFactRow.name, DayFactRow.agency, func.sum(DayFactRow.amount))
        .where(DayFactRow.day.between(first, last))
        .group_by(DayFactRow.name, DayFactRow.agency)
    )
    return {(name, agency): int(amount) for name, agency, amount in db.session.execute(query)}


def first_day() -> date | None:
    """The first day with facts."""
    return db.session.execute(select(func.min(VisitFactRow.day))).scalar()


def has_synthetic(first: date, last: date) -> bool:
    made = exists().where(VisitFactRow.day.between(first, last), VisitFactRow.is_synthetic)
    return bool(db.session.execute(select(made)).scalar())
