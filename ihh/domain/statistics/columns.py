"""Facts as columns: one array a property, so that a month is counted in a fraction of a second.

Instants are whole microseconds since the epoch; `NEVER` stands for none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ihh.domain.statistics.facts import ABSENT, ServiceFact, VisitFact
from ihh.domain.statistics.tables import NOT_TOLD, PARTIAL, Dimension
from ihh.domain.ticket import OPEN, UNKNOWN_OUTCOME, TicketState

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -1
DONE = frozenset({"done", "transferred"})
"""Outcomes after which the visitor needs nothing more of that service."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Values:
    """A dimension: for each visit or service the place of its value in `names`; −1 where it has none."""

    names: tuple[str, ...]
    places: Ints


@dataclass(frozen=True)
class Columns:
    """Visits, and the services of all of them; `visit` says whose each service is."""

    visits: Sequence[VisitFact]
    services: Sequence[ServiceFact]
    visit: Ints
    zone: ZoneInfo
    open_hours: tuple[int, int]
    """First and last; what is earlier or later counts in them."""

    def of_visits(self, read: Callable[[VisitFact], int | bool]) -> Ints:
        return np.fromiter((read(one) for one in self.visits), np.int64, len(self.visits))

    def of_services(self, read: Callable[[ServiceFact], int | bool]) -> Ints:
        return np.fromiter((read(one) for one in self.services), np.int64, len(self.services))

    def dimension(self, dimension: Dimension) -> Values:
        """By service for the dimensions of which a visit has several values, else by visit."""
        if dimension in PARTIAL:
            return _values([self._of_service(one, dimension) for one in self.services])
        return _values([_of_visit(one, dimension) for one in self.visits])

    def _of_service(self, fact: ServiceFact, dimension: Dimension) -> str | None:
        if dimension is Dimension.AGENCY:
            return fact.agency
        if dimension is Dimension.SERVICE:
            return fact.service
        at = fact.booked_at or fact.joined_at
        if at is None:
            return None
        first, last = self.open_hours
        return f"{min(max(at.astimezone(self.zone).hour, first), last):02d}"


def columns(visits: Sequence[VisitFact], *, zone: ZoneInfo, open_hours: tuple[int, int]) -> Columns:
    services = [service for visit in visits for service in visit.services]
    owners = np.repeat(np.arange(len(visits)), [len(visit.services) for visit in visits])
    return Columns(visits, services, owners.astype(np.int64), zone, open_hours)


def instant(at: datetime | None) -> int:
    return NEVER if at is None else (at - _EPOCH) // _MICROSECOND


def is_ticket(fact: ServiceFact) -> bool:
    """Whether somebody stood in a line for it; what a clerk took back does not count."""
    return fact.state not in (ABSENT, TicketState.CANCELLED)


def is_served(fact: ServiceFact) -> bool:
    return fact.state == TicketState.COMPLETED


def is_open(fact: ServiceFact) -> bool:
    return fact.state in OPEN


def is_known(fact: ServiceFact) -> bool:
    """Served, and for how long is known."""
    return is_served(fact) and fact.outcome != UNKNOWN_OUTCOME


def is_finished(visit: VisitFact) -> bool:
    """Whether every service the visit turned out to need was done that day."""
    return all(is_served(one) and one.outcome in DONE for one in visit.services if is_ticket(one))


def in_house(visit: VisitFact) -> tuple[int, int] | None:
    """Microseconds from check-in to the end of the last service, and how long somebody was at a desk.

    None for a visit that was not served, or of which the house itself had to end a service.
    """
    came = visit.checked_in_at
    served = [one for one in visit.services if is_served(one)]
    if came is None or not served or not all(is_known(one) for one in served):
        return None
    ends = [one.ended_at for one in served if one.ended_at is not None]
    if not ends:
        return None
    spans = [
        (max(one.called_at, came), one.ended_at)
        for one in served
        if one.called_at is not None and one.ended_at is not None and one.ended_at >= one.called_at
    ]
    stay = max(max(ends) - came, timedelta(0))
    return stay // _MICROSECOND, min(_covered(spans), stay) // _MICROSECOND


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    total, until = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for start, end in sorted(spans):
        total += max(end - max(start, until), timedelta(0))
        until = max(until, end)
    return total


def _of_visit(visit: VisitFact, dimension: Dimension) -> str:
    match dimension:
        case Dimension.WEEKDAY:
            return str(visit.day.isoweekday())
        case Dimension.LANGUAGE:
            return visit.language
        case Dimension.CHANNEL:
            return visit.channel
        case Dimension.CUSTOMER_TYPE:
            return visit.customer_type
        case Dimension.PARTY_SIZE:
            return str(visit.party_size)
        case _:
            return visit.municipality or NOT_TOLD


def _values(found: Sequence[str | None]) -> Values:
    names = sorted({one for one in found if one is not None})
    places = {name: place for place, name in enumerate(names)}
    return Values(
        tuple(names), np.fromiter((-1 if one is None else places[one] for one in found), np.int64, len(found))
    )
