"""Hidden rows of old periods lose what they were counted from: nobody can read a small number later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, update

from ihh.db import db, transaction
from ihh.domain.masking import Flag
from ihh.domain.retention import may_be_emptied
from ihh.domain.statistics.forgetting import APART_SPREADS, emptied
from ihh.domain.statistics.periods import Period, PeriodKind
from ihh.domain.statistics.spreads import without
from ihh.models import FigureRow, Release


def released_periods() -> frozenset[Period]:
    """Every period whose figures are published."""
    query = select(Release.period_kind, Release.period_start)
    return frozenset(Period(start, PeriodKind(kind)) for kind, start in db.session.execute(query))


def to_empty(released: Collection[Period], *, first_left: date, today: date, months: int) -> list[Period]:
    """Periods whose events are all gone, or will be, and that are not emptied yet; see
    `ihh.domain.retention.may_be_emptied`."""
    kept_full = select(Release.period_kind, Release.period_start).where(Release.emptied_at.is_(None))
    periods = (Period(start, PeriodKind(kind)) for kind, start in db.session.execute(kept_full))
    return sorted(
        period
        for period in periods
        if may_be_emptied(period, released=released, first_left=first_left, today=today, months=months)
    )


def hidden_rows(period: Period) -> Sequence[Any]:
    flags = (FigureRow.flag, FigureRow.feedback_flag, FigureRow.booking_flag)
    columns = (FigureRow.table_code, FigureRow.row_key, *flags, FigureRow.sources, FigureRow.spreads)
    is_hidden = or_(*(flag != Flag.NONE.value for flag in flags))
    return db.session.execute(select(*columns).where(_of(period), is_hidden)).all()


def empty(period: Period, *, now: datetime) -> int:
    """Empty a period's hidden rows, all or none; how many."""
    with transaction():
        rows = hidden_rows(period)
        table: Any = FigureRow.__table__
        of_row = (table.c.table_code == bindparam("of_table")) & (table.c.row_key == bindparam("of_key"))
        left: dict[Any, Any] = {"sources": bindparam("left"), "spreads": bindparam("left_spreads")}
        if rows:
            statement = update(table).where(_of(period), of_row).values(left)
            db.session.connection().execute(statement, [_left(row) for row in rows])
        db.session.execute(
            update(Release)
            .where(Release.period_kind == period.kind.value, Release.period_start == period.start)
            .values(emptied_at=now)
        )
    return len(rows)


def _of(period: Period) -> ColumnElement[bool]:
    return (FigureRow.period_kind == period.kind.value) & (FigureRow.period_start == period.start)


def _left(row: Any) -> dict[str, Any]:
    flag, booking_flag = Flag(row.flag), Flag(row.booking_flag)
    spreads = None if flag is not Flag.NONE else row.spreads
    if booking_flag is not Flag.NONE:
        spreads = without(spreads, APART_SPREADS)
    left = emptied(row.sources, flag=flag, feedback_flag=Flag(row.feedback_flag), booking_flag=booking_flag)
    return {"of_table": row.table_code, "of_key": row.row_key, "left": left, "left_spreads": spreads}
