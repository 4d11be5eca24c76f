"""What a file holds, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from ihh.domain.statistics.files import Column, Kind, Values


class FileFormat(StrEnum):
    CSV = "csv"
    """RFC 4180: comma, decimal point, UTF-8."""
    CSV_EXCEL_FI = "csv-excel-fi"
    """Semicolon, decimal comma, UTF-8 with a byte order mark."""
    XLSX = "xlsx"
    JSON = "json"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Sheet:
    name: str
    """Shorter than 26 signs, so that a workbook can number its parts."""
    columns: tuple[Column, ...]
    rows: Iterable[Values]
    """Read once, in order, and never held together."""


@dataclass(frozen=True)
class Book:
    """The rows, and what a reader has to know about them; a format without sheets has the rows only."""

    name: str
    """Of the file, without its ending."""
    sheet: Sheet
    notes: tuple[Sheet, ...] = ()
    """About and Definitions: short."""


def sheet_about(*rows: tuple[str, str]) -> Sheet:
    """What the file is: an item and what is said of it in each row."""
    return Sheet("About", (Column("item", Kind.TEXT), Column("text", Kind.TEXT)), rows)


BATCH = 1000


def batches(rows: Iterable[Values], size: int = BATCH) -> Iterator[list[Values]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
