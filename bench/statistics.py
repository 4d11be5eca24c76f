"""The figures of five years: pages, single events, a query by hand, and what reading costs the queue.

Bars: the dashboard of a month p95 ≤ 300 ms, of five years ≤ 1 s; CSV of single events ≥ 50,000 rows/s in
at most 300 MB; the figures of a table ≤ 1.5 times a query written by hand for the same ones; a call next
to live statistics being read ≤ 1.1 times one without. Everything of a database in one run.

`--small` (50,000 visits, one year) looks whether all of it works. `--folder FOLDER` keeps what is measured,
figures released and all, and takes what is there: making it takes longer than measuring it.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from bench import day, years
from bench.years import FULL, SMALL, Size
from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.domain.house_file import parse_house
from ihh.domain.statistics.periods import PeriodKind, containing, single
from ihh.models.account import Role
from ihh.presentation.exports import FileFormat, chunks
from ihh.presentation.exports.events import events_book
from ihh.services import desks, serving
from ihh.services.accounts import add_user
from ihh.services.house import load_house
from ihh.services.statistics import live
from ihh.services.statistics.published import published
from tests.servers.postgres import running_postgres
from tests.servers.site import OutsideClient

PAGES = 40
"""Looks at the dashboard of a month, a different one each time."""
QUERIES = 15
CALLS = 120
READ_EVERY_S = 1.0
"""The open day's page, read as often as ten of its readers do together."""

BY_HAND = """
WITH chosen AS (
    SELECT s.agency, s.visit_fact_id, s.state, s.called_at, s.joined_at, s.booked_at, v.checked_in_at
    FROM service_fact AS s JOIN visit_fact AS v ON v.id = s.visit_fact_id
    WHERE s.day BETWEEN :first AND :last
)
SELECT agency,
    count(DISTINCT CASE WHEN checked_in_at IS NOT NULL AND state NOT IN ('absent', 'cancelled')
          THEN visit_fact_id END) AS visits,
    sum(CASE WHEN state = 'completed' THEN 1 ELSE 0 END) AS service_events,
    avg(CASE WHEN state = 'completed' THEN {minutes} END) AS wait_mean
FROM chosen GROUP BY agency ORDER BY agency
"""
SINCE = (
    "CASE WHEN booked_at IS NULL THEN joined_at WHEN booked_at > checked_in_at THEN booked_at"
    " ELSE checked_in_at END"
)
MINUTES = {
    "sqlite": f"max(24 * 60 * (julianday(called_at) - julianday({SINCE})), 0)",
    "postgresql": f"greatest(extract(epoch FROM called_at - ({SINCE})) / 60, 0)",
}


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only-make", action="store_true", help="make what is measured, and stop")
    asked = parser.parse_args(arguments)
    size = SMALL if asked.small else FULL
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = years.Made(asked.folder or work / "made")
        if not made.is_there:
            _make(made, size)
        about = made.about()
        print(f"figures of {size.years} years: {about['visits']:,} visits, {about['services']:,} services")
        for kind, (count, whole, longest) in about["released"].items():
            print(f"  {count} × {kind} released in {whole:.0f} s of processor time, longest {longest:.1f} s")
        if asked.only_make:
            return
        shutil.copy(made.database, work / "years.db")
        server = stack.enter_context(running_postgres())
        _measure("SQLite", f"sqlite:///{work}/years.db", work, size)
        url = server.create_database("years")
        _fill(url, made, work)
        _measure("PostgreSQL", url, work, size)


def _make(made: years.Made, size: Size) -> None:
    made.folder.mkdir(parents=True, exist_ok=True)
    made.database.unlink(missing_ok=True)
    visits, services = years.make(parse_house(day._house()), size, made.facts)
    app = _app(made.url, made.folder)
    with app.app_context():
        years.write(made.facts)
        spent = years.release(size, kinds=tuple(PeriodKind))
        database.db.engine.dispose()
    released = {kind.value: (len(of), sum(of), max(of)) for kind, of in spent.items()}
    made.note(visits=visits, services=services, released=released)


def _fill(url: str, made: years.Made, work: Path) -> None:
    app = _app(url, work)
    with app.app_context():
        print(f"\nPostgreSQL: facts written in {years.write(made.facts):.0f} s", flush=True)
        years.copy_releases(create_engine(made.url), database.db.engine)
        database.db.engine.dispose()


def _app(url: str, folder: Path) -> Flask:
    app = create_app(testing_settings(url, folder, is_testing=False))
    app.test_client_class = OutsideClient
    database.upgrade(app)
    with app.app_context():
        load_house(day._house(), now=day.NOW)
    return app


def _measure(name: str, url: str, work: Path, size: Size) -> None:
    print(f"\n{name}", flush=True)
    app = _app(url, work)
    with app.app_context():
        _pages(_reader(app), size)
        _against_hand(size)
        _live_beside_calls(app)
        database.db.engine.dispose()
    _export(url, work, size)


def _reader(app: Flask) -> FlaskClient:
    user = add_user("reader", "a long password", Role.ANALYST, agency_id=None, now=day.NOW)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.get_id(), True
    return client


def _pages(client: FlaskClient, size: Size) -> None:
    months = []
    period = containing(size.first, PeriodKind.MONTH)
    while period.last <= size.last:
        months.append(period.code)
        period = period.next
    spans = [months[number % len(months)] for number in range(PAGES)]
    _tell_page("dashboard of a month", [_page_ms(client, span) for span in [spans[0], *spans]][1:], 300)
    long = f"{months[0]}--{months[-1]}"
    _tell_page(f"dashboard of {len(months)} months", [_page_ms(client, long) for _ in range(6)][1:], 1000)
    long = f"{size.first.year}--{size.last.year}" if size.years > 1 else str(size.first.year)
    _tell_page(f"dashboard of {size.years} years", [_page_ms(client, long) for _ in range(6)][1:], 1000)


def _page_ms(client: FlaskClient, span: str) -> float:
    began = time.perf_counter()
    answer = client.get("/statistics", query_string={"span": span})
    spent = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"/statistics?span={span}: {answer.status}")
    return spent


def _tell_page(name: str, spent: Sequence[float], bar: int) -> None:
    print(f"  {name}: p50 {statistics.median(spent):.0f} ms, p95 {_p95(spent):.0f} ms (≤ {bar})", flush=True)


def _against_hand(size: Size) -> None:
    """The agencies of the last month: visits, services and mean wait, by hand and as published."""
    month = containing(size.last, PeriodKind.MONTH)
    hand = text(BY_HAND.format(minutes=MINUTES[database.db.engine.dialect.name]))
    values = {"first": month.start, "last": month.last}
    ours, theirs = [], []
    for _ in range(QUERIES):
        theirs.append(_ms(lambda: database.db.session.execute(hand, values).all()))
        ours.append(_ms(lambda: published(single(month), ["agency"])))
    counted = {row.agency: int(row.service_events) for row in database.db.session.execute(hand, values)}
    for row in published(single(month), ["agency"]).tables["agency"].rows:
        cell = next(cell for measure, cell in row.cells.items() if measure == "service_events")
        if cell.amount is not None and cell.amount != counted.get(row.values[0], 0):
            raise RuntimeError(f"{row.values[0]}: {cell.amount}, by hand {counted.get(row.values[0])}")
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(
        f"  agencies of a month: {mine:.1f} ms, by hand {other:.1f} ms: {mine / other:.2f}× (≤ 1.5)",
        flush=True,
    )


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _live_beside_calls(app: Flask) -> None:
    """Calls in turn without and with a reader of the open day, a few at a time, so that moods cancel out."""
    for desk in day.DESKS:
        desks.open_desk(desk, None, now=day.NOW)
    day._let_in(day.WAITING)
    reading = threading.Event()
    stop = threading.Event()
    looks: list[float] = []

    def read() -> None:
        with app.app_context():
            while not stop.is_set():
                if reading.wait(0.05):
                    looks.append(_ms(lambda: live.today(now=day.NOW + timedelta(hours=1))))
                    database.db.session.remove()
                    stop.wait(READ_EVERY_S)

    reader = threading.Thread(target=read)
    reader.start()
    spent: dict[bool, list[float]] = {False: [], True: []}
    try:
        for number in range(2 * CALLS + day.WARM_UP):
            is_read = number // 20 % 2 == 1
            reading.set() if is_read else reading.clear()
            now = day.NOW + timedelta(minutes=10, seconds=number)
            took = day._round(
                app, day.DESKS[:1], lambda desk, at=now: serving.call_next(desk, now=at, by="b")
            )
            if number >= day.WARM_UP:
                spent[is_read] += took
            time.sleep(0.05)
    finally:
        stop.set()
        reader.join()
    alone, beside = (statistics.median(spent[is_read]) for is_read in (False, True))
    print(
        f"  call next: {alone:.2f} ms (p95 {_p95(spent[False]):.2f}), live figures being read"
        f" {beside:.2f} ms (p95 {_p95(spent[True]):.2f}): {beside / alone:.2f}× (≤ 1.1);"
        f" {len(looks)} looks of {statistics.median(looks):.0f} ms",
        flush=True,
    )


def _export(url: str, folder: Path, size: Size) -> None:
    """In a process of its own, whose memory can be seen. Workbooks take long: the last year has to do."""
    for file_format in (FileFormat.CSV, FileFormat.PARQUET, FileFormat.XLSX):
        first = date(size.last_year, 1, 1) if file_format is FileFormat.XLSX else size.first
        with get_context("spawn").Pool(1) as pool:
            rows, seconds, idle, most = pool.apply(
                _exported, (url, folder, first, size.last, file_format.value)
            )
        bars = " (≥ 50,000; ≤ 300)" if file_format is FileFormat.CSV else ""
        print(
            f"  single events as {file_format.value}: {rows:,} rows, {rows / seconds:,.0f} rows/s,"
            f" {most:.0f} MB at most, {idle:.0f} before{bars}",
            flush=True,
        )


def _exported(
    url: str, folder: Path, first: date, last: date, file_format: str
) -> tuple[int, float, float, float]:
    count = 0

    def counted(rows: Any) -> Any:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    app = create_app(testing_settings(url, folder))
    with app.app_context(), app.test_request_context():
        from ihh.services.statistics import events

        idle = _most_mb()
        began = time.perf_counter()
        book = events_book(first, last, counted(events.rows(first, last)))
        with (folder / "events").open("wb") as out:
            for piece in chunks(book, FileFormat(file_format)):
                out.write(piece)
        return count, time.perf_counter() - began, idle, _most_mb()


def _most_mb() -> float:
    """Of this process since it began; `ru_maxrss` would remember its parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main(sys.argv[1:])
