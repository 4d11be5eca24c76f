"""The answer that brings a file to whoever asked for it, on pages and by the API."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, current_app, stream_with_context

from ihh.domain.errors import Code, Refusal
from ihh.presentation import exports
from ihh.presentation.exports import parquet_files
from ihh.presentation.exports.book import Book, FileFormat


def writable() -> list[FileFormat]:
    """Parquet only where it can be written."""
    return [one for one in FileFormat if one is not FileFormat.PARQUET or parquet_files.is_available()]


def wanted(given: str) -> FileFormat:
    """The format that a request names. Refuses `invalid` for one that cannot be written here."""
    if given not in writable():
        raise Refusal(Code.INVALID, field="format")
    return FileFormat(given)


def answer(book: Book, file_format: FileFormat, pieces: Iterator[bytes] | None = None) -> Response:
    """The file in pieces, as it is made; one of a demonstration says so in its name.

    `pieces` are those of the book, where somebody watches them pass.
    """
    mark = "demo-" if current_app.config["IHH"].is_demo else ""
    return Response(
        stream_with_context(exports.chunks(book, file_format) if pieces is None else pieces),
        content_type=exports.content_type(file_format),
        headers={
            "Content-Disposition": f'attachment; filename="{mark}{exports.file_name(book, file_format)}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )
