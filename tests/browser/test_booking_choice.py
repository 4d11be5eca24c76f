"""Choosing a visit in Chromium: every kind of choice, enlarged text, the time that is kept, a clerk."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from ihh import clock
from ihh.models.account import Role
from tests import situations
from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.servers.site import settle, sqlite_site
from tests.situations import PASSWORD, at, kept_busy

NOW = at("10:00")
DVV = ("dvv-1", "dvv-2", "dvv-3", "dvv-4")
KELA = ("kela-1", "kela-2", "kela-3")
FAMILY = {"purpose": "work", "citizenship": "other", "identity_code": "yes"}
GERMAN = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}


def december(day: int) -> date:
    return date(2026, 12, day)


class Quiet(WSGIRequestHandler):
    def log(self, *args: object) -> None:
        """A failing test shows the page's faults, not a line for each file it loaded."""


@dataclass(frozen=True)
class House:
    base_url: str
    app: Flask


@contextmanager
def serving(folder: Path) -> Iterator[House]:
    """The product in this process, at a time of the tests' own, with calendars that make every way different."""
    with sqlite_site(folder) as site:
        site.app.config["IHH"] = replace(site.app.config["IHH"], is_demo=True)
        served = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        clock.shift(NOW - clock.real_now())
        try:
            with site.app.app_context():
                fill_calendars()
                situations.clerk(username="anna", role=Role.CLERK)
                settle()
            yield House(f"http://127.0.0.1:{served.port}", site.app)
        finally:
            served.shutdown()
            thread.join()
            served.server_close()
            clock.shift(timedelta(0))


def fill_calendars() -> None:
    """DVV: the afternoon of the 3rd, then from the 10th, two days only early; Kela on these two days late."""
    for day in (1, 2, 4, 7, 8, 9):
        kept_busy(*DVV, day=december(day))
    kept_busy(*DVV, day=december(3), until="13:00")
    for day, kela in ((10, "12:00"), (11, "11:15")):
        kept_busy(*DVV, day=december(day), since="10:00")
        kept_busy(*KELA, day=december(day), until=kela)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("booking-choice")) as house:
        yield house


@pytest.fixture
def house(server: House) -> Iterator[House]:
    clock.shift(NOW - clock.real_now())
    with server.app.app_context():
        yield server


def to_services(
    page: Page, answers: dict[str, str], adults: int = 1, minors: int = 0, start: str = "/book"
) -> None:
    page.goto(start)
    for question, value in answers.items():
        page.locator(f"input[name=q-{question}][value={value}]").check()
    page.locator("#adults").select_option(str(adults))
    page.locator("#minors").select_option(str(minors))
    onward(page)


def onward(page: Page) -> None:
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_load_state()


def sign_in(page: Page) -> None:
    page.goto("/staff")
    page.locator("#username").fill("anna")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def looks_right(page: Page, axe: Axe) -> None:
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_every_kind_of_choice_on_a_phone(page_phone: Page, axe: Axe, language: str) -> None:
    page = page_phone
    page.goto(f"/book?lang={language}")
    to_services(page, FAMILY, adults=2, minors=2)
    onward(page)
    titles = ["Soonest", "Balanced", "Shortest", "Two visits", "Book part, walk in"]
    names = page.locator(".visits__best .visit__name")
    expect(names).to_contain_text(titles)
    looks_right(page, axe)
    page.get_by_role("radio", name=re.compile("Two visits")).check()
    onward(page)
    expect(page.get_by_role("heading", name="Second visit")).to_be_visible()
    looks_right(page, axe)
    onward(page)
    expect(page.get_by_role("link", name=re.compile("Your second visit"))).to_be_visible()
    looks_right(page, axe)
    page.locator("#move").click()
    page.wait_for_url("**/move")
    looks_right(page, axe)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_a_second_visit_and_none(page_phone: Page, axe: Axe, language: str) -> None:
    page = page_phone
    page.goto(f"/book?lang={language}")
    to_services(page, GERMAN, adults=2)
    second = page.locator("input[name=later][value='dvv.register']")
    papers = page.locator(".waiting:has([value='dvv.register'])").get_by_text("Bring with you")
    expect(papers).to_be_hidden()
    second.check()
    expect(papers).to_be_visible()
    looks_right(page, axe)
    onward(page)
    expect(page.get_by_text("the second 21 days after the first").first).to_be_visible()
    looks_right(page, axe)
    page.goto("/book/visit?not_before=900&not_after=900")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
    looks_right(page, axe)


@pytest.mark.usefixtures("house")
def test_with_text_twice_as_large_one_choice_is_open(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(195, 422, device_scale_factor=2)  # a phone of 390 px, zoomed to 200 %
    to_services(page, FAMILY, adults=2, minors=2)
    onward(page)
    looks_right(page, axe)
    opened = page.locator(".visit:has(:checked)")
    folded = page.locator(".visit:not(:has(:checked))")
    expect(opened.locator(".visit__lanes")).to_be_visible()
    expect(opened.locator(".visit__trade")).to_be_visible()
    assert folded.locator(".visit__lanes").count() > 3
    assert not any(lane.is_visible() for lane in folded.locator(".visit__lanes").all())
    two = page.get_by_role("radio", name=re.compile("Two visits"))
    two.check()
    expect(page.locator(".visit:has(:checked) .visit__words")).to_contain_text("Friday 4 December 2026:")
    expect(page.locator(".visit:has(:checked) .visit__lanes")).to_be_visible()
    axe(page)


@pytest.mark.usefixtures("house")
def test_a_visit_is_chosen_and_confirmed_by_keyboard(page_desk: Page) -> None:
    page = page_desk
    to_services(page, FAMILY)
    onward(page)
    page.locator("input[name=plan]:checked").focus()
    page.keyboard.press("ArrowDown")
    day = page.locator("input[name=plan]:checked").get_attribute("data-onward")
    expect(page.locator("[data-onward-text]")).to_have_text(day or "no day")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/confirm")
    page.locator("#email").fill("ann@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your visit is booked.")).to_be_visible()


@pytest.mark.usefixtures("house")
def test_the_countdown_ends_with_fresh_visits_and_what_was_typed(page_phone: Page) -> None:
    page = page_phone
    page.clock.install()
    to_services(page, FAMILY)
    onward(page)
    onward(page)
    left = page.locator("[data-left]")
    expect(left).to_have_text(re.compile(r"^9:\d\d left$"))
    page.locator("#email").fill("ann@example.com")
    page.get_by_role("button", name="Keep them 5 minutes longer").click()
    expect(left).to_have_text(re.compile(r"^14:\d\d left$"))
    expect(page.locator("#email")).to_have_value("ann@example.com")
    expect(page.get_by_role("button", name="Keep them 5 minutes longer")).to_have_count(0)
    page.clock.fast_forward("13:00")
    expect(page.locator("[data-left-said]")).to_contain_text("left to confirm.")
    page.clock.fast_forward("02:05")
    expect(page.get_by_text("are free again. Choose your visit again.")).to_be_visible()
    onward(page)
    expect(page.locator("#email")).to_have_value("ann@example.com")


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("language", ["en", "ar-XB"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_clerk_books_for_a_customer(
    open_page: OpenPage, axe: Axe, allow_console: AllowConsole, language: str, scheme: str
) -> None:
    allow_console("422")  # a reason is missing at first
    page = open_page(1280, 900, color_scheme=scheme)
    sign_in(page)
    page.goto(f"/staff/start?lang={language}")
    page.get_by_role("link", name=re.compile("Book for a customer")).click()
    page.wait_for_url("**/staff/book")
    looks_right(page, axe)
    to_services(page, GERMAN, start="/staff/book")
    entry = page.locator(".waiting:has([value='dvv.register'])")
    entry.get_by_label(re.compile("In this visit all the same")).check()
    onward(page)
    expect(page.locator(".error-summary")).to_be_focused()
    looks_right(page, axe)
    entry.get_by_label("Why it is done all the same").fill("Code on the permit card")
    onward(page)
    looks_right(page, axe)
    onward(page)
    expect(page.get_by_text("Code on the permit card")).to_be_visible()
    looks_right(page, axe)
    onward(page)
    expect(page.get_by_role("heading", name="Booked for the customer")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    looks_right(page, axe)
    page.emulate_media(media="print")
    expect(page.locator(".qr")).to_be_visible()
    expect(page.get_by_text("Code on the permit card")).to_be_hidden()
