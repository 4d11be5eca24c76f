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
    BigInteger,
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
from ihh.domain.statistics.files import Value, Values
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.models import ServiceFactRow, VisitFactRow
from ihh.services.house import current_house

QUARTERS_KEPT = 10_000
SECOND_US = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

COMPLETED = TicketState.COMPLETED.value

Instant = int | None
"""Microseconds since the epoch."""

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
    of_day = _of_day(db.engine.dialect.name)
    with db.engine.connect() as connection:
        days = list(
            connection.scalars(select(V.day).where(V.day.between(first, last)).distinct().order_by(V.day))
        )
    for day in days:
        with db.engine.connect() as connection:
            found = connection.execute(of_day, {"day": day}).all()
        if found:  # a purge may have taken it since
            yield from zip(*_columns(found, local), strict=True)


def _joined() -> Any:
    return V.__table__.outerjoin(S.__table__, S.visit_fact_id == V.id)


def _of_day(dialect: str) -> Select[Any]:
    """A day's rows as plain texts and numbers, instants as microseconds since the epoch."""

    def instant(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        if dialect == "sqlite":  # kept as 2026-11-30T07:05:00.000000Z
            seconds = func.unixepoch(func.substr(column, 1, 19))
            return type_coerce(seconds * SECOND_US + func.substr(column, 21, 6), BigInteger)
        return cast(func.extract("epoch", column) * SECOND_US, BigInteger)

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
        .where(V.day == bindparam("day", type_=Date))
        .order_by(V.id, S.id)
    )


def _columns(found: Sequence[Any], local: _Local) -> Iterator[Sequence[Value]]:
    """Column by column, as the file has them: of a million rows each step more would be felt."""
    columns = list(zip(*found, strict=True))
    came, visit_ended = columns[9:11]
    people, states, outcomes, booked, joined, called, started, ended, served_s = columns[17:26]
    is_served = [state == COMPLETED for state in states]
    since = [_since(*times) for times in zip(booked, came, joined, strict=True)]
    yield from columns[:9]
    yield from (local.texts(came), local.texts(visit_ended))
    yield from columns[11:17]
    yield [None if bits is None else bits.bit_count() for bits in people]
    yield from (states, outcomes)
    yield from (local.texts(times) for times in (booked, joined, called, started, ended))
    yield _between(since, called, is_served)
    yield _between(called, started, is_served)
    yield [
        minutes(seconds * SECOND_US) if served and outcome != UNKNOWN_OUTCOME else None
        for seconds, served, outcome in zip(served_s, is_served, outcomes, strict=True)
    ]
    yield columns[26]
    yield from ([None if told is None else TENTHS[round(10 * told)] for told in of] for of in columns[27:30])
    yield from columns[30:]


def _since(booked: Instant, came: Instant, joined: Instant) -> Instant:
    """From when a wait counts: a kept appointment's from its time, or the check-in if that was later."""
    if booked is None or came is None:
        return joined
    return booked if booked > came else came


def _between(since: Iterable[Instant], until: Iterable[Instant], counts: Iterable[bool]) -> list[str | None]:
    return [
        minutes(end - begin if end > begin else 0)
        if is_counted and begin is not None and end is not None
        else None
        for begin, end, is_counted in zip(since, until, counts, strict=True)
    ]


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
QUARTER_S = 15 * 60
CLOCK = tuple(f"{second // 60:02d}:{second % 60:02d}" for second in range(3600))
"""Minutes and seconds by the second of an hour."""


class _Local(dict[int, tuple[str, int, str]]):
    """Local times of instants, from what all instants of a quarter of an hour share.

    Its local hour as text, the second of that hour at which it begins, and the offset. Offsets of all zones
    have been whole quarters since 1972, and have changed at whole quarters.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: int) -> tuple[str, int, str]:
        if len(self) >= QUARTERS_KEPT:
            self.clear()
        begins = (EPOCH + timedelta(seconds=quarter * QUARTER_S)).astimezone(self._zone)
        told = begins.isoformat(timespec="minutes")
        found = self[quarter] = (told[:14], begins.minute * 60, told[16:])
        return found

    def texts(self, instants: Iterable[Instant]) -> list[str | None]:
        """Each as 2026-11-30T09:05:00+02:00, cut to the second."""
        seconds = [None if at is None else at // SECOND_US for at in instants]
        return [
            None if at is None else (of := self[at // QUARTER_S])[0] + CLOCK[of[1] + at % QUARTER_S] + of[2]
            for at in seconds
        ]
