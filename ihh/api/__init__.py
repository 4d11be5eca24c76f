"""The JSON API under /api/v1: strict bodies, problem+json, one OpenAPI document told from the code."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from ihh.api import (
    boards,
    check_ins,
    desks,
    docs,
    feedback,
    figures,
    house,
    my_data,
    paths,
    plans,
    routes,
    tokens,
    visits,
    waitlist,
)
from ihh.api.fields import ClockTime, Instant, Said
from ihh.api.resource import CSRF_SCHEME, Api, Resource
from ihh.models.account import DeviceKind
from ihh.presentation.access import device_cookie

RESOURCES: tuple[Resource, ...] = tuple(
    module.resource
    for module in (
        *(house, routes, plans, visits, feedback, waitlist, my_data),
        *(check_ins, boards, desks, figures, tokens),
    )
)

OPENAPI = {"API_TITLE": "International House", "API_VERSION": "v1", "OPENAPI_VERSION": "3.1.0"}


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Register the API's resources and their documentation.

    Resources that trust no cookie need no CSRF token: another site's script could do no more with
    them than anyone can.
    """
    app.config.update(OPENAPI)
    api = Api()
    api.init_app(app)
    api.register_field(ClockTime, "string", None)
    api.register_field(Instant, "string", "date-time")
    api.register_field(Said, "string", None)
    for name, scheme in _security_schemes(app).items():
        api.spec.components.security_scheme(name, scheme)
    paths.register(app, api)
    for resource in RESOURCES:
        api.register_resource(app, resource)
        if not resource.reads_cookies:
            csrf.exempt(resource)
    app.register_blueprint(docs.blueprint)


def _security_schemes(app: Flask) -> dict[str, dict[str, Any]]:
    def cookie(name: str, about: str) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": name, "description": about}

    return {
        "staffSession": cookie(app.config["SESSION_COOKIE_NAME"], "Of someone who signed in at /staff."),
        "kioskDevice": cookie(device_cookie(DeviceKind.KIOSK), "Of a paired kiosk."),
        "displayDevice": cookie(device_cookie(DeviceKind.DISPLAY), "Of a paired display."),
        CSRF_SCHEME: {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "From `GET /csrf-token`, with the session cookie that came with it.",
        },
    }
