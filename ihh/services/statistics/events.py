"""Single events, a row a service: for those with the right to take them out of the house, never published.

Facts of one day after the other are read as plain texts and numbers: that is fast, holds no day's
connection while a slow reader is served, and needs the memory of some hundred rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, String, cast, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.files import Values
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.models import ServiceFactRow, VisitFactRow
from ihh.services.house import current_house

READ_AT_ONCE = 2000
MINUTES_KEPT = 20_000
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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
    query = _query(db.engine.dialect.name)
    with db.engine.connect() as connection:
        days = list(
            connection.scalars(select(V.day).where(V.day.between(first, last)).distinct().order_by(V.day))
        )
    for day in days:
        with db.engine.connect().execution_options(yield_per=READ_AT_ONCE) as connection:
            for row in connection.execute(query.where(V.day == day)):
                yield _values(row, local)


def _joined() -> Any:
    return V.__table__.outerjoin(S.__table__, S.visit_fact_id == V.id)


def _query(dialect: str) -> Select[Any]:
    def instant(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        """UTC as 2026-11-30T07:05:00.000000."""
        if dialect == "sqlite":
            return type_coerce(column, String)
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US')

    day = type_coerce(V.day, String) if dialect == "sqlite" else func.to_char(V.day, "YYYY-MM-DD")
    return (
        select(
            *(V.id, day, V.source, cast(V.is_synthetic, Integer), V.channel, V.language, V.customer_type),
            *(V.municipality, V.party_size, instant(V.checked_in_at), instant(V.ended_at), V.moves),
            *(V.csat, V.effort, V.nps, S.agency, S.service, S.people, S.state, S.outcome),
            *(instant(at) for at in (S.booked_at, S.joined_at, S.called_at, S.started_at, S.ended_at)),
            *(S.served_s, S.calls, S.estimate_low, S.estimate_middle, S.estimate_high, S.csat, S.effort),
        )
        .select_from(_joined())
        .order_by(V.id, S.id)
    )


def _values(row: Any, local: _Local) -> Values:
    *visit, checked_in, visit_ended, moves, csat, effort, nps = row[:15]
    agency, service, people, state, outcome, booked, joined, called, started, ended = row[15:25]
    served_s, calls, low, middle, high, of_service, its_effort = row[25:]
    at = _Instants(
        *(local.micros(one) for one in (checked_in, booked, joined, called, started)),
    )
    is_served = state == TicketState.COMPLETED
    return (
        *visit,
        local.text(checked_in),
        local.text(visit_ended),
        *(moves, csat, effort, nps, agency, service),
        None if people is None else people.bit_count(),
        *(state, outcome),
        *(local.text(one) for one in (booked, joined, called, started, ended)),
        at.wait() if is_served else None,
        at.way() if is_served else None,
        minutes(served_s * 1_000_000) if is_served and outcome != UNKNOWN_OUTCOME else None,
        calls,
        *(None if told is None else round(told, 1) for told in (low, middle, high)),
        *(of_service, its_effort),
    )


@dataclass(slots=True)
class _Instants:
    """Microseconds since the epoch, from which the figures' times are counted the same way."""

    checked_in: int | None
    booked: int | None
    joined: int | None
    called: int | None
    started: int | None

    def wait(self) -> Decimal | None:
        is_kept = self.booked is not None and self.checked_in is not None
        since = max(self.booked or 0, self.checked_in or 0) if is_kept else self.joined
        return None if since is None or self.called is None else minutes(max(self.called - since, 0))

    def way(self) -> Decimal | None:
        if self.started is None or self.called is None:
            return None
        return minutes(max(self.started - self.called, 0))


def minutes(micros: int) -> Decimal:
    """With one decimal, halves up, as the figures have them."""
    return _tenths((micros + 3_000_000) // 6_000_000)


@cache
def _tenths(tenths: int) -> Decimal:
    return Decimal(tenths) / 10


class _Local:
    """Local times of UTC texts, minute by minute: a day has few of those, and rows have many times."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._minutes: dict[str, tuple[str, str, int]] = {}

    def text(self, utc: str | None) -> str | None:
        """With its offset, to the second."""
        if utc is None:
            return None
        begin, offset, _ = self._minute(utc[:16])
        return begin + utc[16:19] + offset

    def micros(self, utc: str | None) -> int | None:
        if utc is None:
            return None
        return self._minute(utc[:16])[2] + int(utc[17:19]) * 1_000_000 + int(utc[20:26])

    def _minute(self, utc: str) -> tuple[str, str, int]:
        found = self._minutes.get(utc)
        if found is None:
            if len(self._minutes) >= MINUTES_KEPT:
                self._minutes.clear()
            instant = datetime.fromisoformat(f"{utc}+00:00")
            told = instant.astimezone(self._zone).isoformat(timespec="minutes")
            found = self._minutes[utc] = (told[:16], told[16:], (instant - EPOCH) // MICROSECOND)
        return found
