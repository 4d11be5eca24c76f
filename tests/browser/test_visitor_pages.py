"""The visitor's pages in Chromium: booking on a phone, My visit live, enlarged text, right to left."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from ihh import clock
from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.ticket import AT_DESK, TicketState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Ticket, Visit
from ihh.services import booking, check_in, proposals, serving
from ihh.services.booking import find_by_link
from tests import situations
from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.browser.reading import read_qr
from tests.servers.site import settle, sqlite_site
from tests.situations import at

NOW = at("10:00")

COUNT_VIBRATIONS = "window.vibrations = []; navigator.vibrate = (pattern) => window.vibrations.push(pattern);"


class Quiet(WSGIRequestHandler):
    def log(self, *args: object) -> None:
        """A failing test shows the page's faults, not a line for each file it loaded."""


@dataclass(frozen=True)
class House:
    base_url: str
    app: Flask


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The product in this process, as a demonstration, at a time of the tests' own."""
    with sqlite_site(tmp_path_factory.mktemp("visitor-pages")) as site:
        site.app.config["IHH"] = replace(site.app.config["IHH"], is_demo=True)
        served = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        clock.shift(NOW - clock.real_now())
        try:
            with site.app.app_context():
                situations.opened("dvv-1", "vero-1", "kela-1", "city-1", now=at("09:00"))
                settle()
            yield House(f"http://127.0.0.1:{served.port}", site.app)
        finally:
            served.shutdown()
            thread.join()
            served.server_close()
            clock.shift(timedelta(0))


@pytest.fixture
def house(server: House) -> Iterator[House]:
    clock.shift(NOW - clock.real_now())
    with server.app.app_context():
        yield server
        free_desks()


def free_desks() -> None:
    """A test that gave up halfway leaves somebody at a desk: its next go, and the next test, need the desk."""
    db.session.rollback()
    left = select(Ticket.desk_id, Ticket.state).where(Ticket.state.in_(AT_DESK))
    for desk_id, state in db.session.execute(left).all():
        if state == TicketState.CALLED:
            serving.start(desk_id, now=clock.now(), by="clerk:1")
        serving.complete(desk_id, now=clock.now(), by="clerk:1")


def to_services(page: Page) -> None:
    """Step 1 as a family of four with identity codes."""
    page.goto("/book")
    for question, value in (("purpose", "work"), ("citizenship", "other"), ("identity_code", "yes")):
        page.locator(f"input[name=q-{question}][value={value}]").check()
    page.get_by_label("Adults").select_option("2")
    page.get_by_label("Children under 18").select_option("2")
    page.get_by_role("button", name="Continue").click()


def onward(page: Page) -> None:
    page.locator(".actionbar button[type=submit]").click()


def walk_in(party: Party = Party(1)) -> Visit:
    visit = situations.walked_in("vero.tax_card", now=clock.now(), party=party)
    settle()
    return visit


@pytest.mark.usefixtures("house")
def test_a_family_books_on_a_phone(page_phone: Page, axe: Axe) -> None:
    page = page_phone
    page.goto("/")
    axe(page)
    page.goto("/book")
    expect(page.get_by_text("What is your citizenship?")).to_be_hidden()
    page.locator("input[name=q-purpose][value=work]").check()
    expect(page.get_by_text("What is your citizenship?")).to_be_visible()
    page.locator("input[name=q-purpose][value=employer]").check()
    expect(page.get_by_text("What is your citizenship?")).to_be_hidden()
    axe(page)
    to_services(page)
    expect(page.get_by_role("heading", name="Your services")).to_be_visible()
    axe(page)
    onward(page)
    expect(page.get_by_role("heading", name="Choose your visit")).to_be_visible()
    axe(page)
    other = page.get_by_role("radio").nth(1)
    other.check()
    day = re.search(r"\w{3} \d+ \w{3}", other.get_attribute("data-onward") or "")
    assert day
    expect(page.get_by_role("button", name=f"Continue: {day[0]}")).to_be_visible()
    onward(page)
    expect(page.get_by_role("heading", name="Confirm your visit")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^9:\d\d left$"))).to_be_visible()
    axe(page)
    onward(page)
    expect(page.get_by_text("Your visit is booked.")).to_be_visible()
    axe(page)
    visit = find_by_link(page.url.rsplit("/", 1)[1])
    assert read_qr(page) == [visit.check_in_token]


@pytest.mark.usefixtures("house")
def test_each_option_is_heard_as_well_as_seen(page_phone: Page) -> None:
    to_services(page_phone)
    onward(page_phone)
    radio = page_phone.get_by_role("radio").first
    described = radio.evaluate(
        "radio => document.getElementById(radio.getAttribute('aria-describedby')).textContent"
    )
    assert "DVV, booked time." in described
    assert "Children:" in described
    assert "with an adult." in described
    drawings = page_phone.locator(".visit svg")
    assert all(drawing.get_attribute("aria-hidden") == "true" for drawing in drawings.all())


@pytest.mark.usefixtures("house")
def test_a_refused_contact_is_named_and_reached_by_keyboard(
    page_phone: Page, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("422")
    to_services(page_phone)
    onward(page_phone)
    onward(page_phone)
    page_phone.get_by_label("E-mail").fill("131052-308T")
    onward(page_phone)
    expect(page_phone.locator(".error-summary")).to_be_focused()
    page_phone.keyboard.press("Tab")
    page_phone.keyboard.press("Enter")
    expect(page_phone.get_by_label("E-mail")).to_be_focused()
    axe(page_phone)


@pytest.mark.usefixtures("house")
def test_my_visit_follows_the_desk_by_itself(page_phone: Page, axe: Axe) -> None:
    page = page_phone
    page.add_init_script(COUNT_VIBRATIONS)
    visit = walk_in()
    with page.expect_websocket():
        page.goto(f"/v/{visit.link_token}")
    expect(page.get_by_role("heading", name="Go to area B")).to_be_visible()
    axe(page)
    serving.call_next("vero-1", now=clock.now(), by="clerk:1")
    # The poll comes every ten seconds: whatever is sooner came by the socket.
    expect(page.get_by_role("heading", name="It is your turn at Tax")).to_be_visible(timeout=5_000)
    expect(page).to_have_title(re.compile("^Go to desk 10"))
    expect(page.get_by_role("status").first).to_contain_text("go to desk 10")
    assert len(page.evaluate("window.vibrations")) == 1
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 198, 30)", "the page takes the area's colour"
    axe(page)
    serving.recall("vero-1", now=clock.now() + timedelta(minutes=1), by="clerk:1")
    page.wait_for_function("window.vibrations.length === 2")
    serving.start("vero-1", now=clock.now(), by="clerk:1")
    expect(page.get_by_role("heading", name="You are at desk 10")).to_be_visible(timeout=5_000)
    axe(page)
    serving.complete("vero-1", now=clock.now(), by="clerk:1")
    expect(page.get_by_role("heading", name="All done")).to_be_visible(timeout=5_000)
    axe(page)


@pytest.mark.usefixtures("house")
def test_an_open_booking_follows_a_move_and_the_check_in(page_phone: Page) -> None:
    wanted = Wish(Party(1), (LegWish("chamber.employer", ("p1",), ("business_id",)),), "en")
    visit = situations.booked(wanted, not_before="14:00")
    settle()
    page_phone.goto(f"/v/{visit.link_token}")
    page_phone.get_by_label("Business ID").check()
    offers = proposals.propose(wanted, now=clock.now(), not_before=11 * 60, moving=visit.id)
    assert offers.earliest is not None
    booking.move(visit.id, offers.earliest, now=clock.now())
    expect(page_phone.get_by_text("Starts at 11:")).to_be_visible(timeout=5_000)
    expect(page_phone.get_by_label("Business ID")).to_be_checked()
    clock.shift(at("10:50") - clock.real_now())
    check_in.check_in(visit.check_in_token, now=clock.now(), by="kiosk:1")
    expect(page_phone.get_by_role("heading", name="Go to area C")).to_be_visible(timeout=5_000)


@pytest.mark.usefixtures("house")
def test_without_a_network_the_page_says_that_it_is_old(
    page_phone: Page, allow_console: AllowConsole
) -> None:
    allow_console("ERR_INTERNET_DISCONNECTED|WebSocket")
    page_phone.clock.install()
    page_phone.goto(f"/v/{walk_in().link_token}")
    expect(page_phone.get_by_text("Go to area B")).to_be_visible()
    page_phone.context.set_offline(True)
    page_phone.clock.run_for(125_000)
    expect(page_phone.locator("#stale")).to_contain_text("What you see is 2 min old.")
    page_phone.context.set_offline(False)
    for _ in range(40):  # the pauses between tries grow, and an answer takes real time
        page_phone.clock.run_for(4_000)
        page_phone.wait_for_timeout(250)
        if page_phone.locator("#stale").is_hidden():
            break
    expect(page_phone.locator("#stale")).to_be_hidden()


@pytest.mark.usefixtures("house")
def test_leaving_and_cancelling_ask_once(page_phone: Page, axe: Axe) -> None:
    visit = walk_in()
    page_phone.goto(f"/v/{visit.link_token}")
    page_phone.get_by_role("link", name="Leave").click()
    axe(page_phone)
    page_phone.get_by_role("button", name="Leave and give up my places").click()
    expect(page_phone.get_by_role("heading", name="You have left")).to_be_visible()
    booked = situations.booked(situations.wish("chamber.employer"), not_before="14:00")
    settle()
    page_phone.goto(f"/v/{booked.link_token}")
    page_phone.get_by_role("link", name="Move").click()
    axe(page_phone)
    page_phone.get_by_role("link", name="Keep it as it is").click()
    page_phone.get_by_role("link", name="Cancel the visit").click()
    axe(page_phone)
    page_phone.get_by_role("button", name="Cancel the visit").click()
    expect(page_phone.get_by_role("heading", name="This visit is cancelled")).to_be_visible()


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("address", ["/find", "/privacy", "/accessibility", "/?lang=fi", "/?lang=ar-XB"])
def test_the_other_pages_can_be_used_by_everyone(page_phone: Page, axe: Axe, address: str) -> None:
    page_phone.goto(address)
    axe(page_phone)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("width", "language"), [(195, "en"), (320, "fi"), (390, "ar-XB"), (1280, "sv")])
def test_nothing_is_lost_at_any_width(open_page: OpenPage, axe: Axe, width: int, language: str) -> None:
    """195 px is a phone at 200 %: the chosen visit is open, the others are folded."""
    page = open_page(width, 844)
    page.goto(f"/book?lang={language}")
    for question, value in (("purpose", "work"), ("citizenship", "other"), ("identity_code", "yes")):
        page.locator(f"input[name=q-{question}][value={value}]").check()
    page.locator("#adults").select_option("3")
    sights = []
    for step in range(5):
        page.locator("footer").wait_for()  # the next page stands whole
        sights.append(page.evaluate("document.documentElement.scrollWidth"))
        if step < 4:
            onward(page)
    assert sights == [width] * 5, "no page scrolls sideways"
    axe(page)
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar-XB" else "ltr")
