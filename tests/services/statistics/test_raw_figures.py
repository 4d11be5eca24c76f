"""Every figure of days that were played through the services equals what plain Python makes of the raw rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Period, PeriodKind, parse, single
from ihh.domain.statistics.tables import PUBLISHED
from ihh.models import Feedback, KioskUse, Leg, QueueEvent, Ticket, Visit
from ihh.services import day_end, retention
from ihh.services.house import load_house
from ihh.services.statistics.closing import close_days
from ihh.services.statistics.published import published, released
from ihh.services.statistics.releasing import release_closed
from tests.servers.site import house_document
from tests.services.statistics import busy_day, raw_days, raw_figures, raw_rounding, raw_rows
from tests.services.statistics.compared import amount_of, compare_frozen, compare_open
from tests.services.statistics.played_days import CLOSED, PlayedDay, local, open_house
from tests.services.statistics.raw_figures import Raw

CHRISTMAS = frozenset({date(2026, 12, 24), date(2026, 12, 25)})


def close_and_release(now: datetime) -> None:
    day_end.tidy(now=now)
    close_days(now=now)
    release_closed(now=now)


def everything_published(periods: Iterable[Period]) -> dict[str, Any]:
    return {
        one.code: published(single(one), [table.code for table in PUBLISHED[one.kind]]) for one in periods
    }


def all_periods() -> list[Period]:
    return [period for kind in PeriodKind for period in released(kind)]


def purge(now: datetime) -> None:
    """All that the raw figures were made of is gone; all that was published stays."""
    before = everything_published(all_periods())
    retention.purge(now=now)
    for table in (Visit, Leg, Ticket, QueueEvent, Feedback, KioskUse):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table
    assert everything_published(all_periods()) == before


def compare_published(period: Period, wanted: Mapping[tuple[str, tuple[str, ...]], dict[str, Any]]) -> int:
    """What is shown equals raw figures that were worked out before a purge."""
    compared = 0
    for code, table in published(single(period), [one.code for one in PUBLISHED[period.kind]]).tables.items():
        for row in table.rows:
            for measure, cell in row.cells.items():
                if cell.flag is Flag.NONE:
                    assert amount_of(cell) == wanted[code, row.values][measure.value], (
                        code,
                        row.values,
                        measure,
                    )
                    compared += 1
    return compared


def wanted_rows(period: Period, raw: Raw) -> dict[tuple[str, tuple[str, ...]], dict[str, Any]]:
    return {
        (code, row.values): raw.row(table.table.dimensions, row.values)
        for code, table in everything_published([period])[period.code].tables.items()
        for row in table.rows
    }


def test_the_raw_figures_know_every_figure_with_a_formula(sqlite_app: Flask) -> None:
    day = date(2026, 12, 1)
    known = Raw(house_document(), day, day).row((), ()).keys()
    with_formula = {m.value for m, definition in CATALOGUE.items() if definition.formula is not None}
    assert known == with_formula
    assert len(known) == len(Measure) - sum(one.formula is None for one in CATALOGUE.values())


def halls(document: dict[str, Any], *days: date) -> list[PlayedDay]:
    """The house has that file, and its appointments of those days are booked."""
    load_house(document, now=local(days[0], "00:00") - timedelta(days=30))
    return [PlayedDay(day, *document["hours"]["mon-sun"][0]) for day in days]


def play(hall: PlayedDay, document: dict[str, Any]) -> None:
    """To the end; compared as it goes on."""
    halfway = hall.minute(150)
    hall.play(until=halfway)
    compare_open(hall.day, Raw(document, hall.day, hall.day, now=halfway), halfway)
    hall.play()


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 6), (date(2026, 10, 25), 8), (date(2026, 12, 1), 7)],
    ids=["spring", "autumn", "winter"],
)
def test_a_day_is_counted_through_a_change_of_the_clock(app: Flask, day: date, hours: int) -> None:
    """The house is open from 1 to 8: six hours in spring, when 3 to 4 is left out, eight in autumn."""
    document = open_house("01:00", "08:00")
    (hall,) = halls(document, day)
    assert local(day, "08:00") - local(day, "01:00") == timedelta(hours=hours)
    play(hall, document)
    close_and_release(local(day + timedelta(days=45), "03:00"))
    month = Raw(document, day.replace(day=1), last_of_month(day), closed=CLOSED, since=day)
    assert compare_frozen(parse(f"{day:%Y-%m}"), month) > 10_000
    assert compare_frozen(parse(day.isoformat()), Raw(document, day, day)) == len(CATALOGUE)


def test_some_figures_of_the_day_made_by_hand(sqlite_app: Flask) -> None:
    """Worked out on paper: the raw figures, which are the yardstick, are held against these."""
    document, day = open_house("09:00", "16:00"), date(2026, 12, 1)
    (hall,) = halls(document, day)
    hall.play()
    day_end.tidy(now=local(day + timedelta(days=1), "03:00"))
    raw = Raw(document, day, day)
    assert raw.row((), ()).items() >= ON_PAPER.items()
    assert raw.row(("service",), ("vero.tax_card",)).items() >= TAX_ON_PAPER.items()


ON_PAPER = {
    "visits": 36,  # 31 walk-ins and five of the six appointments that were kept or missed
    "no_show_pct": F("37.5"),  # of eight appointments one was 21 minutes late, two nobody came for
    "late_pct": 40,  # 8 and 21 minutes, of five visits
    "lateness_median_min": 0,
    "lateness_p90_min": 21,
    "lateness_mean_min": F("5.8"),
    "self_service_moves": 2,
    "employer_visits": 1,
    "spouse_visits": 2,
    "kiosk_tries": 33,
    "kiosk_failure_pct": F("57.6"),  # 19
    "kiosk_check_ins": 7,
    "kiosk_numbers": 7,
    "kiosk_unknown_code": 6,
    "kiosk_wrong_time": 3,
    "kiosk_checked_in_before": 5,
    "kiosk_no_numbers": 3,
    "kiosk_other_failures": 2,
    "kiosk_feedback": 5,
    "capacity_planned_h": F("123.7"),  # 18 desks for 7 hours, one of them away for 140 minutes
}
TAX_ON_PAPER = {
    "service_events": 3,
    "walk_in_wait_median_min": 2,  # 2, 2 and 11
    "walk_in_wait_p90_min": 11,
    "way_mean_min": F("1.7"),  # 2, 2 and 1
    "service_median_min": 17,  # parked after ten minutes, then seven more; 18; 6
    "service_p90_min": 18,
}


def last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def test_days_beside_midnight_of_the_new_year(app: Flask) -> None:
    """One week, 2026-W53, in two months and two years; the last service of each day ends the day after."""
    document = open_house("09:00", "16:00")
    eve, new_year = date(2026, 12, 31), date(2027, 1, 1)
    first, second = halls(document, eve, new_year)
    play(first, document)
    day_end.tidy(now=local(new_year, "03:00"))
    play(second, document)
    close_and_release(local(date(2027, 2, 10), "03:00"))
    week = Raw(document, date(2026, 12, 28), date(2027, 1, 3), since=eve)
    december = Raw(document, date(2026, 12, 1), eve, since=eve)
    assert week.row((), ())["visits"] == 2 * december.row((), ())["visits"]
    compare_frozen(parse("2026-W53"), week)
    assert compare_frozen(parse("2026-12"), december) > 10_000
    assert compare_frozen(parse("2026"), december) > 10_000
    assert compare_frozen(parse("2027-01"), Raw(document, new_year, date(2027, 1, 31))) > 10_000


def test_a_busy_day_before_and_after_its_purge(app: Flask) -> None:
    """Masks, frozen figures and a purge leave every figure that is shown as the raw rows had it."""
    document, day = house_document(), busy_day.DAY.date()
    left_at = busy_day.play()
    compare_open(day, Raw(document, day, day, now=left_at), left_at)
    busy_day.afterwards()
    close_and_release(local(date(2027, 1, 10), "03:00"))
    periods = [parse(code) for code in ("2026-12-01", "2026-W49", "2026-12", "2026")]
    wanted = {}
    for one in periods:
        raw = Raw(document, one.start, one.last, closed=CHRISTMAS, since=day)
        assert compare_frozen(one, raw) >= len(CATALOGUE)
        wanted[one] = wanted_rows(one, raw)
    purge(local(date(2029, 2, 1), "03:00"))
    shown = [compare_published(one, rows) for one, rows in wanted.items()]
    assert min(shown) > 30
    assert sum(shown) > 1_000


def test_the_raw_figures_share_no_rule_with_the_product() -> None:
    for module in (raw_days, raw_figures, raw_rounding, raw_rows):
        imported = re.findall(r"^(?:from|import) (ihh\S*)", Path(module.__file__).read_text("utf-8"), re.M)
        assert set(imported) <= {"ihh.db", "ihh.models"}
