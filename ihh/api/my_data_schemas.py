"""A visitor's own data: one document of all that is kept."""

from __future__ import annotations

from marshmallow import fields

from ihh.api.fields import Answer, Instant


class DataContactSchema(Answer):
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    kept_until = fields.Date()


class DataLetterSchema(Answer):
    """A letter's text is not kept, nor is the address it went to."""

    kind = fields.String()
    created_at = Instant()
    sent_at = Instant(allow_none=True)
    tries = fields.Integer()


class DataVisitSchema(Answer):
    date = fields.Date()
    state = fields.String()
    origin = fields.String(metadata={"description": "online, walk_in or staff."})
    language = fields.String()
    adults = fields.Integer()
    minors = fields.Integer()
    purpose = fields.String()
    municipality = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    created_at = Instant()
    hold_expires_at = Instant(allow_none=True)
    confirmed_at = Instant(allow_none=True)
    checked_in_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    guided_to = fields.String(allow_none=True, metadata={"description": "The agency to wait at."})
    together_with_date = fields.Date(allow_none=True)
    network_digest_kept = fields.Boolean()
    link_deleted_at = Instant(allow_none=True)
    is_synthetic = fields.Boolean()


class DataServiceSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())
    by_appointment = fields.Boolean()
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    desk = fields.String(allow_none=True)
    documents = fields.List(fields.String())
    order_set_aside_because = fields.String(allow_none=True)


class DataEstimateSchema(Answer):
    at = Instant()
    low_min = fields.Float()
    middle_min = fields.Float()
    high_min = fields.Float()


class DataLineSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())
    state = fields.String()
    booked_at = Instant(allow_none=True)
    issued_at = Instant()
    joined_at = Instant(allow_none=True)
    called_at = Instant(allow_none=True)
    last_called_at = Instant(allow_none=True)
    calls = fields.Integer()
    started_at = Instant(allow_none=True)
    served_s = fields.Integer()
    ended_at = Instant(allow_none=True)
    desk = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    marked_in_need_at = Instant(allow_none=True)
    held_for = fields.String(allow_none=True)
    returns_at = Instant(allow_none=True)
    estimates = fields.List(fields.Nested(DataEstimateSchema))


class DataEventSchema(Answer):
    at = Instant()
    action = fields.String()
    by = fields.String(metadata={"description": "A role, never which of the staff."})
    service = fields.String(allow_none=True)
    desk = fields.String(allow_none=True)
    detail = fields.Dict()


class DataAnswerSchema(Answer):
    service = fields.String(allow_none=True, metadata={"description": "Null: the visit as a whole."})
    csat = fields.Integer(allow_none=True)
    effort = fields.Integer(allow_none=True)
    nps = fields.Integer(allow_none=True)
    line = fields.String(allow_none=True)
    channel = fields.String()
    language = fields.String()
    at = Instant()


class DataWishSchema(Answer):
    service = fields.String()
    people = fields.List(fields.String())
    documents = fields.List(fields.String())


class DataWaitSchema(Answer):
    state = fields.String()
    joined_at = Instant()
    ended_at = Instant(allow_none=True)
    first_date = fields.Date()
    last_date = fields.Date()
    not_before_min = fields.Integer(metadata={"description": "Minutes from local midnight."})
    not_after_min = fields.Integer()
    language = fields.String()
    adults = fields.Integer()
    minors = fields.Integer()
    purpose = fields.String()
    municipality = fields.String(allow_none=True)
    services = fields.List(fields.Nested(DataWishSchema))
    declined = fields.List(fields.String())
    offered_date = fields.Date(allow_none=True)
    network_digest_kept = fields.Boolean()


class VisitDataSchema(Answer):
    format = fields.String()
    visit = fields.Nested(DataVisitSchema)
    services = fields.List(fields.Nested(DataServiceSchema))
    lines = fields.List(fields.Nested(DataLineSchema))
    events = fields.List(fields.Nested(DataEventSchema))
    contact = fields.Nested(DataContactSchema, allow_none=True)
    letters = fields.List(fields.Nested(DataLetterSchema))
    feedback = fields.List(fields.Nested(DataAnswerSchema))
    waitlist = fields.Nested(DataWaitSchema, allow_none=True)
    kept_until = fields.Date(metadata={"description": "Last day on which the visit's events are kept."})


class EntryDataSchema(Answer):
    format = fields.String()
    waitlist = fields.Nested(DataWaitSchema)
    contact = fields.Nested(DataContactSchema, allow_none=True)
    letters = fields.List(fields.Nested(DataLetterSchema))


class LeftSchema(Answer):
    booking_code = fields.String(
        allow_none=True,
        metadata={"description": "Of a visit to come: it checks in at a kiosk, and nothing else."},
    )
    kept_until = fields.Date(metadata={"description": "Last day on which the visit's events are kept."})


class GoneSchema(Answer):
    gone = fields.List(fields.String())
