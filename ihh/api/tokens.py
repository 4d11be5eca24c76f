"""The CSRF token, for clients that act with a session or device cookie."""

from __future__ import annotations

from flask_wtf.csrf import generate_csrf
from marshmallow import fields

from ihh.api.fields import Answer
from ihh.api.resource import Resource
from ihh.presentation.access import PUBLIC, access

resource = Resource("csrf-token", description="For requests that a cookie authenticates.")


class CsrfTokenSchema(Answer):
    token = fields.String()
    header = fields.String()


@resource.route("/csrf-token", methods=["GET"])
@access(PUBLIC)
@resource.response(200, CsrfTokenSchema)
def get_csrf_token() -> dict[str, str]:
    """The token to send with every write that a cookie authenticates; it goes with the session cookie."""
    return {"token": generate_csrf(), "header": "X-CSRFToken"}
