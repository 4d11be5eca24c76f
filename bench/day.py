"""The day under load: a call against a bare transaction with the same reads and writes, and a board.

Medians of one run on one database, so that the machine's mood cancels out. Bars: a call costs at most
3 times the bare one and at most 50 ms (p95) at 8 desks of one agency at once; years of finished visits
cost it at most a third more; a board takes at most 5 statements whatever waits.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from bench import bare, history
from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.domain.house_file import read_data
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.layout import HOUSES
from ihh.services import boards, check_in, desks, serving
from ihh.services.house import load_house
from tests.servers.postgres import running_postgres
from tests.servers.site import run_threads

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
WAITING = 60
ALONE, TOGETHER = 80, 20
"""Rounds with one desk and with all."""
WARM_UP = 5
"""Rounds before these, which nobody counts: plans and caches are a running house's."""
DESKS = [f"kela-{number}" for number in range(1, 9)]

Timed = dict[str, list[float]]


def main() -> None:
    print(f"call next, {WAITING} waiting: ms; bare: a Core transaction with the same reads and writes")
    columns = f"{'ours p50':>10}{'p95':>8}{'bare p50':>10}{'p95':>8}{'ratio':>8}{'old visits':>12}"
    print(f"{'database, desks calling':<26}{columns}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_postgres())
        boards_read = [
            _measure("SQLite", f"sqlite:///{folder}/bench.db", folder),
            _measure("PostgreSQL", server.create_database("bench"), folder),
        ]
    print(f"\nstatements of a hall board with 0, 20 and {WAITING} waiting: {boards_read[0]}")


def _measure(name: str, url: str, folder: Path) -> str:
    app = create_app(testing_settings(url, folder, is_testing=False))  # announces as in service
    database.upgrade(app)
    with app.app_context():
        load_house(_house(), now=NOW)
        for desk in DESKS:
            desks.open_desk(desk, None, now=NOW)
        statements = [_board_statements()]
        for waiting in (20, WAITING):
            _let_in(waiting - (20 if waiting > 20 else 0))
            statements.append(_board_statements())
        young = [_timed(app, DESKS[:1], ALONE), _timed(app, DESKS, TOGETHER)]
        history.seed()
        old = [_timed(app, DESKS[:1], ALONE), _timed(app, DESKS, TOGETHER)]
        database.db.engine.dispose()
    for count, before, after in zip((1, len(DESKS)), young, old, strict=True):
        _print(f"{name}, {count}", before, after)
    return ", ".join(map(str, statements))


def _house() -> dict[str, Any]:
    """The default house with eight desks for one agency: the longest line there can be."""
    document = read_data(HOUSES / "helsinki.toml")
    first = next(desk for desk in document["desk"] if desk["id"] == DESKS[0])
    document["desk"] = [desk for desk in document["desk"] if desk["id"] not in DESKS]
    document["desk"] += [first | {"id": desk, "label": f"9{desk[-1]}"} for desk in DESKS]
    return document


def _let_in(count: int) -> None:
    wish = Wish(Party(1), (LegWish("kela.social_security", ("p1",)),), "en")
    for index in range(count):
        check_in.take_number(wish, now=NOW + timedelta(seconds=index), by="bench")


def _board_statements() -> int:
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.db.engine, "before_cursor_execute", note)
    boards.hall_board(now=NOW + timedelta(minutes=5))
    event.remove(database.db.engine, "before_cursor_execute", note)
    return len(seen)


def _timed(app: Flask, at_desks: Sequence[str], rounds: int) -> Timed:
    """Every round all desks call at once, ours and bare in turn; then the called wait again."""
    spent: Timed = {"ours": [], "bare": []}
    for index in range(WARM_UP + rounds):
        if index == WARM_UP:
            spent = {"ours": [], "bare": []}
        now = NOW + timedelta(minutes=10, seconds=index)
        spent["ours"] += _round(app, at_desks, lambda desk, at=now: serving.call_next(desk, now=at, by="b"))
        spent["bare"] += _round(app, at_desks, lambda desk, at=now: bare.call(NOW.date(), desk, now=at))
    return spent


def _round(app: Flask, at_desks: Sequence[str], call: Callable[[str], object]) -> list[float]:
    def one(index: int) -> float:
        began = time.perf_counter()
        call(at_desks[index])
        return (time.perf_counter() - began) * 1000

    spent = [one(0)] if len(at_desks) == 1 else run_threads(app, len(at_desks), one)
    with database.transaction():
        for undo in (
            "DELETE FROM engagement",
            "UPDATE ticket SET state = 'waiting', desk_id = NULL, calls = 0"
            " WHERE service_date = '2026-12-01' AND state = 'called'",
        ):
            database.db.session.execute(text(undo))
    if failed := [each for each in spent if isinstance(each, Exception)]:
        raise failed[0]
    return spent


def _print(name: str, young: Timed, old: Timed) -> None:
    ours, plain = statistics.median(young["ours"]), statistics.median(young["bare"])
    aged = statistics.median(old["ours"]) / ours
    print(
        f"{name:<26}{ours:>10.2f}{_p95(young['ours']):>8.2f}{plain:>10.2f}{_p95(young['bare']):>8.2f}"
        f"{ours / plain:>7.1f}×{aged:>11.2f}×"
    )


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main()
