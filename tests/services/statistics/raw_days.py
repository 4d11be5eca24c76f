"""Raw figures that belong to no visit: what the kiosks were used for, what the desks could do and did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.models import DeskAbsence, KioskUse, Leg
from tests.services.statistics.raw_rounding import share, tenth
from tests.services.statistics.raw_rows import RawVisit

ZONE = ZoneInfo("Europe/Helsinki")
MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

REASONS = {
    "unknown_code": "kiosk_unknown_code",
    "too_early": "kiosk_wrong_time",
    "too_late": "kiosk_wrong_time",
    "wrong_day_early": "kiosk_wrong_time",
    "wrong_day_past": "kiosk_wrong_time",
    "already_checked_in": "kiosk_checked_in_before",
    "visit_ended": "kiosk_checked_in_before",
    "no_walk_in_now": "kiosk_no_numbers",
    "house_closed": "kiosk_no_numbers",
    "numbers_used_up": "kiosk_no_numbers",
}


def kiosks(days: Sequence[date]) -> dict[str, Any]:
    uses = [use for use in db.session.scalars(select(KioskUse)) if use.at.astimezone(ZONE).date() in days]
    tries = [use for use in uses if use.action in ("check_in", "take_number")]
    failed = [use.failure for use in tries if use.failure is not None]
    reasons = Counter(REASONS.get(failure, "kiosk_other_failures") for failure in failed)
    worked = Counter(use.action for use in uses if use.failure is None)
    return {name: reasons[name] for name in (*REASONS.values(), "kiosk_other_failures")} | {
        "kiosk_check_ins": worked["check_in"],
        "kiosk_numbers": worked["take_number"],
        "kiosk_feedback": worked["feedback"],
        "kiosk_tries": len(tries),
        "kiosk_failure_pct": share(len(failed), len(tries)),
    }


def capacity(
    document: dict[str, Any], days: Sequence[date], visits: Sequence[RawVisit], agency: str | None
) -> dict[str, Any]:
    """Of one agency, or of the house; `days` are those on which it is open."""
    planned, booked = timedelta(0), timedelta(0)
    for desk in document["desk"]:
        if agency in (None, desk["agency"]):
            planned += sum((_manned(desk, day) for day in days), timedelta(0))
    ids = [visit.id for visit in visits]
    agency_of = {desk["id"]: desk["agency"] for desk in document["desk"]}
    for leg in db.session.scalars(select(Leg).where(Leg.mode == "desk", Leg.visit_id.in_(ids))):
        if agency in (None, agency_of[leg.desk_id]):
            booked += leg.ends_at - leg.starts_at
    minutes = planned // MINUTE
    return {
        "capacity_planned_h": tenth(Fraction(minutes, 60)) if minutes else None,
        "capacity_booked_pct": share(booked // MINUTE, minutes),
        "capacity_used_pct": share(_used(visits, agency), minutes),
    }


def _manned(desk: dict[str, Any], day: date) -> timedelta:
    """How long the desk was to be manned, counted minute by minute."""
    minutes = set()
    for begin, end in _hours(desk["hours"], day):
        at, until = begin.astimezone(UTC), end.astimezone(UTC)
        while at < until:
            minutes.add(at)
            at += MINUTE
    for gone in db.session.scalars(select(DeskAbsence).where(DeskAbsence.desk_id == desk["id"])):
        minutes = {at for at in minutes if not gone.starts_at <= at < gone.ends_at}
    return len(minutes) * MINUTE


def _used(visits: Sequence[RawVisit], agency: str | None) -> int:
    """In whole minutes by day and agency."""
    found: Counter[tuple[date, str]] = Counter()
    for visit in visits:
        for one in visit.served:
            if one.outcome != "unknown" and agency in (None, one.agency):
                found[visit.day, one.agency] += one.at_desk // timedelta(seconds=1)
    return sum(round(Fraction(seconds, 60)) for seconds in found.values())


def _hours(week: dict[str, list[list[str]]], day: date) -> list[tuple[datetime, datetime]]:
    found = []
    for name, spans in week.items():
        first, _, last = name.partition("-")
        places = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
        if day.weekday() in places:
            found += [(_clock(day, begin), _clock(day, end)) for begin, end in spans]
    return found


def _clock(day: date, text: str) -> datetime:
    hour, minute = (int(part) for part in text.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
