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
from ihh.api.house_schemas import ServiceBriefSchema

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
    legs = legs_field(required=True)
    later = legs_field(
        load_default=[],
        metadata={
            "description": "For a second visit: legs that must wait, as `follow_up` of `POST /routes` has"
            " them. With the same `answers`, which say for how long."
        },
    )
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


class OfferedVisitSchema(Answer):
    date = fields.Date()
    starts_at = Instant()
    ends_at = Instant()
    duration_min = fields.Integer()
    legs = fields.List(fields.Nested(PlannedLegSchema))


class ProposalSchema(OfferedVisitSchema):
    plan = sealed_plan()
    best_for = fields.List(fields.String(validate=validate.OneOf(BEST_FOR)))


class TwoVisitsSchema(Answer):
    """Two visits, held and confirmed together by one plan; each can then be moved or cancelled by itself."""

    plan = sealed_plan()
    duration_min = fields.Integer(metadata={"description": "In the house, both visits together."})
    visits = fields.List(fields.Nested(OfferedVisitSchema), validate=validate.Length(equal=2))


class BlockedLegSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())


class ProposalsSchema(Answer):
    visits = fields.List(fields.Nested(ProposalSchema), metadata={"description": "Soonest first."})
    mixed = fields.Nested(
        ProposalSchema,
        allow_none=True,
        metadata={
            "description": "Sooner than any of `visits`, or on the same date and shorter: what has a walk-in"
            " line is taken from that line."
        },
    )
    two = fields.Nested(
        TwoVisitsSchema,
        allow_none=True,
        metadata={"description": "Two visits, where the second is on an earlier date than any of `visits`."},
    )
    pairs = fields.List(
        fields.Nested(TwoVisitsSchema),
        metadata={
            "description": "With `later`: the best first visits, each with the soonest second one after it."
        },
    )
    alone = fields.List(
        fields.Nested(ProposalSchema),
        metadata={"description": "With `later`: the best first visits after which no second one is free."},
    )
    blocked = fields.List(
        fields.Nested(BlockedLegSchema),
        metadata={"description": "Where there is no visit: the legs that fit nowhere even alone."},
    )
    remote = fields.List(
        fields.Nested(ServiceBriefSchema),
        metadata={
            "description": "Where there is no visit: services by phone or online of the agencies in the way."
        },
    )
    can_wait = fields.Boolean(
        metadata={"description": "Where there is no visit: whether a cancellation could make one possible."}
    )
