"""The house as clients see it: what it offers, when, and what to ask a newcomer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from ihh.api.fields import Answer, Body, ClockTime, Said, text_language_field
from ihh.presentation.languages import text_language


class HouseQuery(Body):
    language = text_language_field(metadata={"description": "Of the texts; else by Accept-Language."})


class SpanSchema(Answer):
    start = ClockTime()
    end = ClockTime()


def week(**kwargs: Any) -> fields.List[Any]:
    return fields.List(
        fields.List(fields.Nested(SpanSchema)),
        metadata={"description": "Seven days from Monday, each with its open spans, local time."},
        **kwargs,
    )


class ZoneSchema(Answer):
    id = fields.String()
    name = Said()
    directions = Said()
    walk_min = fields.Integer(metadata={"description": "Minutes from the entrance."})


class AgencySchema(Answer):
    id = fields.String()
    name = Said()
    short_name = Said()
    area = fields.String(attribute="zone", allow_none=True)
    phone = fields.String(allow_none=True)
    url = fields.String(allow_none=True)


class ServiceBriefSchema(Answer):
    id = fields.String()
    agency = fields.String()
    name = Said()


class ServiceSchema(ServiceBriefSchema):
    about = Said()
    channels = fields.List(fields.String())
    base_min = fields.Integer()
    per_extra_person_min = fields.Integer()
    who = fields.String(metadata={"description": "Who must attend: everyone, adults, or one adult."})
    after = fields.List(fields.String(), metadata={"description": "Services that must be done first."})
    hours = week(allow_none=True)
    phone = fields.String(allow_none=True)
    url = fields.String(allow_none=True)


class DocumentSchema(Answer):
    id = fields.String()
    name = Said()


class OptionSchema(Answer):
    value = fields.String()
    label = Said()
    help = Said(allow_none=True)


class QuestionSchema(Answer):
    id = fields.String()
    title = Said()
    help = Said(allow_none=True)
    asked_when = fields.List(
        fields.Dict(keys=fields.String(), values=fields.List(fields.String())),
        metadata={"description": "Asked when any holds: question → answers. Empty: always asked."},
    )
    options = fields.List(fields.Nested(OptionSchema))


class LimitsSchema(Answer):
    party_max = fields.Integer()
    legs_max = fields.Integer()
    horizon_days = fields.Integer()
    hold_min = fields.Integer()


class HouseSchema(Answer):
    id = fields.String()
    name = Said()
    address = Said()
    timezone = fields.String()
    language = fields.Function(
        lambda house: text_language(), metadata={"type": "string", "description": "Of the texts here."}
    )
    languages = fields.List(fields.String())
    hours = week()
    zones = fields.List(fields.Nested(ZoneSchema))
    agencies = fields.List(fields.Nested(AgencySchema))
    services = fields.List(fields.Nested(ServiceSchema))
    documents = fields.List(fields.Nested(DocumentSchema))
    questions = fields.List(fields.Nested(QuestionSchema))
    limits = fields.Nested(LimitsSchema)
