"""The page at /api/docs tells all that the OpenAPI document and the house's refusals have."""

from __future__ import annotations

from flask.testing import FlaskClient

from ihh.domain.errors import Code


def test_the_page_tells_every_operation_and_every_code(sqlite_client: FlaskClient) -> None:
    document = sqlite_client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    page = sqlite_client.get("/api/docs").text
    for path, item in document["paths"].items():
        assert path in page
        for method, operation in item.items():
            if method != "parameters":
                assert f'id="{operation["operationId"]}"' in page
    for code in Code:
        assert f'id="code-{code}"' in page
    for name in document["components"]["securitySchemes"]:
        assert name in page
    assert "legs[].people" in page, "fields of lists are told too"


def test_the_page_runs_no_script_of_another_host(sqlite_client: FlaskClient) -> None:
    page = sqlite_client.get("/api/docs").text
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "style=" not in page


def test_the_codes_are_said_in_the_readers_language(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.get("/api/docs?lang=sv")
    assert 'lang="sv"' in answer.text
    assert answer.headers["Content-Language"] == "sv"


def test_every_parameter_is_in_the_document(sqlite_client: FlaskClient) -> None:
    document = sqlite_client.get("/api/v1/openapi.json").get_json()
    house = document["paths"]["/api/v1/house"]["get"]
    named = {(parameter["in"], parameter["name"]) for parameter in house["parameters"]}
    assert named == {("query", "language"), ("header", "If-None-Match")}
    figures = document["paths"]["/api/v1/figures"]["get"]["parameters"]
    assert {parameter["name"] for parameter in figures if parameter["required"]} == {"from"}
