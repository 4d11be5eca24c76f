"""A resource: a blueprint whose operations declare access, bodies, answers and refusals, all in OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask
from flask_limiter.util import get_remote_address
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint
from marshmallow import Schema

from ihh.api.codes import ProblemSchema, common_codes, problem_answers
from ihh.api.requests import StrictParser
from ihh.domain.errors import Code
from ihh.presentation.access import Access, Kind
from ihh.presentation.limits import limiter

View = TypeVar("View", bound=Callable[..., Any])

PREFIX = "/api/v1"

SECURITY = {
    Kind.STAFF: "staffSession",
    "kiosk": "kioskDevice",
    "display": "displayDevice",
}
CSRF_SCHEME = "csrfToken"

TAG = {"ETag": {"description": "Changes with the state.", "schema": {"type": "string"}}}
FILE_NAME = {
    "Content-Disposition": {"description": "Names the file.", "required": True, "schema": {"type": "string"}}
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag of the state you have.",
    "required": False,
    "schema": {"type": "string"},
}


class Resource(Blueprint):  # type: ignore[misc]
    """Operations on one thing. `tag` is its name in the documentation."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, tag: str, *, description: str) -> None:
        super().__init__(f"api_{tag.replace('-', '_')}", __name__, url_prefix=PREFIX, description=description)
        self.tag = tag
        self._prepare_doc_cbks.append(_describe)

    @property
    def reads_cookies(self) -> bool:
        """Whether any operation trusts a session or device cookie, so that it needs the CSRF token."""
        operations = (
            info for docs in self._docs.values() for name, info in docs.items() if name != "parameters"
        )
        return any(info["access"].kind in (Kind.STAFF, Kind.DEVICE) for info in operations)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        declared: Callable[[View], View] = super().route(rule, **options)
        return declared

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """The body (or `location="query"`), strictly loaded, becomes the view's first argument."""
        declared: Callable[[View], View] = super().arguments(schema, **options)
        return declared

    def response(self, status_code: int, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        declared: Callable[[View], View] = super().response(status_code, schema, **options)
        return declared

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: list[str] | None, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags or [self.tag], **options)
        for name, info in self._docs[endpoint].items():
            if name != "parameters":
                info |= {
                    "endpoint": f"{self.name}.{endpoint}",
                    "access": obj.access,
                    "refuses": getattr(obj, "refuses", ()),
                    "is_limited": getattr(obj, "is_limited", False),
                    "is_tagged": getattr(obj, "is_tagged", False),
                    "file_types": getattr(obj, "file_types", ()),
                }


class Api(SmorestApi):  # type: ignore[misc]
    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """The app's own handlers (`ihh.presentation.problem`) answer errors, here as on pages."""

    def register_resource(self, app: Flask, resource: Resource) -> None:
        app.register_blueprint(resource)
        resource.register_views_in_doc(self, app, self.spec, name=resource.name, parameters=None)
        self.spec.tag({"name": resource.tag, "description": resource.description})


def refuses(*codes: Code) -> Callable[[View], View]:
    """Declare the codes with which the house itself may refuse the operation."""

    def mark(view: View) -> View:
        view.refuses = codes  # type: ignore[attr-defined]
        return view

    return mark


def limited(rate: str, *, key: Callable[[], str] = get_remote_address) -> Callable[[View], View]:
    """At most `rate`, per network address or `key`; beyond it 429."""

    def mark(view: View) -> View:
        held: Any = limiter.limit(rate, key_func=key)(view)
        held.is_limited = True
        return held  # type: ignore[no-any-return]

    return mark


def tagged(view: View) -> View:
    """Declare that the answer comes by `ihh.api.conditional`: with an ETag, and 304 for who has it."""
    view.is_tagged = True  # type: ignore[attr-defined]
    return view


def gives_file(*types: str) -> Callable[[View], View]:
    """Declare that the answer is a file to keep, of one of these media types."""

    def mark(view: View) -> View:
        view.file_types = types  # type: ignore[attr-defined]
        return view

    return mark


def _describe(
    doc: dict[str, Any], info: dict[str, Any], *, api: Api, app: Flask, spec: Any, method: str
) -> dict[str, Any]:
    """Add what follows from the declarations: operation id, security, and every problem."""
    access: Access = info["access"]
    located = {parameter["in"] for parameter in info.get("arguments", {}).get("parameters", ())}
    codes = common_codes(
        access,
        method.upper(),
        takes_body="requestBody" in doc,
        takes_query="query" in located,
        has_path=bool(next(app.url_map.iter_rules(info["endpoint"])).arguments),
        is_limited=info["is_limited"],
    )
    answers = {status: said for status, said in doc.get("responses", {}).items() if int(status) < 400}
    problems = problem_answers([*codes, *info["refuses"]])
    security = _security(access, method.upper())
    if info["is_tagged"]:
        doc = doc | {"parameters": [*doc.get("parameters", ()), IF_NONE_MATCH]}
        answers[200] = answers[200] | {"headers": TAG}
        answers[304] = {"description": "Not changed.", "headers": TAG}
    if info["file_types"]:
        answers[200] = {
            "description": "The file.",
            "headers": FILE_NAME,
            "content": _files(info["file_types"]),
        }
    name = info["endpoint"].partition(".")[2]
    return doc | {"operationId": name, "security": security, "responses": answers | problems}


def _files(types: Iterable[str]) -> dict[str, Any]:
    """JSON is told as an object, all else as bytes."""
    binary = {"type": "string", "format": "binary"}
    return {one: {"schema": {"type": "object"} if one == "application/json" else binary} for one in types}


def _security(access: Access, method: str) -> list[dict[str, list[str]]]:
    if access.kind not in (Kind.STAFF, Kind.DEVICE):
        return []
    name = SECURITY[access.device.value if access.device else Kind.STAFF]
    names = [name] if method == "GET" else [name, CSRF_SCHEME]
    return [{name: [] for name in names}]
