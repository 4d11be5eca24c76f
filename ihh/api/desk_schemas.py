"""A desk's work: its line, its visitor, and what a clerk does. Other agencies' services stay out of it."""

from __future__ import annotations

from marshmallow import fields, validate

from ihh.api.fields import (
    LARGEST_ID,
    Answer,
    Body,
    Instant,
    free_text,
    request_id_field,
    service_id_field,
    whole_number,
)
from ihh.api.house_schemas import DocumentSchema, ServiceBriefSchema
from ihh.api.visit_schemas import WaitSchema
from ihh.services.serving import OUTCOMES, REASON_LONGEST

CLERKS_OUTCOMES = [outcome for outcome in OUTCOMES if outcome != "transferred"]


class ActionBody(Body):
    request_id = request_id_field()


class CallBody(ActionBody):
    ticket = whole_number(
        1,
        LARGEST_ID,
        load_default=None,
        allow_none=True,
        metadata={"description": "Someone out of turn; without it the one the rule puts first."},
    )
    why = free_text(
        REASON_LONGEST,
        load_default=None,
        allow_none=True,
        metadata={"description": "Why out of turn: needed with `ticket`, recorded, no identity codes."},
    )


class CompleteBody(ActionBody):
    outcome = fields.String(load_default="done", validate=validate.OneOf(CLERKS_OUTCOMES))


class TransferBody(ActionBody):
    service = service_id_field(required=True)


class CallMadeSchema(Answer):
    ticket = fields.Integer(attribute="ticket_id")
    number = fields.String()
    desk = fields.String(attribute="desk_id")


class TicketSchema(Answer):
    id = fields.Integer()
    number = fields.String(attribute="visit.queue_number")
    service = fields.String(attribute="service_id")
    state = fields.String()
    desk = fields.String(attribute="desk_id", allow_none=True)
    calls = fields.Integer()
    called_at = Instant(allow_none=True)
    started_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)


class ReasonSchema(Answer):
    code = fields.String()
    since = Instant(metadata={"description": "Arrival in the house."})
    booked_at = Instant(allow_none=True)


class AwaySchema(Answer):
    """In how many minutes another desk may be done with the party. Which one, and what for, is not told."""

    low = fields.Integer()
    high = fields.Integer()


class LastCallSchema(Answer):
    at = Instant()
    reason = fields.String(attribute="detail.reason")
    is_chosen = fields.Boolean(attribute="detail.chosen", metadata={"description": "Out of turn."})
    why = fields.String(
        attribute="detail.why",
        dump_default=None,
        allow_none=True,
        metadata={"description": "Why out of turn."},
    )
    recalls = fields.Integer()
    by_itself = fields.Integer(metadata={"description": "How many of the recalls were the house's own."})


class LineRowSchema(Answer):
    ticket = fields.Integer(attribute="ticket_id")
    number = fields.String()
    reason = fields.Nested(ReasonSchema)
    language = fields.String()
    people = fields.Integer()
    waited_min = fields.Integer()
    is_next = fields.Boolean()
    need = fields.String(allow_none=True, metadata={"description": "Why a clerk put the visitor first."})
    is_free = fields.Boolean(metadata={"description": "False: at another desk at the moment."})
    elsewhere = fields.Nested(AwaySchema, allow_none=True)


class HeldRowSchema(Answer):
    ticket = fields.Integer(attribute="ticket_id")
    number = fields.String()
    held_for = fields.String(
        metadata={"description": "clerk, unanswered (its call) or lost_time (no slot could save it)."}
    )
    since = Instant(allow_none=True)
    returns_at = Instant(
        allow_none=True, metadata={"description": "When the house lets it wait again; null: someone must."}
    )
    call = fields.Nested(LastCallSchema, allow_none=True)
    elsewhere = fields.Nested(AwaySchema, allow_none=True)
    language = fields.String()
    people = fields.Integer()


class GuestSchema(Answer):
    """The visitor whom the desk has called or serves."""

    ticket = fields.Nested(TicketSchema)
    service = fields.Nested(ServiceBriefSchema)
    call = fields.Nested(LastCallSchema, allow_none=True)
    need = fields.String(allow_none=True)
    people = fields.Integer()
    language = fields.String()
    waited_min = fields.Integer()
    planned_min = fields.Integer()
    documents = fields.List(fields.Nested(DocumentSchema))


class DeskSchema(Answer):
    id = fields.String(attribute="desk.id")
    label = fields.String(attribute="desk.label")
    agency = fields.String(attribute="desk.agency")
    area = fields.String(attribute="desk.zone")
    is_paused = fields.Boolean()
    guest = fields.Nested(GuestSchema, allow_none=True)
    line = fields.List(fields.Nested(LineRowSchema), metadata={"description": "In calling order."})
    held = fields.List(fields.Nested(HeldRowSchema))
    newcomer_wait = fields.Nested(WaitSchema, allow_none=True)
    behind_min = fields.Integer(
        metadata={"description": "By how many minutes the agency calls its appointments late; else 0."}
    )
