"""What the house does by itself with tickets as time passes: recall, park, bring back, give up.

A call that nobody answers is recalled `recall_min` and twice `recall_min` after it; after `park_min`
the ticket is held and its desk free. `return_min` later it waits again at its old place and is called
once more; unanswered for `last_call_min` it is a no-show. A call or recall by a clerk starts this
clock anew: whoever is called by a person gets the whole time to come.

A recall that the clock missed, because no server ran, is not made up for once a later step is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ihh.domain.house import Policy
from ihh.domain.ticket import HeldFor, TicketState

RECALLS = 2


class ClockAction(StrEnum):
    RECALL = "recall"
    PARK = "park"
    RELEASE = "release"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class ClockedTicket:
    """A called or held ticket as the clock sees it."""

    state: TicketState
    unanswered_since: datetime | None = None
    """Of a called one: the last call or recall by a person."""
    last_called_at: datetime | None = None
    """The last call or recall by anyone."""
    unanswered: int = 0
    """Earlier calls that nobody answered."""
    held_at: datetime | None = None
    held_for: HeldFor | None = None
    returns_at: datetime | None = None
    is_free: bool = True
    """Nobody of the ticket's people is at a desk or called to one."""


@dataclass(frozen=True, slots=True)
class Step:
    action: ClockAction
    at: datetime
    """When it is due."""


def steps(ticket: ClockedTicket, policy: Policy) -> list[Step]:
    """What the clock still has to do with the ticket as it stands, in time order; empty when nothing."""
    if ticket.state == TicketState.CALLED:
        return _of_called(ticket, policy)
    if ticket.state == TicketState.HELD:
        returns_at = ticket.returns_at
        if ticket.held_for == HeldFor.LOST_TIME and ticket.is_free:
            returns_at = ticket.held_at
        if returns_at is not None:
            return [Step(ClockAction.RELEASE, returns_at)]
    return []


def due_step(ticket: ClockedTicket, policy: Policy, *, now: datetime) -> Step | None:
    """The step that the clock takes at `now`: the last that is due; None when none is."""
    due = [step for step in steps(ticket, policy) if step.at <= now]
    return due[-1] if due else None


def _of_called(ticket: ClockedTicket, policy: Policy) -> list[Step]:
    since = ticket.unanswered_since or ticket.last_called_at
    if since is None:
        return []
    if ticket.unanswered:
        return [Step(ClockAction.GIVE_UP, since + timedelta(minutes=policy.last_call_min))]
    park_at = since + timedelta(minutes=policy.park_min)
    recalls = (since + timedelta(minutes=policy.recall_min * count) for count in range(1, RECALLS + 1))
    called_at = ticket.last_called_at or since
    to_come = [Step(ClockAction.RECALL, at) for at in recalls if called_at < at < park_at]
    return [*to_come, Step(ClockAction.PARK, park_at)]
