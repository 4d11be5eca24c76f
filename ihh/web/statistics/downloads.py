"""Files of published figures: what a page shows, in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.periods import Span
from ihh.presentation import exports
from ihh.presentation.access import access
from ihh.presentation.exports import FileFormat, parquet_files
from ihh.presentation.exports.figures import figures_book
from ihh.web.statistics.asked import asked
from ihh.web.statistics.frame import READERS, Link, blueprint, file_mark


def format_name(file_format: FileFormat) -> str:
    return {
        FileFormat.CSV: _("CSV for programs (RFC 4180)"),
        FileFormat.CSV_EXCEL_FI: _("CSV for Excel in Finnish"),
        FileFormat.XLSX: _("Excel workbook with definitions"),
        FileFormat.JSON: _("JSON"),
        FileFormat.PARQUET: _("Parquet"),
    }[file_format]


def offered(span: Span, tables: Sequence[str]) -> list[Link]:
    """Links to what the page shows, as files; Parquet only where it can be written."""
    return [
        Link(format_name(one), _href(span, tables, one))
        for one in FileFormat
        if one is not FileFormat.PARQUET or parquet_files.is_available()
    ]


def _href(span: Span, tables: Sequence[str], file_format: FileFormat) -> str:
    return url_for("statistics.export", span=span.code, table=list(tables), format=file_format.value)


@blueprint.get("/statistics/export")
@access(READERS)
def export() -> ResponseReturnValue:
    """The file, in pieces as it is made. Refuses `invalid` and `not_found` as the pages do."""
    chosen = asked(request.args)
    if chosen.span is None or chosen.status == 404:
        raise Refusal(Code.NOT_FOUND, field="period")
    if chosen.fault:
        raise Refusal(Code.INVALID, field="span")
    given = request.args.get("format", FileFormat.CSV.value)
    if given not in list(FileFormat):
        raise Refusal(Code.INVALID, field="format")
    file_format = FileFormat(given)
    if file_format is FileFormat.PARQUET and not parquet_files.is_available():
        raise Refusal(Code.INVALID, field="format")
    book = figures_book(
        chosen.span, request.args.getlist("table") or None, each=request.args.get("each") == "1"
    )
    name = f"{file_mark()}{exports.file_name(book, file_format)}"
    return Response(
        stream_with_context(exports.chunks(book, file_format)),
        content_type=exports.content_type(file_format),
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
