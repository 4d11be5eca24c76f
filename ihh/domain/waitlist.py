"""The waitlist: its states in one table, as for tickets and visits, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ihh.domain.errors import Code, Refusal

NOON = 12 * 60


class WaitlistState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    """A visit is held for the party until the offer ends."""
    TAKEN = "taken"
    LEFT = "left"
    EXPIRED = "expired"
    """Its last date is over, or an offer ran out unanswered."""


class WaitlistAction(StrEnum):
    OFFER = "offer"
    TAKE = "take"
    DECLINE = "decline"
    """Not this visit: the place in the order stays."""
    LEAVE = "leave_waitlist"
    EXPIRE = "expire_waitlist"


S, A = WaitlistState, WaitlistAction

WAITLIST_TABLE: dict[tuple[WaitlistState, WaitlistAction], WaitlistState] = {
    (S.WAITING, A.OFFER): S.OFFERED,
    (S.WAITING, A.LEAVE): S.LEFT,
    (S.WAITING, A.EXPIRE): S.EXPIRED,
    (S.OFFERED, A.TAKE): S.TAKEN,
    (S.OFFERED, A.DECLINE): S.WAITING,
    (S.OFFERED, A.LEAVE): S.LEFT,
    (S.OFFERED, A.EXPIRE): S.EXPIRED,
}

OPEN = (S.WAITING, S.OFFERED)


def after(state: WaitlistState, action: WaitlistAction) -> WaitlistState:
    """The state that follows, or the refusal `wrong_state`."""
    try:
        return WAITLIST_TABLE[state, action]
    except KeyError:
        raise Refusal(Code.WRONG_STATE, state=state.value, action=action.value) from None


@dataclass(frozen=True)
class Turn:
    """One entry as the order sees it: since when it waits, and for which days and hours."""

    entry_id: str
    since: datetime
    first: date
    last: date
    not_before: int
    not_after: int
    """Minutes from local midnight."""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def in_turn(turns: Iterable[Turn], days: Collection[date]) -> list[Turn]:
    """Who is asked about time that came free on these days: whoever waits for one of them, longest first."""
    wanting = (turn for turn in turns if any(turn.covers(day) for day in days))
    return sorted(wanting, key=_place)


def ahead_of(turn: Turn, others: Iterable[Turn]) -> int:
    """How many of the others are asked before this one about time that both could want."""
    return sum(_place(other) < _place(turn) and _overlap(turn, other) for other in others)


def half_day(day: date, start: int) -> str:
    """Where a visit that starts at this minute belongs; a half day that was declined is not offered again."""
    return f"{day.isoformat()} {'am' if start < NOON else 'pm'}"


def _place(turn: Turn) -> tuple[datetime, str]:
    return turn.since, turn.entry_id


def _overlap(one: Turn, other: Turn) -> bool:
    return (
        one.first <= other.last
        and other.first <= one.last
        and one.not_before < other.not_after
        and other.not_before < one.not_after
    )
