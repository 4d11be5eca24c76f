"""A reader who wants to know hidden cells: an exact solver over all that a report publishes.

Knows the totals, every shown cell, why each hidden one is hidden, the rule by which rows are hidden, how
visits, people and services hang together, and that parties have one to six people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ortools.sat.python import cp_model

from ihh.domain.kpi import COUNTS, Measure
from ihh.domain.report import Dimension, Row, Table
from ihh.domain.suppression import Flag

PARTITIONS = (Dimension.CHANNEL, Dimension.LANGUAGE)
"""Dimensions of which each visit has exactly one value."""

Unknowns = dict[tuple[Dimension, str, Measure], Any]


class Attacker:
    def __init__(
        self, total: Row, tables: Mapping[Dimension, Table], agency_of: Mapping[str, str], *, k: int
    ) -> None:
        self.k = k
        self.model = cp_model.CpModel()
        self.unknown: Unknowns = {}
        self.tables = tables
        self.total = {measure: total.cells[measure].amount for measure in COUNTS}
        for table in tables.values():
            for row in table.rows:
                self._learn_row(table, row)
            self._learn_total(table)
        if {Dimension.AGENCY, Dimension.SERVICE} <= tables.keys():
            self._learn_nesting(agency_of)

    def hidden_counts(self) -> Iterable[tuple[Dimension, str, Measure]]:
        for dimension, code, measure in self.unknown:
            row = next(row for row in self.tables[dimension].rows if row.code == code)
            if row.cells[measure].flag is Flag.SUPPRESSED:
                yield dimension, code, measure

    def can_be(self, key: tuple[Dimension, str, Measure], amount: int) -> bool:
        """Whether some true state of affairs agrees with all that is published and with this amount."""
        model = self.model.clone()
        model.add(self.unknown[key] == amount)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)

    def _learn_row(self, table: Table, row: Row) -> None:
        here = {}
        for measure in COUNTS:
            cell = row.cells[measure]
            low, high = 0, int(self.total[measure] or 0)
            if cell.flag is Flag.NONE:
                low = high = int(cell.amount or 0)
            elif not table.is_withheld and cell.flag is Flag.NOT_SHOWN and self._is_in_step(table, row):
                low = self.k
            elif cell.flag is Flag.SUPPRESSED and measure is Measure.CUSTOMERS:
                low, high = 1, self.k - 1
            here[measure] = self.unknown[table.dimension, row.code, measure] = self.model.new_int_var(
                low, high, f"{table.dimension} {row.code} {measure}"
            )
        self.model.add(here[Measure.VISITS] <= here[Measure.CUSTOMERS])
        self.model.add(here[Measure.CUSTOMERS] <= 6 * here[Measure.VISITS])

    def _is_in_step(self, table: Table, row: Row) -> bool:
        """Whether the row was hidden by its own table's rule, not by that of a table it adds up to."""
        return table.dimension is not Dimension.SERVICE and row.flag is Flag.NOT_SHOWN

    def _learn_total(self, table: Table) -> None:
        for measure in COUNTS:
            total = self.total[measure]
            column = [self.unknown[table.dimension, row.code, measure] for row in table.rows]
            if total is None:
                continue
            if measure is Measure.SERVICE_EVENTS or table.dimension in PARTITIONS:
                self.model.add(sum(column) == int(total))
            elif measure is Measure.VISITS:
                self.model.add(sum(column) >= int(total))

    def _learn_nesting(self, agency_of: Mapping[str, str]) -> None:
        for agency in self.tables[Dimension.AGENCY].rows:
            services = [
                row.code for row in self.tables[Dimension.SERVICE].rows if agency_of[row.code] == agency.code
            ]
            for measure in COUNTS:
                whole = self.unknown[Dimension.AGENCY, agency.code, measure]
                parts = [self.unknown[Dimension.SERVICE, code, measure] for code in services]
                if measure is Measure.SERVICE_EVENTS:
                    self.model.add(sum(parts) == whole)
                else:
                    self.model.add(sum(parts) >= whole)
                    for part in parts:
                        self.model.add(part <= whole)
