"""The figures: what a period's visits, tickets and appointments amount to.

Everything is counted from plain facts, in one pass over a group of them; docs/data-dictionary.md
says each figure in words. Durations are counted exactly and published in minutes with one decimal,
shares in percent with one decimal. Median and 90th percentile are nearest-rank values: the time of
a ticket that was really served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from ihh.domain.figure_facts import AppointmentFact, Share, TicketFact, VisitFact, people_in
from ihh.domain.house import House
from ihh.domain.ticket import OPEN, TicketState
from ihh.domain.visit import VisitState

DONE = frozenset({"done", "transferred"})
"""Outcomes after which the visitor needs nothing more of that service."""

UNKNOWN = "unknown"
"""Outcome of a service that nobody ended: it happened, but how long it took is not known."""


class Measure(StrEnum):
    """The published figures, in the order of the export's columns."""

    VISITS = "visits"
    CUSTOMERS = "customers"
    SERVICE_EVENTS = "service_events"
    WAIT_MEDIAN = "wait_median_min"
    WAIT_P90 = "wait_p90_min"
    WALK_IN_WAIT_MEDIAN = "walk_in_wait_median_min"
    WALK_IN_WAIT_P90 = "walk_in_wait_p90_min"
    BOOKED_WAIT_MEDIAN = "booked_wait_median_min"
    BOOKED_WAIT_P90 = "booked_wait_p90_min"
    WAY_MEDIAN = "way_median_min"
    WAY_P90 = "way_p90_min"
    SERVICE_MEDIAN = "service_median_min"
    SERVICE_P90 = "service_p90_min"
    WITHIN_LEVEL = "within_service_level_pct"
    NO_SHOW = "no_show_pct"
    ABANDONED = "abandoned_pct"
    ONE_VISIT = "one_visit_pct"


COUNTS = (Measure.VISITS, Measure.CUSTOMERS, Measure.SERVICE_EVENTS)


@dataclass(frozen=True)
class Moment:
    """When and by which rules the figures are counted."""

    today: date
    now: datetime
    grace: timedelta
    """How long after its time an appointment's visitor may check in and still have come."""
    service_level: timedelta


@dataclass(frozen=True)
class Value:
    """A figure before anything is hidden; amount None where there is nothing to count it from."""

    amount: int | Decimal | None
    customers: int
    """How many people stand behind it."""


Figures = Mapping[Measure, Value]


def moment_of(house: House, *, today: date, now: datetime) -> Moment:
    return Moment(
        today=today,
        now=now,
        grace=timedelta(minutes=house.policy.no_show_grace_min),
        service_level=timedelta(minutes=house.figures.service_level_min),
    )


def waiting_time(ticket: TicketFact, visit: VisitFact) -> timedelta | None:
    """First call minus joining; of an appointment minus its time or the check-in, whichever is later."""
    since = ticket.joined_at
    if ticket.booked_at is not None and visit.checked_in_at is not None:
        since = max(visit.checked_in_at, ticket.booked_at)
    if ticket.called_at is None or since is None:
        return None
    return max(ticket.called_at - since, timedelta(0))


def way_time(ticket: TicketFact, visit: VisitFact) -> timedelta | None:
    """From the first call to the first start of the service."""
    if ticket.started_at is None or ticket.called_at is None:
        return None
    return max(ticket.started_at - ticket.called_at, timedelta(0))


def service_time(ticket: TicketFact, visit: VisitFact) -> timedelta:
    """At the desk, holds left out."""
    return timedelta(seconds=ticket.served_seconds)


def figures(shares: Sequence[Share], moment: Moment) -> Figures:
    """All figures of one row."""
    return _counts(shares) | _times(shares, moment) | _ratios(shares, moment)


def served_customers(shares: Iterable[Share]) -> int:
    """People behind the service events and the times."""
    return sum(people_in(_served(share)) for share in shares)


def nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """The smallest value that at least `percent` of 100 values do not exceed; the values are sorted."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _served(share: Share) -> list[TicketFact]:
    return [ticket for ticket in share.tickets if ticket.is_served]


def _counts(shares: Sequence[Share]) -> dict[Measure, Value]:
    came = [share for share in shares if share.visit.checked_in_at is not None]
    here = [share for share in came if share.is_whole or share.tickets]
    customers = sum(share.customers for share in here)
    events = sum(len(_served(share)) for share in here)
    return {
        Measure.VISITS: Value(len(here), customers),
        Measure.CUSTOMERS: Value(customers, customers),
        Measure.SERVICE_EVENTS: Value(events, served_customers(here)),
    }


def _times(shares: Sequence[Share], moment: Moment) -> dict[Measure, Value]:
    waits = _gather(shares, waiting_time, lambda ticket: True)
    walk_in = _gather(shares, waiting_time, lambda ticket: ticket.booked_at is None)
    booked = _gather(shares, waiting_time, lambda ticket: ticket.booked_at is not None)
    way = _gather(shares, way_time, lambda ticket: True)
    service = _gather(shares, service_time, lambda ticket: ticket.outcome != UNKNOWN)
    return {
        Measure.WAIT_MEDIAN: waits.rank(50),
        Measure.WAIT_P90: waits.rank(90),
        Measure.WALK_IN_WAIT_MEDIAN: walk_in.rank(50),
        Measure.WALK_IN_WAIT_P90: walk_in.rank(90),
        Measure.BOOKED_WAIT_MEDIAN: booked.rank(50),
        Measure.BOOKED_WAIT_P90: booked.rank(90),
        Measure.WAY_MEDIAN: way.rank(50),
        Measure.WAY_P90: way.rank(90),
        Measure.SERVICE_MEDIAN: service.rank(50),
        Measure.SERVICE_P90: service.rank(90),
        Measure.WITHIN_LEVEL: waits.share_up_to(moment.service_level),
    }


def _ratios(shares: Sequence[Share], moment: Moment) -> dict[Measure, Value]:
    missed, lost, finished = _Ratio(), _Ratio(), _Ratio()
    for share in shares:
        visit = share.visit
        due = [item for item in share.appointments if item.starts_at + moment.grace <= moment.now]
        came = [item for item in due if _came(visit, item, moment)]
        missed.add(len(due) - len(came), len(due), people_in(due))
        settled = [ticket for ticket in share.tickets if _is_settled(ticket.state in OPEN, visit, moment)]
        gone = [ticket for ticket in settled if ticket.state in (TicketState.LEFT, TicketState.NO_SHOW)]
        lost.add(len(gone), len(settled), people_in(settled))
        if share.tickets and _is_settled(visit.state == VisitState.IN_HOUSE, visit, moment):
            finished.add(_is_finished(visit), 1, share.customers)
    return {
        Measure.NO_SHOW: missed.value(),
        Measure.ABANDONED: lost.value(),
        Measure.ONE_VISIT: finished.value(),
    }


def _came(visit: VisitFact, appointment: AppointmentFact, moment: Moment) -> bool:
    checked_in = visit.checked_in_at
    return checked_in is not None and checked_in <= appointment.starts_at + moment.grace


def _is_settled(is_open: bool, visit: VisitFact, moment: Moment) -> bool:
    """Whether the outcome is known: what goes on today may end well, what was left open earlier did not."""
    return not is_open or visit.day < moment.today


def _is_finished(visit: VisitFact) -> bool:
    """Whether every service the visit turned out to need was done that day."""
    return all(ticket.is_served and ticket.outcome in DONE for ticket in visit.tickets)


@dataclass(frozen=True)
class _Times:
    """Durations of served tickets, sorted, and the number of people behind them."""

    values: tuple[timedelta, ...]
    customers: int

    def rank(self, percent: int) -> Value:
        amount = minutes(nearest_rank(self.values, percent)) if self.values else None
        return Value(amount, self.customers)

    def share_up_to(self, limit: timedelta) -> Value:
        within = sum(value <= limit for value in self.values)
        return Value(percentage(within, len(self.values)), self.customers)


def _gather(
    shares: Sequence[Share],
    measured: Callable[[TicketFact, VisitFact], timedelta | None],
    counts: Callable[[TicketFact], bool],
) -> _Times:
    values, customers = [], 0
    for share in shares:
        served = [ticket for ticket in share.tickets if ticket.is_served and counts(ticket)]
        values += [value for ticket in served if (value := measured(ticket, share.visit)) is not None]
        customers += people_in(served)
    return _Times(tuple(sorted(values)), customers)


class _Ratio:
    """A part of a whole as it is gathered, with the number of people behind the whole."""

    def __init__(self) -> None:
        self.part = self.whole = self.customers = 0

    def add(self, part: int, whole: int, customers: int) -> None:
        self.part += part
        self.whole += whole
        self.customers += customers

    def value(self) -> Value:
        return Value(percentage(self.part, self.whole), self.customers)


def minutes(value: timedelta) -> Decimal:
    """With one decimal, halves up."""
    return _one_decimal(Decimal(value // timedelta(microseconds=1)) / 60_000_000)


def percentage(part: int, whole: int) -> Decimal | None:
    """With one decimal, halves up; None of nothing."""
    return _one_decimal(Decimal(100 * part) / whole) if whole else None


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
