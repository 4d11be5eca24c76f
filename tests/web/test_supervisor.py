"""House now and staffing: who may see them, and that the page says what the house is."""

from __future__ import annotations

import pytest

from ihh.models.account import Role
from tests.situations import PASSWORD, at, clerk, walked_in
from tests.web.forms import browsing, sign_in


@pytest.fixture
def supervisor(client, set_clock):
    set_clock(at("09:30"))
    clerk(None, username="sue", role=Role.SUPERVISOR)
    sign_in(browsing(client), "sue", PASSWORD)
    return client


@pytest.mark.parametrize("path", ["/supervisor", "/supervisor/state", "/staffing"])
def test_clerks_and_visitors_are_kept_out(client, set_clock, path):
    set_clock(at("09:30"))
    browsing(client)
    assert client.get(path).status_code == 302
    clerk("kela", username="ann")
    sign_in(client, "ann", PASSWORD)
    assert client.get(path).status_code == 403


def test_the_page_names_what_needs_a_hand(supervisor):
    walked_in("city.guidance", now=at("09:20"))
    page = supervisor.get("/supervisor").get_data(as_text=True)
    assert "City advice: 1 waits and no desk is open" in page
    assert "Desks 15, 16 have hours now and are closed." in page
    assert "Open a desk" in page


def test_the_fetched_state_is_the_page_s_own_content(supervisor):
    state = supervisor.get("/supervisor/state").get_data(as_text=True)
    assert "<h1>House now</h1>" in state
    assert "<html" not in state


def test_a_quiet_house_says_so(supervisor):
    page = supervisor.get("/supervisor").get_data(as_text=True)
    assert "Nothing needs a hand." in page
    assert "Every line is within the target." in page


def test_staffing_without_history_promises_nothing(supervisor):
    page = supervisor.get("/staffing").get_data(as_text=True)
    assert "too little history" in page


@pytest.mark.parametrize("asked", ["9", "x", "-1", ""])
def test_a_weekday_that_is_none_shows_the_next_open_day(supervisor, asked):
    page = supervisor.get(f"/staffing?weekday={asked}").get_data(as_text=True)
    assert 'aria-current="page">Wednesday' in page
