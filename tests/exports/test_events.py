"""Single events: each row against the facts, on both engines, and who took them is known."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median_low
from zoneinfo import ZoneInfo

import openpyxl
import polars
import pytest
from flask import Flask
from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.domain.statistics.files import EVENT_COLUMNS
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.models import ExportLog
from ihh.presentation.exports import FileFormat
from ihh.presentation.exports.events import take_events
from ihh.services.house import current_house
from ihh.services.statistics import bulk, events, export_log
from ihh.services.statistics.published import published
from tests.exports.conftest import HELSINKI, NOW, Months, written
from tests.services.statistics import made_up_facts

MONDAY = date(2026, 10, 19)
NAMES = [column.name for column in EVENT_COLUMNS]
TIMES = {"booked_at", "joined_at", "called_at", "started_at", "ended_at"}


def read(first: date, last: date) -> list[dict[str, object]]:
    return [dict(zip(NAMES, row, strict=True)) for row in events.rows(first, last)]


def taken(file_format: FileFormat, first: date, last: date) -> Iterator[bytes]:
    return take_events(first, last, file_format, actor="analyst:1", now=NOW)[1]


def local(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(HELSINKI).isoformat(timespec="seconds")


def tenth(span: timedelta) -> str:
    return str(
        (Decimal(span // timedelta(microseconds=1)) / 60_000_000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    )


def wait(visit: VisitFact, service: ServiceFact) -> str | None:
    """By the definition in words, from the facts alone."""
    since = service.joined_at
    if service.booked_at and visit.checked_in_at:
        since = max(service.booked_at, visit.checked_in_at)
    if service.state != "completed" or service.called_at is None or since is None:
        return None
    return tenth(max(service.called_at - since, timedelta(0)))


def expected(visit: VisitFact, service: ServiceFact) -> dict[str, object]:
    times = {name: local(getattr(service, name)) for name in TIMES}
    is_known = service.state == "completed" and service.outcome != "unknown"
    return times | {
        "day": visit.day.isoformat(),
        "channel": visit.channel,
        "municipality": visit.municipality,
        "party_size": visit.party_size,
        "checked_in_at": local(visit.checked_in_at),
        "visit_csat": visit.csat,
        "agency": service.agency,
        "service": service.service,
        "people": bin(service.people).count("1"),
        "state": service.state,
        "outcome": service.outcome,
        "csat": service.csat,
        "synthetic": visit.is_synthetic,
        "wait_min": wait(visit, service),
        "service_min": tenth(timedelta(seconds=service.served_s)) if is_known else None,
    }


def test_every_row_tells_its_fact(app: Flask) -> None:
    facts = made_up_facts.days(current_house(), MONDAY, 10, seed=7, visits=12)
    with transaction():
        bulk.add(facts)
    wanted = [expected(visit, service) for visit in facts for service in visit.services]
    found = read(MONDAY, MONDAY + timedelta(days=10))
    assert events.count(MONDAY, MONDAY + timedelta(days=10)) == len(found) == len(wanted) > 100
    assert [{name: row[name] for name in wanted[0]} for row in found] == wanted
    assert len({row["visit"] for row in found}) == len(facts)


def test_days_outside_the_range_and_other_sources(app: Flask) -> None:
    facts = made_up_facts.days(current_house(), MONDAY, 3, seed=7, visits=5)
    with transaction():
        bulk.add(facts)
    rows = read(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1))
    assert {row["day"] for row in rows} == {"2026-10-20"}
    assert {row["source"] for row in rows} == {"made-up"}
    assert read(date(2026, 1, 1), date(2026, 1, 31)) == []
    with pytest.raises(Refusal) as refused:
        events.rows(MONDAY, MONDAY - timedelta(days=1))
    assert refused.value.code is Code.INVALID


def test_the_night_when_the_clock_goes_back(app: Flask) -> None:
    """3:30 comes twice on 25 October 2026 in Helsinki; the offset tells which one it is."""
    first = datetime(2026, 10, 25, 0, 30, 15, 250_000, tzinfo=UTC)
    service = ServiceFact(
        "kela", "kela.advice", 1, "completed", joined_at=first, called_at=first + timedelta(hours=1)
    )
    visit = VisitFact(
        date(2026, 10, 25), "dst", "walk_in", "en", "other", 1, (service,), checked_in_at=first, source="test"
    )
    with transaction():
        bulk.add([visit])
    (row,) = read(visit.day, visit.day)
    assert (row["joined_at"], row["called_at"]) == ("2026-10-25T03:30:15+03:00", "2026-10-25T03:30:15+02:00")
    assert row["wait_min"] == "60.0"


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Europe/Helsinki"]
)
def test_local_times_of_any_zone(zone: str) -> None:
    """Also where the offset is no whole hour, or changes by half of one."""
    local_times = events._Local(ZoneInfo(zone))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    while at < datetime(2026, 11, 10, tzinfo=UTC):
        (text,) = local_times.texts([int(at.timestamp()) * 1_000_000 + 999_999])
        assert text == at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        at += timedelta(minutes=37, seconds=11)


def test_a_visit_without_services_has_a_row(app: Flask) -> None:
    visit = VisitFact(MONDAY, "alone", "walk_in", "en", "other", 2, (), source="test")
    with transaction():
        bulk.add([visit, replace(visit, key="second")])
    rows = read(MONDAY, MONDAY)
    assert [(row["party_size"], row["agency"], row["wait_min"]) for row in rows] == [(2, None, None)] * 2
    assert events.count(MONDAY, MONDAY) == 2


def test_the_median_of_the_rows_is_the_published_one(months: Months) -> None:
    """Nearest rank is the lower of the two middle ones."""
    month = parse("2026-10")
    rows = read(month.start, month.last)
    waits = [Decimal(str(row["wait_min"])) for row in rows if row["wait_min"] is not None]
    total = published(single(month), ["total"]).total
    assert total.cells[Measure.WAIT_MEDIAN].amount == median_low(waits)
    assert total.cells[Measure.SERVICE_EVENTS].amount == sum(row["state"] == "completed" for row in rows)


def test_other_programs_read_all_formats(months: Months, tmp_path) -> None:
    month = parse("2026-10")
    rows = read(month.start, month.last)
    text = b"".join(taken(FileFormat.CSV, month.start, month.last)).decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["called_at"] for row in found] == [row["called_at"] or "" for row in rows]
    assert [row["wait_min"] for row in found] == [row["wait_min"] or "" for row in rows]

    path = written(taken(FileFormat.XLSX, month.start, month.last), tmp_path / "events.xlsx")
    header, *lines = openpyxl.load_workbook(path)["Events"].iter_rows(values_only=True)
    assert list(header) == NAMES
    called = [line[NAMES.index("called_at")] for line in lines]
    assert [at and at.isoformat() for at in called] == [
        at and str(at)[:19] for at in (r["called_at"] for r in rows)
    ]

    path = written(taken(FileFormat.PARQUET, month.start, month.last), tmp_path / "events.parquet")
    frame = polars.read_parquet(path)
    assert frame.schema["called_at"] == polars.Datetime("us", "UTC")
    assert [at and local(at) for at in frame["called_at"]] == [row["called_at"] for row in rows]


def test_a_finished_file_is_logged_with_its_rows(app: Flask) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), MONDAY, 1, seed=7, visits=5))
    book, pieces = take_events(
        MONDAY, MONDAY, FileFormat.CSV, actor="analyst:3", now=NOW, request_id="abcd-1234"
    )
    before = export_log.progress("abcd-1234", actor="analyst:3")
    assert before is not None and not before.is_finished
    lines = b"".join(pieces).count(b"\r\n")
    log = db.session.scalars(select(ExportLog)).one()
    assert (log.actor, log.what, log.first, log.last, log.file_format) == (
        "analyst:3",
        "events",
        MONDAY,
        MONDAY,
        "csv",
    )
    assert log.row_count == lines - 1 == events.count(MONDAY, MONDAY)
    after = export_log.progress("abcd-1234", actor="analyst:3")
    assert after == export_log.Progress(lines - 1, lines - 1, True)
    assert export_log.progress("abcd-1234", actor="analyst:4") is None
    assert book.name == "events-2026-10-19--2026-10-19"


def test_a_range_without_events_makes_no_file(app: Flask) -> None:
    """An empty file would look as if nobody had come."""
    with pytest.raises(Refusal) as refused:
        taken(FileFormat.CSV, MONDAY, MONDAY + timedelta(days=30))
    assert refused.value.code is Code.NOT_FOUND
    assert db.session.scalars(select(ExportLog)).all() == []


@pytest.mark.parametrize("is_synthetic", [False, True])
def test_a_file_says_what_it_is(app: Flask, tmp_path: Path, is_synthetic: bool) -> None:
    facts = made_up_facts.days(current_house(), MONDAY, 2, seed=7, visits=5)
    with transaction():
        bulk.add(replace(visit, is_synthetic=is_synthetic) for visit in facts)
    last = MONDAY + timedelta(days=1)
    path = written(taken(FileFormat.XLSX, MONDAY, last), tmp_path / "events.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Events", "About", "Definitions"]
    _, *lines = book["About"].iter_rows(values_only=True)
    about = dict(lines)
    assert about["House"] == "International House Helsinki"
    assert (about["First day"], about["Last day"]) == ("2026-10-19", "2026-10-20")
    assert about["synthetic"].startswith("yes" if is_synthetic else "no")
    assert about["Persons"].startswith("Pseudonymous")
    assert about["Use"].startswith("Not for publishing")
    told = json.loads(b"".join(taken(FileFormat.JSON, MONDAY, last)))["about"]
    assert {row["item"]: row["text"] for row in told} == about


def test_a_file_broken_off_is_logged_without_rows(app: Flask) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), MONDAY, 1, seed=7, visits=5))
    _, pieces = take_events(MONDAY, MONDAY, FileFormat.CSV, actor="analyst:3", now=NOW)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert db.session.scalars(select(ExportLog.row_count)).one() is None


def test_one_request_id_is_one_file(app: Flask) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), MONDAY, 1, seed=7, visits=5))
    take_events(MONDAY, MONDAY, FileFormat.CSV, actor="analyst:3", now=NOW, request_id="same-same")
    with pytest.raises(Refusal) as refused:
        take_events(MONDAY, MONDAY, FileFormat.CSV, actor="analyst:3", now=NOW, request_id="same-same")
    assert refused.value.code is Code.REQUEST_ID_REUSED
    assert len(export_log.latest(10)) == 1
