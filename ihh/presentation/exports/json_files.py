"""A book as JSON: its rows as objects, with what a reader has to know before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ihh.domain.statistics.files import Column, Kind, Value
from ihh.presentation.exports.book import Book, Sheet, batches


def chunks(book: Book) -> Iterator[bytes]:
    """`{"about": [...], "definitions": [...], "rows": [...]}`, one row a line. An empty cell is null."""
    yield b"{"
    for note in book.notes:
        rows = [_named(note, row) for row in note.rows]
        yield f"{json.dumps(note.name.lower())}: {_text(rows)},\n".encode()
    yield b'"rows": ['
    separator = "\n"
    for batch in batches(book.sheet.rows):
        yield (separator + ",\n".join(_text(_named(book.sheet, row)) for row in batch)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _named(sheet: Sheet, row: Any) -> dict[str, Any]:
    return {column.name: _value(column, value) for column, value in zip(sheet.columns, row, strict=True)}


def _value(column: Column, value: Value) -> Any:
    if value is None:
        return None
    if column.kind is Kind.DECIMAL:
        return float(value)
    return bool(value) if column.kind is Kind.TRUTH else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
