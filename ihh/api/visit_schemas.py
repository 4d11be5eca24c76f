"""A party's visit: held, booked, in the house."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import Answer, Body, Instant, PartyAnswer, Said, free_text, sealed_plan, secret_token
from ihh.api.house_schemas import DocumentSchema, ServiceBriefSchema
from ihh.api.plan_schemas import RangeBody


class HoldBody(RangeBody):
    """The range is for the fresh options, where another was faster."""

    plan = sealed_plan(required=True)


class ContactBody(Body):
    email = free_text(254, allow_none=True)
    phone = free_text(40, allow_none=True)


class ConfirmBody(Body):
    contact = fields.Nested(ContactBody, allow_none=True, metadata={"description": "None is needed."})


class WaitSchema(Answer):
    """Minutes from now to the call: a range, never a promise."""

    low = fields.Integer()
    high = fields.Integer()


class AreaSchema(Answer):
    id = fields.String()
    name = Said()
    directions = Said()


class TimeChangeSchema(Answer):
    """What the house made of an appointment because another desk took longer."""

    was = Instant()
    becomes = Instant(allow_none=True, metadata={"description": "Null: lost, the place in the line is kept."})
    because = fields.String(allow_none=True, metadata={"description": "The agency that took longer."})


class VisitLegSchema(Answer):
    service = fields.Nested(ServiceBriefSchema)
    people = fields.List(fields.String())
    state = fields.String(metadata={"description": "`booked` before check-in, then the ticket's state."})
    area = fields.Nested(AreaSchema, allow_none=True)
    desk = fields.String(attribute="desk_label", allow_none=True)
    booked_at = Instant(allow_none=True, metadata={"description": "Of an appointment."})
    planned_at = Instant(allow_none=True, metadata={"description": "Of a line, when the plan has it."})
    called_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    ahead = fields.Integer(allow_none=True, metadata={"description": "Visitors called before this one."})
    wait = fields.Nested(WaitSchema, allow_none=True)
    is_last_call = fields.Boolean(metadata={"description": "Unanswered, this call ends the visit."})
    held_for = fields.String(
        allow_none=True,
        metadata={"description": "Why it is on hold: clerk, unanswered (its call) or lost_time."},
    )
    returns_at = Instant(
        allow_none=True, metadata={"description": "When it waits again by itself after an unanswered call."}
    )
    behind_min = fields.Integer(
        metadata={"description": "By how many minutes the agency calls its appointments late; else 0."}
    )
    change = fields.Nested(TimeChangeSchema, allow_none=True)
    documents = fields.List(fields.Nested(DocumentSchema), metadata={"description": "What to bring."})
    after = fields.List(
        fields.Nested(ServiceBriefSchema), metadata={"description": "What must be done first."}
    )


class TogetherSchema(Answer):
    token = secret_token(metadata={"description": "Of that visit."})
    date = fields.Date()
    state = fields.String()
    is_first = fields.Boolean(metadata={"description": "Whether it is the first of the two."})


class VisitSchema(Answer):
    token = secret_token(
        metadata={"description": "Secret: whoever has it may see, move and cancel the visit."}
    )
    state = fields.String()
    step = fields.String(
        allow_none=True,
        metadata={"description": "What the party does next: come, to_area, to_desk, at_desk, held or done."},
    )
    wait_at = fields.Nested(
        AreaSchema,
        allow_none=True,
        metadata={"description": "Where to wait: by the line expected to call first. Null unless to_area."},
    )
    number = fields.String(allow_none=True, metadata={"description": "The queue number, from check-in."})
    date = fields.Date()
    language = fields.String()
    party = fields.Nested(PartyAnswer)
    booking_code = fields.String(metadata={"description": "To type at the kiosk."})
    check_in_token = secret_token(metadata={"description": "To show as a QR code at the kiosk."})
    expires_at = Instant(allow_none=True, metadata={"description": "Of a hold."})
    is_hold_extended = fields.Boolean()
    legs = fields.List(fields.Nested(VisitLegSchema))
    together = fields.Nested(
        TogetherSchema,
        allow_none=True,
        metadata={"description": "The other of two visits that were held and confirmed together."},
    )
