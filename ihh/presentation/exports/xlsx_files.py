"""A book as a workbook with typed cells, written row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from ihh.domain.statistics.files import Column, Kind, Value, Values
from ihh.presentation.exports.book import Book
from ihh.presentation.exports.neutral import neutral

ROW_LIMIT = 1_048_576
"""Rows of a sheet, its header included: as many as the format has."""

NUMBER_FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    Kind.COUNT: "0",
    Kind.DECIMAL: "0.0",
}
WIDTHS = {Kind.DATE: 11, Kind.INSTANT: 19, Kind.TEXT: 18}
NOTE_WIDTH = 40

Write = Callable[[int, int, Value], object]


def write(book: Book, path: Path, *, row_limit: int = ROW_LIMIT) -> None:
    """Write the workbook; a sheet that would be longer than `row_limit` goes on in a numbered one.

    Times are local times of the house. In constant memory: rows wait in a file beside `path`.
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        formats = {kind: workbook.add_format({"num_format": text}) for kind, text in NUMBER_FORMATS.items()}
        bold = workbook.add_format({"bold": True})
        for number, rows in enumerate(_parts(book.sheet.rows, row_limit - 1), 1):
            name = book.sheet.name if number == 1 else f"{book.sheet.name} {number}"
            _write_sheet(workbook.add_worksheet(name), book.sheet.columns, rows, formats, bold)
        for note in book.notes:
            _write_sheet(
                workbook.add_worksheet(note.name), note.columns, note.rows, formats, bold, NOTE_WIDTH
            )


def _parts(rows: Iterable[Values], size: int) -> Iterator[Iterable[Values]]:
    """Parts of at most `size` rows, each to be read before the next; an empty one where there is no row."""
    left = iter(rows)
    yield islice(left, size)
    for first in left:
        yield chain([first], islice(left, size - 1))


def _write_sheet(
    sheet: Any,
    columns: Sequence[Column],
    rows: Iterable[Values],
    formats: dict[Kind, Any],
    bold: Any,
    text_width: int = WIDTHS[Kind.TEXT],
) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        width = text_width if column.kind is Kind.TEXT else WIDTHS.get(column.kind, 10)
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, column.name, bold)
    writers = [_writer(sheet, column.kind, formats) for column in columns]
    for line, row in enumerate(rows, 1):
        for place, (write_cell, value) in enumerate(zip(writers, row, strict=True)):
            if value is not None:
                write_cell(line, place, value)


def _writer(sheet: Any, kind: Kind, formats: dict[Kind, Any]) -> Write:
    cell = formats.get(kind)
    if kind is Kind.TEXT:
        return lambda line, place, value: sheet.write_string(line, place, neutral(str(value)))
    if kind is Kind.TRUTH:
        return lambda line, place, value: sheet.write_boolean(line, place, bool(value))
    if kind is Kind.DECIMAL:
        return lambda line, place, value: sheet.write_number(line, place, float(value or 0), cell)
    if kind is Kind.DATE:
        return lambda line, place, value: sheet.write_datetime(
            line, place, date.fromisoformat(str(value)), cell
        )
    if kind is Kind.INSTANT:
        return lambda line, place, value: sheet.write_datetime(
            line, place, datetime.fromisoformat(str(value)).replace(tzinfo=None), cell
        )
    return lambda line, place, value: sheet.write_number(line, place, value, cell)
