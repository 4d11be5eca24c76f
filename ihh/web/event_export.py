"""Single events as a file: for those with the right to take them out of the house, every time logged."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.asked import near_day
from ihh.models import ExportLog
from ihh.models.account import Role
from ihh.presentation.access import access, staff
from ihh.presentation.exports import FileFormat, leaving, parquet_files
from ihh.presentation.exports.events import take_events
from ihh.services import accounts
from ihh.services.statistics import export_log
from ihh.web.staff import user_menu

blueprint = Blueprint("event_export", __name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LOGGED_SHOWN = 20


@blueprint.get("/statistics/events")
@access(staff(Role.ANALYST))
def take() -> ResponseReturnValue:
    """Without a query the page that asks; with one the file, row by row as it is made."""
    _check_right()
    if not request.args.keys() & {"from", "to", "format"}:
        return _page()
    try:
        first, last = near_day(request.args.get("from", "")), near_day(request.args.get("to", ""))
        file_format = FileFormat(request.args.get("format", FileFormat.CSV.value))
    except ValueError:
        return _page(_("Give both days and one of the formats."), 422)
    if last < first:
        return _page(_("The last day is before the first one."), 422)
    if file_format is FileFormat.PARQUET and not parquet_files.is_available():
        return _page(_("Parquet files are not installed here. Choose another format."), 422)
    try:
        book, pieces = take_events(
            first, last, file_format, actor=_actor(), now=clock.now(), request_id=_request_id()
        )
    except Refusal as refused:
        if refused.code is not Code.NOT_FOUND:
            raise
        return _page(_("No day between these two has ended with any event. Choose other days."), 422)
    return leaving.answer(book, file_format, pieces)


@blueprint.get("/statistics/events/progress")
@access(staff(Role.ANALYST))
def get_progress() -> ResponseReturnValue:
    """How far one's own file is, by the request id it was asked for with."""
    _check_right()
    found = export_log.progress(request.args.get("request", ""), actor=_actor())
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return jsonify({"rows": found.rows, "expected": found.expected, "is_finished": found.is_finished})


def _check_right() -> None:
    if not current_user.may_export_events:
        raise Refusal(Code.NOT_ALLOWED)


def _actor() -> str:
    return f"{current_user.role}:{current_user.id}"


def _request_id() -> str | None:
    given = request.args.get("request", "")
    return given if REQUEST_ID.fullmatch(given) else None


def _page(error: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "event_export/event_export.html",
        user=user_menu(),
        nav=[
            {"label": _("Statistics"), "href": url_for("statistics.show")},
            {"label": _("Single events"), "href": url_for("event_export.take"), "is_current": True},
        ],
        formats=_formats(),
        typed={name: request.args.get(name, "")[:20] for name in ("from", "to", "format")},
        logged=_logged(),
        error=error,
    )
    return page, status


def _logged() -> list[tuple[ExportLog, str]]:
    """The last downloads, each with who took it: by name where it was an account."""
    found = export_log.latest(LOGGED_SHOWN)
    names = accounts.names({number for one in found if (number := _account(one.actor)) is not None})
    told = {export_log.COMMAND_LINE: _("command line")}
    return [(one, names.get(_account(one.actor), told.get(one.actor, one.actor))) for one in found]


def _account(actor: str) -> int | None:
    number = actor.partition(":")[2]
    return int(number) if number.isdecimal() else None


def _formats() -> list[dict[str, Any]]:
    labels = {
        FileFormat.CSV: _("CSV (comma, decimal point)"),
        FileFormat.CSV_EXCEL_FI: _("CSV for a Finnish Excel (semicolon, decimal comma)"),
        FileFormat.XLSX: _("Excel workbook (XLSX)"),
        FileFormat.JSON: "JSON",
        FileFormat.PARQUET: "Parquet",
    }
    return [
        {"value": one.value, "label": label}
        for one, label in labels.items()
        if one is not FileFormat.PARQUET or parquet_files.is_available()
    ]
