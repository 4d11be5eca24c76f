"""Fixtures every layer shares: real databases, a clean house, a fixed time, threads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.servers import server as servers
from tests.servers.postgres import PostgresServer, running_postgres
from tests.servers.redis import running_redis

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers.site import Site

ENGINES = ("sqlite", "postgresql")

Threads = Callable[[int, Callable[[int], object]], list[Any]]
SetClock = Callable[[datetime], None]
StartServer = Callable[..., servers.RunningServer]


def pytest_configure(config: pytest.Config) -> None:
    """What a thread or a destructor raises would otherwise pass as a warning."""
    for warning in ("PytestUnhandledThreadExceptionWarning", "PytestUnraisableExceptionWarning"):
        config.addinivalue_line("filterwarnings", f"error::pytest.{warning}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows what the servers it talked to had to say."""
    report = yield
    if report.failed:
        for server in servers.running:
            report.sections.append((f"log of {server.base_url}", server.log()))
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """An empty PostgreSQL database, without the product's tables."""
    return postgres_server.create_database("ihh_empty")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from tests.servers.site import sqlite_site

    with sqlite_site(tmp_path_factory.mktemp("sqlite-site")) as site:
        yield site


@pytest.fixture(scope="session")
def postgres_site(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    from tests.servers.site import postgres_site

    with postgres_site(postgres_server, tmp_path_factory.mktemp("postgres-site")) as site:
        yield site


@pytest.fixture(params=ENGINES)
def site(request: pytest.FixtureRequest) -> Site:
    """The product on each engine in turn; PostgreSQL starts only if a chosen test needs it."""
    name = "sqlite_site" if request.param == "sqlite" else "postgres_site"
    chosen: Site = request.getfixturevalue(name)
    return chosen


@pytest.fixture
def engine_url(site: Site) -> str:
    """URL of the migrated database behind `app`, on each engine in turn."""
    return site.url


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """The product with the Helsinki house and nobody in it, on each engine in turn, context pushed."""
    site.restore()
    with site.app.app_context():
        yield site.app


@pytest.fixture
def sqlite_app(sqlite_site: Site) -> Iterator[Flask]:
    """As `app`, on SQLite only: for what no database engine can change."""
    sqlite_site.restore()
    with sqlite_site.app.app_context():
        yield sqlite_site.app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    return sqlite_app.test_client()


@pytest.fixture
def threads(app: Flask) -> Threads:
    """`threads(8, work)` runs work(0) … work(7) at once; see `tests.servers.site.run_threads`."""
    from tests.servers.site import run_threads

    return lambda count, work: run_threads(app, count, work)


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning when the house is open."""
    return datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("Europe/Helsinki"))


@pytest.fixture
def set_clock() -> Iterator[SetClock]:
    """`set_clock(now)` lets pages and the API of this process see that time, running on, in this test."""
    from ihh import clock

    yield lambda moment: clock.shift(moment - clock.real_now())
    clock.shift(timedelta(0))


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """`start_server(DEMO="1")` starts the real product with that environment; all stop at the end."""
    with ExitStack() as stack:

        def start(**env: str) -> servers.RunningServer:
            folder = tmp_path_factory.mktemp("server")
            return stack.enter_context(servers.running_server(folder, env))

        yield start
