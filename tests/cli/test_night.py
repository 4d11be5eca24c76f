"""The night's work: one part after the other, each in need of the one before."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select

from ihh.cli import night
from ihh.db import db, transaction
from ihh.domain.statistics.periods import PeriodKind
from ihh.models import FigureRow, Release, Visit
from ihh.services import day_end
from ihh.services.statistics.published import released
from tests.services.statistics import busy_day

EVENING = busy_day.DAY + timedelta(hours=30)


def test_a_night_publishes_the_day(sqlite_app: Flask) -> None:
    busy_day.play()
    day_end.tidy(now=EVENING)
    night.work(now=EVENING)
    assert busy_day.DAY.date() in [period.start for period in released(PeriodKind.DAY)]


def test_a_part_that_fails_is_told_and_nothing_is_forgotten_without_its_figures(sqlite_app: Flask) -> None:
    busy_day.play()
    later = EVENING + timedelta(days=800)
    day_end.tidy(now=later)
    with transaction():  # a row in the way: the day cannot be released
        db.session.add(
            FigureRow(
                period_kind="day",
                table_code="total",
                period_start=busy_day.DAY.date(),
                row_key="",
                sources={},
            )
        )
    night.work(now=later)
    assert db.session.get(Release, ("day", busy_day.DAY.date())) is None
    assert db.session.scalars(select(Visit.id)).first() is not None
    with transaction():
        db.session.execute(delete(FigureRow))
    night.work(now=later)
    assert busy_day.DAY.date() in [period.start for period in released(PeriodKind.DAY)], "figures stay"
    assert db.session.scalars(select(Visit.id)).first() is None, "events go"
