"""A visit: one party's day in the house, from the held slots to the last service."""

from __future__ import annotations

from enum import StrEnum

from ihh.domain.errors import Code, Refusal


class VisitState(StrEnum):
    HELD = "held"
    """Slots reserved while the booking is being finished."""
    BOOKED = "booked"
    IN_HOUSE = "in_house"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


class VisitAction(StrEnum):
    HOLD = "hold_slots"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    MOVE = "move"
    CANCEL = "cancel_visit"
    CHECK_IN = "check_in"
    TAKE_NUMBER = "take_number"
    """A walk-in's check-in: the visit begins here."""
    END = "end"
    MISS = "miss"
    """Booked and never checked in, at the end of the day."""


S, A = VisitState, VisitAction

VISIT_TABLE: dict[tuple[VisitState | None, VisitAction], VisitState] = {
    (None, A.HOLD): S.HELD,
    (None, A.TAKE_NUMBER): S.IN_HOUSE,
    (S.HELD, A.CONFIRM): S.BOOKED,
    (S.HELD, A.EXPIRE): S.EXPIRED,
    (S.HELD, A.CANCEL): S.CANCELLED,
    (S.BOOKED, A.MOVE): S.BOOKED,
    (S.BOOKED, A.CANCEL): S.CANCELLED,
    (S.BOOKED, A.CHECK_IN): S.IN_HOUSE,
    (S.BOOKED, A.MISS): S.NO_SHOW,
    (S.IN_HOUSE, A.END): S.ENDED,
}


class Presence(StrEnum):
    """What a party in the house is doing, as a whole; derived from its tickets."""

    FREE = "free"
    CALLED = "called"
    SERVING = "serving"


class Origin(StrEnum):
    """How a visit came about: the channel dimension of the figures."""

    ONLINE = "online"
    WALK_IN = "walk_in"
    STAFF = "staff"


def after(state: VisitState | None, action: VisitAction) -> VisitState:
    """The state that follows, or the refusal that says most about why not."""
    try:
        return VISIT_TABLE[state, action]
    except KeyError:
        raise Refusal(REFUSED.get(state, Code.WRONG_STATE)) from None


REFUSED: dict[VisitState | None, Code] = {
    S.HELD: Code.NOT_BOOKED,
    S.EXPIRED: Code.HOLD_EXPIRED,
    S.CANCELLED: Code.VISIT_CANCELLED,
    S.IN_HOUSE: Code.ALREADY_CHECKED_IN,
    S.ENDED: Code.VISIT_ENDED,
    S.NO_SHOW: Code.WRONG_DAY_PAST,
}
