"""The API's documentation: the OpenAPI document, and a page that reads well, told from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.api.resource import PREFIX
from ihh.domain.errors import Code, Refusal
from ihh.presentation import sentences
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.problem import PROBLEM_TYPE, status_of
from ihh.services.house import current_house

blueprint = Blueprint("api_docs", __name__, url_prefix="/api", template_folder="templates")

METHODS = ("get", "post", "delete")


@blueprint.get("/v1/openapi.json")
@access(PUBLIC)
def openapi() -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@blueprint.get("/docs")
@access(PUBLIC)
def page() -> ResponseReturnValue:
    document = _document()
    return render_template(
        "api/docs.html",
        prefix=PREFIX,
        tags=[(tag, _operations(document, tag["name"])) for tag in document["tags"]],
        schemes=document["components"]["securitySchemes"],
        codes=_codes(),
    )


def _document() -> dict[str, Any]:
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    return document


def _operations(document: Mapping[str, Any], tag: str) -> list[dict[str, Any]]:
    """A tag's operations, flat enough for a template."""
    return [
        {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "security": [name for needed in operation["security"] for name in needed],
            "parameters": [*item.get("parameters", ()), *operation.get("parameters", ())],
            "body": _fields(document, _json_schema(operation.get("requestBody", {}))),
            "is_body_optional": not operation.get("requestBody", {}).get("required", False),
            "answers": _answers(document, operation),
            "problems": _problems(operation),
        }
        for path, item in document["paths"].items()
        for method in METHODS
        if (operation := item.get(method)) is not None and tag in operation["tags"]
    ]


def _json_schema(holder: Mapping[str, Any]) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = holder.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _answers(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"status": status, "about": said["description"], "fields": _fields(document, _json_schema(said))}
        for status, said in operation["responses"].items()
        if int(status) < 400
    ]


def _problems(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"status": status, "codes": said["content"][PROBLEM_TYPE]["schema"]["allOf"][1]["properties"]["code"]}
        for status, said in sorted(operation["responses"].items())
        if int(status) >= 400
    ]


def _fields(
    document: Mapping[str, Any],
    schema: Mapping[str, Any] | None,
    prefix: str = "",
    seen: tuple[str, ...] = (),
) -> list[dict[str, Any]]:
    """Rows of a body or an answer, nested fields with a dotted name."""
    if schema is None:
        return []
    schema, names = _resolved(document, schema)
    if names & set(seen):
        return []
    rows: list[dict[str, Any]] = []
    for name, inner in schema.get("properties", {}).items():
        target, _ = _resolved(document, inner)
        is_list = target.get("type") == "array"
        rows.append(
            {
                "name": prefix + name,
                "type": _type_of(target),
                "is_required": name in schema.get("required", ()),
                "about": inner.get("description") or target.get("description", ""),
            }
        )
        below = target.get("items", {}) if is_list else inner
        rows += _fields(document, below, f"{prefix}{name}{'[]' if is_list else ''}.", (*seen, *names))
    return rows


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], set[str]]:
    """The schema behind references, and the names it went through."""
    names: set[str] = set()
    while True:
        parts = schema.get("allOf") or [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            names.add(name)
            schema = document["components"]["schemas"][name]
        elif len(parts) == 1:
            schema = parts[0]
        else:
            return schema, names


def _type_of(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object")
    told = " or ".join(kind) if isinstance(kind, list) else str(kind)
    told += f", {schema['format']}" if "format" in schema else ""
    told += f": {', '.join(map(str, schema['enum']))}" if "enum" in schema else ""
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{told}, {low} to {high}" if low is not None and high is not None else told


def _codes() -> list[dict[str, Any]]:
    """Every code of the house with its status and its sentence, filled with examples."""
    now, house = clock.now(), current_house()
    examples: dict[str, object] = {
        "starts_at": now,
        "opens_at": now,
        "date": now.date(),
        "number": "K 042",
        "service": house.services[0].id,
        "limit": house.limits.open_visits_per_contact,
    }
    return [
        {
            "code": code.value,
            "status": int(status_of(code)),
            "sentence": sentences.refusal(Refusal(code, **examples)),
        }
        for code in Code
    ]
