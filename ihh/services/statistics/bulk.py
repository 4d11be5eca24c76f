"""Facts of years written at once: by COPY on PostgreSQL, in batches elsewhere; the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any

import psycopg
from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from ihh.db import db
from ihh.domain.statistics.facts import VisitFact
from ihh.models import DayFactRow, ServiceFactRow, VisitFactRow

AT_ONCE = 5_000
"""Visits in memory at a time."""

VISIT: Table = VisitFactRow.__table__  # type: ignore[assignment]
SERVICE: Table = ServiceFactRow.__table__  # type: ignore[assignment]
VISIT_COLUMNS = tuple(column.name for column in VISIT.columns)
SERVICE_COLUMNS = tuple(column.name for column in SERVICE.columns if column.name != "id")
_VISIT_VALUES = attrgetter(*VISIT_COLUMNS[1:])
_SERVICE_VALUES = attrgetter(*SERVICE_COLUMNS[2:])
"""What a fact has itself: the rest are the keys and the day."""


def add(visits: Iterable[VisitFact]) -> tuple[int, int]:
    """Write facts; within a transaction. How many visits and services.

    Raises IntegrityError where a source's key is there already.
    """
    connection = db.session.connection()
    write = _copy if connection.dialect.name == "postgresql" else _insert
    number = (connection.execute(select(func.max(VISIT.c.id))).scalar() or 0) + 1
    first, services = number, 0
    for batch in _batches(visits):
        rows = [row for at, visit in enumerate(batch, number) for row in _services(at, visit)]
        write(VISIT, VISIT_COLUMNS, [_visit(at, visit) for at, visit in enumerate(batch, number)])
        write(SERVICE, SERVICE_COLUMNS, rows)
        number += len(batch)
        services += len(rows)
    return number - first, services


def add_numbers(day: date, numbers: Mapping[tuple[str, str], int]) -> None:
    """A day's own numbers by (name, agency); within a transaction."""
    rows = [
        {"day": day, "name": name, "agency": agency, "amount": amount}
        for (name, agency), amount in sorted(numbers.items())
    ]
    if rows:
        db.session.connection().execute(insert(DayFactRow), rows)


def _batches(visits: Iterable[VisitFact]) -> Iterator[list[VisitFact]]:
    left = iter(visits)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def _visit(number: int, visit: VisitFact) -> tuple[Any, ...]:
    return (number, *_VISIT_VALUES(visit))


def _services(number: int, visit: VisitFact) -> Iterator[tuple[Any, ...]]:
    for service in visit.services:
        yield (number, visit.day, *_SERVICE_VALUES(service))


def _copy(table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = db.session.connection().connection.driver_connection
    named = ", ".join(f'"{name}"' for name in columns)
    statement = f"COPY {table.name} ({named}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from None


def _insert(table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """As the columns' types would write them, in a third of the time."""
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
    if rows:
        told = [[_TOLD.get(type(value), _as_it_is)(value) for value in row] for row in rows]
        db.session.connection().exec_driver_sql(statement, [tuple(row) for row in told])


def _instant(value: datetime) -> str:
    """In the format of `ihh.db.UtcDateTime`."""
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:26]}Z"


def _as_it_is(value: Any) -> Any:
    return value


_TOLD: Mapping[type, Callable[[Any], Any]] = {datetime: _instant, date: date.isoformat}
