"""The database: engine, SQLite's manners, and `transaction()`, the only committer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as _upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Date, DateTime, Insert, MetaData, String, Table, bindparam, event, text
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from ihh.layout import MIGRATIONS

if TYPE_CHECKING:
    from ihh.models.queue_event import QueueEvent

log = logging.getLogger(__name__)

SQLITE_WAIT_MS = 15_000
"""How long a writer waits for SQLite's single write lock."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; on SQLite one text format that sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()


def init_app(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)


_SILENT = {"hide_parameters": True}
"""An error that is logged must not tell whose visit it was about."""


def engine_options(database_url: str) -> Mapping[str, Any]:
    if database_url.startswith("sqlite"):
        return _SILENT | {"connect_args": {"isolation_level": None, "timeout": SQLITE_WAIT_MS / 1000}}
    return _SILENT | {"pool_size": 20, "max_overflow": 40, "pool_pre_ping": True}


def upgrade(app: Flask) -> None:
    """Bring the configured database to the newest migration."""
    with app.app_context():
        _upgrade(directory=str(MIGRATIONS))


@event.listens_for(Engine, "connect")
def _sqlite_manners(connection: Any, record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={SQLITE_WAIT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _sqlite_begin(connection: Connection) -> None:
    """A writer takes SQLite's lock at once: upgrading a read later fails without waiting."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("ihh_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Transaction:
    """One use case's unit of work: what happened, and what to do once it is safe."""

    def __init__(self) -> None:
        self.events: list[QueueEvent] = []
        self.changed_days: set[date] = set()

    def record(self, happened: QueueEvent) -> QueueEvent:
        """Note the queue event of an accepted action; it is written with the commit."""
        self.events.append(happened)
        return happened

    def change_calendar(self, day: date) -> None:
        """Note that the day's free time changes with this commit: caches of it are stale from then on."""
        self.changed_days.add(day)


_DAY = bindparam("day", type_=Date)
_MAKE_DAY = text(
    "INSERT INTO service_day (date, revision, numbers_given, calendar_version) VALUES (:day, 0, 0, 0)"
    " ON CONFLICT DO NOTHING"
).bindparams(_DAY)
_ADVANCE = {
    name: text(f"UPDATE service_day SET {name} = {name} + :by WHERE date = :day RETURNING {name}").bindparams(
        _DAY
    )
    for name in ("revision", "numbers_given", "calendar_version")
}

_current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)
_listeners: list[Callable[[list[QueueEvent]], None]] = []


def after_commit(listener: Callable[[list[QueueEvent]], None]) -> None:
    """Have `listener` hear the queue events of every commit that succeeded."""
    if listener not in _listeners:
        _listeners.append(listener)


@contextmanager
def listening(listener: Callable[[list[QueueEvent]], None]) -> Iterator[None]:
    """Within the block `listener` hears the queue events of every commit that succeeded."""
    after_commit(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def unheard() -> Iterator[None]:
    """Within the block nobody hears of commits: for days that are played before anybody watches."""
    kept = list(_listeners)
    _listeners.clear()
    try:
        yield
    finally:
        _listeners[:] = kept


@contextmanager
def transaction() -> Iterator[Transaction]:
    """All or nothing; a use case called by another joins the outer one.

    Events get their day's next revisions as the last thing before the commit, under the lock of the
    day's row: so revisions are in the order of commits, and no lock is taken after it.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    tx = Transaction()
    # A read before this would pin an old snapshot; and who waits for the turn must not hold a connection.
    db.session.rollback()
    with _turn_to_write():
        token = _current.set(tx)
        try:
            db.session.connection(execution_options={"ihh_writes": True})
            yield tx
            db.session.flush()
            _advance_days(tx)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _current.reset(token)
    _tell(tx.events)


_sqlite_writer = threading.RLock()


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """SQLite lets one write and has the others sleep longer and longer: a process's own wait here instead."""
    if db.engine.dialect.name == "sqlite":
        with _sqlite_writer:
            yield
    else:
        yield


def is_writing() -> bool:
    """Whether a transaction is open here: what is read then is not committed yet, and may never be."""
    return _current.get() is not None


def _advance_days(tx: Transaction) -> None:
    """Revisions for the events, versions for the calendars: every transaction locks days in their order."""
    by_day: dict[date, list[QueueEvent]] = {day: [] for day in tx.changed_days}
    for happened in tx.events:
        by_day.setdefault(happened.service_date, []).append(happened)
    for day in sorted(by_day):
        if day in tx.changed_days:
            advance_day(day, "calendar_version")
        if by_day[day]:
            last = advance_day(day, "revision", by=len(by_day[day]))
            for revision, happened in enumerate(by_day[day], last - len(by_day[day]) + 1):
                happened.revision = revision
            _write(by_day[day])


def _write(events: list[QueueEvent]) -> None:
    """Events are only ever added: written straight to their table, they cost a fifth of a flush."""
    table = cast(Table, events[0].__table__)
    names = [column.key for column in table.columns if not column.primary_key]
    rows = [{name: getattr(happened, name) for name in names} for happened in events]
    db.session.connection().execute(_insert(table), rows if len(rows) > 1 else rows[0])


@cache
def _insert(table: Table) -> Insert:
    return table.insert()


Counter = Literal["revision", "numbers_given", "calendar_version"]


def advance_day(day: date, counter: Counter, *, by: int = 1) -> int:
    """Advance one of a day's counters and return its new value; the row stays locked until the commit."""
    connection = db.session.connection()
    advanced = connection.execute(_ADVANCE[counter], {"day": day, "by": by}).scalar()
    if advanced is None:
        connection.execute(_MAKE_DAY, {"day": day})
        advanced = connection.execute(_ADVANCE[counter], {"day": day, "by": by}).scalar_one()
    return int(advanced)


def _tell(events: list[QueueEvent]) -> None:
    for listener in _listeners:
        try:
            listener(events)
        except Exception:  # the action is safe in the database: an announcement must not undo its answer
            log.exception("announcing failed")
