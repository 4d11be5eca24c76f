"""Single events, a row a service: for those with the right to take them out of the house, never published.

One day after the other is read, as plain texts and numbers: that is fast, needs the memory of one day, and
holds no transaction open while a slow reader is served.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.files import EVENT_COLUMNS, Value, Values
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.models import ServiceFactRow, VisitFactRow
from ihh.services.house import current_house

MINUTES_KEPT = 20_000
MICROSECOND, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

COMPLETED = TicketState.COMPLETED.value
NEVER: tuple[None, None] = (None, None)
NO_SERVICE: tuple[Value, ...] = (None,) * (len(EVENT_COLUMNS) - 15)

V, S = VisitFactRow, ServiceFactRow


def count(first: date, last: date) -> int:
    """How many rows `rows` will give. Refuses `invalid` for a range that ends before it begins."""
    _check(first, last)
    query = select(func.count()).select_from(_joined()).where(V.day.between(first, last))
    return int(db.session.execute(query).scalar_one())


def rows(first: date, last: date) -> Iterator[Values]:
    """The values of `ihh.domain.statistics.files.EVENT_COLUMNS`, by day, visit and service.

    Refuses `invalid` for a range that ends before it begins.
    """
    _check(first, last)
    return _rows(first, last, _Local(ZoneInfo(current_house().timezone)))


def _check(first: date, last: date) -> None:
    if last < first:
        raise Refusal(Code.INVALID, field="to")


def _rows(first: date, last: date, local: _Local) -> Iterator[Values]:
    visits, services = _queries(db.engine.dialect.name)
    with db.engine.connect() as connection:
        days = list(
            connection.scalars(select(V.day).where(V.day.between(first, last)).distinct().order_by(V.day))
        )
    for day in days:
        with db.engine.connect() as connection:
            of_day = connection.execute(visits, {"day": day}).all()
            yield from _of_day(of_day, connection.execute(services, {"day": day}), local)


def _joined() -> Any:
    return V.__table__.outerjoin(S.__table__, S.visit_fact_id == V.id)


def _queries(dialect: str) -> tuple[Select[Any], Select[Any]]:
    """Visits and services of a day, both in the order of visits."""

    def instant(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        """UTC as 2026-11-30T07:05:00.000000."""
        if dialect == "sqlite":
            return type_coerce(column, String)
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US')

    of_day = V.day == bindparam("day", type_=Date)
    day = type_coerce(V.day, String) if dialect == "sqlite" else func.to_char(V.day, "YYYY-MM-DD")
    visits = select(
        *(V.id, day, V.source, cast(V.is_synthetic, Integer), V.channel, V.language, V.customer_type),
        *(V.municipality, V.party_size, instant(V.checked_in_at), instant(V.ended_at), V.moves),
        *(V.csat, V.effort, V.nps),
    )
    services = select(
        *(S.visit_fact_id, S.agency, S.service, S.people, S.state, S.outcome),
        *(instant(at) for at in (S.booked_at, S.joined_at, S.called_at, S.started_at, S.ended_at)),
        *(S.served_s, S.calls, S.estimate_low, S.estimate_middle, S.estimate_high, S.csat, S.effort),
    ).join(V, S.visit_fact_id == V.id)
    return visits.where(of_day).order_by(V.id), services.where(of_day).order_by(V.id, S.id)


def _of_day(visits: Iterable[Any], services: Iterable[Any], at: _Local) -> Iterator[Values]:
    left = iter(services)
    service = next(left, None)
    for visit in visits:
        came_text, came = at[visit[9]]
        of_visit = (*visit[:9], came_text, at[visit[10]][0], *visit[11:])
        if service is None or service[0] != visit[0]:
            yield of_visit + NO_SERVICE
        while service is not None and service[0] == visit[0]:
            yield of_visit + _of_service(service, came, at)
            service = next(left, None)


def _of_service(row: Sequence[Any], came: int | None, at: _Local) -> tuple[Value, ...]:
    """`came`: microseconds since the epoch at which the visit checked in."""
    _, agency, service, people, state, outcome, booked, joined, called, started, ended, *rest = row
    served_s, calls, low, middle, high, csat, effort = rest
    booked_text, booked_us = at[booked]
    joined_text, joined_us = at[joined]
    called_text, called_us = at[called]
    started_text, started_us = at[started]
    is_served = state == COMPLETED
    is_kept = booked_us is not None and came is not None
    since = max(booked_us, came) if is_kept else joined_us  # type: ignore[type-var]
    return (
        agency,
        service,
        people.bit_count(),
        state,
        outcome,
        booked_text,
        joined_text,
        called_text,
        started_text,
        at[ended][0],
        _between(since, called_us) if is_served else None,
        _between(called_us, started_us) if is_served else None,
        minutes(served_s * 1_000_000) if is_served and outcome != UNKNOWN_OUTCOME else None,
        calls,
        None if low is None else TENTHS[round(10 * low)],
        None if middle is None else TENTHS[round(10 * middle)],
        None if high is None else TENTHS[round(10 * high)],
        csat,
        effort,
    )


def _between(since: int | None, until: int | None) -> str | None:
    return None if since is None or until is None else minutes(max(until - since, 0))


def minutes(micros: int) -> str:
    """With one decimal, halves up, as the figures have them."""
    return TENTHS[(micros + 3_000_000) // 6_000_000]


ONE_DECIMAL = Decimal("0.1")


class _Tenths(dict[int, str]):
    """Tenths as a decimal number's text: millions of rows share some thousand."""

    def __missing__(self, tenths: int) -> str:
        found = self[tenths] = str((Decimal(tenths) / 10).quantize(ONE_DECIMAL))
        return found


TENTHS = _Tenths()


class _Local:
    """Local times of UTC texts, minute by minute: a day has few of those, and rows have many times."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._minutes = _Minutes(zone)

    def __getitem__(self, utc: str | None) -> tuple[str | None, int | None]:
        """With its offset, to the second; and microseconds since the epoch."""
        if utc is None:
            return NEVER
        begin, offset, micros = self._minutes[utc[:16]]
        return begin + utc[16:19] + offset, micros + int(utc[17:19] + utc[20:26])


class _Minutes(dict[str, tuple[str, str, int]]):
    """UTC minute → local minute, offset, microseconds since the epoch; never more than some thousand."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._hours = _Hours(zone)

    def __missing__(self, utc: str) -> tuple[str, str, int]:
        if len(self) >= MINUTES_KEPT:
            self.clear()
        hour, zone = self._hours[utc[:13]], self._hours.zone
        if hour is not None:
            begin, offset, micros = hour
            told = (begin + utc[13:16], offset, micros + int(utc[14:16]) * 60_000_000)
        else:
            told = _minute(datetime.fromisoformat(f"{utc}+00:00"), zone)
        self[utc] = told
        return told


class _Hours(dict[str, tuple[str, str, int] | None]):
    """UTC hour → local hour, offset, microseconds; None where minutes do not simply follow it."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, utc: str) -> tuple[str, str, int] | None:
        if len(self) >= MINUTES_KEPT:
            self.clear()
        start = datetime.fromisoformat(f"{utc}:00+00:00")
        begin, offset, micros = _minute(start, self.zone)
        _, offset_at_end, _ = _minute(start + 59 * MINUTE, self.zone)
        is_plain = offset == offset_at_end and offset.endswith(":00")
        found = self[utc] = (begin[:13], offset, micros) if is_plain else None
        return found


def _minute(instant: datetime, zone: ZoneInfo) -> tuple[str, str, int]:
    told = instant.astimezone(zone).isoformat(timespec="minutes")
    return told[:16], told[16:], (instant - EPOCH) // MICROSECOND
