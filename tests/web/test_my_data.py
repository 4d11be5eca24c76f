"""A visitor's own data by the link, without a script: seen, taken along, deleted."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh.models.account import DeviceKind, Role
from ihh.services import check_in, devices
from tests.conftest import SetClock
from tests.services.test_feedback import KELA
from tests.services.test_my_data import EMAIL, commented, entry_of, taken_from_the_list, with_contact
from tests.services.test_waitlist import ANN, full_day, joined
from tests.services.test_waitlist import NOW as FRIDAY
from tests.situations import PASSWORD, at, clerk, visit, wish
from tests.web.forms import browsing, post, sign_in


@pytest.fixture
def browser(sqlite_app: Flask, set_clock: SetClock) -> FlaskClient:
    set_clock(FRIDAY)
    return browsing(sqlite_app.test_client())


def words(html: str) -> str:
    shown = re.sub(r"<script.*?</script>|<head>.*?</head>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(shown).split())


def test_the_visit_s_page_leads_to_all_that_is_kept(browser: FlaskClient) -> None:
    link = f"/v/{with_contact().link_token}"
    assert f'href="{link}/data"' in browser.get(link).text
    answer = browser.get(f"{link}/data")
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    page = words(answer.text)
    for said in (
        "Tuesday 1 December 2026",
        "Tax card",
        EMAIL,
        "You have not checked in.",
        "Your visit is booked",
    ):
        assert said in page
    assert "All but the contact until Monday 1 January 2029" in page


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_a_visit_that_is_over_is_told_in_words(
    browser: FlaskClient, set_clock: SetClock, language: str
) -> None:
    found = commented()
    set_clock(at("18:00"))
    page = words(browser.get(f"/v/{found.link_token}/data?lang={language}").text)
    for said in (found.queue_number, "Kind.", "Quick."):
        assert said in page
    for identifier in ("take_number", "in_house", "walk_in", "kela.social", "%("):
        assert identifier not in page


def test_the_file_holds_the_same_and_no_key(browser: FlaskClient) -> None:
    found = with_contact()
    answer = browser.get(f"/v/{found.link_token}/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visit-2026-12-01.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["contact"]["email"] == EMAIL
    for key in (found.link_token, found.booking_code, found.check_in_token, found.id):
        assert key not in answer.text


def test_deleting_a_visit_to_come_says_what_is_lost_and_keeps_the_code(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found = with_contact()
    link, code = f"/v/{found.link_token}", found.booking_code
    asked = browser.get(f"{link}/data/delete").text
    assert "you can no longer see, move or cancel it" in words(asked)
    assert f'href="{link}/cancel"' in asked
    assert f"{code[:4]} {code[4:]}" in words(asked)
    assert visit(found.id).unlinked_at is None, "asking deletes nothing"

    gone = post(browser, f"{link}/data/delete", page=f"{link}/data/delete")
    assert (gone.status_code, gone.headers["Location"]) == (303, "/data-deleted")
    after = browser.get("/data-deleted")
    assert f"Check in at the kiosk with the code {code[:4]} {code[4:]}." in words(after.text)
    assert code not in gone.headers["Location"]
    assert code[4:] not in browser.get("/data-deleted").text, "told once"
    for path in (link, f"{link}/data", f"{link}/data.json", f"{link}/data/delete", f"{link}/calendar.ics"):
        assert browser.get(path).status_code == 404, path
    assert visit(found.id).state == "booked"


def test_a_second_tap_is_told_the_same(browser: FlaskClient) -> None:
    link = f"/v/{with_contact().link_token}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"{link}/data/delete").text)[1]
    first = browser.post(f"{link}/data/delete", data={"csrf_token": token})
    second = browser.post(f"{link}/data/delete", data={"csrf_token": token})
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_without_the_form_s_token_nothing_goes(browser: FlaskClient) -> None:
    found = with_contact()
    answer = browser.post(f"/v/{found.link_token}/data/delete")
    assert answer.status_code in (400, 403)
    assert visit(found.id).unlinked_at is None


def test_who_is_in_the_house_is_told_to_watch_the_displays(browser: FlaskClient, set_clock: SetClock) -> None:
    set_clock(at("10:05"))
    found = visit(check_in.take_number(wish(KELA), now=at("10:00"), by="kiosk:1").visit_id)
    page = words(browser.get(f"/v/{found.link_token}/data/delete").text)
    assert "look at the displays for your number" in page
    assert "stays booked" not in page


def test_a_place_on_the_waitlist(browser: FlaskClient) -> None:
    full_day()
    entry = entry_of(joined(contact=ANN))
    link = f"/w/{entry.link_token}"
    assert f'href="{link}/data"' in browser.get(link).text
    page = words(browser.get(f"{link}/data").text)
    assert ANN.email in page
    assert "Waiting" in page
    assert browser.get(f"{link}/data.json").get_json()["waitlist"]["state"] == "waiting"
    assert "With your data you leave the waitlist." in words(browser.get(f"{link}/data/delete").text)
    gone = post(browser, f"{link}/data/delete", page=f"{link}/data/delete")
    assert gone.headers["Location"] == "/data-deleted?of=waitlist"
    assert "Nothing of the waitlist." in words(browser.get(gone.headers["Location"]).text)
    assert browser.get(link).status_code == browser.get(f"{link}/data").status_code == 404


def test_a_visit_from_the_waitlist_tells_of_the_list(browser: FlaskClient) -> None:
    _, taken = taken_from_the_list()
    page = words(browser.get(f"/v/{taken.link_token}/data").text)
    assert "Waitlist How it stands A visit was taken" in page


@pytest.mark.parametrize("path", ["/v/{}/data", "/v/{}/data.json", "/w/{}/data", "/w/{}/data/delete"])
def test_a_link_that_is_none(browser: FlaskClient, path: str) -> None:
    assert browser.get(path.format("A" * 22)).status_code == 404


def test_the_privacy_notice_tells_the_house_s_own_times(browser: FlaskClient) -> None:
    page = words(browser.get("/privacy").text)
    assert "At most 30 days after the visit" in page
    assert "for 25 months" in page
    assert page.count("Your own words") == 1


def test_a_silent_kiosk_stands_on_house_now(browser: FlaskClient, set_clock: SetClock) -> None:
    devices.pair(
        devices.add_device(DeviceKind.KIOSK, "hall-1", now=at("09:12")), DeviceKind.KIOSK, now=at("09:12")
    )
    set_clock(at("09:30"))
    clerk(None, username="sue", role=Role.SUPERVISOR)
    sign_in(browser, "sue", PASSWORD)
    page = words(browser.get("/supervisor").text)
    assert "Kiosk hall-1 not heard of since 9:12" in page
    assert "1 open" in page
    set_clock(at("09:30") + timedelta(days=1))
    assert "Kiosk hall-1 not heard of since Tue 1 Dec 9:12" in words(browser.get("/supervisor").text)
