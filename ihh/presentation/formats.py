"""How numbers, times and ranges read: en 10:05, fi and sv 10.05; ranges, never a false minute."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _

from ihh.domain.estimate import Wait
from ihh.presentation.languages import text_language
from ihh.services.house import current_house

NBSP = "\u00a0"
EN_DASH = "\u2013"
IN_MINUTES_TO = 90


def number(queue_number: str | None) -> str:
    """ "K 042" with a space that does not break."""
    return (queue_number or "").replace(" ", NBSP)


def spelled(queue_number: str | None) -> str:
    """ "K 0 4 2", as a screen reader should say it."""
    return " ".join((queue_number or "").replace(" ", ""))


def clock_time(at: datetime | None, language: str | None = None) -> str:
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(current_house().timezone))
    mark = ":" if (language or text_language()) == "en" else "."
    return f"{local.hour}{mark}{local.minute:02d}"


def minute_time(minute: int, language: str | None = None) -> str:
    """Minutes from midnight as a time of day."""
    mark = ":" if (language or text_language()) == "en" else "."
    return f"{minute // 60}{mark}{minute % 60:02d}"


def short_date(day: date, language: str | None = None) -> str:
    """ "Mon 14 Dec", "ma 14.12.", "mån 14 dec."."""
    wanted = language or text_language()
    pattern = {"fi": "ccc d.M.", "sv": "ccc d MMM"}.get(wanted, "EEE d MMM")
    return format_date(day, pattern, locale=wanted)


def long_date(day: date, language: str | None = None) -> str:
    """ "Monday 14 December 2026"."""
    wanted = language or text_language()
    pattern = {"fi": "cccc d.M.yyyy", "sv": "cccc d MMMM yyyy"}.get(wanted, "EEEE d MMMM yyyy")
    return format_date(day, pattern, locale=wanted)


def duration(minutes: int) -> str:
    """ "45 min", "2 h", "2 h 50 min"."""
    hours, rest = divmod(int(minutes), 60)
    parts = [_("%(hours)d h", hours=hours)] if hours else []
    if rest or not hours:
        parts.append(_("%(minutes)d min", minutes=rest))
    return NBSP.join(part.replace(" ", NBSP) for part in parts)


def wait_range(wait: Wait | None) -> str:
    """ "10–25 min", above an hour "1–1½ hours"; empty when nothing honest can be said."""
    return span_text(wait.low, wait.high) if wait is not None else ""


def span_text(low: int, high: int) -> str:
    """Minutes up to an hour and a half: "25–85 min" says more than "0–1½ hours"."""
    if high <= IN_MINUTES_TO:
        return _("%(low)d–%(high)d min", low=low, high=high).replace(" ", NBSP)
    first, last = _halves(low, up=False), _halves(high, up=True)
    return _("%(low)s–%(high)s hours", low=first, high=last).replace(" ", NBSP)


def _halves(minutes: int, *, up: bool) -> str:
    halves = -(-minutes // 30) if up else minutes // 30
    whole, half = divmod(halves, 2)
    return f"{whole or ''}{'½' if half else ''}" or "0"
