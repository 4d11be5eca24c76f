"""Opening hours in words: "Mon–Fri 9:00–12:00"."""

from __future__ import annotations

from itertools import groupby

from babel.dates import get_day_names
from flask_babel import gettext as _

from ihh.domain.house import Span, Week
from ihh.presentation.formats import EN_DASH, minute_time
from ihh.presentation.languages import text_language


def hours_lines(week: Week) -> list[str]:
    """A line for each run of days with the same hours; days without hours are left out."""
    runs = [
        (hours, [day for day, _hours in days])
        for hours, days in groupby(enumerate(week), key=lambda pair: pair[1])
    ]
    return [
        _("%(days)s %(hours)s", days=_days(days[0], days[-1]), hours=spans_text(hours))
        for hours, days in runs
        if hours
    ]


def spans_text(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{minute_time(span.start)}{EN_DASH}{minute_time(span.end)}" for span in spans)


def _days(first: int, last: int) -> str:
    names = get_day_names("abbreviated", locale=text_language())
    return names[first] if first == last else f"{names[first]}{EN_DASH}{names[last]}"
