"""Years of another system: all of a file or nothing, nothing twice, and never into what is published."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from ihh.db import db, transaction
from ihh.domain.errors import Refusal
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Release, ServiceFactRow, VisitFactRow
from ihh.services import check_in
from ihh.services.house import current_house
from ihh.services.statistics import bulk, fact_rows, importing
from ihh.simulation import history

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
HEADER = ("visit", "day", "agency", "service", "channel", "language", "customer_type", "joined_at", "outcome")


def row(key: str, day: str = "2024-03-05", service: str = "dvv.register", outcome: str = "left") -> list[str]:
    return [key, day, service.partition(".")[0], service, "walk_in", "en", "work", f"{day}T09:00", outcome]


def written(folder: Path, *rows: list[str]) -> Path:
    file = folder / "visits.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    return file


def kept() -> tuple[int, int]:
    counts = [
        db.session.scalar(select(func.count()).select_from(of)) for of in (VisitFactRow, ServiceFactRow)
    ]
    return int(counts[0] or 0), int(counts[1] or 0)


def faults(file: Path, source: str = "old") -> list[tuple[int, str]]:
    before = kept()
    with pytest.raises(importing.Faulty) as found:
        importing.bring_in(file, source, now=NOW)
    assert kept() == before
    return [(fault.line, fault.column) for fault in found.value.faults]


def test_a_file_comes_in_once(app, tmp_path):
    file = written(tmp_path, row("A"), row("A", service="kela.advice"), row("B", service="post.letters"))
    looked = importing.check(file, "old", now=NOW)
    assert kept() == (0, 0)
    report = importing.bring_in(file, "old", now=NOW)
    assert report == looked
    assert (report.visits, report.services, kept()) == (2, 3, (2, 3))
    assert (report.unknown_agencies, report.unknown_services) == ({"post"}, {"post.letters"})
    assert faults(file) == [(2, "visit"), (4, "visit")]
    importing.bring_in(file, "older", now=NOW)
    assert kept() == (4, 6)


def test_one_fault_keeps_everything_out(app, tmp_path):
    file = written(tmp_path, row("A"), row("B"), row("A"), row("C", outcome="gone"))
    assert faults(file) == [(4, "visit"), (5, "outcome")]
    assert faults(written(tmp_path)) == [(1, "")]


def test_only_so_many_faults_are_told_and_all_are_counted(sqlite_app, tmp_path):
    file = written(tmp_path, *(row(str(number), outcome="gone") for number in range(150)))
    with pytest.raises(importing.Faulty) as found:
        importing.check(file, "old", now=NOW)
    assert (len(found.value.faults), found.value.count) == (100, 150)


@pytest.mark.parametrize(
    ("kind", "start"), [("month", date(2024, 3, 1)), ("week", date(2024, 3, 4)), ("year", date(2024, 1, 1))]
)
def test_what_is_published_stays(app, tmp_path, kind, start):
    with transaction():
        values = {"released_at": NOW, "small_cell": 5, "service_level_min": 15, "is_synthetic": False}
        db.session.execute(insert(Release).values(period_kind=kind, period_start=start, **values))
    assert faults(written(tmp_path, row("A", "2023-12-29"), row("B"), row("C"))) == [(3, "day")]


def test_days_that_this_house_recorded_itself_are_its_own(app, tmp_path):
    wish = Wish(Party(1), (LegWish("kela.social_security", ("p1",)),), "en")
    check_in.take_number(wish, now=datetime(2026, 11, 30, 8, tzinfo=UTC), by="desk")
    file = written(tmp_path, row("A", "2026-11-27"), row("B", "2026-11-30"))
    assert faults(file) == [(3, "day")]


@pytest.mark.parametrize("source", ["house", "", "a b", "x" * 41, "=x"])
def test_a_source_has_a_name_of_its_own(sqlite_app, tmp_path, source):
    with pytest.raises(Refusal):
        importing.bring_in(written(tmp_path, row("A")), source, now=NOW)


def test_two_imports_of_one_file_at_once_bring_it_in_once(app, threads, tmp_path):
    file = written(tmp_path, *(row(str(number)) for number in range(300)))
    done = threads(2, lambda index: importing.bring_in(file, "old", now=NOW))
    assert sorted(type(one).__name__ for one in done) == ["Faulty", "Report"]
    assert kept() == (300, 300)


def test_bulk_writes_what_single_rows_would(app):
    made = [
        visit
        for _, visits in history.days(
            current_house(), date(2025, 3, 27), date(2025, 4, 1), seed=3, visits_per_day=30
        )
        for visit in visits
    ]
    with transaction():
        counts = bulk.add(made)
    assert counts == (len(made), sum(len(visit.services) for visit in made))
    assert fact_rows.between(date(2025, 3, 1), date(2025, 4, 30)) == made
