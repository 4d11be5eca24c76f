"""Refusals and errors as answers: problem+json (RFC 9457) on the API, a page elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ihh.domain.errors import Code, Refusal
from ihh.presentation.sentences import refusal as refusal_text

CONFLICT, UNPROCESSABLE = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY

STATUS: dict[Code, HTTPStatus] = {
    Code.ANSWERS_INCOMPLETE: UNPROCESSABLE,
    Code.LEGS_INVALID: UNPROCESSABLE,
    Code.CONTACT_INVALID: UNPROCESSABLE,
    Code.IDENTITY_CODE_GIVEN: UNPROCESSABLE,
    Code.CONTACT_GIVEN: UNPROCESSABLE,
    Code.INVALID: UNPROCESSABLE,
    Code.RANGE_REVERSED: UNPROCESSABLE,
    Code.RANGE_PAST: UNPROCESSABLE,
    Code.TOO_MANY_HOLDS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.TOO_MANY_JOINS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.UNKNOWN_CODE: HTTPStatus.NOT_FOUND,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.SIGN_IN_FAILED: HTTPStatus.UNAUTHORIZED,
    Code.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Code.NOT_YOUR_DESK: HTTPStatus.FORBIDDEN,
    Code.NOT_YOUR_AGENCY: HTTPStatus.FORBIDDEN,
    Code.PAIRING_FAILED: HTTPStatus.FORBIDDEN,
}
"""Codes that are not a conflict with how the house stands (409)."""


PROBLEM_TYPE = "application/problem+json"

MALFORMED, CSRF = "malformed", "csrf"

HTTP_CODES: dict[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
}
"""Codes of what fails before the house is asked. Part of the API: never rename one."""

FACTS = ("service", "number", "date", "starts_at", "opens_at", "limit", "field", "state", "action")
"""Facts of a refusal that a client may have; others (a secret link) stay here."""


def status_of(code: Code) -> HTTPStatus:
    return STATUS.get(code, CONFLICT)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)


def problem(status: int, code: str, title: str, **more: Any) -> Response:
    """An `application/problem+json` answer with a stable code."""
    answer = jsonify({"type": "about:blank", "status": int(status), "code": code, "title": title, **more})
    answer.status_code = int(status)
    answer.mimetype = PROBLEM_TYPE
    return answer


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _on_refusal(refused: Refusal) -> Any:
    status, sentence = status_of(refused.code), refusal_text(refused)
    if wants_json():
        return problem(status, refused.code, sentence, **_details(refused.facts))
    return render_template("shared/error.html", sentence=sentence, status=status), status


def _on_csrf(error: CSRFError) -> Any:
    sentence = _(
        "This page was open for too long. Go back, reload it and send it again. Nothing was changed."
    )
    if wants_json():
        return problem(400, CSRF, sentence)
    return render_template("shared/error.html", sentence=sentence, status=400), 400


def _on_http(error: HTTPException) -> Any:
    status = error.code or 500
    sentence = _sentence(status)
    if wants_json():
        told = getattr(error, "data", None) or {}
        code = told.get("code") or HTTP_CODES.get(status, f"http_{status}")
        answer = problem(status, code, sentence, **_details(told))
    else:
        answer = Response(render_template("shared/error.html", sentence=sentence, status=status), status)
    if error.get_response().headers.get("Retry-After"):
        answer.headers["Retry-After"] = error.get_response().headers["Retry-After"]
    if status == 405 and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer


def _sentence(status: int) -> str:
    wrong: str = _("Something in what you sent is missing or wrong. Check it and try again.")
    ours: str = _("Something went wrong on our side. What you had saved is safe. Try again in a moment.")
    sentences: dict[int, str] = {
        400: wrong,
        401: _("Sign in first."),
        403: _("You may not open this page."),
        404: _("There is no such page. Check the address, or start from the first page."),
        405: _("This address does not take that."),
        413: _("That is too much at once."),
        415: wrong,
        422: wrong,
        429: _("Too many tries. Wait a minute, then try again."),
    }
    return sentences.get(status, ours)


def _details(told: Mapping[str, Any]) -> dict[str, Any]:
    """`errors`, each with a JSON pointer, from `faults`; `facts` for the client's own sentence; `options`
    on offer instead."""
    details: dict[str, Any] = {"options": told["options"]} if told.get("options") else {}
    if faults := told.get("faults"):
        details["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in faults.items()]
    facts = {name: _plain(told[name]) for name in FACTS if told.get(name) is not None}
    return details | ({"facts": facts} if facts else {})


def _plain(value: Any) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value if isinstance(value, int) else str(value)
