"""Rows as CSV, for machines and for a Finnish Excel; docs/data-dictionary.md explains the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from ihh.domain.statistics.files import Column, Kind, Value, Values
from ihh.presentation.exports.book import Sheet, batches
from ihh.presentation.exports.neutral import neutral


class Flavour(StrEnum):
    RFC4180 = "rfc4180"
    """Comma, decimal point, UTF-8."""
    EXCEL_FI = "excel-fi"
    """Semicolon, decimal comma, UTF-8 with a byte order mark."""


YES, NO = "yes", "no"

Conversion = Callable[[Sequence[Any]], Sequence[Any]]


def chunks(sheet: Sheet, flavour: Flavour) -> Iterator[bytes]:
    """The file piece by piece: the header at once, then some thousand rows at a time."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="," if flavour is Flavour.RFC4180 else ";", lineterminator="\r\n")
    writer.writerow(neutral(column.name) for column in sheet.columns)
    yield _taken(text, "utf-8" if flavour is Flavour.RFC4180 else "utf-8-sig")
    convert = [_conversion(column, flavour) for column in sheet.columns]
    for batch in batches(sheet.rows):
        writer.writerows(_converted(batch, convert))
        yield _taken(text, "utf-8")


def _taken(text: io.StringIO, encoding: str) -> bytes:
    written = text.getvalue().encode(encoding)
    text.seek(0)
    text.truncate()
    return written


def _converted(batch: Sequence[Values], convert: Sequence[Conversion | None]) -> Iterator[tuple[Value, ...]]:
    """Column by column: most need no conversion, and a million rows feel the difference."""
    columns = zip(*batch, strict=True)
    return zip(
        *(column if how is None else how(column) for how, column in zip(convert, columns, strict=True)),
        strict=True,
    )


def _conversion(column: Column, flavour: Flavour) -> Conversion | None:
    """None where the writer's own text is right: digits, an ASCII minus, no grouping."""
    if column.kind is Kind.TEXT:
        return _neutral
    if column.kind is Kind.TRUTH:
        return lambda values: [None if value is None else YES if value else NO for value in values]
    if column.kind is Kind.DECIMAL and flavour is Flavour.EXCEL_FI:
        return lambda values: [None if value is None else str(value).replace(".", ",") for value in values]
    return None


def _neutral(values: Sequence[Any]) -> Sequence[Any]:
    """Few different texts stand in a column, and mostly none of them could be a formula."""
    changed = {text: neutral(text) for text in set(values) if text is not None and neutral(text) != text}
    return [changed.get(value, value) for value in values] if changed else values
