"""`ihh export`: figures, single events, open data and the catalogue as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.asked import near_day, span_between
from ihh.domain.statistics.files import Values
from ihh.domain.statistics.periods import Span
from ihh.domain.statistics.tables import PUBLISHED
from ihh.presentation import open_data
from ihh.presentation.data_dictionary import data_dictionary
from ihh.presentation.exports import FileFormat, ParquetMissing, chunks, write_whole
from ihh.presentation.exports.book import Book
from ihh.presentation.exports.events import take_events
from ihh.presentation.exports.figures import definitions, figures_book
from ihh.presentation.languages import NAMES, written_in
from ihh.services import demonstration
from ihh.services.statistics.export_log import COMMAND_LINE

STANDARD_OUTPUT = "-"
MARKDOWN = "md"

OUTPUT = click.option(
    "--output", metavar="FILE", default=STANDARD_OUTPUT, help="A file; - for standard output."
)
FORMAT = click.option(
    "--format",
    "file_format",
    type=click.Choice([one.value for one in FileFormat]),
    default=FileFormat.CSV.value,
    show_default=True,
    help="csv for machines, csv-excel-fi for a Finnish Excel.",
)
LANGUAGE = click.option(
    "--language", type=click.Choice(list(NAMES)), default="en", show_default=True, help="Of labels and notes."
)


@click.group()
def export() -> None:
    """Write figures, single events, open data or the catalogue to files."""


@export.command()
@click.option(
    "--from", "first", metavar="PERIOD", required=True, help="2026-11-30, 2026-W48, 2026-11 or 2026."
)
@click.option("--to", "last", metavar="PERIOD", help="Last period, included; by default the same.")
@click.option(
    "--table", "tables", multiple=True, help="Such as agency.hour; by default all. May be repeated."
)
@click.option("--each", is_flag=True, help="One period after the other instead of all together.")
@FORMAT
@LANGUAGE
@OUTPUT
def figures(
    first: str,
    last: str | None,
    tables: tuple[str, ...],
    each: bool,
    file_format: str,
    language: str,
    output: str,
) -> None:
    """The released figures of one period or several: a row for each row of each table.

    Figures about fewer people than the house shows are empty, with the reason beside them.
    """
    span = _span(first, last or first)
    with _house(), written_in(language):
        try:
            book = figures_book(span, tables, each=each)
        except Refusal as refused:
            raise _unable(refused, span) from None
        _write(chunks(book, FileFormat(file_format)), output)


@export.command()
@click.option("--from", "first", metavar="DATE", required=True, help="First day, as 2026-11-30.")
@click.option("--to", "last", metavar="DATE", required=True, help="Last day, included.")
@FORMAT
@OUTPUT
def events(first: str, last: str, file_format: str, output: str) -> None:
    """Single events of ended days, a row a service, under pseudonyms. Never to be published; it is logged."""
    begin, end = _day("--from", first), _day("--to", last)
    if end < begin:
        raise Unable(f"--to: {last} is before --from {first}")
    with _house():
        try:
            _, pieces = take_events(
                begin, end, FileFormat(file_format), actor=COMMAND_LINE, now=clock.now(), watch=_with_bar
            )
        except Refusal as refused:
            if refused.code is not Code.NOT_FOUND:
                raise
            raise Unable(f"--from, --to: no ended day from {begin} to {end} has events") from None
        _write(pieces, output)


@export.command("open-data")
@click.option("--folder", metavar="FOLDER", required=True, help="Where the files go.")
@click.option("--base-url", metavar="URL", required=True, help="Where that folder will be on the web.")
def open_data_files(folder: str, base_url: str) -> None:
    """All released months and years as CSV with their metadata, and the catalogue of them."""
    base = base_url.rstrip("/") + "/"
    _make(folder)
    with _house():
        found = open_data.periods()
        with click.progressbar(found, file=click.get_text_stream("stderr"), label="Open data") as watched:
            for one in watched:
                name = open_data.file_of(one.period)
                _write([open_data.csv_file(one)], str(Path(folder) / name))
                described = json.dumps(open_data.metadata(one), ensure_ascii=False, indent=1)
                _write([described.encode()], str(Path(folder) / open_data.metadata_of(one.period)))
        listed = json.dumps(open_data.catalogue(base), ensure_ascii=False, indent=1)
        _write([listed.encode()], str(Path(folder) / open_data.CATALOGUE))
        click.echo(f"{folder}: {len(found)} periods", err=True)


@export.command("definitions")
@click.option(
    "--format",
    "file_format",
    type=click.Choice([MARKDOWN, *(one.value for one in FileFormat)]),
    default=MARKDOWN,
    show_default=True,
    help="md is the data dictionary of the documentation.",
)
@LANGUAGE
@OUTPUT
def write_definitions(file_format: str, language: str, output: str) -> None:
    """The catalogue: every figure with its formula in words, unit, source and limits."""
    if file_format == MARKDOWN:
        _write([data_dictionary().encode()], output)
        return
    with _house(), written_in(language):
        _write(chunks(Book("definitions", definitions()), FileFormat(file_format)), output)


@contextmanager
def _house() -> Iterator[None]:
    with application() as app:
        if app.config["IHH"].is_demo:
            demonstration.set_clock()
        yield


def _span(first: str, last: str) -> Span:
    try:
        return span_between(first, last)
    except ValueError as error:
        raise Unable(
            f"--from, --to: {error}; write 2026-11-30, 2026-W48, 2026-11 or 2026, both of one kind"
        ) from None


def _unable(refused: Refusal, span: Span) -> Unable:
    if refused.code is Code.NOT_FOUND:
        return Unable(
            f"{span.code}: not all of it is released; figures are released after a period has ended"
        )
    there = ", ".join(table.code for table in PUBLISHED[span.kind])
    return Unable(f"--table: for a {span.kind.value} there are {there}")


def _day(option: str, given: str) -> date:
    try:
        return near_day(given)
    except ValueError:
        raise Unable(f"{option}: {given!r} is not a date; write it as 2026-11-30") from None


def _make(folder: str) -> None:
    try:
        Path(folder).mkdir(exist_ok=True)
    except OSError as error:
        raise Unable(f"--folder: cannot make {folder} ({error.strerror})") from None


def _with_bar(rows: Iterable[Values], expected: int) -> Iterator[Values]:
    """On a terminal a bar on standard error shows how far it is."""
    stream = click.get_text_stream("stderr")
    if not stream.isatty():
        yield from rows
        return
    with click.progressbar(length=expected, file=stream, label="Events") as bar:
        done = 0
        for row in rows:
            yield row
            done += 1
            if done % 1000 == 0:
                bar.update(1000)
        bar.update(done % 1000)


def _write(pieces: Iterable[bytes], output: str) -> None:
    try:
        if output == STANDARD_OUTPUT:
            stream = click.get_binary_stream("stdout")
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            return
        write_whole(pieces, Path(output))
    except ParquetMissing as missing:
        raise Unable(str(missing)) from None
    except OSError as error:
        raise Unable(f"--output: cannot write {output} ({error.strerror})") from None
