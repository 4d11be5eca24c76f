"""What is released, as pages, the API and exports show it: chosen from the frozen tables, never counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import Period, PeriodKind, Span
from ihh.domain.statistics.pooling import together
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.shown import together as flags_together
from ihh.domain.statistics.tables import BY_CODE, PUBLISHED, Table
from ihh.models import Release
from ihh.services.house import current_house
from ihh.services.statistics import frozen
from ihh.services.statistics.frozen import Frozen
from ihh.services.statistics.row_order import ordered


@dataclass(frozen=True)
class Shown:
    """What one table shows of a span."""

    table: Table
    span: Span
    rows: tuple[Row, ...]
    """In the published order."""


@dataclass(frozen=True)
class Published:
    span: Span
    tables: Mapping[str, Shown]
    """By the table's code."""
    is_synthetic: bool
    small_cell: int

    @property
    def total(self) -> Row:
        return self.tables["total"].rows[0]


def published(span: Span, tables: Sequence[str]) -> Published:
    """Tables by code; several periods are added up, and a row is shown only if it is in each of them.

    Refuses `not_found` for a period that is not released, `invalid` for a table that is not published for
    that kind of period.
    """
    house = current_house()
    chosen = _tables(span.kind, tables)
    releases = _releases(span)
    k = max(release.small_cell for release in releases)
    rows = frozen.read(span.kind, chosen, span.first.start, span.last.start, with_spreads=not span.is_single)
    shown = {
        table.code: Shown(
            table, span, _rows(house, table, [row for row in rows if row.place.table == table], k=k)
        )
        for table in chosen
    }
    return Published(span, shown, any(release.is_synthetic for release in releases), k)


def series(span: Span, table: str, *, values: tuple[str, ...] | None = None) -> dict[Period, tuple[Row, ...]]:
    """One table period by period, of those that are released; `values` chooses one row."""
    house = current_house()
    (chosen,) = _tables(span.kind, [table])
    releases = {release.period_start: release for release in _released_rows(span)}
    found: dict[Period, list[Frozen]] = {Period(start, span.kind): [] for start in sorted(releases)}
    for row in frozen.read(span.kind, [chosen], span.first.start, span.last.start, of=values):
        found[row.place.period].append(row)
    return {
        period: _rows(house, chosen, rows, k=releases[period.start].small_cell)
        for period, rows in found.items()
    }


def released(kind: PeriodKind) -> list[Period]:
    """Periods of a kind that are released, in order."""
    query = (
        select(Release.period_start).where(Release.period_kind == kind.value).order_by(Release.period_start)
    )
    return [Period(start, kind) for start in db.session.scalars(query)]


def _tables(kind: PeriodKind, codes: Sequence[str]) -> list[Table]:
    for code in codes:
        if code not in BY_CODE or BY_CODE[code] not in PUBLISHED[kind]:
            raise Refusal(Code.INVALID, field="table")
    return [BY_CODE[code] for code in codes]


def _releases(span: Span) -> list[Release]:
    found = _released_rows(span)
    if len(found) < sum(1 for _ in span):
        raise Refusal(Code.NOT_FOUND, field="period")
    return found


def _released_rows(span: Span) -> list[Release]:
    query = select(Release).where(
        Release.period_kind == span.kind.value,
        Release.period_start.between(span.first.start, span.last.start),
    )
    return list(db.session.scalars(query))


def _rows(house: House, table: Table, found: Sequence[Frozen], *, k: int) -> tuple[Row, ...]:
    by_values: dict[tuple[str, ...], list[Frozen]] = {}
    for row in found:
        by_values.setdefault(row.place.values, []).append(row)
    return tuple(_row(table, of, by_values[of], k=k) for of in _sorted(house, table, by_values))


def _row(table: Table, of: tuple[str, ...], parts: Sequence[Frozen], *, k: int) -> Row:
    flags = {group: flags_together(part.flags[group] for part in parts) for group in Group}
    tied = {measure for part in parts for measure in part.tied}
    sources = together([part.sources for part in parts])
    return Row(of, cells(table, sources, flags, k=k, tied=tied))


def _sorted(house: House, table: Table, found: Mapping[tuple[str, ...], object]) -> list[tuple[str, ...]]:
    orders = [
        {value: place for place, value in enumerate(ordered(house, dimension, {of[at] for of in found}))}
        for at, dimension in enumerate(table.dimensions)
    ]
    return sorted(found, key=lambda of: [orders[at][value] for at, value in enumerate(of)])
