"""Signing in and out, and who may open which page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ihh import config
from ihh import db as database
from ihh.app import create_app
from ihh.models.account import Role
from ihh.presentation.limits import limiter
from ihh.services import accounts, desks
from ihh.services.house import load_house
from tests.conftest import SetClock
from tests.servers.site import OutsideClient, house_document
from tests.web.forms import browsing, post, sign_in

PASSWORD = "a long enough one"


@pytest.fixture
def clerk(sqlite_client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    """A browser, and the account "anna" of a Kela clerk."""
    set_clock(now)
    accounts.add_user("anna", PASSWORD, Role.CLERK, agency_id="kela", now=now)
    return browsing(sqlite_client)


def test_the_right_password_opens_the_start_page(clerk: FlaskClient) -> None:
    answer = sign_in(clerk, "Anna ", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/staff/start")
    page = clerk.get("/staff/start").text
    assert "Clerk, Kela" in page
    assert 'href="/desk"' in page


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_sign_in_tells_nothing_about_who_exists(clerk: FlaskClient, name: str, password: str) -> None:
    answer = sign_in(clerk, name, password)
    assert answer.status_code == 401
    assert "The user name or password is wrong." in answer.text
    assert clerk.get("/desk").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/desk", "/desk"),
        ("/desk/kela-1?lang=fi", "/desk/kela-1?lang=fi"),
        ("//evil.example", "/staff/start"),
        ("/\\evil.example", "/staff/start"),
        ("https://evil.example/", "/staff/start"),
        ("/desk\r\nSet-Cookie: x=1", "/staff/start"),
        ("", "/staff/start"),
    ],
)
def test_the_way_back_stays_in_the_house(clerk: FlaskClient, wanted: str, leads_to: str) -> None:
    assert sign_in(clerk, "anna", PASSWORD, next=wanted).location == leads_to


def test_a_page_asked_for_before_signing_in_comes_after_it(clerk: FlaskClient) -> None:
    asked = clerk.get("/desk?lang=en")
    assert asked.status_code == 302
    form = clerk.get(asked.location).text
    assert 'name="next" value="/desk?lang=en"' in form


def test_signing_out_closes_the_desk_and_ends_the_session(clerk: FlaskClient) -> None:
    sign_in(clerk, "anna", PASSWORD)
    post(clerk, "/desk/kela-1/open", page="/desk")
    assert desks.session_at("kela-1") is not None
    post(clerk, "/staff/sign-out", page="/staff/start")
    assert desks.session_at("kela-1") is None
    assert clerk.get("/desk").location.startswith("/staff?next=")


def test_a_new_password_ends_the_older_sign_in(clerk: FlaskClient) -> None:
    sign_in(clerk, "anna", PASSWORD)
    assert clerk.get("/desk").status_code == 200
    accounts.set_password("anna", "another long one")
    assert clerk.get("/desk").status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_the_start_page_offers_what_the_role_may_open(clerk: FlaskClient, now: datetime, role: Role) -> None:
    accounts.add_user("ari", PASSWORD, role, agency_id="kela" if role is Role.CLERK else None, now=now)
    sign_in(clerk, "ari", PASSWORD)
    offered = set(re.findall(r'<li><a href="(/desk|/statistics)">', clerk.get("/staff/start").text))
    may_open = {path for path in ("/desk", "/statistics") if clerk.get(path).status_code == 200}
    assert offered == may_open
    assert (
        may_open
        == {
            Role.CLERK: {"/desk"},
            Role.ANALYST: {"/statistics"},
            Role.SUPERVISOR: {"/desk", "/statistics"},
            Role.ADMINISTRATOR: {"/desk", "/statistics"},
        }[role]
    )


def test_demonstration_accounts_are_shown_only_in_a_demonstration(clerk: FlaskClient) -> None:
    assert "Accounts of the demonstration" not in clerk.get("/staff").text


def test_a_post_without_the_page_is_refused(clerk: FlaskClient) -> None:
    answer = clerk.post("/staff", data={"username": "anna", "password": PASSWORD})
    assert answer.status_code == 400


@pytest.fixture
def limited(tmp_path: Path, now: datetime) -> Iterator[FlaskClient]:
    """A house whose rate limits are on, as in earnest."""
    was_enabled = limiter.enabled
    settings = config.testing_settings(f"sqlite:///{tmp_path / 'limited.db'}", tmp_path, is_testing=False)
    app = create_app(settings)
    app.test_client_class = OutsideClient
    database.upgrade(app)
    with app.app_context():
        load_house(house_document(), now=now)
        accounts.add_user("anna", PASSWORD, Role.CLERK, agency_id="kela", now=now)
        yield browsing(app.test_client())
        database.db.engine.dispose()
    limiter.enabled = was_enabled  # one limiter serves every app of the process
    limiter.reset()


def test_guessing_is_slowed_and_signing_in_is_not(limited: FlaskClient) -> None:
    for _ in range(12):
        assert sign_in(limited, "anna", PASSWORD).status_code == 303
        post(limited, "/staff/sign-out", page="/staff/start")
    tries = [sign_in(limited, "anna", f"guess {number}").status_code for number in range(12)]
    assert tries[:10] == [401] * 10
    assert tries[10:] == [429, 429]
    assert sign_in(limited, "anna", PASSWORD).status_code == 429
