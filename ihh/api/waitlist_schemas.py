"""The waitlist: what is asked for, and how an entry stands."""

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
    secret_token,
    spoken_language,
)
from ihh.api.visit_schemas import ContactBody, VisitLegSchema
from ihh.domain.waitlist import WaitlistState


class JoinBody(Body):
    party = fields.Nested(PartyBody, required=True)
    legs = legs_field(required=True)
    language = spoken_language(
        required=True,
        metadata={"description": "In which the party wants to be served, such as `en` or `uk`."},
    )
    answers = AnswersField(
        load_default=None,
        allow_none=True,
        metadata={"description": "As for `POST /routes`: with them the visit names the documents to bring."},
    )
    first = fields.Date(
        data_key="from", required=True, metadata={"description": "First day that suits the party."}
    )
    last = fields.Date(data_key="to", required=True, metadata={"description": "Last day, included."})
    not_before = ClockTime(metadata={"description": "Time of day before which no leg may start."})
    not_after = ClockTime(metadata={"description": "Time of day after which no leg may end."})
    contact = fields.Nested(
        ContactBody, allow_none=True, metadata={"description": "Without an e-mail address no offer is sent."}
    )

    @validates_schema
    def check_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("not_before", 0) >= data.get("not_after", 24 * 60):
            raise ValidationError("Must be later than not_before.", "not_after")
        if "first" in data and "last" in data and data["first"] > data["last"]:
            raise ValidationError("Must not be before from.", "to")


class TakeBody(Body):
    contact = fields.Nested(
        ContactBody,
        allow_none=True,
        metadata={"description": "For the booked visit; without one it gets the entry's."},
    )


class OfferSchema(Answer):
    """A visit held for this party."""

    expires_at = Instant(metadata={"description": "Without an answer until then it goes to the next."})
    date = fields.Date()
    legs = fields.List(fields.Nested(VisitLegSchema))


class EntrySchema(Answer):
    token = secret_token(metadata={"description": "Secret: whoever has it may answer for the party."})
    state = fields.String(validate=validate.OneOf([state.value for state in WaitlistState]))
    ahead = fields.Integer(
        metadata={"description": "Entries asked before this one about time that both could want."}
    )
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    not_before = ClockTime()
    not_after = ClockTime()
    offer = fields.Nested(OfferSchema, allow_none=True, metadata={"description": "In state `offered`."})
    visit = secret_token(
        allow_none=True, metadata={"description": "In state `taken`: the token of the booked visit."}
    )
