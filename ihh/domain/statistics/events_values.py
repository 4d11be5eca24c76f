"""Values of an import's columns: each reader takes a field's text and says how to write it if it can't."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ihh.domain.identity_code import looks_like_identity_code
from ihh.domain.statistics.facts import ABSENT
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.domain.visit import Origin

SERVED = ("done", "more_later", "must_return", "transferred", UNKNOWN_OUTCOME)
UNSERVED = {"left": TicketState.LEFT.value, "no_show": TicketState.NO_SHOW.value, "absent": ABSENT}
LONGEST_PARTY = 6
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Expected:
    """What a file is read against."""

    zone: ZoneInfo
    """Of times without an offset."""
    today: date
    """Imported days lie before it."""
    agency_of: Mapping[str, str]
    """The house's services. Others are imported too: history may have what is gone."""
    source: str


class Wrong(Exception):
    """A value that cannot be read; the text says how to write it."""


def _key(text: str, expected: Expected) -> str:
    """Never told back: what stands here by mistake may be about a person."""
    if looks_like_identity_code(text):
        raise Wrong("looks like a personal identity code: give visits keys that say nothing about people")
    if not re.fullmatch(r"[A-Za-z0-9._:/+-]{1,64}", text):
        raise Wrong("must be 1 to 64 letters, digits or . _ : / + -")
    return text


def _code(text: str, expected: Expected, *, longest: int) -> str:
    if len(text) > longest or not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", text):
        raise Wrong(f"must be a code of at most {longest} small letters, digits and . _ - between them")
    return text


def _one_of(text: str, expected: Expected, *, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Wrong(f"must be one of {', '.join(known)}")
    return text


def _whole(text: str, expected: Expected, *, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise Wrong(f"must be a whole number from {least} to {most}")
    return int(text)


def _day(text: str, expected: Expected) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise Wrong("must be a date such as 2025-11-30")
    if not EARLIEST <= found < expected.today:
        raise Wrong(f"must be a day from {EARLIEST} to yesterday")
    return found


def _instant(text: str, expected: Expected) -> datetime:
    """With its offset, or on the house's clocks: then neither skipped nor shown twice."""
    try:
        found = datetime.fromisoformat(text) if len(text) >= 16 else None
    except ValueError:
        found = None
    if found is None:
        raise Wrong("must be a time such as 2025-11-30T09:05 or 2025-11-30T09:05:30+02:00")
    if found.tzinfo is not None:
        return _in_years(found)
    first, second = found.replace(tzinfo=expected.zone), found.replace(tzinfo=expected.zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        if first.astimezone(UTC).astimezone(expected.zone).replace(tzinfo=None) != found:
            raise Wrong("does not exist: the clocks went forward over it")
        raise Wrong("came twice, the clocks went back: write it with its offset, such as +02:00")
    return _in_years(first)


def _in_years(found: datetime) -> datetime:
    if not 1999 < found.year < 9999:
        raise Wrong("is in no year that can be meant")
    return found.astimezone(UTC)


Read = Callable[[str, Expected], Any]

COLUMNS: Mapping[str, Read] = {
    "visit": _key,
    "day": _day,
    "agency": partial(_code, longest=40),
    "service": partial(_code, longest=80),
    "people": partial(_whole, least=1, most=LONGEST_PARTY),
    "party_size": partial(_whole, least=1, most=LONGEST_PARTY),
    "channel": partial(_one_of, known=tuple(origin.value for origin in Origin)),
    "language": partial(_code, longest=8),
    "customer_type": partial(_code, longest=20),
    "municipality": partial(_code, longest=20),
    "booked_at": _instant,
    "joined_at": _instant,
    "called_at": _instant,
    "started_at": _instant,
    "ended_at": _instant,
    "served_s": partial(_whole, least=0, most=86_400),
    "outcome": partial(_one_of, known=(*SERVED, *UNSERVED)),
    "csat": partial(_whole, least=1, most=5),
    "effort": partial(_whole, least=1, most=7),
    "visit_csat": partial(_whole, least=1, most=5),
    "visit_effort": partial(_whole, least=1, most=7),
    "nps": partial(_whole, least=0, most=10),
    "moves": partial(_whole, least=0, most=100),
}
REQUIRED = ("visit", "day", "agency", "service", "channel", "language", "customer_type", "outcome")
