"""A running demonstration with published figures: synthetic months before today, released as every night does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ihh.app import create_app
from ihh.config import testing_settings
from ihh.db import transaction
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.periods import DAY, Period, PeriodKind, containing
from ihh.services.house import current_house
from ihh.services.statistics import bulk, declaring
from ihh.services.statistics.closing import close_days
from ihh.services.statistics.published import released
from ihh.services.statistics.releasing import release_closed
from ihh.simulation import history

VISITS_PER_DAY = 30


def write_history(folder: Path, *, months: int = 2) -> list[Period]:
    """Months that a server whose instance folder this is shows from now on; those that are released."""
    app = create_app(testing_settings(f"sqlite:///{folder / 'ihh.db'}", folder, is_demo=True))
    with app.app_context():
        if already := released(PeriodKind.MONTH):
            return already
        house = current_house()
        now = datetime.now(UTC)
        today = now.astimezone(ZoneInfo(house.timezone)).date()
        closed = today - timedelta(days=house.limits.feedback_days + 2)
        last = containing(closed, PeriodKind.MONTH).previous
        first = last
        for _month in range(months - 1):
            first = first.previous
        made = history.days(house, first.start, last.last, seed=7, visits_per_day=VISITS_PER_DAY)
        with transaction():
            bulk.add(visit for _day, visits in made for visit in visits)
            declaring.keep(DayRange(first.start, last.last), now=now)
        night = datetime.combine(last.last + 20 * DAY, datetime.min.time(), UTC)
        close_days(now=night)
        release_closed(now=night)
        return released(PeriodKind.MONTH)
