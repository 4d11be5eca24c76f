"""The problem codes that an operation may answer with, and how OpenAPI tells of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from marshmallow import fields

from ihh.api.fields import Answer
from ihh.api.plan_schemas import ProposalsSchema
from ihh.domain.errors import Code
from ihh.presentation.access import Access, Kind
from ihh.presentation.problem import CSRF, HTTP_CODES, MALFORMED, PROBLEM_TYPE, status_of


class FaultSchema(Answer):
    pointer = fields.String(
        metadata={"description": "Where in the request: a JSON pointer, empty for the whole."}
    )
    detail = fields.String()


class ProblemSchema(Answer):
    """RFC 9457. `code` is stable, `title` is a sentence in the language asked for."""

    type = fields.String()
    status = fields.Integer()
    code = fields.String()
    title = fields.String()
    errors = fields.List(
        fields.Nested(FaultSchema),
        metadata={"optional": True, "description": "What is wrong with each field."},
    )
    facts = fields.Dict(
        keys=fields.String(),
        metadata={
            "optional": True,
            "description": "What the sentence is about: a number, a service, a time.",
        },
    )
    options = fields.Nested(
        ProposalsSchema,
        metadata={
            "optional": True,
            "description": "With `slot_taken`: what is on offer now, as `POST /plans` answers.",
        },
    )


def statuses(codes: Iterable[Code | str]) -> dict[int, list[str]]:
    """HTTP status → the codes that come with it."""
    by_status: dict[int, list[str]] = defaultdict(list)
    of_http = {code: status for status, code in HTTP_CODES.items()} | {MALFORMED: 400, CSRF: 400}
    for code in codes:
        status = int(status_of(code)) if isinstance(code, Code) else of_http[code]
        if str(code) not in by_status[status]:
            by_status[status].append(str(code))
    return dict(by_status)


def common_codes(
    access: Access, method: str, *, takes_body: bool, takes_query: bool, has_path: bool, is_limited: bool
) -> list[Code | str]:
    """What can go wrong with any request of this kind, before its own rules."""
    codes: list[Code | str] = []
    if takes_body:
        codes += [MALFORMED, "unsupported_media_type", Code.INVALID]
    if takes_query:
        codes.append(Code.INVALID)
    if method != "GET":
        codes.append("too_large")
    if access.kind in (Kind.STAFF, Kind.DEVICE):
        codes.append("unauthorized")
        codes += [CSRF] if method != "GET" else []
    if access.kind is Kind.STAFF:
        codes.append(Code.NOT_ALLOWED)
    if has_path:
        codes.append(Code.NOT_FOUND)
    if is_limited:
        codes.append("too_many_requests")
    return codes


def problem_answers(codes: Iterable[Code | str]) -> dict[int, dict[str, Any]]:
    """OpenAPI responses, one for each status, each with the codes it may carry."""
    return {
        status: {
            "description": _about(status, listed),
            "content": {
                PROBLEM_TYPE: {
                    "schema": {
                        "allOf": [
                            {"$ref": "#/components/schemas/Problem"},
                            {
                                "properties": {
                                    "status": {"const": status},
                                    "code": {"enum": sorted(listed)},
                                }
                            },
                        ]
                    }
                }
            },
        }
        for status, listed in statuses(codes).items()
    }


def _about(status: int, codes: list[str]) -> str:
    return f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in sorted(codes))}"
