"""The pages of the waitlist, as a browser without scripts uses them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.models import Contact, Visit, WaitlistContact, WaitlistEntry
from ihh.services import booking, day_end, proposals, waitlist_entries
from tests.conftest import SetClock
from tests.situations import TUESDAY, booked, visit, wish
from tests.web.forms import post

CHAMBER = "chamber.employer"
DAY = TUESDAY.isoformat()
LEG = {"service": CHAMBER, "people": ["p1"]}


@pytest.fixture
def browser(sqlite_client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    """On the Friday before, with the chamber's desk chosen and its Tuesday full."""
    friday = now - timedelta(days=4)
    set_clock(friday)
    with sqlite_client.session_transaction() as session:
        answers = {"purpose": "work", "citizenship": "eu", "identity_code": "yes", "municipality": "helsinki"}
        session["booking"] = {
            "answers": answers,
            "party": [1, 0],
            "language": "en",
            "legs": [[CHAMBER, ["p1"]]],
        }
    for _ in range(8):
        booked(wish(CHAMBER), now=friday)
    return sqlite_client


def join(browser: FlaskClient, **fields: str) -> str:
    """The address of the page of the one who joined."""
    answer = post(browser, "/waitlist", page="/waitlist", **{"from": DAY, "to": DAY, **fields})
    assert answer.status_code == 303, answer.text
    return answer.location


def free_one(now: datetime, index: int = 5) -> None:
    ids = list(db.session.scalars(select(Visit.id).where(Visit.state == "booked").order_by(Visit.created_at)))
    booking.cancel(ids[index], now=now - timedelta(days=4))


def offered(browser: FlaskClient, now: datetime, **fields: str) -> str:
    page = join(browser, **fields)
    free_one(now)
    return page


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


class TestJoining:
    def test_without_anything_chosen_one_goes_back_to_choosing(self, sqlite_client: FlaskClient) -> None:
        for answer in (sqlite_client.get("/waitlist"), sqlite_client.get("/book/services")):
            assert answer.status_code == 303
        assert sqlite_client.get("/waitlist").location == "/book/services"

    def test_the_page_starts_from_the_days_that_were_looked_at(self, browser: FlaskClient) -> None:
        page = browser.get(f"/waitlist?from={DAY}&not_before=780").text
        assert f'name="from" required min="2026-11-27" max="2027-01-26" value="{DAY}"' in page
        assert '<option value="780" selected>13:00</option>' in page
        assert "Counselling for employers" in page

    def test_whoever_joins_has_a_page_with_the_place(self, browser: FlaskClient, now: datetime) -> None:
        first, second = join(browser, not_after="720"), join(browser)
        page = browser.get(second).text
        assert heading(page) == "You are on the waitlist"
        assert "1 before you" in page
        assert "Nobody is before you" in browser.get(first).text
        assert "until 12:00" in browser.get(first).text
        assert browser.get(first).headers["X-Robots-Tag"] == "noindex, nofollow"

    def test_no_letter_is_promised_where_none_is_sent(self, browser: FlaskClient) -> None:
        page = browser.get("/waitlist").text
        assert "We cannot write to you" in page
        assert 'id="email"' not in page
        assert "We cannot write to you" in browser.get(join(browser, phone="040 123 4567")).text

    def test_what_is_free_need_not_be_waited_for(self, browser: FlaskClient) -> None:
        answer = post(browser, "/waitlist", page="/waitlist", **{"from": DAY, "to": "2026-12-04"})
        assert answer.status_code == 409
        assert "A visit is free on Wednesday 2 December 2026" in answer.text
        assert "/book/visit?from=2026-12-02" in answer.text
        assert 'value="2026-12-04"' in answer.text, "nothing typed is lost"

    @pytest.mark.parametrize(
        ("fields", "control"),
        [
            ({"from": "2026-12-02", "to": DAY}, "to"),
            ({"from": "2020-01-01", "to": DAY}, "from"),
            ({"from": DAY, "to": "2030-01-01"}, "to"),
            ({"from": "soon", "to": DAY}, "from"),
            ({"not_before": "780", "not_after": "720"}, "not_after"),
            ({"phone": "12"}, "phone"),
            ({"phone": "131052-308T"}, "phone"),
        ],
    )
    def test_what_is_wrong_is_told_beside_it(
        self, browser: FlaskClient, fields: dict[str, str], control: str
    ) -> None:
        answer = post(browser, "/waitlist", page="/waitlist", **{"from": DAY, "to": DAY, **fields})
        assert answer.status_code == 422
        assert f'href="#{control}"' in answer.text
        assert db.session.scalars(select(WaitlistEntry)).all() == []


class TestAnOffer:
    def test_it_shows_the_visit_and_how_long_it_is_kept(self, browser: FlaskClient, now: datetime) -> None:
        page = browser.get(offered(browser, now)).text
        assert heading(page) == "A visit is free for you"
        assert "Kept for you until 14:00 on Friday 27 November 2026" in page
        assert "Tuesday 1 December 2026" in page
        assert "13:45–14:30" in page
        assert "Chamber, booked time." in page

    def test_taking_it_leads_to_the_booked_visit(self, browser: FlaskClient, now: datetime) -> None:
        page = offered(browser, now, phone="040 123 4567")
        assert 'id="phone"' not in browser.get(page).text, "we have a number already"
        answer = post(browser, f"{page}/take", page=page)
        assert answer.status_code == 303
        assert "Your visit is booked." in browser.get(answer.location).text
        assert db.session.scalars(select(Contact.phone)).all() == ["+358401234567"]
        assert db.session.scalars(select(WaitlistContact)).all() == []
        assert answer.location in browser.get(page).text, "the old page shows the way"

    def test_a_contact_may_be_given_with_the_answer(self, browser: FlaskClient, now: datetime) -> None:
        page = offered(browser, now)
        wrong = post(browser, f"{page}/take", page=page, email="nobody")
        assert (wrong.status_code, 'value="nobody"' in wrong.text) == (422, True)
        assert post(browser, f"{page}/take", page=page, email="Ann@example.com").status_code == 303
        assert db.session.scalars(select(Contact.email)).all() == ["ann@example.com"]

    def test_a_contact_with_too_many_visits_may_be_replaced(
        self, browser: FlaskClient, now: datetime
    ) -> None:
        page = offered(browser, now, phone="040 123 4567")
        reach = Reachable(None, "+358401234567")
        for _ in range(3):
            friday = now - timedelta(days=4)
            option = proposals.propose(wish("dvv.changes"), now=friday).earliest
            assert option is not None
            held = booking.hold(wish("dvv.changes"), option, source=None, now=friday)
            booking.confirm(held.id, reach, now=friday)
        refused = post(browser, f"{page}/take", page=page)
        assert (refused.status_code, 'id="phone"' in refused.text) == (409, True)
        assert heading(refused.text) == "A visit is free for you"
        assert post(browser, f"{page}/take", page=page, phone="040 765 4321").status_code == 303

    def test_declining_keeps_the_place_and_hands_it_on(self, browser: FlaskClient, now: datetime) -> None:
        page = offered(browser, now)
        other = join(browser)
        assert "1 before you" in browser.get(other).text
        answer = post(browser, f"{page}/decline", page=page)
        assert (answer.status_code, answer.location) == (303, page)
        told = browser.get(page).text
        assert "The visit goes to others. You keep your place." in told
        assert heading(told) == "You are on the waitlist"
        assert heading(browser.get(other).text) == "A visit is free for you"

    def test_leaving_is_asked_once_and_names_what_is_lost(self, browser: FlaskClient, now: datetime) -> None:
        page = offered(browser, now)
        assert (
            "the visit on Tuesday 1 December 2026 that is kept for you" in browser.get(f"{page}/leave").text
        )
        post(browser, f"{page}/leave", page=f"{page}/leave")
        assert heading(browser.get(page).text) == "You left the waitlist"
        assert browser.get(f"{page}/leave").status_code == 303

    def test_too_late_is_told_and_changes_nothing(
        self, browser: FlaskClient, now: datetime, set_clock: SetClock
    ) -> None:
        page = offered(browser, now)
        form = browser.get(page).text
        over = now - timedelta(days=4) + timedelta(hours=4)
        set_clock(over)
        for act in ("take", "decline"):
            token = re.search(r'name="csrf_token" value="([^"]*)"', form)
            assert token
            answer = browser.post(f"{page}/{act}", data={"csrf_token": token[1]})
            assert (answer.status_code, answer.location) == (303, page)
        told = browser.get(page).text
        assert "This offer is over." in told
        assert heading(told) == "You are no longer on the waitlist"
        assert "had no answer in time" in told
        day_end.tidy(now=over)
        assert "had no answer in time" in browser.get(page).text

    def test_a_page_says_when_the_days_are_over(self, browser: FlaskClient, now: datetime) -> None:
        page = join(browser)
        day_end.tidy(now=now + timedelta(days=1))
        assert "The days you waited for are over" in browser.get(page).text


def test_an_unknown_link_is_not_found(browser: FlaskClient) -> None:
    browser.environ_base["HTTP_ACCEPT"] = "text/html"
    assert browser.get("/w/" + "A" * 26).status_code == 404


def test_a_form_without_its_token_is_refused(browser: FlaskClient, now: datetime) -> None:
    page = offered(browser, now)
    for act in ("take", "decline", "leave"):
        assert browser.post(f"{page}/{act}").status_code == 400


def test_no_page_names_the_contact(browser: FlaskClient, sqlite_app: Flask, now: datetime) -> None:
    friday = now - timedelta(days=4)
    reach = Reachable("ann@example.com", "+358401234567")
    entry = waitlist_entries.join(wish(CHAMBER), reach, first=TUESDAY, last=TUESDAY, now=friday, source=None)
    page = f"/w/{entry.link_token}"
    pages = [browser.get(page).text]
    free_one(now)
    pages.append(browser.get(page).text)
    assert [heading(text) for text in pages] == ["You are on the waitlist", "A visit is free for you"]
    assert not any("ann@" in text or "401234567" in text for text in pages)
    held = db.session.get(WaitlistEntry, entry.id, populate_existing=True)
    assert held is not None
    one = visit(str(held.offered_visit_id))
    assert one.link_token not in pages[1]
    assert one.booking_code not in pages[1]
