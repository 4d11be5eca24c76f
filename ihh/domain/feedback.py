"""Feedback: the scales, when it may be given, and what its line must not hold.

Satisfaction (CSAT) is asked from 1 to 5, effort (CES) from 1 to 7, and, only where the house asks for it,
recommendation (NPS) from 0 to 10. The questions' words are in `docs/feedback.md`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ihh.domain.errors import Code, Refusal
from ihh.domain.identity_code import contains_identity_code

CSAT = range(1, 6)
"""1 very dissatisfied … 5 very satisfied."""

EFFORT = range(1, 8)
"""Agreement that it was easy: 1 not at all … 7 fully. High is good."""

NPS = range(11)

LINE_LONGEST = 300

MENDABLE = (Code.INVALID, Code.IDENTITY_CODE_GIVEN, Code.CONTACT_GIVEN)
"""What `read_answer` refuses: whoever answers gets the form again with all that was typed."""

AGENCY_READS_SINCE = date(2026, 12, 1)
"""The first month whose visitors were all told, where they wrote, that the agency reads what is said of it.

Lines of earlier months were written under another promise (docs/decisions/0014).
"""

KEPT_IN_LINE = "\u200c\u200d"
"""Joiners that Persian, Kurdish and other scripts are spelled with."""


class FeedbackChannel(StrEnum):
    MY_VISIT = "my_visit"
    KIOSK = "kiosk"


class FeedbackStage(StrEnum):
    """Whether a visit can be spoken about."""

    TOO_EARLY = "too_early"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Answer:
    """What one visitor says of one thing; at least one part is there."""

    csat: int | None = None
    effort: int | None = None
    nps: int | None = None
    line: str | None = None


def stage_of(day: date, *, has_ended: bool, today: date, days: int) -> FeedbackStage:
    """How a visit of `day` stands: open once it has ended, until `days` days after its day."""
    if today > last_day(day, days=days):
        return FeedbackStage.CLOSED
    return FeedbackStage.OPEN if has_ended else FeedbackStage.TOO_EARLY


def month_is_over(month: date, *, today: date, days: int) -> bool:
    """Whether nobody can give feedback about a visit of that month any more."""
    return today > last_day(next_month(month) - timedelta(days=1), days=days)


def agency_reads(month: date) -> bool:
    """Whether an agency may read what visitors of that month wrote about it."""
    return month >= AGENCY_READS_SINCE


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def last_day(day: date, *, days: int) -> date:
    return day + timedelta(days=days)


def read_answer(csat: int | None, effort: int | None, nps: int | None, line: str | None) -> Answer:
    """The answer as given.

    Refuses `invalid` with the field that is off its scale, or `answer` where all is empty; for the line see
    `read_line`.
    """
    for name, score, scale in (("csat", csat, CSAT), ("effort", effort, EFFORT), ("nps", nps, NPS)):
        if score is not None and score not in scale:
            raise Refusal(Code.INVALID, field=name)
    answer = Answer(csat, effort, nps, read_line(line or ""))
    if answer == Answer():
        raise Refusal(Code.INVALID, field="answer")
    return answer


def read_line(typed: str) -> str | None:
    """The line with single blanks and without signs that cannot be seen; None where nothing is left.

    Refuses `identity_code_given`, `contact_given` (an e-mail address, a phone number, any long number) and
    `invalid` for a line that is too long.
    """
    line = " ".join("".join(_seen(sign) for sign in typed).split())
    plain = _plain(line)
    if contains_identity_code(_DAY_APART.sub(r"\1\2\3", plain)):
        raise Refusal(Code.IDENTITY_CODE_GIVEN)
    if _EMAIL.search(plain) or _NUMBER.search(_DATE.sub(" / ", plain)):
        raise Refusal(Code.CONTACT_GIVEN)
    if len(line) > LINE_LONGEST:
        raise Refusal(Code.INVALID, field="line", limit=LINE_LONGEST)
    return line or None


def _seen(sign: str) -> str:
    """Line ends become blanks; other controls, marks that turn text around, and halves of a pair go."""
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign not in KEPT_IN_LINE else sign


_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")

_DAY_APART = re.compile(r"(?<!\d)(\d\d)[\s./-]*(\d\d)[\s./-]*(\d\d)(?=\s?[-+A-FU-Y]\s?\d{3})", re.I)
"""The birthday of an identity code, its parts set apart."""

_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[-/ ]\d{1,2}[-/ ]\d{4}|\d{4}-\d{1,2}-\d{1,2})(?![\d-])")

_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|[(\[](?:at|ät)[)\]])\s?[\w-]+(?:\.[\w-]{2,})+", re.I)

_NUMBER = re.compile(
    r"\+\s?\d(?:[\s().\-/]*\d){6,}"  # with a country code
    r"|(?<![\d.,:])0\d(?:[\s()\-/]*\d){5,}"  # a Finnish one, or 00 and a country code
    r"|(?<![\d.,:])0\d{2,3}(?:\.\d{2,4}){2,}"  # the same in groups with points between them
    r"|\d{7,}"  # anything else that long leads to a person: a case, a card, a phone
)


def _plain(line: str) -> str:
    """The line as a reader understands it: letters of any width, digits of any script, other hyphens."""
    folded = unicodedata.normalize("NFKC", line).translate(_HYPHENS)
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in folded)
    return "".join(sign for sign in digits if sign not in KEPT_IN_LINE)
