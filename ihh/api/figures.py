"""Figures: what released periods amount to, for those who answer for the house."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.api.figure_schemas import (
    DefinitionsSchema,
    FigureFileQuery,
    FiguresQuery,
    FiguresSchema,
    PeriodsSchema,
)
from ihh.api.resource import Resource, gives_file, refuses
from ihh.domain.errors import Code
from ihh.domain.statistics.asked import span_between
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Definition, Measure
from ihh.domain.statistics.periods import PeriodKind
from ihh.domain.statistics.tables import PUBLISHED
from ihh.models.account import Role
from ihh.presentation import exports
from ihh.presentation.access import access, staff
from ihh.presentation.exports import FileFormat, leaving
from ihh.presentation.exports.figures import amount_of, figures_book, label_of
from ihh.services.statistics.published import Shown, published, released

resource = Resource("figures", description="Figures of released periods; for analysts and supervisors.")

READERS = staff(Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)


@resource.route("/figures", methods=["GET"])
@access(READERS)
@refuses(Code.INVALID, Code.NOT_FOUND)
@resource.arguments(FiguresQuery, location="query")
@resource.response(200, FiguresSchema)
def get_figures(query: dict[str, Any]) -> dict[str, Any]:
    """Tables of one released period, or of several together; `not_found` where one is not released."""
    span = span_between(query["first"], query["last"] or query["first"])
    found = published(span, list(dict.fromkeys(query["tables"].split(","))))
    return {
        "period": span.code,
        "kind": span.kind,
        "first": span.first.start,
        "last": span.last.last,
        "is_synthetic": found.is_synthetic,
        "small_cell": found.small_cell,
        "tables": [_table(shown) for shown in found.tables.values()],
    }


@resource.route("/figures/file", methods=["GET"])
@access(READERS)
@refuses(Code.INVALID, Code.NOT_FOUND)
@gives_file(*dict.fromkeys(exports.content_type(one).partition(";")[0] for one in FileFormat))
@resource.arguments(FigureFileQuery, location="query")
def get_figure_file(query: dict[str, Any]) -> ResponseReturnValue:
    """The same tables as a file: a row for each of their rows, every figure with why it is empty if it is.

    `invalid` for Parquet where the house cannot write it.
    """
    span = span_between(query["first"], query["last"] or query["first"])
    file_format = leaving.wanted(query["format"])
    book = figures_book(span, list(dict.fromkeys(query["tables"].split(","))), each=query["each"])
    return leaving.answer(book, file_format)


@resource.route("/figures/definitions", methods=["GET"])
@access(READERS)
@resource.response(200, DefinitionsSchema)
def get_definitions() -> dict[str, Any]:
    """What each figure means, in the language of `Accept-Language`, and which tables there are."""
    return {
        "measures": [_defined(measure, definition) for measure, definition in CATALOGUE.items()],
        "tables": {kind.value: [table.code for table in tables] for kind, tables in PUBLISHED.items()},
    }


@resource.route("/figures/periods", methods=["GET"])
@access(READERS)
@resource.response(200, PeriodsSchema)
def get_periods() -> dict[str, Any]:
    """Which periods are released, by kind and in order."""
    return {kind.value: [period.code for period in released(kind)] for kind in PeriodKind}


def _table(shown: Shown) -> dict[str, Any]:
    table = shown.table
    return {
        "code": table.code,
        "dimensions": [dimension.value for dimension in table.dimensions],
        "rows": [
            {"values": row.values, "label": label_of(table, row), "cells": _cells(row)} for row in shown.rows
        ],
    }


def _cells(row: Row) -> dict[str, Any]:
    return {measure.value: _cell(cell) for measure, cell in row.cells.items()}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"amount": amount_of(cell), "flag": cell.flag, "n": cell.n}


def _defined(measure: Measure, definition: Definition) -> dict[str, Any]:
    return {
        "measure": measure,
        "label": _(definition.label),
        "unit": definition.unit,
        "subject": definition.subject,
        "group": definition.group,
        "definition": _(definition.words),
        "source": _(definition.source) if definition.source else "",
        "limits": _(definition.limits) if definition.limits else "",
        "has_data": definition.formula is not None,
        "is_better": definition.is_better,
    }
