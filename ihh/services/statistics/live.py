"""The open day, as it goes on: two looks at it do not tell who came, or was served, in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ihh.domain.daytime import local_day
from ihh.domain.house import House
from ihh.domain.masking import Flag
from ihh.domain.statistics.batches import in_full_batches
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Row, Sources
from ihh.domain.statistics.columns import instant
from ihh.domain.statistics.counting import count
from ihh.domain.statistics.measures import Group, Measure, Subject, Unit
from ihh.domain.statistics.periods import Period, PeriodKind, single
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.tables import BY_CODE, TOTAL, Table, values
from ihh.services.house import current_house
from ihh.services.statistics.published import Published, Shown
from ihh.services.statistics.raw_facts import visits_between
from ihh.services.statistics.releasing import rules_of
from ihh.services.statistics.row_order import known_values, ordered

TABLES = tuple(BY_CODE[code] for code in ("total", "agency", "service", "hour", "language", "channel"))
TIMED = (TOTAL, BY_CODE["agency"])
"""Where times and shares are told as well: batches are made by agency."""

TOLD = (Subject.WAITING, Subject.SERVICE)
"""What a batch of services has; of whole visits and of feedback an open day says nothing."""

Counted = Mapping[Table, Mapping[str, Sources]]

OPEN = {Group.ATTENDANCE: Flag.NONE, Group.FEEDBACK: Flag.NOT_SHOWN, Group.BOOKING: Flag.NOT_SHOWN}


def today(*, now: datetime) -> Published:
    """The figures of the local day that has not ended.

    Counts are rounded down to multiples of k, and a row of fewer than k people is hidden. Times and shares
    are those of full batches (`ihh.domain.statistics.batches`), for the house and its agencies.
    """
    house = current_house()
    day = local_day(now, timezone=house.timezone)
    span = single(Period(day, PeriodKind.DAY))
    visits = visits_between(day, day)
    k = house.figures.small_cell
    counted = count(visits, TABLES, rules_of(house), now=instant(now))
    timed = count(in_full_batches(visits, k=k), TIMED, rules_of(house), now=instant(now))
    shown = {
        table.code: Shown(table, span, _rows(house, span.first, table, counted, timed)) for table in TABLES
    }
    return Published(span, shown, any(visit.is_synthetic for visit in visits), k)


def _rows(house: House, day: Period, table: Table, counted: Counted, timed: Counted) -> tuple[Row, ...]:
    k = house.figures.small_cell
    every: Sequence[tuple[str, ...]] = [()]
    if table.dimensions:
        (dimension,) = table.dimensions
        seen = {values(row_key)[0] for row_key in counted[table]}
        every = [
            (one,) for one in ordered(house, dimension, {*known_values(house, day, {})[dimension], *seen})
        ]
    numbers = {values(row_key): sources for row_key, sources in counted[table].items()}
    times = {values(row_key): sources for row_key, sources in timed.get(table, {}).items()}
    return tuple(_row(table, of, numbers.get(of, Sources()), times.get(of), k=k) for of in every)


def _row(table: Table, of: tuple[str, ...], numbers: Sources, times: Sources | None, *, k: int) -> Row:
    few = any(1 <= numbers.count(name) < k for name in ("customers", "served_people"))
    flags = {**OPEN, Group.ATTENDANCE: Flag.SUPPRESSED} if few else OPEN
    told = cells(table, numbers, flags, k=k, tied=_tied())
    timed = cells(table, times or Sources(), flags, k=k) if table in TIMED else {}
    return Row(of, {measure: _open(measure, cell, timed.get(measure), k=k) for measure, cell in told.items()})


def _tied() -> list[Measure]:
    """Shares that could be turned back into counts."""
    return [measure for measure, definition in CATALOGUE.items() if definition.tied_to is not None]


def _open(measure: Measure, told: Cell, timed: Cell | None, *, k: int) -> Cell:
    """What an open day shows of a figure."""
    if CATALOGUE[measure].unit is Unit.COUNT:
        return _coarse(told, k=k)
    if told.amount is None:
        return told
    if timed is None or CATALOGUE[measure].subject not in TOLD:
        return Cell(None, Flag.NOT_SHOWN)
    return timed if timed.flag is not Flag.NO_DATA else Cell(None, Flag.SUPPRESSED)


def _coarse(cell: Cell, *, k: int) -> Cell:
    if cell.amount is None:
        return cell
    if 1 <= cell.amount < k:
        return Cell(None, Flag.SUPPRESSED)  # rounded down it would read as a zero
    return replace(cell, amount=int(Decimal(cell.amount)) // k * k)
