"""A visitor's own data through the API: the same document, the same deletion."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.conftest import API, Guarded, SetClock, code_of
from tests.services.test_my_data import EMAIL, commented, entry_of, with_contact
from tests.services.test_waitlist import ANN, full_day, joined
from tests.services.test_waitlist import NOW as FRIDAY
from tests.situations import at, visit


@pytest.fixture
def visitor(sqlite_app: Flask, set_clock: SetClock) -> Guarded:
    set_clock(FRIDAY)
    return Guarded(sqlite_app.test_client())


def delete(visitor: Guarded, path: str):
    return visitor.client.delete(API + path, headers={"X-CSRFToken": visitor.token})


def test_a_visit_is_told_and_then_forgotten(visitor: Guarded) -> None:
    found = with_contact()
    link = f"/visits/{found.link_token}"
    path = f"{link}/data"
    told = visitor.get(path)
    assert told.headers["Cache-Control"] == "no-store"
    document = told.get_json()
    assert document["contact"] == {"email": EMAIL, "phone": None, "kept_until": "2026-12-31"}
    assert document["visit"]["date"] == "2026-12-01"
    for key in (found.link_token, found.check_in_token, found.booking_code):
        assert key not in told.text

    gone = delete(visitor, path)
    assert gone.get_json() == {"booking_code": found.booking_code, "kept_until": "2029-01-01"}
    assert code_of(visitor.get(path)) == (404, "not_found")
    assert code_of(delete(visitor, path)) == (404, "not_found")
    assert code_of(visitor.get(link)) == (404, "not_found")
    assert visit(found.id).state == "booked"


def test_the_file_and_the_api_tell_the_same(visitor: Guarded, set_clock: SetClock) -> None:
    found = commented()
    set_clock(at("18:00"))
    of_api = visitor.get(f"/visits/{found.link_token}/data").get_json()
    of_page = visitor.client.get(f"/v/{found.link_token}/data.json").get_json()
    assert of_page.pop("made_at").endswith("Z")
    assert of_api == of_page


def test_a_place_on_the_waitlist(visitor: Guarded) -> None:
    full_day()
    entry = entry_of(joined(contact=ANN))
    path = f"/waitlist/{entry.link_token}/data"
    document = visitor.get(path).get_json()
    assert document["contact"]["email"] == ANN.email
    of_page = visitor.client.get(f"/w/{entry.link_token}/data.json").get_json()
    of_page.pop("made_at")
    assert document == of_page
    assert delete(visitor, path).get_json() == {"gone": ["waitlist", "contact", "letters", "link"]}
    assert code_of(visitor.get(path)) == (404, "not_found")
    assert code_of(delete(visitor, path)) == (404, "not_found")
