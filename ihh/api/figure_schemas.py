"""The published figures: small cells are hidden before they get here."""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError, fields

from ihh.api.fields import Answer, Body
from ihh.domain.report import Dimension

YEARS = range(2000, 2200)


def _is_near(day: date) -> None:
    if day.year not in YEARS:
        raise ValidationError("Too far from today.")


class FiguresQuery(Body):
    first = fields.Date(
        data_key="from", required=True, validate=_is_near, metadata={"description": "First day."}
    )
    last = fields.Date(
        data_key="to",
        required=True,
        validate=_is_near,
        metadata={"description": "Last day, included; the period is a year at most."},
    )


class CellSchema(Answer):
    amount = fields.Float(allow_none=True)
    flag = fields.String(
        metadata={"description": "Why there is no amount: suppressed, not_shown or no_data; else empty."}
    )


class RowSchema(Answer):
    code = fields.String()
    flag = fields.String()
    cells = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(CellSchema),
        metadata={"description": "By measure; docs/data-dictionary.md says what each means."},
    )


class TableSchema(Answer):
    dimension = fields.Enum(Dimension, by_value=True)
    is_withheld = fields.Boolean(metadata={"description": "Too few people to break down."})
    rows = fields.List(fields.Nested(RowSchema))


class FiguresSchema(Answer):
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    open_days = fields.Integer()
    is_synthetic = fields.Boolean(metadata={"description": "Some of it was made by a demonstration."})
    total = fields.Nested(RowSchema)
    tables = fields.List(fields.Nested(TableSchema))
