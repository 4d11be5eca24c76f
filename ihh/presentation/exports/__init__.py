"""Files that leave the house: one book of rows in every format.

`chunks` streams any format; `write_whole` makes a file of it. `figures` and `events` make the books.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ihh.presentation.exports import csv_files, json_files, parquet_files, xlsx_files
from ihh.presentation.exports.book import Book, FileFormat, Sheet
from ihh.presentation.exports.csv_files import Flavour
from ihh.presentation.exports.parquet_files import ParquetMissing

__all__ = [
    "Book",
    "FileFormat",
    "ParquetMissing",
    "Sheet",
    "chunks",
    "content_type",
    "file_name",
    "write_whole",
]

FLAVOURS = {FileFormat.CSV: Flavour.RFC4180, FileFormat.CSV_EXCEL_FI: Flavour.EXCEL_FI}
CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.CSV_EXCEL_FI: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSON: "application/json",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
}
PIECE = 256 * 1024


def content_type(file_format: FileFormat) -> str:
    return CONTENT_TYPES[file_format]


def file_name(book: Book, file_format: FileFormat) -> str:
    ending = "csv" if file_format in FLAVOURS else file_format.value
    mark = "-excel-fi" if file_format is FileFormat.CSV_EXCEL_FI else ""
    return f"{book.name}{mark}.{ending}"


def chunks(book: Book, file_format: FileFormat) -> Iterator[bytes]:
    """The file in pieces, as it is made; what needs an end before its beginning is made in a file first.

    Raises ParquetMissing before the first piece.
    """
    if file_format in FLAVOURS:
        yield from csv_files.chunks(book.sheet, FLAVOURS[file_format])
    elif file_format is FileFormat.JSON:
        yield from json_files.chunks(book)
    else:
        with _made(book, file_format) as path, path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def write_whole(pieces: Iterable[bytes], path: Path) -> None:
    """Make a file that is there as a whole or not at all. Raises OSError, and what making `pieces` raises."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _made(book: Book, file_format: FileFormat) -> Iterator[Path]:
    """A finished file in a folder that nobody else can read, gone afterwards."""
    with TemporaryDirectory(prefix="ihh-export-") as folder:
        path = Path(folder) / "file"
        if file_format is FileFormat.XLSX:
            xlsx_files.write(book, path)
        else:
            parquet_files.write(book.sheet, path)
        yield path
