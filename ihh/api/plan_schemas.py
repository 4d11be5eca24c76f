"""Visits on offer."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from ihh.api.fields import (
    Answer,
    AnswersField,
    Body,
    ClockTime,
    Instant,
    PartyBody,
    legs_field,
    sealed_plan,
    spoken_language,
)

BEST_FOR = ("balanced", "earliest", "shortest")


class RangeBody(Body):
    """When the visit may be; all of it optional."""

    first = fields.Date(data_key="from", metadata={"description": "First day; today at the earliest."})
    not_before = ClockTime(metadata={"description": "Time of day before which no leg may start."})
    not_after = ClockTime(metadata={"description": "Time of day after which no leg may end."})

    @validates_schema
    def check_times(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("not_before", 0) >= data.get("not_after", 24 * 60):
            raise ValidationError("Must be later than not_before.", "not_after")


class PlanBody(RangeBody):
    party = fields.Nested(PartyBody, required=True)
    legs = legs_field()
    language = spoken_language(
        required=True,
        metadata={"description": "In which the party wants to be served, such as `en` or `uk`."},
    )
    answers = AnswersField(
        load_default=None,
        allow_none=True,
        metadata={"description": "As for `POST /routes`: with them the visit names the documents to bring."},
    )


class PlannedLegSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())
    starts_at = Instant()
    ends_at = Instant()
    area = fields.String(allow_none=True)
    is_booked = fields.Boolean(metadata={"description": "False: a line without appointment, time estimated."})


class ProposalSchema(Answer):
    plan = sealed_plan()
    date = fields.Date()
    starts_at = Instant()
    ends_at = Instant()
    duration_min = fields.Integer()
    best_for = fields.List(fields.String(validate=validate.OneOf(BEST_FOR)))
    legs = fields.List(fields.Nested(PlannedLegSchema))


class BlockedLegSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())


class ProposalsSchema(Answer):
    visits = fields.List(fields.Nested(ProposalSchema), metadata={"description": "Soonest first."})
    blocked = fields.List(
        fields.Nested(BlockedLegSchema),
        metadata={"description": "Where there is no visit: the legs that fit nowhere even alone."},
    )
