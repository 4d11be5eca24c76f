"""Reading requests strictly: what is not JSON, or not what the schema says, is refused with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.core import is_json
from webargs.flaskparser import FlaskParser, abort

MOST_FAULTS = 50
"""Faults told of one request; a client that made more learns nothing from the rest."""


class StrictParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body; `{}` for none. Refuses another content type (415) and what is no JSON (400)."""
        if not req.content_length and "Transfer-Encoding" not in req.headers:
            return {}
        if not is_json(req.mimetype):
            abort(415)
        try:
            return json.loads(req.get_data(cache=True).decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            abort(400, code="malformed")

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **kwargs: Any) -> NoReturn:
        """422 with each fault's place, whatever part of the request it is in."""
        messages = error.messages_dict
        found = [fault for place in messages.values() for fault in faults(place)]
        abort(422, exc=error, faults=dict(found[:MOST_FAULTS]))


def faults(messages: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(JSON pointer, what is wrong there) of marshmallow's nested messages."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from faults(inner, pointer + step)
    elif isinstance(messages, list):
        yield pointer, " ".join(str(message) for message in messages)
    else:
        yield pointer, str(messages)


def _refuse(constant: str) -> NoReturn:
    """NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(constant)
