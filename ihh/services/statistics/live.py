"""The open day, as it goes on: rounded down, so that two looks at it do not tell who came in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ihh.domain.daytime import local_day
from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Row, Sources
from ihh.domain.statistics.columns import instant
from ihh.domain.statistics.counting import count
from ihh.domain.statistics.measures import Group, Measure, Unit
from ihh.domain.statistics.periods import Period, PeriodKind, single
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.tables import BY_CODE, Table, values
from ihh.services.house import current_house
from ihh.services.statistics.published import Published, Shown
from ihh.services.statistics.raw_facts import visits_between
from ihh.services.statistics.releasing import rules_of
from ihh.services.statistics.row_order import known_values, ordered

TABLES = tuple(BY_CODE[code] for code in ("total", "agency", "service", "hour", "language", "channel"))
"""What an open day shows; feedback about it is still to come."""

SHOWN_AS = {Group.ATTENDANCE: Flag.NONE, Group.FEEDBACK: Flag.NOT_SHOWN}


def today(*, now: datetime) -> Published:
    """The figures of the local day that has not ended.

    Counts are rounded down to multiples of k; a row of fewer than k people is hidden, and so is each time
    or share that fewer than k people stand behind.
    """
    house = current_house()
    day = local_day(now, timezone=house.timezone)
    span = single(Period(day, PeriodKind.DAY))
    visits = visits_between(day, day)
    k = house.figures.small_cell
    counted = count(visits, TABLES, rules_of(house), now=instant(now))
    known = known_values(house, span.first, {})
    shown = {}
    for table in TABLES:
        rows = {values(row_key): sources for row_key, sources in counted[table].items()}
        if table.dimensions:
            (dimension,) = table.dimensions
            order = ordered(house, dimension, {*known[dimension], *(of[0] for of in rows)})
            rows = {(value,): rows.get((value,), Sources()) for value in order}
        else:
            rows = {(): rows.get((), Sources())}
        shown[table.code] = Shown(table, span, tuple(_row(table, of, rows[of], k=k) for of in rows))
    return Published(span, shown, any(visit.is_synthetic for visit in visits), k)


def _row(table: Table, of: tuple[str, ...], sources: Sources, *, k: int) -> Row:
    few = any(1 <= sources.count(name) < k for name in ("customers", "served_people"))
    flags = {**SHOWN_AS, Group.ATTENDANCE: Flag.SUPPRESSED} if few else SHOWN_AS
    found = cells(table, sources, flags, k=k, tied=_tied())
    return Row(of, {measure: _coarse(measure, cell, k=k) for measure, cell in found.items()})


def _tied() -> list[Measure]:
    """Shares that could be turned back into counts."""
    return [measure for measure, definition in CATALOGUE.items() if definition.tied_to is not None]


def _coarse(measure: Measure, cell: Cell, *, k: int) -> Cell:
    if CATALOGUE[measure].unit is not Unit.COUNT or cell.amount is None:
        return cell
    if 1 <= cell.amount < k:
        return Cell(None, Flag.SUPPRESSED)  # rounded down it would read as a zero
    return replace(cell, amount=int(Decimal(cell.amount)) // k * k)
