"""Parts of the API's addresses: what does not look right is not found, before anything is asked."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.routing import BaseConverter, ValidationError

from ihh.api.fields import LARGEST_ID
from ihh.domain.numbering import ALPHABET, TOKEN_LENGTH


class LinkTokenConverter(BaseConverter):
    """The secret token of a visit's link."""

    regex = f"[{ALPHABET}]{{{TOKEN_LENGTH}}}"


class NameConverter(BaseConverter):
    """An id of the house file, such as a desk's."""

    regex = "[a-z0-9][a-z0-9_.-]{0,39}"


class NumberConverter(BaseConverter):
    """A ticket's id."""

    regex = "[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


_SCHEMAS: dict[str, tuple[type[BaseConverter], dict[str, Any]]] = {
    "link_token": (LinkTokenConverter, {"type": "string", "pattern": f"^{LinkTokenConverter.regex}$"}),
    "name": (NameConverter, {"type": "string", "pattern": f"^{NameConverter.regex}$"}),
    "number": (NumberConverter, {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}),
}


def register(app: Flask, api: Api) -> None:
    for name, (converter, schema) in _SCHEMAS.items():
        app.url_map.converters[name] = converter
        api.register_converter(converter, lambda _, schema=schema: dict(schema))
