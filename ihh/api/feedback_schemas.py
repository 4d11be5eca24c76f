"""What a party may say of its visit, and says."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import LARGEST_ID, Answer, Body, free_text, whole_number
from ihh.api.house_schemas import ServiceBriefSchema
from ihh.domain.feedback import CSAT, EFFORT, LINE_LONGEST, NPS


class FeedbackBody(Body):
    """At least one of the scores or the line."""

    ticket = whole_number(
        1,
        LARGEST_ID,
        allow_none=True,
        load_default=None,
        metadata={"description": "Of a service in `legs`. Null: about the visit as a whole."},
    )
    csat = whole_number(
        CSAT[0],
        CSAT[-1],
        allow_none=True,
        load_default=None,
        metadata={"description": "Satisfaction: 1 very dissatisfied … 5 very satisfied."},
    )
    effort = whole_number(
        EFFORT[0],
        EFFORT[-1],
        allow_none=True,
        load_default=None,
        metadata={"description": "It was easy: 1 strongly disagree … 7 strongly agree."},
    )
    nps = whole_number(
        NPS[0],
        NPS[-1],
        allow_none=True,
        load_default=None,
        metadata={"description": "Would recommend the house; only where `asks_nps`, about the whole visit."},
    )
    line = free_text(
        LINE_LONGEST,
        allow_none=True,
        load_default=None,
        metadata={"description": "Without names, identity codes, addresses or phone numbers."},
    )


class AnsweredLegSchema(Answer):
    ticket = fields.Integer(attribute="ticket_id")
    service = fields.Nested(ServiceBriefSchema)
    is_answered = fields.Boolean()


class FeedbackSchema(Answer):
    stage = fields.String(metadata={"description": "too_early, open or closed."})
    until = fields.Date(metadata={"description": "The last day to give feedback."})
    is_answered = fields.Boolean(metadata={"description": "About the visit as a whole."})
    asks_nps = fields.Boolean()
    legs = fields.List(fields.Nested(AnsweredLegSchema), metadata={"description": "Services it had."})
