"""Every route declares who may use it, and every write is protected from other sites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.routing import Rule

from ihh import config
from ihh.api import RESOURCES
from ihh.app import create_app, csrf
from ihh.presentation import access
from ihh.presentation.access import LINK, PUBLIC, Kind, rule_of

WRITES = {"POST", "PUT", "PATCH", "DELETE"}

DECLARED_BY_FLASK = {"static"}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The product's routes; no database is asked."""
    return create_app(config.testing_settings("sqlite://", tmp_path_factory.mktemp("routes")))


def undeclared(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if rule_of(app.view_functions[rule.endpoint], rule.endpoint) is None:
            yield rule.endpoint


def is_exempt(protection: CSRFProtect, app: Flask, rule: Rule) -> bool:
    view = app.view_functions[rule.endpoint]
    blueprint = rule.endpoint.rpartition(".")[0]
    name = f"{view.__module__}.{view.__name__}"
    return app.blueprints.get(blueprint) in protection._exempt_blueprints or name in protection._exempt_views


def test_every_route_declares_its_access(product: Flask) -> None:
    assert list(undeclared(product)) == []


def test_the_routes_are_found(product: Flask) -> None:
    """The check above would pass on an empty map."""
    endpoints = {rule.endpoint for rule in product.url_map.iter_rules()}
    assert {"healthz", "api_visits.hold_visit", "api_desks.call_visitor", "api_docs.page"} <= endpoints
    assert len(endpoints) > 30


@pytest.fixture
def sample() -> Flask:
    app = Flask("sample", static_folder=None)
    access.init_app(app)

    @app.get("/forgotten")
    def forgotten() -> str:
        return "secret"

    @app.get("/declared")
    @access.access(PUBLIC)
    def declared() -> str:
        return "open"

    return app


def test_a_route_that_forgot_is_caught_and_refused(sample: Flask) -> None:
    assert list(undeclared(sample)) == ["forgotten"]
    client = sample.test_client()
    assert client.get("/forgotten").status_code == 403
    assert client.get("/declared").text == "open"


def test_only_what_trusts_no_cookie_is_exempt_from_csrf(product: Flask) -> None:
    """A link's token travels in the address, so another site cannot borrow it as it could a cookie."""
    exempt = {
        rule.endpoint: rule_of(product.view_functions[rule.endpoint], rule.endpoint)
        for rule in product.url_map.iter_rules()
        if rule.methods and rule.methods & WRITES and is_exempt(csrf, product, rule)
    }
    assert {declared.kind for declared in exempt.values() if declared} == {PUBLIC.kind, LINK.kind}
    assert {endpoint.partition(".")[0] for endpoint in exempt} == {
        "api_routes",
        "api_plans",
        "api_visits",
        "api_feedback",
        "api_my_data",
        "api_waitlist",
    }


def test_every_guarded_write_of_the_api_asks_for_the_token(product: Flask) -> None:
    client = product.test_client()
    guarded = [
        rule
        for rule in product.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        and rule.methods
        and "POST" in rule.methods
        and _kind(product, rule) in (Kind.STAFF, Kind.DEVICE)
    ]
    assert len(guarded) >= 11
    for rule in guarded:
        path = rule.rule.replace("<name:desk_id>", "kela-1").replace("<number:ticket_id>", "1")
        answer = client.post(path, json={})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "csrf"), path


def test_the_document_names_the_cookie_of_every_guarded_operation(product: Flask) -> None:
    document = product.test_client().get("/api/v1/openapi.json").get_json()
    needs = {
        (path, method): {name for scheme in operation["security"] for name in scheme}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "delete")
    }
    assert needs["/api/v1/boards/hall", "get"] == {"displayDevice"}
    assert needs["/api/v1/check-ins", "post"] == {"kioskDevice", "csrfToken"}
    assert needs["/api/v1/desks/{desk_id}", "get"] == {"staffSession"}
    assert needs["/api/v1/desks/{desk_id}/calls", "post"] == {"staffSession", "csrfToken"}
    assert needs["/api/v1/visits", "post"] == set()
    assert set.union(*needs.values()) == set(document["components"]["securitySchemes"])


def test_every_resource_is_in_the_document(product: Flask) -> None:
    document = product.test_client().get("/api/v1/openapi.json").get_json()
    told = {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert told == {name for resource in RESOURCES for name in resource._docs}


def _kind(app: Flask, rule: Rule) -> Kind | None:
    declared = rule_of(app.view_functions[rule.endpoint], rule.endpoint)
    return declared.kind if declared else None
