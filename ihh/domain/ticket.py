"""A ticket: one leg's place in a line today. The state machine is this one table."""

from __future__ import annotations

from enum import StrEnum

from ihh.domain.errors import Code, Refusal


class TicketState(StrEnum):
    LOCKED = "locked"
    """A prerequisite in this visit is not done yet."""
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    """Parked, its place kept; `HeldFor` says why."""
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    LEFT = "left"


UNKNOWN_OUTCOME = "unknown"
"""Of a service that the house itself ended: it happened, but how long it took is not known."""


class HeldFor(StrEnum):
    """Why a ticket is held, and so who ends it."""

    CLERK = "clerk"
    """A clerk parked it and releases it."""
    UNANSWERED = "unanswered"
    """Nobody answered its call; the house releases it after a while."""
    LOST_TIME = "lost_time"
    """No slot could save its appointment; the house releases it once its people are free."""


class TicketAction(StrEnum):
    ISSUE = "issue"
    ISSUE_LOCKED = "issue_locked"
    UNLOCK = "unlock"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    HOLD = "hold"
    RELEASE = "release"
    MARK_NEED = "mark_need"
    MOVE_TIME = "move_time"
    """The appointment has another time today."""
    LOSE_TIME = "lose_time"
    """The appointment can't be kept and no time is left for another: its visitor goes on as a walk-in."""
    REQUEUE = "requeue"
    MARK_NO_SHOW = "mark_no_show"
    TRANSFER = "transfer"
    """A ticket made by a clerk of another agency under the same number."""
    CANCEL = "cancel"
    LEAVE = "leave"


S, A = TicketState, TicketAction

TICKET_TABLE: dict[tuple[TicketState | None, TicketAction], TicketState] = {
    (None, A.ISSUE): S.WAITING,
    (None, A.ISSUE_LOCKED): S.LOCKED,
    (None, A.TRANSFER): S.WAITING,
    (S.LOCKED, A.UNLOCK): S.WAITING,
    (S.LOCKED, A.MOVE_TIME): S.LOCKED,
    (S.LOCKED, A.LOSE_TIME): S.LOCKED,
    (S.LOCKED, A.CANCEL): S.CANCELLED,
    (S.LOCKED, A.LEAVE): S.LEFT,
    (S.LOCKED, A.MARK_NO_SHOW): S.NO_SHOW,
    (S.WAITING, A.CALL): S.CALLED,
    (S.WAITING, A.HOLD): S.HELD,
    (S.WAITING, A.MARK_NEED): S.WAITING,
    (S.WAITING, A.MOVE_TIME): S.WAITING,
    (S.WAITING, A.LOSE_TIME): S.HELD,
    (S.WAITING, A.CANCEL): S.CANCELLED,
    (S.WAITING, A.LEAVE): S.LEFT,
    (S.WAITING, A.MARK_NO_SHOW): S.NO_SHOW,
    (S.CALLED, A.RECALL): S.CALLED,
    (S.CALLED, A.START): S.SERVING,
    (S.CALLED, A.HOLD): S.HELD,
    (S.CALLED, A.REQUEUE): S.WAITING,
    (S.CALLED, A.MARK_NO_SHOW): S.NO_SHOW,
    (S.CALLED, A.LEAVE): S.LEFT,
    (S.SERVING, A.COMPLETE): S.COMPLETED,
    (S.SERVING, A.HOLD): S.HELD,
    (S.HELD, A.RELEASE): S.WAITING,
    (S.HELD, A.MOVE_TIME): S.HELD,
    (S.HELD, A.LOSE_TIME): S.HELD,
    (S.HELD, A.CANCEL): S.CANCELLED,
    (S.HELD, A.LEAVE): S.LEFT,
    (S.HELD, A.MARK_NO_SHOW): S.NO_SHOW,
}

AT_DESK = frozenset({S.CALLED, S.SERVING})
"""States in which a desk has the visitor."""

ENDED = frozenset({S.COMPLETED, S.NO_SHOW, S.CANCELLED, S.LEFT})
"""States without an exit."""

OPEN = frozenset(S) - ENDED


def after(state: TicketState | None, action: TicketAction) -> TicketState:
    """The state that follows, or the refusal `wrong_state`."""
    try:
        return TICKET_TABLE[state, action]
    except KeyError:
        raise Refusal(Code.WRONG_STATE, state=state.value if state else "none", action=action.value) from None
