"""What the desk tells of a day that goes by: automatic recalls, holds, reasons, lateness."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh.services import booking, check_in, day_clock, desks, proposals, serving
from ihh.services.replanning import replan_late_visits
from ihh.services.tickets import tickets_of
from tests.conftest import SetClock
from tests.services.test_replanning import arrived
from tests.situations import PASSWORD, TUESDAY, at, booked, clerk, events, opened, visit, walked_in, wish
from tests.web.forms import browsing, post, sign_in

KELA = "kela.social_security"
PAGE = "/desk/kela-1"

Anna = Callable[..., FlaskClient]


@pytest.fixture
def anna(app: Flask) -> Anna:
    """A clerk, of Kela unless said, at the agency's first desk, open since 9."""

    def enter(agency: str = "kela") -> FlaskClient:
        user = clerk(agency)
        desks.open_desk(f"{agency}-1", user, now=at("09:00"))
        client = browsing(app.test_client())
        sign_in(client, "clerk", PASSWORD)
        return client

    return enter


def part(page: str, name: str) -> str:
    """What a part of the screen says."""
    html = page.split(f'data-part="{name}"')[1].split("</section>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def look(client: FlaskClient, set_clock: SetClock, now: datetime, name: str, *, page: str = PAGE) -> str:
    set_clock(now)
    return part(client.get(f"{page}?lang=en").text, name)


def test_recalls_and_the_park_are_told_before_and_after(anna: Anna, set_clock: SetClock) -> None:
    walked_in("kela.advice", now=at("10:30"))
    browser = anna()
    serving.call_next("kela-1", now=at("10:40"), by="clerk:1")
    called = look(browser, set_clock, at("10:40"), "visitor")
    assert "Called 10:40" in called
    assert "Called again by itself at 10:41, 10:42, on hold at 10:43, place kept." in called
    for minute in ("10:41", "10:42"):
        day_clock.tick(now=at(minute))
    recalled = look(browser, set_clock, at("10:42"), "visitor")
    assert "Called 10:40, again 2×, last 10:42" in recalled
    assert "On hold by itself at 10:43, place kept." in recalled
    day_clock.tick(now=at("10:43"))
    line = look(browser, set_clock, at("10:43"), "line")
    assert "Not here: called again 2×, on hold since 10:43" in line
    assert "Back in the line at 10:53 by itself" in line


def test_the_last_call_says_when_it_counts_as_not_here(anna: Anna, set_clock: SetClock) -> None:
    walked_in("kela.advice", now=at("10:30"))
    browser = anna()
    serving.call_next("kela-1", now=at("10:40"), by="clerk:1")
    for minute in ("10:43", "10:53"):
        day_clock.tick(now=at(minute))
    serving.call_next("kela-1", now=at("10:55"), by="clerk:1")
    assert "Last call: counts as not here at 10:57." in look(browser, set_clock, at("10:55"), "visitor")


def test_a_hold_by_a_clerk_waits_for_a_release(anna: Anna, set_clock: SetClock) -> None:
    walked_in("kela.advice", now=at("10:30"))
    browser = anna()
    serving.call_next("kela-1", now=at("10:40"), by="clerk:1")
    serving.hold("kela-1", now=at("10:41"), by="clerk:1")
    line = look(browser, set_clock, at("10:42"), "line")
    assert "Held by a clerk since 10:41" in line
    assert "by itself" not in line


def test_a_lost_time_says_that_another_desk_took_longer_and_never_what_for(
    anna: Anna, set_clock: SetClock
) -> None:
    found, _dvv, (chamber,) = arrived("dvv.register", "chamber.employer")
    eve, day = at("08:00", TUESDAY - timedelta(days=1)), found.service_date
    while rest := proposals.propose(wish("chamber.employer"), now=eve, first=day, last=day).earliest:
        held = booking.hold(wish("chamber.employer"), rest, source=None, now=eve)
        booking.confirm(held.id, None, now=eve)
    now = chamber.booked_at + timedelta(minutes=15)
    assert replan_late_visits(now=now) == 1
    line = look(anna("chamber"), set_clock, now, "line", page="/desk/chamber-1")
    assert "Lost the booked time: another desk took longer" in line
    assert re.search(r"Back in the line by itself once free, in \d+–\d+ min", line)
    assert "regist" not in line.lower()
    assert "DVV" not in line


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("", "Write why, in at most 200 signs."),
        pytest.param("x" * 201, "Write why, in at most 200 signs.", id="long"),
        ("it is 010594Y9032", "That looks like an identity code."),
    ],
)
def test_a_call_out_of_turn_needs_a_reason_fit_to_record(
    anna: Anna, set_clock: SetClock, why: str, sentence: str
) -> None:
    set_clock(at("10:40"))
    (ticket,) = tickets_of(walked_in("kela.advice", now=at("10:30")).id)
    browser = anna()
    page = post(browser, f"{PAGE}/line/{ticket.id}/call", page=PAGE, why=why)
    assert page.status_code == 422
    assert sentence in unescape(page.text)
    assert f'value="{why}"' in page.text, "what was written is not lost"
    assert events("call") == []


def test_a_mark_of_need_says_its_reason_in_the_line_and_at_the_desk(anna: Anna, set_clock: SetClock) -> None:
    (ticket,) = tickets_of(walked_in("kela.advice", now=at("10:30")).id)
    browser = anna()
    serving.mark_need(ticket.id, "small_children", agency_id="kela", now=at("10:31"), by="clerk:1")
    said = "In need: Small children. Here since 10:30"
    assert said in look(browser, set_clock, at("10:32"), "line")
    serving.call_next("kela-1", now=at("10:33"), by="clerk:1")
    assert said in look(browser, set_clock, at("10:33"), "visitor")


def test_an_agency_behind_its_appointments_says_so(anna: Anna, set_clock: SetClock) -> None:
    found = booked(wish(KELA), not_before="10:00")
    (leg,) = visit(found.id).legs
    check_in.check_in(found.check_in_token, now=leg.starts_at, by="kiosk:test")
    browser = anna()
    assert "behind its appointments" not in look(browser, set_clock, leg.starts_at, "line")
    late = leg.starts_at.replace(minute=leg.starts_at.minute + 20)
    assert re.search(r"Kela runs 2\d min behind its appointments", look(browser, set_clock, late, "line"))


def test_an_empty_desk_offers_the_reason_and_a_busy_one_does_not(anna: Anna, set_clock: SetClock) -> None:
    set_clock(at("10:40"))
    for _ in range(2):
        walked_in("kela.advice", now=at("10:30"))
    browser = anna()
    opened("kela-2", now=at("10:30"))
    assert browser.get(PAGE).text.count("data-act") == 2
    serving.call_next("kela-1", now=at("10:40"), by="clerk:1")
    assert browser.get(PAGE).text.count("data-act") == 0
