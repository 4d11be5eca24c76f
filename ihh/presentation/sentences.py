"""What the house says in words: why it refuses, why a visitor is called, how a ticket stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.calling import ReasonCode
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import LINE_LONGEST
from ihh.domain.house import text
from ihh.presentation.formats import clock_time, long_date
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.serving import CHOSEN, REASON_LONGEST

Facts = Mapping[str, Any]


def refusal(refused: Refusal) -> str:
    """The refusal as a sentence: what happened, what is safe, what to do."""
    return _REFUSALS[refused.code](refused.facts)


def call_reason(detail: Facts, *, need: str = "") -> str:
    """The reason of a call from its event's detail, for the clerk."""
    since = clock_time(_instant(detail.get("since")))
    booked = clock_time(_instant(detail.get("booked_at")))
    reason = reason_text(ReasonCode(detail["reason"]), since=since, booked=booked, need=need)
    if not detail.get("chosen"):
        return reason
    why = str(detail.get("why") or CHOSEN)
    if why == CHOSEN:
        return _("Called out of turn. %(reason)s", reason=reason)
    return _("Called out of turn: %(why)s. %(reason)s", why=why.rstrip(". "), reason=reason)


def reason_text(code: ReasonCode, *, since: str, booked: str, need: str = "") -> str:
    """`need` is why a clerk marked the visitor as in need, in words."""
    if code is ReasonCode.NEED and need:
        return _("In need: %(need)s. Here since %(since)s", need=need, since=since)
    if code is ReasonCode.NEED:
        return _("Marked as in need, here since %(since)s", since=since)
    if code is ReasonCode.BOOKED:
        return _("Booked %(booked)s, here since %(since)s", booked=booked, since=since)
    if code is ReasonCode.OVERDUE:
        return _("Walk-in, has waited long, here since %(since)s", since=since)
    if code is ReasonCode.LATE:
        return _("Late for %(booked)s, arrived %(since)s", booked=booked, since=since)
    if code is ReasonCode.EARLY:
        return _("Early for %(booked)s, here since %(since)s", booked=booked, since=since)
    return _("Walk-in, here since %(since)s", since=since)


def people_text(people: tuple[str, ...], adults: int, minors: int, *, first: str = "") -> str:
    """Who of the party: "You", "You and adult 2", "All four" is told as "Everyone".

    `first` names who is not spoken to but spoken of.
    """
    if len(people) == adults + minors and len(people) > 1:
        return _("Everyone")
    names = [person_text(person, adults, first=first) for person in people]
    if len(names) < 2:
        return names[0] if names else ""
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def person_text(person: str, adults: int, *, first: str = "") -> str:
    """ "You", "Adult 2", "Child 1": the party has no names."""
    index = int(person[1:])
    if index == 1:
        return first or _("You")
    if index <= adults:
        return _("Adult %(index)d", index=index)
    return _("Child %(index)d", index=index - adults)


def ticket_state_text(state: str) -> str:
    return {
        "locked": _("Not yet"),
        "waiting": _("Waiting"),
        "called": _("Called"),
        "serving": _("Being served"),
        "held": _("On hold, place kept"),
        "completed": _("Done"),
        "no_show": _("Not there when called"),
        "cancelled": _("Cancelled"),
        "left": _("Left"),
        "booked": _("Booked"),
    }[state]


def ahead_text(ahead: int) -> str:
    if ahead == 0:
        return _("You are next")
    return ngettext("%(num)d person ahead of you", "%(num)d people ahead of you", ahead)


def _instant(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def _day(value: Any) -> str:
    return long_date(value if isinstance(value, date) else date.fromisoformat(str(value)))


def _service(facts: Facts) -> str:
    service = current_house().service.get(str(facts.get("service")))
    return text(service.name, text_language()) if service else _("This service")


def _contact_invalid(facts: Facts) -> str:
    if facts.get("field") == "email":
        return _("The e-mail address is not complete. Write it like name@example.com.")
    return _("The phone number is not complete. Write it with the country code, like +358 40 123 4567.")


def _invalid(facts: Facts) -> str:
    if facts.get("field") == "why":
        return _("Write why, in at most %(limit)s signs.", limit=REASON_LONGEST)
    if facts.get("field") == "answer":
        return _("Answer at least one of the questions.")
    if facts.get("field") == "line":
        return _("Shorten your comment to at most %(limit)s signs.", limit=LINE_LONGEST)
    return _("Something in what you sent is missing or wrong. Check it and try again.")


_REFUSALS: dict[Code, Callable[[Facts], str]] = {
    Code.ANSWERS_INCOMPLETE: lambda f: _("Answer every question, then continue."),
    Code.LEGS_INVALID: lambda f: _("Choose at least one service, and at least one person for each."),
    Code.PLAN_STALE: lambda f: _("These times are no longer on offer. Choose again."),
    Code.SLOT_TAKEN: lambda f: _(
        "Someone booked one of these times just before you. Here are the next best visits."
    ),
    Code.HOLD_EXPIRED: lambda f: _(
        "Your times were kept for a while and are free again. Choose your visit again."
    ),
    Code.TOO_MANY_HOLDS: lambda f: _("Too many times were kept from your network. Try again in an hour."),
    Code.TOO_MANY_OPEN_VISITS: lambda f: _(
        "This contact already has %(limit)s booked visits. Cancel one, or book without a contact.",
        limit=f.get("limit"),
    ),
    Code.CONTACT_INVALID: _contact_invalid,
    Code.IDENTITY_CODE_GIVEN: lambda f: _(
        "That looks like an identity code. We never need it. Please remove it."
    ),
    Code.NOT_BOOKED: lambda f: _("This visit is not confirmed yet."),
    Code.ALREADY_STARTED: lambda f: _("The visit has begun. Ask at any desk if you want to change it."),
    Code.VISIT_FREE: lambda f: _(
        "You need not wait: a visit is free on %(day)s. Book it, or choose other days or hours to wait for.",
        day=_day(f["date"]),
    ),
    Code.OFFER_OVER: lambda f: _("This offer is over. The page shows how it stands now."),
    Code.TOO_MANY_WAITING: lambda f: _(
        "This contact is on the waitlist %(limit)s times already. Leave it once, or join without a contact.",
        limit=f.get("limit"),
    ),
    Code.TOO_MANY_JOINS: lambda f: _(
        "The waitlist was joined too often from your network. Try again in an hour."
    ),
    Code.UNKNOWN_CODE: lambda f: _("We do not know this code. Check it and try again, or take a number."),
    Code.TOO_EARLY: lambda f: _(
        "Your visit starts at %(start)s. You can check in from %(opens)s.",
        start=clock_time(f["starts_at"]),
        opens=clock_time(f["opens_at"]),
    ),
    Code.TOO_LATE: lambda f: _("The times of this visit are over. Take a number, or ask the staff."),
    Code.WRONG_DAY_EARLY: lambda f: _(
        "Your visit is on %(day)s. Come back then, or take a number.", day=_day(f["date"])
    ),
    Code.WRONG_DAY_PAST: lambda f: _(
        "Your visit was on %(day)s. Take a number, or book a new visit.", day=_day(f["date"])
    ),
    Code.VISIT_CANCELLED: lambda f: _("This visit was cancelled. Take a number, or book a new visit."),
    Code.ALREADY_CHECKED_IN: lambda f: _(
        "You are already checked in. Your number is %(number)s.", number=f.get("number") or ""
    ),
    Code.VISIT_ENDED: lambda f: _("This visit is finished. Take a number if you need something else."),
    Code.NO_WALK_IN_NOW: lambda f: _(
        "%(service)s takes no one without a booking right now.", service=_service(f)
    ),
    Code.HOUSE_CLOSED: lambda f: _("The house is closed."),
    Code.NUMBERS_USED_UP: lambda f: _("There are no numbers left today. Please ask the staff."),
    Code.FEEDBACK_TOO_EARLY: lambda f: _("Tell us when your visit is over. Until then nothing is asked."),
    Code.FEEDBACK_GIVEN: lambda f: _("You have answered already. Thank you. Your answer stands as it was."),
    Code.FEEDBACK_CLOSED: lambda f: _("The time to tell us about this visit is over."),
    Code.CONTACT_GIVEN: lambda f: _(
        "Leave out e-mail addresses, phone numbers and other long numbers: nothing here may lead back to you."
    ),
    Code.NOBODY_TO_CALL: lambda f: _("No one is waiting for this desk."),
    Code.DESK_BUSY: lambda f: _("This desk has a visitor. Finish first."),
    Code.DESK_TAKEN: lambda f: _("Someone else has this desk open. Choose another."),
    Code.DESK_CLOSED: lambda f: _("This desk is closed or on a break. Open it first."),
    Code.NOT_YOUR_DESK: lambda f: _("This is not your desk."),
    Code.NOT_YOUR_AGENCY: lambda f: _("This belongs to another agency."),
    Code.WRONG_STATE: lambda f: _(
        "That is no longer possible: someone was faster. The screen shows how it stands now."
    ),
    Code.ALREADY_IN_VISIT: lambda f: _("The visit already has this service."),
    Code.NOT_IN_HOUSE: lambda f: _("This service is not in the house."),
    Code.SIGN_IN_FAILED: lambda f: _("The user name or password is wrong."),
    Code.NOT_ALLOWED: lambda f: _("Your account may not do this."),
    Code.PAIRING_FAILED: lambda f: _("This code is wrong or too old. Ask for a new one."),
    Code.NAME_TAKEN: lambda f: _("This name is taken."),
    Code.RANGE_REVERSED: lambda f: _("The end must be later than the beginning."),
    Code.RANGE_PAST: lambda f: _("This time is over. Choose a later one."),
    Code.REQUEST_ID_REUSED: lambda f: _("This request was already used for something else."),
    Code.NOT_FOUND: lambda f: _("We could not find this."),
    Code.INVALID: _invalid,
}

assert set(_REFUSALS) == set(Code), "every code has its sentence"
