"""Released rows in and out of their table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from ihh.db import db
from ihh.domain.masking import Flag
from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.measures import Group, Measure
from ihh.domain.statistics.periods import Period, PeriodKind
from ihh.domain.statistics.spreads import from_summary, packed, summary, unpacked
from ihh.domain.statistics.systems import Place
from ihh.domain.statistics.tables import BY_CODE, Table, key, values
from ihh.models import FigureRow


@dataclass(frozen=True)
class Frozen:
    """A released row."""

    place: Place
    sources: Sources
    """Empty in a hidden row once the events it was counted from are gone."""
    flags: dict[Group, Flag]
    tied: tuple[Measure, ...]
    """Figures that are hidden because they would give another row away."""


def add(rows: Iterable[Frozen]) -> None:
    """Write a release's rows; within a transaction."""
    found = [_columns(row) for row in rows]
    if found:
        db.session.connection().execute(insert(FigureRow), found)


def read(
    kind: PeriodKind,
    tables: Sequence[Table],
    first: date,
    last: date,
    *,
    of: tuple[str, ...] | None = None,
    with_spreads: bool = False,
) -> list[Frozen]:
    """Rows of the periods that start from `first` to `last`, in the order of tables, periods and keys.

    `of` chooses one row of each table by its values. Without spreads times have only their summary.
    """
    columns = [
        FigureRow.table_code,
        FigureRow.period_start,
        FigureRow.row_key,
        FigureRow.flag,
        FigureRow.feedback_flag,
        FigureRow.booking_flag,
        FigureRow.sources,
    ]
    query = select(*columns, *([FigureRow.spreads] if with_spreads else [])).where(
        FigureRow.period_kind == kind.value,
        FigureRow.table_code.in_([table.code for table in tables]),
        FigureRow.period_start.between(first, last),
    )
    if of is not None:
        query = query.where(FigureRow.row_key == key(of))
    ordered = query.order_by(FigureRow.table_code, FigureRow.period_start, FigureRow.row_key)
    return [_frozen(kind, tuple(row)) for row in db.session.execute(ordered)]


def _columns(row: Frozen) -> dict[str, Any]:
    period, table, of = row.place
    return {
        "period_kind": period.kind.value,
        "table_code": table.code,
        "period_start": period.start,
        "row_key": key(of),
        "flag": row.flags[Group.ATTENDANCE].value,
        "feedback_flag": row.flags[Group.FEEDBACK].value,
        "booking_flag": row.flags[Group.BOOKING].value,
        "sources": {
            "counts": dict(row.sources.counts),
            "spreads": {name: summary(found) for name, found in row.sources.spreads.items()},
            "tied": [measure.value for measure in row.tied],
        },
        "spreads": packed(row.sources.spreads),
    }


def _frozen(kind: PeriodKind, row: tuple[Any, ...]) -> Frozen:
    table_code, start, row_key, flag, feedback_flag, booking_flag, kept, *spreads = row
    tenths = unpacked(spreads[0] if spreads else None)
    sources = Sources(
        kept.get("counts", {}),
        {name: from_summary(found, tenths.get(name)) for name, found in kept.get("spreads", {}).items()},
    )
    return Frozen(
        Place(Period(start, kind), BY_CODE[table_code], values(row_key)),
        sources,
        {
            Group.ATTENDANCE: Flag(flag),
            Group.FEEDBACK: Flag(feedback_flag),
            Group.BOOKING: Flag(booking_flag),
        },
        tuple(Measure(name) for name in kept.get("tied", ())),
    )
