"""What the API's schemas are made of: strict bodies, answers, and the values both share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from ihh.domain.house import Text, text
from ihh.domain.numbering import ALPHABET, TOKEN_LENGTH
from ihh.presentation.languages import NAMES, text_language

LONGEST_TEXT = 200
LARGEST_ID = 2**31 - 1
"""Of a ticket: a PostgreSQL integer."""


class Body(Schema):
    """What a client sends: a field it does not know is refused."""

    class Meta:
        unknown = RAISE


class Answer(Schema):
    """What the house answers: every field is always there, unless it says `required=False`."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        if field_obj.metadata.get("optional") is None:
            field_obj.required = True


class Whole(validate.Validator):
    """The whole text matches; `$` alone would let a line end pass. Documented as an anchored pattern."""

    def __init__(self, expression: str) -> None:
        self.regex = re.compile(f"^{expression}$")
        self._whole = re.compile(expression)

    def __call__(self, value: str) -> str:
        if self._whole.fullmatch(value) is None:
            raise ValidationError(f"Does not match the pattern {self.regex.pattern}.")
        return value


def _is_storable(value: str) -> None:
    """PostgreSQL stores no NUL, and half of a surrogate pair is no text."""
    if "\x00" in value or re.search("[\ud800-\udfff]", value):
        raise ValidationError("Has a character that no text may have.")


def free_text(longest: int = LONGEST_TEXT, **kwargs: Any) -> fields.String:
    return fields.String(validate=[validate.Length(min=1, max=longest), _is_storable], **kwargs)


def pattern(expression: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=Whole(expression), **kwargs)


def whole_number(low: int, high: int, **kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=low, max=high), **kwargs)


def person(**kwargs: Any) -> fields.String:
    return pattern("p[1-6]", **kwargs)


def service_id_field(**kwargs: Any) -> fields.String:
    return pattern("[a-z0-9_.-]{1,80}", **kwargs)


def request_id_field() -> fields.String:
    about = (
        "Made by the client, new for every action; sent again with the same action it gets the first answer."
    )
    return pattern("[A-Za-z0-9_-]{8,64}", required=True, metadata={"description": about})


def spoken_language(**kwargs: Any) -> fields.String:
    """In which the visitor is served: any two or three letter code."""
    return pattern("[a-z]{2,3}", **kwargs)


def text_language_field(**kwargs: Any) -> fields.String:
    """In which the house's texts are told."""
    return fields.String(validate=validate.OneOf(list(NAMES)), **kwargs)


def sealed_plan(**kwargs: Any) -> fields.String:
    about = "A visit on offer, as `POST /plans` gave it; good for an hour."
    return pattern("[A-Za-z0-9_.-]{1,12000}", metadata={"description": about}, **kwargs)


def secret_token(**kwargs: Any) -> fields.String:
    return pattern(f"[{ALPHABET}]{{{TOKEN_LENGTH}}}", **kwargs)


class ClockTime(fields.Field[int]):
    """Minutes from local midnight, "09:00" on the wire; a day may end at "24:00"."""

    PATTERN = re.compile(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")

    def __init__(self, **kwargs: Any) -> None:
        described = {"pattern": self.PATTERN.pattern, "example": "09:00"} | dict(kwargs.pop("metadata", {}))
        super().__init__(metadata=described, **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 60:02d}:{value % 60:02d}"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str) or self.PATTERN.fullmatch(value) is None:
            raise ValidationError("Write a time of day as HH:MM.")
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)


class Instant(fields.Field[datetime]):
    """An instant in UTC to the second, such as 2026-12-01T08:00:00Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Said(fields.Field[Text]):
    """A text of the house, in the language of the answer."""

    def _serialize(self, value: Text | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else text(value, text_language())


class PartyBody(Body):
    """Adults are p1, p2 …; minors have the numbers after them."""

    adults = whole_number(1, 6, required=True)
    minors = whole_number(0, 5, load_default=0)


class PartyAnswer(Answer):
    adults = fields.Integer()
    minors = fields.Integer()


class LegBody(Body):
    service = service_id_field(required=True)
    people = fields.List(
        person(),
        required=True,
        validate=validate.Length(min=1, max=6),
        metadata={"description": "Who of the party needs it; at least one adult."},
    )


def legs_field(**kwargs: Any) -> fields.List[Any]:
    return fields.List(fields.Nested(LegBody), validate=validate.Length(min=1, max=20), **kwargs)


class AnswersField(fields.Dict):
    """Question id → the answer's value. Faults point at the question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            keys=pattern("[a-z0-9_]{1,40}"),
            values=pattern("[a-z0-9_]{1,40}"),
            validate=validate.Length(max=40),
            **kwargs,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        load: Any = super()._deserialize
        try:
            answers: dict[Any, Any] = load(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            found = {name: list(chain(*faults.values())) for name, faults in error.messages.items()}
            raise ValidationError(found) from None
        return answers
