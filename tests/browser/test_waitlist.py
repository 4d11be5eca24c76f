"""The waitlist's pages in Chromium: axe and no sideways scrolling in each language, and the way from choosing to taking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ihh import clock
from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit
from ihh.services import booking, day_end, waitlist, waitlist_entries
from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.servers.in_process import listening
from tests.servers.site import settle, sqlite_site
from tests.situations import TUESDAY, at, booked, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
CHAMBER = "chamber.employer"
LANGUAGES = ("en", "fi", "sv", "ar-XB")
FAMILY = Wish(
    Party(2, 1),
    (LegWish(CHAMBER, ("p1",), ("passport",)), LegWish("dvv.changes", ("p1", "p2", "p3"))),
    "en",
    "work",
)


@dataclass(frozen=True)
class House:
    base_url: str
    app: Flask


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The product in this process on a Friday, with the chamber's Tuesday full."""
    with sqlite_site(tmp_path_factory.mktemp("waitlist")) as site, listening(site.app) as url:
        clock.shift(NOW - clock.real_now())
        try:
            with site.app.app_context():
                for _ in range(8):
                    booked(wish(CHAMBER), now=NOW)
                settle()
                yield House(url, site.app)
        finally:
            clock.shift(timedelta(0))


def joined(wanted: Wish) -> str:
    """The address of the page of one who waits for Tuesday."""
    entry = waitlist_entries.join(wanted, None, first=TUESDAY, last=TUESDAY, now=NOW, source=None)
    settle()
    return f"/w/{entry.link_token}"


def free_one() -> None:
    visits = select(Visit.id).where(Visit.state == "booked").order_by(Visit.id)
    booking.cancel(db.session.scalars(visits).all()[0], now=NOW)
    settle()


def entry_id(path: str) -> str:
    return waitlist_entries.find_by_link(path.rpartition("/")[2]).id


def looks_right(page: Page, path: str, language: str, axe: Axe) -> None:
    answer = page.goto(f"{path}?lang={language}")
    assert answer is not None
    assert answer.ok, path
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


@pytest.fixture
def paths(server: House) -> Iterator[list[str]]:
    """Someone with an offer and someone who waits behind; one who left, one who took, one who was too late."""
    with server.app.app_context():
        offered = joined(FAMILY)
        free_one()
        waiting, left = joined(wish(CHAMBER)), joined(wish(CHAMBER))
        waitlist.leave(entry_id(left), now=NOW)
        settle()
        yield [offered, f"{offered}/leave", waiting, f"{waiting}/leave", left]
        for path in (offered, waiting):
            waitlist.leave(entry_id(path), now=NOW)
        booked(wish(CHAMBER), now=NOW)
        settle()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_on_a_phone(page_phone: Page, paths: list[str], axe: Axe, language: str) -> None:
    for path in paths:
        looks_right(page_phone, path, language, axe)


def test_nothing_is_lost_at_twice_the_text(open_page: OpenPage, paths: list[str], axe: Axe) -> None:
    """A phone whose text is twice as large has half the width."""
    page = open_page(195, 422)
    for path in paths:
        looks_right(page, path, "en", axe)


def test_from_choosing_to_the_booked_visit(
    page_phone: Page, server: House, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("409")
    page = page_phone
    page.goto("/book")
    for question, answer in (("purpose", "employer"),):
        page.locator(f'input[name="q-{question}"][value="{answer}"]').check()
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_url("**/book/services")
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_url("**/book/visit")

    page.goto("/waitlist")
    axe(page)
    page.locator("button[type=submit]", has_text="Join").click()
    expect(page.get_by_role("heading", name="A visit is free on Friday 27 November 2026")).to_be_visible()
    axe(page)
    page.locator("#from").fill(TUESDAY.isoformat())
    page.locator("#to").fill(TUESDAY.isoformat())
    page.locator("button[type=submit]", has_text="Join").click()
    expect(page.get_by_text("Nobody is before you")).to_be_visible()

    with server.app.app_context():
        free_one()
    page.get_by_role("link", name="Show how it stands now").click()
    expect(page.get_by_role("heading", name="A visit is free for you")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Take this visit").click()
    page.wait_for_url("**/v/**")
    expect(page.get_by_text("Your visit is booked.")).to_be_visible()


def test_a_wait_that_is_over_says_so(page_phone: Page, server: House, axe: Axe) -> None:
    with server.app.app_context():
        page = joined(wish(CHAMBER))
        day_end.tidy(now=at("00:10", TUESDAY + timedelta(days=1)))
        settle()
    looks_right(page_phone, page, "en", axe)
    expect(page_phone.get_by_text("The days you waited for are over")).to_be_visible()
