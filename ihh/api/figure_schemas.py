"""The published figures: masked when they were released, long before they get here."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from ihh.api.fields import Answer, Body, pattern
from ihh.domain.masking import Flag
from ihh.domain.statistics.asked import span_between
from ihh.domain.statistics.measures import Group, Measure, Subject, Unit
from ihh.domain.statistics.periods import PeriodKind
from ihh.domain.statistics.tables import TABLES
from ihh.presentation.exports import FileFormat

PERIOD = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?|-W[0-9]{2})?"
CODES = "|".join(table.code.replace(".", "[.]") for table in TABLES)
TABLE_LIST = f"({CODES})(,({CODES}))*"


class FiguresQuery(Body):
    first = pattern(
        PERIOD,
        data_key="from",
        required=True,
        metadata={
            "description": "First period: 2026-11-30, 2026-W48, 2026-11 or 2026.",
            "example": "2026-11",
        },
    )
    last = pattern(
        PERIOD,
        data_key="to",
        load_default=None,
        metadata={"description": "Last period, included, of the same kind; by default the first."},
    )
    tables = pattern(
        TABLE_LIST,
        load_default="total",
        metadata={"description": "Codes of tables, separated by commas.", "example": "total,agency"},
    )

    @validates_schema(skip_on_field_errors=True)
    def is_a_span(self, data: dict[str, Any], **kwargs: Any) -> None:
        try:
            span_between(data["first"], data["last"] or data["first"])
        except ValueError:
            raise ValidationError("Two periods of one kind, in order, are needed.", "to") from None


class FigureFileQuery(FiguresQuery):
    format = fields.Enum(
        FileFormat,
        by_value=True,
        load_default=FileFormat.CSV,
        metadata={"description": "csv is RFC 4180; csv-excel-fi has semicolons and decimal commas."},
    )
    each = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        metadata={"description": "Rows period by period, instead of all periods together."},
    )


class FigureCellSchema(Answer):
    amount = fields.Float(allow_none=True)
    flag = fields.Enum(
        Flag,
        by_value=True,
        metadata={"description": "Why there is no amount: suppressed, not_shown or no_data; else empty."},
    )
    n = fields.Integer(
        allow_none=True, metadata={"description": "How many people stand behind it; told of answers only."}
    )


class FigureRowSchema(Answer):
    values = fields.List(
        fields.String(), metadata={"description": "One for each dimension of the table; none in the total."}
    )
    label = fields.String(metadata={"description": "The row in words."})
    cells = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(FigureCellSchema),
        metadata={"description": "By measure; `GET /figures/definitions` says what each means."},
    )


class FigureTableSchema(Answer):
    code = fields.String()
    dimensions = fields.List(fields.String())
    rows = fields.List(fields.Nested(FigureRowSchema))


class FiguresSchema(Answer):
    period = fields.String(metadata={"description": "The code of what was asked for."})
    kind = fields.Enum(PeriodKind, by_value=True)
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    is_synthetic = fields.Boolean(metadata={"description": "Some of it was made by a demonstration."})
    small_cell = fields.Integer(metadata={"description": "Figures about fewer people are hidden."})
    tables = fields.List(fields.Nested(FigureTableSchema))


class DefinitionSchema(Answer):
    measure = fields.Enum(Measure, by_value=True)
    label = fields.String()
    unit = fields.Enum(Unit, by_value=True)
    subject = fields.Enum(Subject, by_value=True)
    group = fields.Enum(Group, by_value=True, metadata={"description": "Figures that are hidden together."})
    definition = fields.String(metadata={"description": "The formula in words."})
    source = fields.String()
    limits = fields.String(metadata={"description": "What it does not say."})
    has_data = fields.Boolean(metadata={"description": "False: nothing is counted for it yet."})
    is_better = fields.Integer(metadata={"description": "1: more is better, -1: less is better, 0: neither."})


class DefinitionsSchema(Answer):
    measures = fields.List(fields.Nested(DefinitionSchema))
    tables = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Kind of period → codes of the tables it is published in."},
    )


class PeriodsSchema(Answer):
    day = fields.List(fields.String())
    week = fields.List(fields.String())
    month = fields.List(fields.String())
    year = fields.List(fields.String())
