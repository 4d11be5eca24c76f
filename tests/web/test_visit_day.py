"""What the visit page tells of a day that goes by: where to wait, times that move, calls nobody answered."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh.domain.party import Party
from ihh.models import Visit
from ihh.services import booking, check_in, day_clock, desks, guidance, proposals, serving
from ihh.services.my_visit import view_visit
from ihh.services.replanning import replan_late_visits
from ihh.services.sooner import sooner
from ihh.services.tickets import tickets_of
from tests.conftest import SetClock
from tests.services.test_replanning import arrived, fill_kela_after
from tests.services.test_sooner import early_finisher
from tests.situations import HELSINKI, TUESDAY, at, booked, events, opened, visit, walked_in, wish
from tests.web.forms import browsing, hidden, post

KELA = "kela.social_security"


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return browsing(app.test_client())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def look(browser: FlaskClient, seen: Visit) -> str:
    """What the changing part of the page says."""
    return words(browser.get(f"/v/{seen.link_token}/now?lang=en").text)


def heard(browser: FlaskClient, seen: Visit) -> list[list[str]]:
    """What the page gives its script to be told once."""
    found = re.search(r'data-heard="([^"]*)"', browser.get(f"/v/{seen.link_token}/now?lang=en").text)
    assert found
    return list(json.loads(unescape(found[1])))


def wait_at(seen: Visit) -> str:
    """The agency in whose line the page says to wait."""
    focus = view_visit(visit(seen.id), now=at("10:10")).focus
    assert focus is not None
    return focus.service.agency


def test_where_to_wait_follows_guidance_and_the_other_lines_come_then(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    set_clock(at("10:10"))
    opened("vero-1", "city-1", now=at("09:00"))
    for _ in range(6):
        walked_in("vero.tax_card", now=at("10:00"))
    found = walked_in("vero.tax_card", "city.guidance", now=at("10:05"))
    assert visit(found.id).guided_to == "city"
    page = look(browser, found)
    assert page.index("Go to area C") < page.index("Then Tax, area B. Your place is kept.")
    for _ in range(30):
        walked_in("city.guidance", now=at("09:10"))
    guidance.refresh(now=at("10:10"))
    assert visit(found.id).guided_to == wait_at(found) == "vero"
    page = look(browser, found)
    assert page.index("Go to area B") < page.index("Then City advice, area C. Your place is kept.")


def test_a_moved_time_is_told_with_its_cause_and_announced_under_one_key(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found, _dvv, (kela,) = arrived("dvv.register", KELA)
    was = kela.booked_at
    now = was + timedelta(minutes=12)
    set_clock(now)
    assert heard(browser, found) == []
    assert replan_late_visits(now=now) == 1
    new = next(ticket for ticket in tickets_of(found.id) if ticket.id == kela.id).booked_at
    sentence = f"Your Kela time moved from {clock_of(was)} to {clock_of(new)}, because DVV took longer."
    assert sentence in look(browser, found)
    (told,) = heard(browser, found)
    assert told[1].startswith(sentence)
    set_clock(now + timedelta(minutes=2))
    assert heard(browser, found) == [told], "the same happening keeps its key"


def test_a_lost_time_says_that_the_place_is_kept(browser: FlaskClient, set_clock: SetClock) -> None:
    found, dvv, (kela,) = arrived("dvv.register", KELA)
    fill_kela_after(found, 0)
    was = kela.booked_at
    now = was + timedelta(minutes=12)
    assert replan_late_visits(now=now) == 1
    set_clock(now)
    page = look(browser, found)
    assert f"Your Kela time at {clock_of(was)} is lost, because DVV took longer." in page
    assert "you keep your place in Kela’s line and are called when you are free." in page
    serving.complete(dvv.desk_id, now=now, by="t")
    desks.open_desk("kela-1", None, now=now)
    day_clock.tick(now=now)
    serving.call_next("kela-1", now=now, by="t")
    assert "is lost" not in look(browser, found), "once called it is no news any more"


def test_a_time_the_visitor_took_since_is_no_news(browser: FlaskClient, set_clock: SetClock) -> None:
    found, ticket, now = early_finisher()
    set_clock(now)
    booking_page = f"/v/{found.link_token}"
    post(browser, f"{booking_page}/sooner", page=booking_page, **offer_of(browser, found))
    assert events("move_time")[-1].ticket_id == ticket.id
    assert heard(browser, found) == []


def test_an_early_finisher_takes_the_offered_time_with_one_button(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found, ticket, now = early_finisher()
    set_clock(now)
    page = f"/v/{found.link_token}"
    offer = sooner(found, now=now)
    assert offer is not None
    assert "You can go sooner" in look(browser, found)
    answer = post(browser, f"{page}/sooner", page=page, **offer_of(browser, found))
    assert (answer.status_code, answer.location) == (303, page)
    assert next(one for one in tickets_of(found.id) if one.id == ticket.id).booked_at == offer.starts_at
    after = browser.get(f"{page}?lang=en").text
    assert f"Your Kela time is now {clock_of(offer.starts_at)}." in after
    assert "You can go sooner" not in after


def test_a_free_time_that_is_gone_is_told_and_nothing_is_lost(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found, ticket, now = early_finisher()
    set_clock(now)
    page, fields = f"/v/{found.link_token}", offer_of(browser, found)
    eve = at("08:00", TUESDAY - timedelta(days=1))
    while rest := proposals.propose(wish(KELA), now=eve, first=TUESDAY, last=TUESDAY).earliest:
        booking.confirm(booking.hold(wish(KELA), rest, source=None, now=eve).id, None, now=eve)
    answer = post(browser, f"{page}/sooner", page=f"{page}/leave", **fields)
    assert answer.status_code == 409
    assert "This free time is gone. Nothing changed: what you had is still yours." in answer.text
    assert next(one for one in tickets_of(found.id) if one.id == ticket.id).booked_at == at("11:30")


@pytest.mark.parametrize("starts_at", ["", "soon", "2026-12-01T11:00:00"])
def test_an_offer_that_was_never_made_is_refused(
    browser: FlaskClient, set_clock: SetClock, starts_at: str
) -> None:
    found, ticket, now = early_finisher()
    set_clock(now)
    page = f"/v/{found.link_token}"
    fields = {"ticket": ticket.id, "starts_at": starts_at}
    assert post(browser, f"{page}/sooner", page=page, **fields).status_code == 422
    assert events("move_time") == []


def test_the_fragment_with_an_offer_is_sent_only_when_it_changed(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found, _ticket, now = early_finisher()
    set_clock(now)
    first = browser.get(f"/v/{found.link_token}/now")
    assert "csrf-of-this-page" not in first.text
    again = browser.get(f"/v/{found.link_token}/now", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_agency_that_runs_late_is_told_at_its_leg(browser: FlaskClient, set_clock: SetClock) -> None:
    found = booked(wish(KELA), not_before="10:00")
    starts_at = visit(found.id).legs[0].starts_at
    check_in.check_in(found.check_in_token, now=starts_at, by="kiosk:test")
    set_clock(starts_at)
    assert "late" not in look(browser, found)
    set_clock(starts_at + timedelta(minutes=17))  # no desk is open: it is late by the time that went by
    assert "Kela runs about 15–20 min late" in look(browser, found)


def test_an_unanswered_call_is_told_with_the_time_of_the_next(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found = walked_in("kela.advice", now=at("10:30"))
    opened("kela-2", now=at("10:00"))
    serving.call_next("kela-2", now=at("10:40"), by="clerk:1")
    set_clock(at("10:40"))
    assert "Called 10:40. We call again at 10:41." in look(browser, found)
    for minute in ("10:41", "10:42"):
        day_clock.tick(now=at(minute))
    set_clock(at("10:42"))
    assert "At 10:43 the desk goes on with someone else; your place is kept." in look(browser, found)
    day_clock.tick(now=at("10:43"))
    set_clock(at("10:44"))
    page = look(browser, found)
    assert "You were called to desk 8 at 10:40." in page
    assert "Your place is kept: Kela calls you again, from 10:53." in page
    assert "If you are here, tell the staff of Kela in area B." in page
    day_clock.tick(now=at("10:53"))
    serving.call_next("kela-2", now=at("10:55"), by="clerk:1")
    set_clock(at("10:55"))
    html = browser.get(f"/v/{found.link_token}/now?lang=en").text
    last = "This is the last call. Be there by 10:57, or your number is no longer called at any desk."
    assert last in words(html)
    assert last in unescape(html.split('data-spoken="')[1].split('"')[0]), "told aloud too"


def test_a_parked_call_is_told_beside_the_line_where_one_waits_meanwhile(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    found = walked_in("kela.advice", "vero.tax_card", now=at("10:30"), party=Party(1))
    opened("kela-2", "vero-1", now=at("10:00"))
    walked_in("vero.tax_card", now=at("10:00"))
    serving.call_next("kela-2", now=at("10:40"), by="clerk:1")
    day_clock.tick(now=at("10:43"))
    set_clock(at("10:44"))
    page = look(browser, found)
    assert page.index("Tax calls you in about") < page.index("You were called to desk 8 at 10:40.")
    assert "Again from 10:53" in page
    assert [key for key, _ in heard(browser, found)]


def offer_of(browser: FlaskClient, found: Visit) -> dict[str, str]:
    page = browser.get(f"/v/{found.link_token}").text
    form = page.split('class="sooner"')[1].split("</form>")[0]
    return {name: unescape(hidden(form, name)) for name in ("ticket", "starts_at")}


def clock_of(moment: datetime) -> str:
    local = moment.astimezone(HELSINKI)
    return f"{local.hour}:{local.minute:02d}"
