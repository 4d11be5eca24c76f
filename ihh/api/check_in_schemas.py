"""Arrivals at a kiosk."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import Answer, Body, PartyBody, free_text, legs_field, request_id_field, spoken_language
from ihh.api.visit_schemas import VisitSchema


class CheckInBody(Body):
    request_id = request_id_field()
    code = free_text(
        required=True,
        metadata={"description": "What was scanned or typed: a QR code's text, or a booking code."},
    )


class WalkInBody(Body):
    request_id = request_id_field()
    party = fields.Nested(PartyBody, required=True)
    legs = legs_field(required=True)
    language = spoken_language(required=True)


class CheckedInSchema(Answer):
    punctuality = fields.String(metadata={"description": "early, on_time or late."})
    minutes = fields.Integer(metadata={"description": "Early or late by."})
    visit = fields.Nested(VisitSchema)
