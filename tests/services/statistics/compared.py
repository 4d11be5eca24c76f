"""The product's figures beside those that `raw_figures` makes of the raw rows, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from ihh.domain.masking import Flag
from ihh.domain.statistics.cells import Cell, Sources
from ihh.domain.statistics.columns import instant
from ihh.domain.statistics.counting import count
from ihh.domain.statistics.facts import VisitFact
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import Period
from ihh.domain.statistics.shown import cells
from ihh.domain.statistics.tables import PUBLISHED, TABLES, Table, values
from ihh.services.house import current_house
from ihh.services.statistics import frozen
from ihh.services.statistics.raw_facts import visits_between
from ihh.services.statistics.releasing import rules_of
from tests.services.statistics.raw_figures import Raw

OPEN = dict.fromkeys(Group, Flag.NONE)
OF_ENDED_DAYS = ("kiosk_", "capacity_")
"""Figures that belong to no visit: a day has them once it is closed."""


Rows = Mapping[Table, Mapping[tuple[str, ...], Sources]]


def compare(rows: Rows, raw: Raw, *, with_days: bool) -> int:
    """Every cell of every row, and that no row is missing; how many figures were compared."""
    compared = 0
    for table, found in rows.items():
        assert raw.keys(table.dimensions) <= found.keys(), table.code
        for of, sources in found.items():
            wanted = raw.row(table.dimensions, of)
            for measure, cell in cells(table, sources, OPEN, k=0).items():
                if with_days or not measure.startswith(OF_ENDED_DAYS):
                    assert amount_of(cell) == wanted.get(measure.value), (table.code, of, measure.value)
                    compared += 1
    return compared


def amount_of(cell: Cell) -> Fraction | None:
    return None if cell.amount is None else Fraction(cell.amount)


def compare_open(day: date, raw: Raw, now: datetime) -> int:
    """The day as it goes on."""
    return compare_facts(visits_between(day, day), raw, now=now)


def compare_facts(visits: list[VisitFact], raw: Raw, *, now: datetime | None = None) -> int:
    counted = count(visits, TABLES, rules_of(current_house()), now=None if now is None else instant(now))
    rows = {table: {values(key): of for key, of in found.items()} for table, found in counted.items()}
    return compare(rows, raw, with_days=False)


def compare_frozen(period: Period, raw: Raw) -> int:
    """What was released of a period, hidden rows too."""
    rows: dict[Table, dict[tuple[str, ...], Sources]] = {table: {} for table in PUBLISHED[period.kind]}
    for row in frozen.read(period.kind, [*rows], period.start, period.start):
        rows[row.place.table][row.place.values] = row.sources
    return compare(rows, raw, with_days=True)
