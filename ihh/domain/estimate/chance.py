"""What is random about tickets: how long they take, who comes when, who leaves, who does not answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ihh.domain.estimate.columns import Columns
from ihh.domain.estimate.draws import RUNS, Floats, Use, shares
from ihh.domain.estimate.history import PATIENCE_EDGES, SHAPE_SHARES, SHARES, History
from ihh.domain.estimate.situation import AT_DESK, NEVER, Situation, Stage, TicketNow

STILL_AWAY = 0.8
"""Share of those who missed a call and will miss the next one too."""
FOREVER_MIN = 24 * 60.0


def draw(cols: Columns, situation: Situation, history: History) -> None:
    begun = {ticket.visit for ticket in cols.tickets if ticket.stage is Stage.SERVING or ticket.received}
    _lengths(cols, situation, history)
    _who_comes(cols, situation, history)
    _who_is_next(cols, situation)
    _who_leaves(cols, situation, history, begun)
    _who_ignores(cols, situation, history, begun)


def _lengths(cols: Columns, situation: Situation, history: History) -> None:
    columns = [column for column, ticket in enumerate(cols.tickets) if ticket.service]
    if columns:
        tickets = [cols.tickets[column] for column in columns]
        times = [
            history.service(ticket.service, ticket.people.bit_count(), ticket.planned) for ticket in tickets
        ]
        log_mean = np.array([time.log_mean for time in times])
        log_sd = np.array([time.log_sd for time in times])
        draws = shares([ticket.id for ticket in tickets], Use.LENGTH, situation.minute)
        shape = np.interp(draws.T, SHAPE_SHARES, history.shape)
        cols.length[:, columns] = np.exp(log_mean + log_sd * shape)


def _who_comes(cols: Columns, situation: Situation, history: History) -> None:
    """When the visitors of appointments check in, given that they have not yet, and whether late."""
    coming = [column for column, ticket in enumerate(cols.tickets) if ticket.stage is Stage.COMING]
    if not coming:
        return
    tickets = [cols.tickets[column] for column in coming]
    arrivals = _arrivals(
        {cols.keys[column]: cols.tickets[column].arrived for column in coming}, situation, history
    )
    arrived = np.array([arrivals[cols.keys[column]] for column in coming]).T
    booked = np.array([ticket.arrived if ticket.booked is None else ticket.booked for ticket in tickets])
    late = (arrived - booked > situation.policy.late_min) & (arrived < NEVER)
    for place, column in enumerate(coming):
        if not tickets[place].after:
            cols.ready[:, column] = arrived[:, place]
        rows = late[:, place].nonzero()[0]
        if rows.size:
            joined = np.maximum(booked[place], arrived[rows, place] - situation.policy.overdue_min / 2)
            cols.join(rows, column, joined, situation.policy)


def _arrivals(first: dict[int, float], situation: Situation, history: History) -> dict[int, Floats]:
    """Visit, by its key → minutes until its check-in, `NEVER` where it does not come."""
    visits, lateness = list(first), np.array(history.lateness)
    at = np.array(list(first.values()))
    passed = np.interp(-at, lateness, SHARES, left=0.0, right=1.0)
    still = history.show_rate * (1 - passed)
    comes = shares(visits, Use.SHOW, situation.minute) * (still + 1 - history.show_rate)[:, None]
    when = passed[:, None] + (1 - passed)[:, None] * shares(visits, Use.LATENESS, situation.minute)
    arrival = np.maximum(at[:, None] + np.interp(when, SHARES, lateness), 0.5)
    return dict(zip(visits, np.where(comes < still[:, None], arrival, NEVER), strict=True))


def _who_is_next(cols: Columns, situation: Situation) -> None:
    """When further walk-ins join, at the rate of late: each some time after the one before."""
    at: dict[str, Floats] = {}
    for column, ticket in enumerate(cols.tickets):
        if ticket.stage is Stage.NEXT:
            gap = -np.log(shares([cols.keys[column]], Use.LATENESS, situation.minute)[0])
            joined = at.get(ticket.agency, np.zeros(RUNS)) + gap / situation.joining[ticket.agency]
            at[ticket.agency] = cols.ready[:, column] = joined
            cols.join(np.arange(RUNS), column, joined, situation.policy)


def _who_leaves(cols: Columns, situation: Situation, history: History, begun: set[str]) -> None:
    """Who gives up while nothing has begun, and when."""
    booked = {ticket.visit for ticket in cols.tickets if ticket.booked is not None}
    for kind, rates in history.leaving.items():
        columns = [
            column
            for column, ticket in enumerate(cols.tickets)
            if ticket.stage in (Stage.WAITING, Stage.LOCKED)
            and ticket.visit not in begun
            and (kind == "booked") == (ticket.visit in booked)
        ]
        if columns:
            tickets = [cols.tickets[column] for column in columns]
            keys = [cols.keys[column] for column in columns]
            patience = -np.log(shares(keys, Use.PATIENCE, situation.minute))
            arrived = np.array([ticket.arrived for ticket in tickets])
            ages, risk = _risk(rates)
            leaving = np.interp(np.interp(-arrived, ages, risk)[:, None] + patience, risk, ages)
            cols.leaves[:, columns] = np.maximum(leaving + arrived[:, None], 0.0).T


def _risk(rates: Sequence[float]) -> tuple[Floats, Floats]:
    """Ages at which the rate of leaving changes, and the rate summed up to them."""
    ages = np.array([*PATIENCE_EDGES, PATIENCE_EDGES[-1] + FOREVER_MIN])
    return ages, np.concatenate(([0.0], np.cumsum(np.diff(ages) * np.maximum(rates, 1e-9))))


def _who_ignores(cols: Columns, situation: Situation, history: History, begun: set[str]) -> None:
    """Who will not answer a call; whoever has been served today does."""
    columns = [
        column
        for column, ticket in enumerate(cols.tickets)
        if _may_ignore(ticket) and ticket.visit not in begun
    ]
    if columns:
        tickets = [cols.tickets[column] for column in columns]
        rate = [STILL_AWAY if ticket.was_unanswered else history.unanswered_rate for ticket in tickets]
        draws = shares([cols.keys[column] for column in columns], Use.ANSWER, situation.minute)
        cols.ignores[:, columns] = (draws < np.array(rate)[:, None]).T


def _may_ignore(ticket: TicketNow) -> bool:
    return bool(ticket.service) and ticket.stage not in AT_DESK
