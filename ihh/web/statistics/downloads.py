"""Files of published figures: what a page shows, in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.presentation.access import access
from ihh.presentation.exports import FileFormat, leaving
from ihh.presentation.exports.figures import agency_book, figures_book
from ihh.web.statistics.asked import asked
from ihh.web.statistics.frame import READERS, READERS_AND_CLERKS, Link, blueprint, check_own_agency


def format_name(file_format: FileFormat) -> str:
    return {
        FileFormat.CSV: _("CSV for programs (RFC 4180)"),
        FileFormat.CSV_EXCEL_FI: _("CSV for Excel in Finnish"),
        FileFormat.XLSX: _("Excel workbook with definitions"),
        FileFormat.JSON: _("JSON"),
        FileFormat.PARQUET: _("Parquet"),
    }[file_format]


def offered(span: Span, tables: Sequence[str]) -> list[Link]:
    """Links to what the page shows, as files."""
    return [Link(format_name(one), _href(span, tables, one)) for one in leaving.writable()]


def offered_of_agency(span: Span, agency_id: str) -> list[Link]:
    """The same of one agency: its own rows and no others."""
    return [
        Link(
            format_name(one),
            url_for("statistics.export_agency", agency_id=agency_id, span=span.code, format=one.value),
        )
        for one in leaving.writable()
    ]


def _href(span: Span, tables: Sequence[str], file_format: FileFormat) -> str:
    return url_for("statistics.export", span=span.code, table=list(tables), format=file_format.value)


@blueprint.get("/statistics/export")
@access(READERS)
def export() -> ResponseReturnValue:
    """The file. Refuses `invalid` and `not_found` as the pages do."""
    span = _span()
    book = figures_book(span, request.args.getlist("table") or None, each=_is_each())
    return leaving.answer(book, _format())


@blueprint.get("/statistics/agency/<agency_id>/export")
@access(READERS_AND_CLERKS)
def export_agency(agency_id: str) -> ResponseReturnValue:
    """The agency's own rows. Refuses `not_your_agency` to clerks of another, else as `export` does."""
    check_own_agency(agency_id)
    book = agency_book(_span((PeriodKind.MONTH, PeriodKind.YEAR)), agency_id, each=_is_each())
    return leaving.answer(book, _format())


def _span(kinds: Sequence[PeriodKind] = tuple(PeriodKind)) -> Span:
    chosen = asked(request.args, kinds)
    if chosen.span is None or chosen.status == 404:
        raise Refusal(Code.NOT_FOUND, field="period")
    if chosen.fault:
        raise Refusal(Code.INVALID, field="span")
    return chosen.span


def _is_each() -> bool:
    return request.args.get("each") == "1"


def _format() -> FileFormat:
    return leaving.wanted(request.args.get("format", FileFormat.CSV.value))
