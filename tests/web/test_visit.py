"""The visit page of whoever has the link, from the booking to the end of the day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Slot, Visit
from ihh.services import booking, check_in, desks, proposals, serving
from tests.conftest import SetClock
from tests.web.forms import post

HELSINKI = ZoneInfo("Europe/Helsinki")
EMPLOYER = Wish(Party(1), (LegWish("chamber.employer", ("p1",), ("business_id",)),), "en")
TWO_LINES = Wish(
    Party(2),
    (LegWish("vero.tax_card", ("p1",)), LegWish("city.guidance", ("p2",))),
    "en",
)


@pytest.fixture
def browser(sqlite_client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    set_clock(now)
    return sqlite_client


def booked(wish: Wish, now: datetime) -> Visit:
    """A visit on the day itself, from 11:00 on."""
    option = proposals.propose(wish, now=now, not_before=11 * 60).earliest
    assert option is not None
    return booking.confirm(booking.hold(wish, option, source=None, now=now).id, None, now=now)


def walked_in(wish: Wish, now: datetime) -> Visit:
    visit = db.session.get(Visit, check_in.take_number(wish, now=now, by="kiosk:1").visit_id)
    assert visit is not None
    return visit


def again(visit: Visit) -> Visit:
    db.session.refresh(visit)
    return visit


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_a_code_typed_carelessly_finds_the_visit(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    code = visit.booking_code
    typed = f" {code[:4].lower()}-{code[4:].lower().replace('0', 'o')} "
    assert post(browser, "/find", page="/find", code=typed).location == f"/v/{visit.link_token}"


@pytest.mark.parametrize("typed", ["", "12345678", "<script>"])
def test_an_unknown_code_is_told_and_kept(browser: FlaskClient, typed: str) -> None:
    page = post(browser, "/find", page="/find", code=typed)
    assert page.status_code == 404
    assert "We do not know this code." in page.text
    shown = re.search(r'name="code" value="([^"]*)"', page.text)
    assert shown
    assert unescape(shown[1]) == typed


def test_the_code_of_an_unconfirmed_visit_opens_nothing(browser: FlaskClient, now: datetime) -> None:
    option = proposals.propose(EMPLOYER, now=now).earliest
    assert option is not None
    visit = booking.hold(EMPLOYER, option, source=None, now=now)
    assert post(browser, "/find", page="/find", code=visit.booking_code).status_code == 404


def test_the_link_is_secret_and_a_wrong_one_finds_nothing(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    answer = browser.get(f"/v/{visit.link_token}")
    assert answer.status_code == 200
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"/v/{visit.check_in_token}").status_code == 404
    for part in ("", "/now", "/visit.ics", "/move", "/cancel", "/leave"):
        assert browser.get(f"/v/{'0' * 26}{part}").status_code == 404


def test_before_the_day_it_shows_code_time_and_papers(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    page = browser.get(f"/v/{visit.link_token}").text
    assert heading(page) == "Your visit Tuesday 1 December 2026"
    assert f"{visit.booking_code[:4]} {visit.booking_code[4:]}" in page
    assert "11:00" in page
    assert "Business ID" in page
    assert "Plan of the house with your way: 1. Counselling for employers, area C." in page


def test_the_calendar_entry_follows_the_visit(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    address = f"/v/{visit.link_token}/visit.ics"
    first = Calendar.from_ical(browser.get(address).data).walk("VEVENT")[0]
    assert first["DTSTART"].dt == datetime(2026, 12, 1, 11, 0, tzinfo=HELSINKI)
    assert first["DTEND"].dt == datetime(2026, 12, 1, 11, 45, tzinfo=HELSINKI)
    assert visit.booking_code in first["DESCRIPTION"]
    assert urlsplit(first["URL"]).path == f"/v/{visit.link_token}"
    assert visit.link_token not in first["UID"]
    later = proposals.propose(
        EMPLOYER, now=now, first=(now + timedelta(days=3)).date(), moving=visit.id
    ).earliest
    assert later is not None
    booking.move(visit.id, later, now=now + timedelta(seconds=5))
    moved = Calendar.from_ical(browser.get(address).data).walk("VEVENT")[0]
    assert moved["DTSTART"].dt.date() == later.date
    assert moved["UID"] == first["UID"]


def test_the_fragment_is_sent_only_when_something_changed(
    browser: FlaskClient, now: datetime, set_clock: SetClock
) -> None:
    visit = booked(EMPLOYER, now)
    address = f"/v/{visit.link_token}/now"
    first = browser.get(address)
    etag = first.headers["ETag"]
    assert browser.get(address, headers={"If-None-Match": etag}).status_code == 304
    arrival = now + timedelta(minutes=50)
    set_clock(arrival)
    check_in.check_in(visit.booking_code, now=arrival, by="kiosk:1")
    changed = browser.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert (again(visit).queue_number or "?").replace(" ", "\N{NO-BREAK SPACE}") in changed.text
    assert "<html" not in changed.text


def test_in_the_house_one_next_step_at_a_time(browser: FlaskClient, now: datetime) -> None:
    visit = walked_in(TWO_LINES, now)
    address = f"/v/{visit.link_token}"
    assert "is open for you right now. You keep your place." in browser.get(address).text
    desks.open_desk("vero-1", None, now=now)
    waiting = browser.get(address).text
    assert heading(waiting) == "Go to area B"
    assert "Tax calls you in about" in waiting
    assert "You are next" in waiting
    serving.call_next("vero-1", now=now, by="clerk:1")
    called = browser.get(address).text
    assert heading(called) == "It is your turn at Tax Desk 10"
    assert "visit--called ground--B" in called
    assert "Called 10:00" in called
    serving.start("vero-1", now=now, by="clerk:1")
    assert heading(browser.get(address).text) == "You are at desk 10"
    serving.hold("vero-1", now=now, by="clerk:1")
    desks.open_desk("city-1", None, now=now)
    assert heading(browser.get(address).text) == "Go to area C", "the other one still waits"


def test_two_of_a_party_called_at_once_are_both_told(browser: FlaskClient, now: datetime) -> None:
    visit = walked_in(TWO_LINES, now)
    for desk in ("vero-1", "city-1"):
        desks.open_desk(desk, None, now=now)
        serving.call_next(desk, now=now, by="clerk:1")
    page = browser.get(f"/v/{visit.link_token}").text
    assert heading(page) == "It is your turn at Tax Desk 10"
    assert "Also called: Adult 2, City advice, desk 15" in page


def test_leaving_asks_once_and_names_what_is_lost(browser: FlaskClient, now: datetime) -> None:
    visit = walked_in(TWO_LINES, now)
    address = f"/v/{visit.link_token}"
    asked = browser.get(f"{address}/leave").text
    assert "Tax: Tax card and tax advice" in asked
    assert "City advice: City advice for newcomers" in asked
    assert again(visit).state == "in_house", "asking changes nothing"
    assert post(browser, f"{address}/leave", page=f"{address}/leave").location == address
    assert heading(browser.get(address).text) == "You have left"
    assert again(visit).state == "ended"
    assert browser.get(f"{address}/leave").location == address


@pytest.mark.parametrize(
    ("how", "title"), [("complete", "All done"), ("mark_no_show", "You were called, but not there")]
)
def test_the_last_page_tells_how_it_ended(browser: FlaskClient, now: datetime, how: str, title: str) -> None:
    visit = walked_in(Wish(Party(1), TWO_LINES.legs[:1], "en"), now)
    desks.open_desk("vero-1", None, now=now)
    serving.call_next("vero-1", now=now, by="clerk:1")
    if how == "complete":
        serving.start("vero-1", now=now, by="clerk:1")
    getattr(serving, how)("vero-1", now=now, by="clerk:1")
    assert heading(browser.get(f"/v/{visit.link_token}").text) == title


def test_cancelling_asks_once_and_frees_the_times(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    address = f"/v/{visit.link_token}"
    asked = browser.get(f"{address}/cancel").text
    assert "You lose these times on Tuesday 1 December 2026" in asked
    assert again(visit).state == "booked"
    post(browser, f"{address}/cancel", page=f"{address}/cancel")
    assert heading(browser.get(address).text) == "This visit is cancelled"
    assert db.session.scalars(select(Slot)).first() is None
    for part in ("/cancel", "/move", "/visit.ics"):
        assert browser.get(f"{address}{part}").status_code == 409


def test_a_moved_visit_keeps_its_code_and_gives_the_old_times_back(
    browser: FlaskClient, now: datetime
) -> None:
    visit = booked(EMPLOYER, now)
    address, code = f"/v/{visit.link_token}", visit.booking_code
    offer = browser.get(f"{address}/move?from=2026-12-03").text
    plan = unescape(re.findall(r'name="plan"[^>]* value="([^"]*)"', offer)[0])
    assert post(browser, f"{address}/move", page=f"{address}/move", plan=plan).location == address
    page = browser.get(address).text
    assert heading(page) == "Your visit Thursday 3 December 2026"
    assert f"{code[:4]} {code[4:]}" in page
    days = {
        starts.astimezone(HELSINKI).date().isoformat()
        for starts in db.session.scalars(select(Slot.starts_at))
    }
    assert days == {"2026-12-03"}


def test_the_present_times_are_shown_but_not_to_be_chosen(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    page = browser.get(f"/v/{visit.link_token}/move?not_before=660").text
    radios = re.findall(r'<input class="radio"[^>]*>', page)
    assert [" disabled" in radio for radio in radios] == [True] + [False] * (len(radios) - 1)
    assert sum(" checked" in radio for radio in radios[1:]) == 1
    assert "Your visit now" in page


def test_a_move_to_times_just_taken_keeps_the_old_ones(browser: FlaskClient, now: datetime) -> None:
    visit = booked(EMPLOYER, now)
    address = f"/v/{visit.link_token}"
    plan = unescape(
        re.findall(r'name="plan"[^>]* value="([^"]*)"', browser.get(f"{address}/move?from=2026-12-03").text)[
            0
        ]
    )
    taken = proposals.propose(EMPLOYER, now=now, first=(now + timedelta(days=2)).date()).earliest
    assert taken is not None
    booking.hold(EMPLOYER, taken, source=None, now=now)
    answer = post(browser, f"{address}/move", page=f"{address}/move", plan=plan)
    assert answer.status_code == 409
    assert "Someone booked one of these times just before you." in answer.text
    assert heading(browser.get(address).text) == "Your visit Tuesday 1 December 2026"


def test_a_plan_for_other_services_moves_nothing(browser: FlaskClient, now: datetime) -> None:
    visit, other = (
        booked(EMPLOYER, now),
        booked(Wish(Party(1), (LegWish("business.softlanding", ("p1",)),), "en"), now),
    )
    offer = browser.get(f"/v/{other.link_token}/move").text
    plan = unescape(re.findall(r'name="plan"[^>]* value="([^"]*)"', offer)[0])
    address = f"/v/{visit.link_token}"
    assert post(browser, f"{address}/move", page=f"{address}/move", plan=plan).status_code == 409
    assert [leg.service_id for leg in again(visit).legs] == ["chamber.employer"]


def test_a_day_that_passed_without_a_check_in_is_told(
    browser: FlaskClient, now: datetime, set_clock: SetClock
) -> None:
    visit = booked(EMPLOYER, now)
    set_clock(now + timedelta(days=1))
    assert heading(browser.get(f"/v/{visit.link_token}").text) == "The day of this visit is over"
    assert browser.get(f"/v/{visit.link_token}/move").status_code == 409


def test_a_hold_that_ran_out_is_told(browser: FlaskClient, now: datetime, set_clock: SetClock) -> None:
    option = proposals.propose(EMPLOYER, now=now).earliest
    assert option is not None
    visit = booking.hold(EMPLOYER, option, source=None, now=now)
    assert heading(browser.get(f"/v/{visit.link_token}").text) == "This visit is not confirmed yet"
    set_clock(now + timedelta(minutes=11))
    assert heading(browser.get(f"/v/{visit.link_token}").text) == "This visit was not confirmed in time"


def test_the_first_page_tells_hours_and_shows_no_accounts(
    browser: FlaskClient, now: datetime, set_clock: SetClock
) -> None:
    page = browser.get("/").text
    assert "Open now, until 16:00" in page
    assert "Thursday 24 December 2026: Christmas Eve" in page
    assert "User name" not in page
    set_clock(now.replace(hour=17))
    assert "Closed now. Opens Wed 2 Dec at 9:00" in browser.get("/").text
    set_clock(datetime(2026, 12, 4, 17, 0, tzinfo=HELSINKI))
    assert "Closed now. Opens Mon 7 Dec at 9:00" in browser.get("/").text


def test_the_demonstration_leads_to_every_screen(browser: FlaskClient) -> None:
    app = browser.application
    real = app.config["IHH"]
    app.config["IHH"] = replace(real, is_demo=True)
    try:
        page = browser.get("/").text
        links = set(re.findall(r'href="(/[^"]*)"', page)) - set(re.findall(r'href="(/static/[^"]*)"', page))
        as_page = {"Accept": "text/html"}
        answers = {
            link: browser.get(link, headers=as_page, follow_redirects=True).status_code for link in links
        }
    finally:
        app.config["IHH"] = real
    assert {"/kiosk/", "/display/", "/desk", "/statistics"} <= set(answers)
    assert set(answers.values()) == {200}
    assert "<code>kela</code>" in page


def test_statements_say_how_long_contacts_are_kept(browser: FlaskClient) -> None:
    assert "At most 30 days after the visit, then deleted" in browser.get("/privacy").text
    assert "within 14 days" in browser.get("/accessibility").text
