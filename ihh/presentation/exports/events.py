"""Single events as a book, logged from the first row to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.house import text
from ihh.domain.statistics.files import EVENT_COLUMNS, Column, Kind, Values
from ihh.presentation.exports import chunks, parquet_files
from ihh.presentation.exports.book import Book, FileFormat, Sheet, sheet_about
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.statistics import events, export_log, fact_rows


def events_book(first: date, last: date, rows: Iterable[Values] | None = None) -> Book:
    """The events of the days from `first` to `last`; other `rows` are the same ones, watched as they pass."""
    found = events.rows(first, last) if rows is None else rows
    name = f"events-{first.isoformat()}--{last.isoformat()}"
    return Book(name, Sheet("Events", EVENT_COLUMNS, found), (_about(first, last), _definitions()))


def _about(first: date, last: date) -> Sheet:
    """Whoever comes upon the file must see what may not be done with it."""
    is_synthetic = fact_rows.has_synthetic(first, last)
    return sheet_about(
        (_("House"), text(current_house().name, text_language())),
        (_("First day"), first.isoformat()),
        (_("Last day"), last.isoformat()),
        (
            "synthetic",
            _("yes: some of the visits are synthetic, made by a demonstration.")
            if is_synthetic
            else _("no: all visits are real."),
        ),
        (_("Persons"), _("Pseudonymous: nobody is named, but single visits may be recognised.")),
        (_("Use"), _("Not for publishing or handing on: small numbers are not hidden.")),
    )


def _definitions() -> Sheet:
    columns = (Column("column", Kind.TEXT), Column("definition", Kind.TEXT))
    return Sheet("Definitions", columns, [(column.name, _(column.about)) for column in EVENT_COLUMNS])


def take_events(
    first: date,
    last: date,
    file_format: FileFormat,
    *,
    actor: str,
    now: datetime,
    request_id: str | None = None,
    watch: Callable[[Iterable[Values], int], Iterable[Values]] = lambda rows, expected: rows,
) -> tuple[Book, Iterator[bytes]]:
    """The book and its file in pieces; taking it is logged now, its end after the last piece.

    `watch` sees the rows pass and knows how many to expect. Refuses `invalid` for a range that ends before
    it begins, `not_found` where no ended day of it has events, `request_id_reused`; raises ParquetMissing.
    All that before anything is logged.
    """
    if file_format is FileFormat.PARQUET:
        parquet_files.require()
    expected = events.count(first, last)
    if not expected:
        raise Refusal(Code.NOT_FOUND, field="days")
    taken = export_log.begin(
        actor, first, last, file_format.value, expected=expected, now=now, request_id=request_id
    )
    book = events_book(first, last, watch(taken.counted(events.rows(first, last)), expected))
    return book, _finished(chunks(book, file_format), taken)


def _finished(pieces: Iterator[bytes], taken: export_log.Taken) -> Iterator[bytes]:
    yield from pieces
    taken.finish()
