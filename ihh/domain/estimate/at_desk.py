"""Those who are at a desk now: when it is through with them, given what has passed already."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ihh.domain.estimate.chance import STILL_AWAY
from ihh.domain.estimate.columns import Bools, Columns
from ihh.domain.estimate.draws import Floats, Use, shares
from ihh.domain.estimate.history import SHAPE_SHARES, History
from ihh.domain.estimate.situation import Situation, Stage, TicketNow

RAREST = 1 - SHAPE_SHARES[-1]
OVERTIME = 0.15
"""Share of what it has lasted that a service beyond all experience still takes on average."""


def until_through(
    cols: Columns, at: Sequence[int], factor: Floats, situation: Situation, history: History
) -> tuple[Bools, Floats]:
    """Run × column of `at`: whether the visitor is served, and minutes until the desk is through with them.

    `factor` is the pace of their desks.
    """
    tickets = [cols.tickets[column] for column in at]
    is_served = np.array([ticket.stage is Stage.SERVING for ticket in tickets])
    lasted = np.array([max(-ticket.since, 0.0) for ticket in tickets])
    draws = shares([cols.keys[column] for column in at], Use.ANSWER, situation.minute).T
    comes = is_served | _answers(draws, tickets, lasted, situation, history)
    to_come = cols.length[:, at] * factor + np.maximum(history.way_min - lasted, 0.0)
    parked = np.maximum(situation.policy.park_min - lasted, 0.0)
    rest = _rest(tickets, lasted, factor, situation, history)
    return comes, np.where(is_served, rest, np.where(comes, to_come, parked))


def _answers(
    draws: Floats, tickets: Sequence[TicketNow], lasted: Floats, situation: Situation, history: History
) -> Bools:
    """The longer ago the call, the less likely an answer: nobody needs longer than until they are parked."""
    missing = np.array(
        [STILL_AWAY if ticket.was_unanswered else history.unanswered_rate for ticket in tickets]
    )
    coming = (1 - missing) * np.maximum(1 - lasted / situation.policy.park_min, 0.0)
    answers: Bools = draws * (missing + coming) >= missing
    return answers


def _rest(
    tickets: Sequence[TicketNow],
    lasted: Floats,
    factor: Floats,
    situation: Situation,
    history: History,
) -> Floats:
    """What is left of a service, given how long it has lasted."""
    times = [history.service(ticket.service, ticket.people.bit_count(), ticket.planned) for ticket in tickets]
    log_mean = np.array([time.log_mean for time in times]) + np.log(factor)
    log_sd = np.array([time.log_sd for time in times])
    draws = shares([ticket.id for ticket in tickets], Use.LENGTH, situation.minute).T
    longest = (np.log(np.maximum(lasted, 1e-6)) - log_mean) / np.maximum(log_sd, 1e-9)
    still = 1 - np.interp(longest, history.shape, SHAPE_SHARES, left=0.0)
    shape = np.interp(1 - still * (1 - draws), SHAPE_SHARES, history.shape)
    rest = np.exp(log_mean + log_sd * shape) - lasted
    overtime = OVERTIME * lasted * -np.log(1 - draws) * ((still <= RAREST) & (log_sd > 0))
    over: Floats = np.maximum(np.maximum(rest, overtime), 0.0)
    return over
