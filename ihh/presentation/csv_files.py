"""Figures as CSV, for machines and for a Finnish Excel; docs/data-dictionary.md explains the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from ihh.domain.kpi import Measure
from ihh.domain.report import Dimension, Row, Table
from ihh.domain.suppression import Cell
from ihh.presentation.figure_words import row_label
from ihh.services.reports import Report

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Flavour(StrEnum):
    RFC4180 = "rfc4180"
    """Comma, decimal point, UTF-8."""
    EXCEL_FI = "excel-fi"
    """Semicolon, decimal comma, UTF-8 with a byte order mark."""


HEADER = (
    "from",
    "to",
    "synthetic",
    "dimension",
    "value",
    "label",
    *(name for measure in Measure for name in (measure.value, f"{measure.value}_flag")),
    "n",
    "n_flag",
)


def export(report: Report, dimensions: Sequence[Dimension], flavour: Flavour) -> bytes:
    """A row for each value of each dimension, in their order, each table ending in its total."""
    text = io.StringIO(newline="")
    delimiter = "," if flavour is Flavour.RFC4180 else ";"
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(HEADER)
    for dimension in dimensions:
        table = report.tables[dimension]
        for row in (*table.rows, table.total):
            writer.writerow(_fields(report, table, row, flavour))
    return text.getvalue().encode("utf-8" if flavour is Flavour.RFC4180 else "utf-8-sig")


def number(amount: int | Decimal | None, flavour: Flavour) -> str:
    """Plain digits, an ASCII minus, no grouping; empty for nothing."""
    if amount is None:
        return ""
    text = format(amount, "f") if isinstance(amount, Decimal) else str(amount)
    return text.replace(".", ",") if flavour is Flavour.EXCEL_FI else text


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _fields(report: Report, table: Table, row: Row, flavour: Flavour) -> Iterable[str]:
    yield from (report.first.isoformat(), report.last.isoformat(), "yes" if report.is_synthetic else "no")
    yield from (table.dimension.value, safe(row.code), safe(row_label(table.dimension, row.code)))
    for measure in Measure:
        yield from _pair(row.cells[measure], flavour)
    yield from _pair(row.cells[Measure.CUSTOMERS], flavour)


def _pair(cell: Cell, flavour: Flavour) -> tuple[str, str]:
    return number(cell.amount, flavour), cell.flag.value
