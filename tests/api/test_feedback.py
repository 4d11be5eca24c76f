"""Feedback by the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db
from ihh.models import Feedback
from ihh.services.tickets import tickets_of
from tests.api.conftest import API, SetClock, code_of
from tests.services.test_feedback import KELA, TAX, served
from tests.situations import at, walked_in


@pytest.fixture
def client(sqlite_app: Flask, set_clock: SetClock) -> FlaskClient:
    set_clock(at("12:00"))
    return sqlite_app.test_client()


def send(client: FlaskClient, token: str, **body: Any) -> Any:
    return client.post(f"{API}/visits/{token}/feedback", json=body)


def test_what_may_be_said_and_saying_it_once(client: FlaskClient) -> None:
    found = served(KELA, TAX)
    kela, tax = tickets_of(found.id)
    told = client.get(f"{API}/visits/{found.link_token}/feedback").get_json()
    assert (told["stage"], told["until"], told["is_answered"]) == ("open", "2026-12-04", False)
    assert told["asks_nps"] is False
    assert [(leg["ticket"], leg["service"]["id"]) for leg in told["legs"]] == [(kela.id, KELA), (tax.id, TAX)]

    answer = send(client, found.link_token, csat=5, effort=7, line="Kind.")
    assert answer.status_code == 201
    assert answer.get_json() == told | {"is_answered": True}
    assert send(client, found.link_token, csat=1, ticket=tax.id).status_code == 201
    assert code_of(send(client, found.link_token, csat=1)) == (409, "feedback_given")
    kept = db.session.scalars(select(Feedback).order_by(Feedback.id)).all()
    assert [(row.ticket_id, row.csat, row.line) for row in kept] == [(None, 5, "Kind."), (tax.id, 1, None)]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, (422, "invalid")),
        ({"csat": 6}, (422, "invalid")),
        ({"csat": 4.5}, (422, "invalid")),
        ({"effort": 0}, (422, "invalid")),
        ({"nps": 9}, (422, "invalid")),
        ({"csat": 4, "name": "Ann"}, (422, "invalid")),
        ({"csat": 4, "line": "x" * 301}, (422, "invalid")),
        ({"csat": 4, "line": "131052-308T"}, (422, "identity_code_given")),
        ({"csat": 4, "line": "+358 40 123 4567"}, (422, "contact_given")),
        ({"csat": 4, "ticket": 2**31 - 1}, (404, "not_found")),
    ],
)
def test_what_cannot_be_kept_is_refused(
    client: FlaskClient, body: dict[str, Any], refused: tuple[int, str]
) -> None:
    found = served(KELA)
    assert code_of(send(client, found.link_token, **body)) == refused
    assert db.session.scalars(select(Feedback)).all() == []


def test_a_visit_that_goes_on_and_one_long_over(client: FlaskClient, set_clock: SetClock) -> None:
    waiting, over = walked_in(KELA, now=at("11:50")), served(KELA)
    assert code_of(send(client, waiting.link_token, csat=3)) == (409, "feedback_too_early")
    set_clock(at("12:00", over.service_date.replace(day=5)))
    assert code_of(send(client, over.link_token, csat=3)) == (409, "feedback_closed")
    assert client.get(f"{API}/visits/{over.link_token}/feedback").get_json()["stage"] == "closed"
