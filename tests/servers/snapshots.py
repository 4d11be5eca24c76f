"""Putting a test database back as it was after its migrations and its house, in milliseconds.

Rows only: a test that changes the schema takes a database of its own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from psycopg import sql

from tests.servers.postgres import PostgresServer

KEPT_TABLE = "alembic_version"


class SqliteSnapshot:
    """A copy of the database file, written back page by page.

    SQLite's backup interface locks as any writer does, so open connections see the change
    properly; copying the file under them would corrupt a database in WAL mode.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._copy = database.with_suffix(".snapshot")
        self._write(self._database, self._copy)

    def restore(self) -> None:
        """Raises sqlite3.OperationalError when a forgotten transaction still holds the database."""
        self._write(self._copy, self._database)

    @staticmethod
    def _write(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=5)) as write:
            write.execute("PRAGMA synchronous = OFF")
            read.backup(write, progress=_refuse_to_wait_on)


def _refuse_to_wait_on(status: int, remaining: int, total: int) -> None:
    """Without this Python tries a locked database again for ever, its timeout notwithstanding."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("a test left a transaction open: the database is locked")


class PostgresSnapshot:
    """Every table's rows kept in a schema beside it; a restore touches only rows that differ.

    TRUNCATE would take milliseconds a table, and drop the house with the rest.
    """

    def __init__(self, server: PostgresServer, database: str) -> None:
        self._connection = server.connect_as_superuser(database)
        tables = self._public_tables()
        self._connection.execute("CREATE SCHEMA pristine")
        for table in tables:
            self._connection.execute(
                sql.SQL("CREATE TABLE pristine.{0} AS TABLE public.{0}").format(sql.Identifier(table))
            )
        self._restore = self._restore_script(tables)

    def restore(self) -> None:
        """Raises psycopg.errors.LockNotAvailable when a forgotten transaction still holds rows."""
        with self._connection.transaction():
            self._connection.execute(self._restore)

    def close(self) -> None:
        self._connection.close()

    def _public_tables(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> %s", [KEPT_TABLE]
        )
        return [str(name) for (name,) in rows]

    def _restore_script(self, tables: list[str]) -> sql.Composed:
        """All statements, for one round trip.

        As a replica the session runs no triggers, so foreign keys set no order and rows that
        are immutable to the product can go. The locks wait for writers a test may have forgotten,
        who could otherwise commit into the next one.
        """
        steps: list[sql.Composable] = [
            sql.SQL("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '5s'")
        ]
        names = sql.SQL(", ").join(sql.Identifier("public", table) for table in tables)
        steps.append(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(names))
        for table in tables:
            steps.extend(self._table_steps(table))
        steps.extend(self._sequence_steps())
        return sql.SQL(";\n").join(steps)

    def _table_steps(self, table: str) -> list[sql.Composable]:
        """Rows are compared as text, because a json column has no equality."""
        name = sql.Identifier(table)
        kept = self._connection.execute(sql.SQL("SELECT 1 FROM pristine.{} LIMIT 1").format(name))
        if kept.fetchone() is None:
            return [sql.SQL("DELETE FROM public.{}").format(name)]
        columns = self._connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        listed = sql.SQL(", ").join(sql.Identifier(str(column)) for (column,) in columns)
        return [
            sql.SQL(
                "DELETE FROM public.{0} now WHERE now::text NOT IN (SELECT old::text FROM pristine.{0} old)"
            ).format(name),
            sql.SQL(
                "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM pristine.{0} old"
                " WHERE old::text NOT IN (SELECT now::text FROM public.{0} now)"
            ).format(name, listed),
        ]

    def _sequence_steps(self) -> list[sql.Composable]:
        sequences = self._connection.execute(
            "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )
        return [
            sql.SQL("SELECT setval({}, {}, {})").format(
                sql.Literal(sql.Identifier("public", str(name)).as_string()),
                sql.Literal(value),
                sql.Literal(is_called),
            )
            for name, value, is_called in sequences
        ]
