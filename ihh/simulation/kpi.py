"""The figures of played days, counted from their rows alone.

As the published figures (`ihh.domain.statistics`): median and 90th percentile are nearest-rank values of
tickets that were served, a walk-in's wait runs from joining, a booked one's from the appointment or the
check-in, whichever is later. A no-show is booked and not checked in within the grace; a call that nobody
answered counts as leaving. So one who comes very late is a no-show although served. Times are minutes,
shares 0 to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from statistics import fmean
from typing import Any

from ihh.domain.house import Policy
from ihh.domain.ranks import nearest_rank
from ihh.simulation.rows import DayRows, Estimate, Outcome, TicketRow, VisitRow

GRACE = timedelta(minutes=Policy().no_show_grace_min)
APPOINTMENT_WAIT = timedelta(minutes=10)
DECIMALS = 3

Figures = dict[str, Any]


def kpi(days: Sequence[DayRows], agencies: Iterable[str]) -> Figures:
    """All figures, and under `agencies` the same of each; a visit counts where it had a ticket."""
    tickets = [ticket for day in days for ticket in day.tickets]
    visits = [visit for day in days for visit in day.visits]
    legs = Counter(ticket.visitor for ticket in tickets)
    return _figures(tickets, visits, legs) | {
        "agencies": {agency: _of_agency(agency, tickets, visits, legs) for agency in agencies}
    }


def _of_agency(
    agency: str, tickets: Sequence[TicketRow], visits: Sequence[VisitRow], legs: Mapping[str, int]
) -> Figures:
    here = [ticket for ticket in tickets if ticket.agency == agency]
    visitors = {ticket.visitor for ticket in here}
    return _figures(here, [visit for visit in visits if visit.visitor in visitors], legs)


def double_calls(days: Iterable[DayRows]) -> int:
    """Pairs of times, from a call to its end, in which one visitor was called to two desks at once."""
    by_visitor: dict[str, list[tuple[datetime, datetime]]] = {}
    for day in days:
        for ticket in day.tickets:
            spans = [(busy.start, busy.end) for busy in ticket.busy]
            by_visitor.setdefault(ticket.visitor, []).extend(spans)
    return sum(
        first[0] < second[1] and second[0] < first[1]
        for spans in by_visitor.values()
        for first, second in combinations(spans, 2)
    )


def waiting_time(ticket: TicketRow) -> timedelta | None:
    """From joining to the first call; never negative, for an appointment may be called before its time."""
    since = ticket.joined_at
    if ticket.booked_at is not None and ticket.arrived_at is not None:
        since = max(ticket.arrived_at, ticket.booked_at)
    if ticket.called_at is None or since is None:
        return None
    return max(ticket.called_at - since, timedelta(0))


def is_no_show(ticket: TicketRow) -> bool:
    """Booked, and not checked in when the grace was over; who never came missed the walk-in legs as well."""
    if ticket.arrived_at is None:
        return True
    return ticket.booked_at is not None and ticket.arrived_at > ticket.booked_at + GRACE


def has_left(ticket: TicketRow) -> bool:
    """Came and was not served: gave up, or did not answer the call."""
    return ticket.arrived_at is not None and ticket.outcome is not Outcome.SERVED


def accuracy(pairs: Sequence[tuple[Estimate, float]]) -> Figures:
    """Of estimates and the minutes that it took: mean errors, bias (estimate minus truth), coverage."""
    naive = [abs(estimate.naive - took) for estimate, took in pairs if estimate.naive is not None]
    return {
        "estimate_mae": _mean([abs(estimate.p50 - took) for estimate, took in pairs]),
        "naive_mae": _mean(naive),
        "bias": _mean([estimate.p50 - took for estimate, took in pairs]),
        "coverage": _share([estimate.p10 <= took <= estimate.p90 for estimate, took in pairs]),
    }


def at_issue(tickets: Iterable[TicketRow]) -> list[tuple[Estimate, float]]:
    """Of the tickets that were called: the estimate at issue, and the minutes from then to the first call."""
    return [
        (ticket.estimate, _minutes(ticket.called_at - ticket.issued_at))
        for ticket in tickets
        if ticket.estimate is not None and ticket.called_at is not None and ticket.issued_at is not None
    ]


def while_waiting(tickets: Iterable[TicketRow]) -> list[tuple[Estimate, float]]:
    """As `at_issue`, of the estimates at the quarters of the hours."""
    return [
        (estimate, _minutes(ticket.called_at - at))
        for ticket in tickets
        if ticket.called_at is not None
        for at, estimate in ticket.live
        if at <= ticket.called_at
    ]


def _figures(tickets: Sequence[TicketRow], visits: Sequence[VisitRow], legs: Mapping[str, int]) -> Figures:
    served = [ticket for ticket in tickets if ticket.outcome is Outcome.SERVED]
    walk_in = _waits(ticket for ticket in served if ticket.booked_at is None)
    booked = _waits(ticket for ticket in served if ticket.booked_at is not None)
    return {
        "visits": len(visits),
        "tickets": len(tickets),
        "served": len(served),
        "no_show": sum(map(is_no_show, tickets)),
        "left": sum(map(has_left, tickets)),
        "wait_median": {"walk_in": _rank(walk_in, 50), "booked": _rank(booked, 50)},
        "wait_p90": {"walk_in": _rank(walk_in, 90), "booked": _rank(booked, 90)},
        "appointments_within_10": _share([wait <= APPOINTMENT_WAIT for wait in booked]),
        "time_in_house_mean": {
            "one_leg": _mean([_time_in_house(visit) for visit in visits if legs[visit.visitor] == 1]),
            "two_or_more": _mean([_time_in_house(visit) for visit in visits if legs[visit.visitor] > 1]),
        },
        **accuracy(at_issue(tickets)),
    }


def _waits(tickets: Iterable[TicketRow]) -> list[timedelta]:
    return sorted(wait for ticket in tickets if (wait := waiting_time(ticket)) is not None)


def _rank(ordered: Sequence[timedelta], percent: int) -> float | None:
    return round(_minutes(nearest_rank(ordered, percent)), DECIMALS) if ordered else None


def _time_in_house(visit: VisitRow) -> float:
    return _minutes(visit.left_at - visit.arrived_at)


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), DECIMALS) if values else None


def _share(facts: Sequence[bool]) -> float | None:
    return round(sum(facts) / len(facts), DECIMALS) if facts else None
