"""Refusals: what the house answers when it cannot do as asked.

A refusal carries a stable code and the values a sentence about it needs. Codes are part of the
API: never rename one, never reuse one. `ihh.presentation.sentences` says each in words.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Every reason for which the house refuses, most general last."""

    # booking
    ANSWERS_INCOMPLETE = "answers_incomplete"
    LEGS_INVALID = "legs_invalid"
    PLAN_STALE = "plan_stale"
    SLOT_TAKEN = "slot_taken"
    HOLD_EXPIRED = "hold_expired"
    TOO_MANY_HOLDS = "too_many_holds"
    TOO_MANY_OPEN_VISITS = "too_many_open_visits"
    CONTACT_INVALID = "contact_invalid"
    IDENTITY_CODE_GIVEN = "identity_code_given"
    NOT_BOOKED = "not_booked"
    ALREADY_STARTED = "already_started"
    # the waitlist
    VISIT_FREE = "visit_free"
    OFFER_OVER = "offer_over"
    TOO_MANY_WAITING = "too_many_waiting"
    TOO_MANY_JOINS = "too_many_joins"
    # check-in
    UNKNOWN_CODE = "unknown_code"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WRONG_DAY_EARLY = "wrong_day_early"
    WRONG_DAY_PAST = "wrong_day_past"
    VISIT_CANCELLED = "visit_cancelled"
    ALREADY_CHECKED_IN = "already_checked_in"
    VISIT_ENDED = "visit_ended"
    NO_WALK_IN_NOW = "no_walk_in_now"
    HOUSE_CLOSED = "house_closed"
    NUMBERS_USED_UP = "numbers_used_up"
    # feedback
    FEEDBACK_TOO_EARLY = "feedback_too_early"
    FEEDBACK_GIVEN = "feedback_given"
    FEEDBACK_CLOSED = "feedback_closed"
    CONTACT_GIVEN = "contact_given"
    # the day
    NOBODY_TO_CALL = "nobody_to_call"
    DESK_BUSY = "desk_busy"
    DESK_TAKEN = "desk_taken"
    DESK_CLOSED = "desk_closed"
    NOT_YOUR_DESK = "not_your_desk"
    NOT_YOUR_AGENCY = "not_your_agency"
    WRONG_STATE = "wrong_state"
    ALREADY_IN_VISIT = "already_in_visit"
    NOT_IN_HOUSE = "not_in_house"
    # accounts and devices
    SIGN_IN_FAILED = "sign_in_failed"
    NOT_ALLOWED = "not_allowed"
    PAIRING_FAILED = "pairing_failed"
    NAME_TAKEN = "name_taken"
    # calendars
    RANGE_REVERSED = "range_reversed"
    RANGE_PAST = "range_past"
    # anything
    REQUEST_ID_REUSED = "request_id_reused"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


class Refusal(Exception):
    """The house will not do this; `code` says why, `facts` fills the sentence."""

    def __init__(self, code: Code, **facts: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
