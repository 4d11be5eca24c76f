"""Estimates as a record: written down every quarter of an hour, and how far they were from what came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, insert, select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.models import LiveEstimate, Ticket
from ihh.services import waits
from ihh.services.house import current_house

QUARTER = timedelta(minutes=15)
ON_TIME = timedelta(minutes=1)
"""So long after the quarter an estimate still counts as one of that instant."""


@dataclass(frozen=True)
class Accuracy:
    """What an agency told in a month to those who were then called. Minutes, and shares from 0 to 1."""

    agency_id: str
    month: date
    """Its first day."""
    n: int
    error: float
    """Mean absolute error of the middle."""
    naive_error: float
    """The same of the yardstick."""
    bias: float
    """Mean of the middle minus what came: positive where the house told too much."""
    inside: float
    """Share of the waits that lay in the told range."""


def record_live(*, now: datetime) -> int:
    """Write down at the quarters of the hours what each callable waiting ticket is told; how many.

    Does nothing between the quarters, and nothing for a quarter that has been recorded.
    """
    at = now - timedelta(seconds=now.timestamp() % QUARTER.total_seconds())
    if now - at > ON_TIME or db.session.execute(select(exists().where(LiveEstimate.at == at))).scalar():
        return 0
    rows = [
        {
            "ticket_id": place.ticket.id,
            "at": at,
            "low": place.wait.p10,
            "middle": place.wait.p50,
            "high": place.wait.p90,
            "naive": place.naive,
        }
        for line in waits.agency_lines(current_house(), now=now).values()
        for place in line
        if place.wait is not None
        and place.ticket.called_at is None
        and place.ticket.joined_at is not None
        and place.ticket.joined_at <= at
    ]
    if not rows:
        return 0
    try:
        with transaction():
            db.session.execute(insert(LiveEstimate), rows)
    except IntegrityError:
        return 0  # another process was faster
    return len(rows)


class _Told(NamedTuple):
    agency_id: str
    day: date
    told_at: datetime
    called_at: datetime
    low: float
    middle: float
    high: float
    naive: float


@dataclass
class _Sum:
    n: int = 0
    error: float = 0.0
    naive_error: float = 0.0
    bias: float = 0.0
    inside: int = 0


def accuracy(first: date, last: date) -> list[Accuracy]:
    """By agency and month, of the tickets of these days that were called: what they were told first."""
    query = (
        select(
            Ticket.agency_id,
            Ticket.service_date,
            Ticket.estimated_at,
            Ticket.called_at,
            Ticket.estimate_low,
            Ticket.estimate_middle,
            Ticket.estimate_high,
            Ticket.estimate_naive,
        )
        .where(
            Ticket.service_date.between(first, last),
            Ticket.called_at.is_not(None),
            Ticket.estimated_at.is_not(None),
            Ticket.called_at >= Ticket.estimated_at,
        )
        .execution_options(yield_per=1000)
    )
    sums: dict[tuple[date, str], _Sum] = defaultdict(_Sum)
    for told in map(_Told._make, db.session.execute(query)):
        took = (told.called_at - told.told_at).total_seconds() / 60
        row = sums[told.day.replace(day=1), told.agency_id]
        row.n += 1
        row.error += abs(told.middle - took)
        row.naive_error += abs(told.naive - took)
        row.bias += told.middle - took
        row.inside += told.low <= took <= told.high
    return [
        Accuracy(
            agency_id,
            month,
            row.n,
            row.error / row.n,
            row.naive_error / row.n,
            row.bias / row.n,
            row.inside / row.n,
        )
        for (month, agency_id), row in sorted(sums.items())
    ]
