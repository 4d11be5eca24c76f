"""From answers to a party's services: now, later and elsewhere."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import Answer, AnswersField, Body, PartyBody, Said, text_language_field
from ihh.api.house_schemas import DocumentSchema, ServiceBriefSchema


class RouteBody(Body):
    answers = AnswersField(required=True)
    party = fields.Nested(PartyBody, required=True)
    language = text_language_field(metadata={"description": "Of the texts; else by Accept-Language."})


class NoteSchema(Answer):
    reason = Said()
    instead = Said()


class RouteLegSchema(Answer):
    service = fields.Nested(ServiceBriefSchema)
    people = fields.List(fields.String())
    documents = fields.List(fields.Nested(DocumentSchema), metadata={"description": "What to bring."})
    notes = fields.List(fields.Nested(NoteSchema))


class LaterSchema(Answer):
    service = fields.Nested(ServiceBriefSchema)
    people = fields.List(fields.String())
    reason = Said()
    instead = Said()
    after_days = fields.Integer(
        metadata={"description": "Fewest days after the visit until it is possible; 0: nobody can say."}
    )
    documents = fields.List(fields.Nested(DocumentSchema), metadata={"description": "What to bring then."})
    notes = fields.List(fields.Nested(NoteSchema))
    because = fields.Nested(
        ServiceBriefSchema,
        allow_none=True,
        metadata={"description": "The service that must come first and cannot yet."},
    )


class ElsewhereSchema(Answer):
    service = fields.Nested(ServiceBriefSchema)
    documents = fields.List(fields.Nested(DocumentSchema))
    notes = fields.List(fields.Nested(NoteSchema))


class FollowUpSchema(Answer):
    after_days = fields.Integer(metadata={"description": "Fewest days between the two visits."})
    legs = fields.List(fields.Nested(RouteLegSchema), metadata={"description": "In an order that works."})


class RouteSchema(Answer):
    now = fields.List(fields.Nested(RouteLegSchema), metadata={"description": "In an order that works."})
    later = fields.List(fields.Nested(LaterSchema))
    elsewhere = fields.List(fields.Nested(ElsewhereSchema))
    optional = fields.List(fields.Nested(RouteLegSchema), metadata={"description": "May be added."})
    follow_up = fields.Nested(
        FollowUpSchema,
        allow_none=True,
        metadata={"description": "A second visit that can be booked already, for what must wait."},
    )
