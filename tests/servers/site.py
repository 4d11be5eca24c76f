"""The product inside the test process, on a migrated database that every test finds clean."""

from __future__ import annotations

import contextvars
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient

from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.layout import HOUSES
from ihh.services import free_time
from ihh.services.house import load_house
from tests.servers.postgres import PostgresServer
from tests.servers.snapshots import PostgresSnapshot, SqliteSnapshot

HOUSE_FILE = "helsinki.toml"
THREAD_SECONDS = 60


@dataclass(frozen=True)
class Site:
    app: Flask
    url: str
    restore: Callable[[], None]
    """Back to the house as loaded, nobody in it."""


class OutsideClient(FlaskClient):
    """Sends each request from outside the test's application context, as a browser would.

    Inside it Flask would reuse the test's `g` and database session: a login would outlive
    its request, and the request would see rows nobody committed. Inside `with client:` Flask
    has to keep the context, and this class steps back.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if self.preserve_context:
            return super().open(*args, **kwargs)
        settle()
        return contextvars.Context().run(super().open, *args, **kwargs)


def settle() -> None:
    """Commit what the test prepared, so that others see it and the test will see what they do."""
    if has_app_context():
        database.db.session.commit()
        database.db.session.expire_all()


@contextmanager
def sqlite_site(folder: Path) -> Iterator[Site]:
    file = folder / "ihh.sqlite3"
    url = f"sqlite:///{file}"
    with _app_with_house(url, folder) as app:
        yield Site(app, url, _restorer(SqliteSnapshot(file).restore))


@contextmanager
def postgres_site(server: PostgresServer, folder: Path) -> Iterator[Site]:
    url = server.create_database("ihh_site")
    with _app_with_house(url, folder) as app:
        snapshot = PostgresSnapshot(server, "ihh_site")
        try:
            yield Site(app, url, _restorer(snapshot.restore))
        finally:
            snapshot.close()


def _restorer(restore_rows: Callable[[], None]) -> Callable[[], None]:
    """Rows go back to older versions, which no cache of a running house could tell from fresh ones."""

    def restore() -> None:
        restore_rows()
        free_time.forget()

    return restore


def house_document() -> dict[str, Any]:
    """The default house, as its file says."""
    return tomllib.loads((HOUSES / HOUSE_FILE).read_text("utf-8"))


def run_threads(app: Flask, count: int, work: Callable[[int], object]) -> list[Any]:
    """Run work(0) … work(count - 1) at once, each in a thread and application context of its own.

    Returns results in that order, with the exception in place of the result where one was raised.
    Raises TimeoutError when a thread still runs after a minute, which for us is a deadlock.
    """
    settle()
    outcomes: list[Any] = [None] * count
    start = threading.Barrier(count)

    def run(index: int) -> None:
        try:
            with app.app_context():
                # Connect before the start, or the threads would queue up behind their log-ins.
                database.db.engine.connect().close()
                start.wait(THREAD_SECONDS)
                outcomes[index] = work(index)
        except Exception as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(THREAD_SECONDS)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"threads still run after {THREAD_SECONDS} s")
    return outcomes


@contextmanager
def _app_with_house(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(testing_settings(url, folder))
    app.test_client_class = OutsideClient
    database.upgrade(app)
    with app.app_context():
        load_house(house_document(), now=datetime(2026, 11, 1, tzinfo=UTC))
    try:
        yield app
    finally:
        with app.app_context():
            database.db.engine.dispose()
