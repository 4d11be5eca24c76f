"""Which days and hours someone would wait for, as a form sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.web.booking_dates import ALL_DAY, read_dates


@dataclass(frozen=True)
class WaitForm:
    """Days are inclusive, hours are minutes from midnight, None where any will do."""

    first: date
    last: date
    not_before: int | None
    not_after: int | None
    earliest: date
    latest: date
    """Between these days visits can be booked."""
    hours: tuple[int, ...]
    """Full hours to choose from."""
    errors: tuple[tuple[str, str], ...]
    """(id of the control, sentence)."""

    def asked(self) -> dict[str, Any]:
        """As keywords of `waitlist_entries.join`."""
        return {
            "first": self.first,
            "last": self.last,
            "not_before": self.not_before or 0,
            "not_after": self.not_after or ALL_DAY,
        }


def read_wait(house: House, given: Mapping[str, str], *, now: datetime) -> WaitForm:
    """What was asked; days that are missing are those in which visits can be booked."""
    dates = read_dates(house, given, now=now)
    today = local_day(now, timezone=house.timezone)
    latest = today + timedelta(days=house.limits.horizon_days)
    first, last = _day(given.get("from"), today), _day(given.get("to"), latest)
    errors = []
    if first is None or not today <= first <= latest:
        errors.append(("from", _("Choose a first day on which visits can be booked.")))
    if last is None or not (first or today) <= last <= latest:
        errors.append(("to", _("Choose a last day that is not before the first.")))
    if dates.not_after is not None and dates.not_after <= (dates.not_before or 0):
        errors.append(("not_after", _("Choose an hour that is later than the first.")))
    return WaitForm(
        first=first or today,
        last=last or latest,
        not_before=dates.not_before,
        not_after=dates.not_after,
        earliest=today,
        latest=latest,
        hours=dates.hours,
        errors=tuple(errors),
    )


def _day(given: str | None, default: date) -> date | None:
    """The default where nothing was given; None for what is no day."""
    if not given:
        return default
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
