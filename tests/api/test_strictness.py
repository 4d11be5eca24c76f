"""What a request can get wrong is answered as a problem with a stable code, never with an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import API, code_of

PLAN = {"party": {"adults": 1}, "legs": [{"service": "dvv.changes", "people": ["p1"]}], "language": "en"}


def errors_of(answer: Any) -> set[str]:
    assert code_of(answer) == (422, "invalid")
    return {fault["pointer"] for fault in answer.get_json()["errors"]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"party": None}, "/party"),
        ({"party": {"adults": 0}}, "/party/adults"),
        ({"party": {"adults": "1"}}, "/party/adults"),
        ({"party": {"adults": True}}, "/party/adults"),
        ({"party": {"adults": 1.5}}, "/party/adults"),
        ({"party": {"adults": 10**40}}, "/party/adults"),
        ({"party": {"adults": 1, "minors": -1}}, "/party/minors"),
        ({"party": []}, "/party"),
        ({"legs": []}, "/legs"),
        ({"legs": {}}, "/legs"),
        ({"legs": [{"service": "dvv.changes", "people": []}]}, "/legs/0/people"),
        ({"legs": [{"service": "dvv\x00changes", "people": ["p1"]}]}, "/legs/0/service"),
        ({"legs": [{"service": "dvv.changes", "people": ["p1\n"]}]}, "/legs/0/people/0"),
        ({"language": "english"}, "/language"),
        ({"language": "en\n"}, "/language"),
        ({"language": "\ud800"}, "/language"),
        ({"answers": {"purpose": 3}}, "/answers/purpose"),
        ({"answers": {"pur pose": "work"}}, "/answers/pur pose"),
        ({"from": "yesterday"}, "/from"),
        ({"from": 20261201}, "/from"),
        ({"not_before": "9:00"}, "/not_before"),
        ({"not_before": "25:00"}, "/not_before"),
        ({"not_before": "12:00", "not_after": "11:00"}, "/not_after"),
    ],
)
def test_a_wrong_field_is_pointed_at(
    sqlite_client: FlaskClient, change: dict[str, object], pointer: str
) -> None:
    assert pointer in errors_of(sqlite_client.post(f"{API}/plans", json=PLAN | change))


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed"),
        (b"\xff\xfe", "application/json", 400, "malformed"),
        (b'{"plan": "\xff"}', "application/json", 400, "malformed"),
        (b'{"plan": NaN}', "application/json", 400, "malformed"),
        (b"9" * 5000, "application/json", 400, "malformed"),
        (b"[" * 100_000, "application/json", 400, "malformed"),
        (b"null", "application/json", 422, "invalid"),
        (b"[]", "application/json", 422, "invalid"),
        (b"", "application/json", 422, "invalid"),
        (b'{"plan": "x"}', "text/plain", 415, "unsupported_media_type"),
        (b"plan=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"plan": "' + b"x" * 300_000 + b'"}', "application/json", 413, "too_large"),
        (b'{"plan": "x", "plan2": 1}', "application/json", 422, "invalid"),
        (b'{"plan": null}', "application/json", 422, "invalid"),
        (b'{"plan": "nonsense"}', "application/json", 409, "plan_stale"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    sqlite_client: FlaskClient, raw: bytes, content_type: str, status: int, code: str
) -> None:
    answer = sqlite_client.post(f"{API}/visits", data=raw, content_type=content_type)
    assert code_of(answer) == (status, code)


@pytest.mark.parametrize(
    "path",
    [
        "/visits/short",
        "/visits/" + "A" * 25 + "%00",
        "/visits/" + "A" * 26 + "%0A",
        "/visits/" + "A" * 26,
        "/visits/" + "a" * 26,
        "/visits/%FF%FE",
        "/nothing",
        "/desks/../desks",
    ],
)
def test_an_address_that_looks_wrong_is_not_found(sqlite_client: FlaskClient, path: str) -> None:
    assert code_of(sqlite_client.get(API + path)) == (404, "not_found")


def test_a_wrong_method_names_the_right_ones(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.put(f"{API}/visits")
    assert code_of(answer) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_an_unknown_query_parameter_is_refused(sqlite_client: FlaskClient) -> None:
    assert errors_of(sqlite_client.get(f"{API}/house?langage=fi")) == {"/langage"}
    assert errors_of(sqlite_client.get(f"{API}/house?language=tlh")) == {"/language"}


def test_the_sentence_comes_in_the_language_asked_for(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.get(f"{API}/visits/{'A' * 26}", headers={"Accept-Language": "sv"})
    assert answer.headers["Content-Language"] == "sv"


def test_a_great_many_faults_are_told_in_part(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.post(f"{API}/plans", json={f"field{number}": 1 for number in range(5000)})
    assert code_of(answer) == (422, "invalid")
    assert len(answer.get_json()["errors"]) == 50
