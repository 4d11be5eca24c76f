"""Routes by API: what must wait and for how long, in the reader's language; and what the public may not say."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import API, code_of

GERMAN = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}
INDIAN = {"purpose": "work", "citizenship": "other", "identity_code": "yes"}
NO_PERMIT = {"purpose": "work", "citizenship": "other", "identity_code": "no", "permit": "no"}


def route(client: FlaskClient, answers: dict[str, str], *, adults: int = 1, **more: Any) -> dict[str, Any]:
    body = {"answers": answers, "party": {"adults": adults}, **more}
    answer = client.post(f"{API}/routes", json=body)
    assert answer.status_code == 200, answer.get_json()
    return dict(answer.get_json())


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["service"]["id"] for entry in entries]


def test_what_must_wait_says_for_how_many_days_and_what_to_bring(sqlite_client: FlaskClient) -> None:
    later = route(sqlite_client, GERMAN)["later"]
    assert [(entry["service"]["id"], entry["after_days"]) for entry in later] == [
        ("dvv.register", 21),
        ("vero.tax_card", 21),
    ]
    assert [document["id"] for document in later[1]["documents"]] == [
        "passport_or_id",
        "employment_contract",
        "income_estimate",
    ]
    assert [entry["because"] for entry in later] == [None, None]


def test_the_second_visit_is_told_with_its_legs(sqlite_client: FlaskClient) -> None:
    told = route(sqlite_client, GERMAN, adults=2)
    assert told["follow_up"]["after_days"] == 21
    assert [(leg["service"]["id"], leg["people"]) for leg in told["follow_up"]["legs"]] == [
        ("dvv.register", ["p1", "p2"]),
        ("vero.tax_card", ["p1"]),
    ]
    assert {document["id"] for document in told["follow_up"]["legs"][0]["documents"]} >= {"eu_registration"}


def test_where_nobody_can_say_when_there_is_no_second_visit(sqlite_client: FlaskClient) -> None:
    told = route(sqlite_client, NO_PERMIT)
    assert [entry["after_days"] for entry in told["later"]] == [0, 0]
    assert told["follow_up"] is None


def test_where_nothing_waits_there_is_no_second_visit(sqlite_client: FlaskClient) -> None:
    told = route(sqlite_client, INDIAN)
    assert (told["later"], told["follow_up"]) == ([], None)


@pytest.mark.parametrize(
    ("language", "reason", "paper"),
    [
        ("en", "A tax card needs a Finnish identity code.", "Employment contract"),
        ("fi", "Verokorttia varten tarvitset suomalaisen henkilötunnuksen.", "Työsopimus"),
        ("sv", "För skattekortet behöver du en finsk personbeteckning.", "Arbetsavtal"),
    ],
)
def test_it_is_told_in_the_language_asked_for(
    sqlite_client: FlaskClient, language: str, reason: str, paper: str
) -> None:
    tax = route(sqlite_client, GERMAN, language=language)["later"][1]
    assert tax["reason"].startswith(reason)
    assert paper in [document["name"] for document in tax["documents"]]


def test_a_spouse_is_shown_to_the_spouse_program(sqlite_client: FlaskClient) -> None:
    told = route(sqlite_client, {"purpose": "spouse", "citizenship": "other", "identity_code": "yes"})
    assert ids(told["now"]) == ["dvv.register", "kela.social_security", "city.spouse"]


def test_every_route_with_its_answers_can_be_planned(sqlite_client: FlaskClient) -> None:
    for answers in (GERMAN, INDIAN):
        legs = [
            {"service": leg["service"]["id"], "people": leg["people"]}
            for leg in route(sqlite_client, answers)["now"]
        ]
        body = {"party": {"adults": 1}, "legs": legs, "language": "en", "answers": answers}
        assert sqlite_client.post(f"{API}/plans", json=body).get_json()["visits"]


class TestPublic:
    BODY: dict[str, Any] = {
        "party": {"adults": 1},
        "legs": [{"service": "migri.eu_registration", "people": ["p1"]},
                 {"service": "vero.tax_card", "people": ["p1"]}],
        "language": "en",
        "answers": GERMAN,
    }  # fmt: skip

    def test_what_the_answers_block_cannot_be_planned(self, client: FlaskClient) -> None:
        answer = client.post(f"{API}/plans", json=self.BODY)
        assert code_of(answer) == (422, "legs_invalid")
        assert answer.get_json()["errors"] == [{"pointer": "/legs/1", "detail": "blocked"}]

    def test_it_may_be_planned_where_no_answer_blocks_it(self, client: FlaskClient) -> None:
        for answers in (None, GERMAN | {"identity_code": "yes"}):
            answer = client.post(f"{API}/plans", json=self.BODY | {"answers": answers})
            assert answer.status_code == 200, answer.get_json()

    def test_nobody_overrides_in_public(self, client: FlaskClient) -> None:
        body = self.BODY | {"overrides": {"vero.tax_card": "I have been promised"}}
        answer = client.post(f"{API}/plans", json=body)
        assert code_of(answer) == (422, "invalid")
        assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/overrides"]
        leg = {"service": "vero.tax_card", "people": ["p1"], "override_reason": "I have been promised"}
        answer = client.post(f"{API}/plans", json=self.BODY | {"legs": [leg]})
        assert code_of(answer) == (422, "invalid")

    def test_the_document_describes_the_wait_and_no_override(self, sqlite_client: FlaskClient) -> None:
        document = sqlite_client.get("/api/v1/openapi.json").get_json()
        schemas = document["components"]["schemas"]
        assert "after_days" in schemas["Later"]["required"]
        assert schemas["Later"]["properties"]["after_days"]["type"] == "integer"
        assert {"follow_up", "later"} <= set(schemas["Route"]["required"])
        operation = document["paths"]["/api/v1/plans"]["post"]
        assert "override" not in str(operation) + str(schemas["PlanBody"]) + str(schemas["LegBody"])
