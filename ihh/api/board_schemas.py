"""Boards: what a display shows."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import Answer

_STAMP = {"format": "date-time"}


class CallSchema(Answer):
    id = fields.String(metadata={"description": "Of this call; a recall has another."})
    number = fields.String()
    desk = fields.String()
    area = fields.String()
    state = fields.String()
    at = fields.String(metadata=_STAMP)


class BoardWaitSchema(Answer):
    agency = fields.String()
    area = fields.String()
    state = fields.String(metadata={"description": "open, closed or by_appointment."})
    low = fields.Integer(allow_none=True)
    high = fields.Integer(allow_none=True)


class OpeningSchema(Answer):
    is_open = fields.Boolean()
    until = fields.String(metadata={"optional": True, **_STAMP})
    next = fields.String(allow_none=True, metadata={"optional": True, **_STAMP})


class BoardSchema(Answer):
    """The whole state. Of two boards of an epoch the one with the higher revision is newer."""

    board = fields.String()
    epoch = fields.String()
    revision = fields.Integer()
    at = fields.String(metadata=_STAMP)
    calls = fields.List(fields.Nested(CallSchema), metadata={"description": "Newest first."})
    waits = fields.List(fields.Nested(BoardWaitSchema))
    opening = fields.Nested(OpeningSchema)
