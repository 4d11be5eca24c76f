"""Rows as CSV, for machines and for a Finnish Excel; docs/data-dictionary.md explains the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from ihh.domain.statistics.files import Kind
from ihh.presentation.exports.book import Sheet, batches
from ihh.presentation.exports.neutral import neutral


class Flavour(StrEnum):
    RFC4180 = "rfc4180"
    """Comma, decimal point, UTF-8."""
    EXCEL_FI = "excel-fi"
    """Semicolon, decimal comma, UTF-8 with a byte order mark."""


YES, NO = "yes", "no"
END = "\r\n"
FIELDS_KEPT = 10_000

Write = Callable[[Sequence[Any]], Iterable[str]]


def chunks(sheet: Sheet, flavour: Flavour) -> Iterator[bytes]:
    """The file piece by piece: the header at once, then some thousand rows at a time."""
    separator = "," if flavour is Flavour.RFC4180 else ";"
    field = _Fields(separator)
    header = separator.join(field[column.name] for column in sheet.columns) + END
    yield header.encode("utf-8" if flavour is Flavour.RFC4180 else "utf-8-sig")
    write = [_writer(column.kind, field, flavour) for column in sheet.columns]
    for batch in batches(sheet.rows):
        # Column by column: a million rows feel the difference.
        texts = (how(values) for how, values in zip(write, zip(*batch, strict=True), strict=True))
        lines = map(separator.join, zip(*texts, strict=True))
        yield (END.join(lines) + END).encode()


def _writer(kind: Kind, field: _Fields, flavour: Flavour) -> Write:
    """How a column's values are written. What is no text has neither quotes nor separators in it."""
    if kind is Kind.TEXT:
        return lambda values: [field[value] for value in values]
    if kind is Kind.TRUTH:
        return lambda values: ["" if value is None else YES if value else NO for value in values]
    if kind is Kind.DECIMAL and flavour is Flavour.EXCEL_FI:
        return lambda values: ["" if value is None else str(value).replace(".", ",") for value in values]
    return lambda values: ["" if value is None else str(value) for value in values]


class _Fields(dict[str | None, str]):
    """Texts as fields, neutral and quoted where they must be: few different ones stand in many rows."""

    def __init__(self, separator: str) -> None:
        super().__init__()
        self._out = io.StringIO(newline="")
        self._writer = csv.writer(self._out, delimiter=separator, lineterminator=END)

    def __missing__(self, text: str | None) -> str:
        if len(self) >= FIELDS_KEPT:
            self.clear()
        found = self[text] = "" if text is None else self._quoted(neutral(text))
        return found

    def _quoted(self, text: str) -> str:
        self._out.seek(0)
        self._out.truncate()
        self._writer.writerow((text, ""))  # alone in its row, an empty field would be quoted
        return self._out.getvalue()[: -len(END) - 1]
