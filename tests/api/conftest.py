"""Devices, clerks and visits as the API's clients have them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from ihh.models import User
from ihh.models.account import DeviceKind, Role
from ihh.presentation.access import device_cookie
from ihh.services import accounts, devices

API = "/api/v1"
PASSWORD = "correct horse battery"

SetClock = Callable[[datetime], None]
Booker = Callable[..., dict[str, Any]]


class Guarded:
    """A client with a cookie that the API trusts, and the CSRF token that goes with it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = client.get(f"{API}/csrf-token").get_json()["token"]

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(API + path, **kwargs)

    def post(self, path: str, body: object = None) -> Any:
        return self.client.post(API + path, json=body, headers={"X-CSRFToken": self.token})


def code_of(answer: Any) -> tuple[int, str]:
    """Status and code of a problem, which the OpenAPI document must list for that operation."""
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    operation = _operation(answer.request.path, answer.request.method)
    if operation is not None:
        (described,) = operation["responses"][str(answer.status_code)]["content"].values()
        assert problem["code"] in described["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return answer.status_code, problem["code"]


def _operation(path: str, method: str) -> dict[str, Any] | None:
    """The document's operation behind an address; None where there is none."""
    try:
        rule, _ = current_app.url_map.bind("").match(path, method, return_rule=True)
    except HTTPException:
        return None
    template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    document = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return dict(document["paths"][template][method.lower()])


@pytest.fixture(autouse=True)
def morning(set_clock: SetClock, now: datetime) -> None:
    set_clock(now)


@pytest.fixture
def booker(client: FlaskClient) -> Booker:
    """`booker("dvv.changes")` holds the earliest visit for one adult and gives the answer's JSON."""

    def book(*services: str, confirm: bool = True) -> dict[str, Any]:
        plan = first_plan(client, *services)
        held = client.post(f"{API}/visits", json={"plan": plan["plan"]})
        assert held.status_code == 201, held.get_json()
        if confirm:
            done = client.post(f"{API}/visits/{held.get_json()['token']}/confirm", json={})
            assert done.status_code == 200, done.get_json()
        return dict(held.get_json())

    return book


def first_plan(client: FlaskClient, *services: str, **more: Any) -> dict[str, Any]:
    body = {
        "party": {"adults": 1},
        "legs": [{"service": service, "people": ["p1"]} for service in services],
        "language": "en",
        **more,
    }
    answer = client.post(f"{API}/plans", json=body)
    assert answer.status_code == 200, answer.get_json()
    return dict(answer.get_json()["visits"][0])


def device_client(app: Flask, kind: DeviceKind, now: datetime, *, name: str = "test") -> FlaskClient:
    code = devices.add_device(kind, f"{name}-{kind}", now=now)
    _, token = devices.pair(code, kind, now=now + timedelta(seconds=1))
    client = app.test_client()
    client.set_cookie(device_cookie(kind), token)
    return client


@pytest.fixture
def kiosk(app: Flask, now: datetime) -> Guarded:
    return Guarded(device_client(app, DeviceKind.KIOSK, now))


@pytest.fixture
def display(app: Flask, now: datetime) -> Guarded:
    return Guarded(device_client(app, DeviceKind.DISPLAY, now))


def staff_client(app: Flask, user: User) -> Guarded:
    """Signed in the way a browser is afterwards: by the session cookie."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()
        session["_fresh"] = True
    return Guarded(client)


@pytest.fixture
def clerk_of(app: Flask, now: datetime) -> Callable[[str], tuple[User, Guarded]]:
    """`clerk_of("dvv")` is a new clerk of that agency, signed in."""

    def make(agency: str) -> tuple[User, Guarded]:
        name = f"clerk-{agency}-{len(accounts.all_users())}"
        user = accounts.add_user(name, PASSWORD, Role.CLERK, agency_id=agency, now=now)
        return user, staff_client(app, user)

    return make
