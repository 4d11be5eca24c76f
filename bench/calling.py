"""Call next against bare SQL with the same reads and writes, on SQLite and where DATABASE_URL says."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.domain.house_file import read_data
from ihh.domain.party import Party
from ihh.layout import HOUSES
from ihh.services import booking, check_in, desks, serving
from ihh.services.house import load_house

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
WAITING = 60
CALLS = 40
DESK = "kela-1"

READ_LINE = text(
    "SELECT t.id AS ticket_id, t.*, v.* FROM ticket t JOIN visit v ON v.id = t.visit_id"
    " WHERE t.service_date = '2026-12-01' AND t.agency_id = 'kela' AND t.state = 'waiting' ORDER BY t.id"
)
CALL = text(
    "UPDATE ticket SET state = 'called', desk_id = :desk, called_at = :at, last_called_at = :at,"
    " calls = calls + 1"
    " WHERE id = :id AND state = 'waiting'"
)
ENGAGE = text("INSERT INTO engagement (visit_id, person, ticket_id) VALUES (:visit, 'p1', :id)")
REVISION = text("UPDATE service_day SET revision = revision + 1 WHERE date = '2026-12-01' RETURNING revision")
EVENT = text(
    "INSERT INTO queue_event (service_date, revision, at, action, visit_id, ticket_id, agency_id, service_id,"
    " desk_id, before, after, actor, detail) VALUES ('2026-12-01', :revision, :at, 'call', :visit, :id,"
    " 'kela', 'kela.social_security', :desk, 'waiting', 'called', 'bench', :detail)"
)
FREE = text("DELETE FROM engagement")
END = text("UPDATE ticket SET state = 'completed' WHERE id = :id")


def main() -> None:
    print(f"call next with {WAITING} waiting: ms, median of {CALLS}")
    print(f"{'database':<14}{'ours':>8}{'bare SQL':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        _row("SQLite", f"sqlite:///{folder}/bench.db", Path(folder))
        if url := os.environ.get("BENCH_DATABASE_URL"):
            _row("PostgreSQL", url, Path(folder))


def _row(name: str, url: str, folder: Path) -> None:
    app = create_app(testing_settings(url, folder))
    database.upgrade(app)
    with app.app_context():
        load_house(read_data(HOUSES / "helsinki.toml"), now=NOW)
        desks.open_desk(DESK, None, now=NOW)
        wish = booking.Wish(Party(1), (booking.LegWish("kela.social_security", ("p1",)),), "en")
        for index in range(WAITING + 2 * CALLS):
            check_in.take_number(wish, now=NOW + timedelta(seconds=index), by="bench")
        ours, bare = [], []
        for index in range(CALLS):
            at = NOW + timedelta(minutes=10, seconds=index)
            ours.append(_ours(at))
            bare.append(_bare(at))
        ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
        print(f"{name:<14}{statistics.median(ours):>8.2f}{statistics.median(bare):>10.2f}{ratio:>7.1f}×")


def _ours(at: datetime) -> float:
    began = time.perf_counter()
    serving.call_next(DESK, now=at, by="bench")
    spent = time.perf_counter() - began
    serving.start(DESK, now=at, by="bench")
    serving.complete(DESK, now=at, by="bench")
    return spent * 1000


def _bare(at: datetime) -> float:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    engine = database.db.engine
    began = time.perf_counter()
    with engine.connect().execution_options(ihh_writes=True) as connection, connection.begin():
        row = connection.execute(READ_LINE).mappings().all()[0]
        call = {"id": row["ticket_id"], "desk": DESK, "at": stamp, "visit": row["visit_id"]}
        connection.execute(CALL, call)
        connection.execute(ENGAGE, call)
        revision = connection.execute(REVISION).scalar_one()
        connection.execute(EVENT, call | {"revision": revision, "detail": json.dumps({"reason": "walk_in"})})
    spent = time.perf_counter() - began
    with engine.connect().execution_options(ihh_writes=True) as connection, connection.begin():
        connection.execute(FREE)
        connection.execute(END, {"id": row["ticket_id"]})
    return spent * 1000
