"""The database: engine, SQLite's manners, and `transaction()`, the only committer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as _upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Date, DateTime, MetaData, String, bindparam, event, text
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


def engine_options(database_url: str) -> Mapping[str, Any]:
    if database_url.startswith("sqlite"):
        return {"connect_args": {"isolation_level": None, "timeout": SQLITE_WAIT_MS / 1000}}
    return {"pool_size": 20, "max_overflow": 40, "pool_pre_ping": True}


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

    def record(self, happened: QueueEvent) -> QueueEvent:
        """Note the queue event of an accepted action; it is written with the commit."""
        self.events.append(happened)
        return happened


_DAY = bindparam("day", type_=Date)
_MAKE_DAY = text(
    "INSERT INTO service_day (date, revision, numbers_given) VALUES (:day, 0, 0) ON CONFLICT DO NOTHING"
).bindparams(_DAY)
_ADVANCE = {
    name: text(f"UPDATE service_day SET {name} = {name} + :by WHERE date = :day RETURNING {name}").bindparams(
        _DAY
    )
    for name in ("revision", "numbers_given")
}

_current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)
_listeners: list[Callable[[list[QueueEvent]], None]] = []


def after_commit(listener: Callable[[list[QueueEvent]], None]) -> None:
    """Have `listener` hear the queue events of every commit that succeeded."""
    if listener not in _listeners:
        _listeners.append(listener)


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
    token = _current.set(tx)
    try:
        db.session.rollback()  # a read before this would pin an old snapshot
        db.session.connection(execution_options={"ihh_writes": True})
        yield tx
        db.session.flush()
        _number_events(tx.events)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _current.reset(token)
    _tell(tx.events)


def _number_events(events: list[QueueEvent]) -> None:
    by_day: dict[date, list[QueueEvent]] = {}
    for happened in events:
        by_day.setdefault(happened.service_date, []).append(happened)
    for day in sorted(by_day):
        last = advance_day(day, "revision", by=len(by_day[day]))
        for revision, happened in enumerate(by_day[day], last - len(by_day[day]) + 1):
            happened.revision = revision
            db.session.add(happened)
    db.session.flush()


def advance_day(day: date, counter: Literal["revision", "numbers_given"], *, by: int = 1) -> int:
    """Advance one of a day's counters and return its new value; the row stays locked until the commit."""
    db.session.execute(_MAKE_DAY, {"day": day})
    return int(db.session.execute(_ADVANCE[counter], {"day": day, "by": by}).scalar_one())


def _tell(events: list[QueueEvent]) -> None:
    for listener in _listeners:
        try:
            listener(events)
        except Exception:  # the action is safe in the database: an announcement must not undo its answer
            log.exception("announcing failed")
