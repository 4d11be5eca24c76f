"""The whole journey: a phone abroad, the kiosk's camera, the hall, two desks, the statistics file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from ihh import clock
from ihh.services import check_in, day_end, demonstration, serving
from ihh.services.statistics.closing import close_days
from ihh.services.statistics.releasing import release_closed
from tests.browser.conftest import KioskWithCamera, OpenPage
from tests.servers.in_process import listening
from tests.servers.site import Site, settle, sqlite_site
from tests.situations import TUESDAY, at, booked, opened, wish

HALF_PAST_TEN = at("10:30")
ANSWERS = {"purpose": "work", "citizenship": "nordic", "identity_code": "yes"}
SERVICES = ("dvv.register", "kela.social_security")
EARLIER_VISITORS = 6
"""Enough that the day's figures may be shown."""


@dataclass(frozen=True)
class Serving:
    base_url: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sqlite_site(tmp_path_factory.mktemp("journey")) as site:
        yield site


@pytest.fixture(scope="module")
def server(house: Site) -> Iterator[Serving]:
    """The product as a demonstration at half past ten, without the synthetic crowd."""
    house.app.config["IHH"] = replace(house.app.config["IHH"], is_demo=True)
    clock.shift(HALF_PAST_TEN - clock.real_now())
    with house.app.app_context():
        demonstration.ensure_accounts(now=HALF_PAST_TEN)
        earlier_visitors()
        settle()
    with listening(house.app) as address:
        yield Serving(address)
    clock.shift(timedelta(0))


def earlier_visitors() -> None:
    """People who were served by DVV and Kela this morning."""
    opened("dvv-1", "kela-1", now=at("08:59"))
    for index in range(EARLIER_VISITORS):
        visit = booked(wish(*SERVICES), now=at("12:00", TUESDAY - timedelta(days=2)))
        arrived = at("09:00") + timedelta(minutes=10 * index)
        check_in.check_in(visit.check_in_token, now=arrived, by="kiosk:test")
        for desk_id, minute in (("dvv-1", 1), ("kela-1", 5)):
            serve(desk_id, arrived + timedelta(minutes=minute))
    for desk_id in ("dvv-1", "kela-1"):
        from ihh.services.desks import close_desk

        close_desk(desk_id, now=HALF_PAST_TEN)


def serve(desk_id: str, called: datetime) -> None:
    serving.call_next(desk_id, now=called, by="demo")
    serving.start(desk_id, now=called + timedelta(minutes=1), by="demo")
    serving.complete(desk_id, now=called + timedelta(minutes=3), by="demo")


def onward(page: Page) -> None:
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_load_state()


def book_today(phone: Page) -> bytes:
    """Answer three questions, take the soonest visit, confirm it; a picture of the QR code on the page."""
    phone.goto("/")
    phone.get_by_role("link", name="Book a visit").first.click()
    for question, answer in ANSWERS.items():
        phone.locator(f'input[name="q-{question}"][value="{answer}"]').check()
    onward(phone)
    for box in phone.locator('input[name="service"]').all():
        box.set_checked(box.get_attribute("value") in SERVICES)
    onward(phone)
    phone.locator('input[name="plan"]').first.check()
    onward(phone)
    expect(phone.get_by_text("Tuesday 1 December 2026").first).to_be_visible()
    onward(phone)
    expect(phone.get_by_text("Your visit is booked")).to_be_visible()
    phone.wait_for_load_state("networkidle")  # the page's first look for news may draw it anew
    return phone.locator("svg.qr").first.screenshot()


def take_desk(desk: Page, username: str, desk_id: str) -> None:
    desk.goto("about:blank")  # an open desk would ask for news without its cookie
    desk.context.clear_cookies()
    desk.goto("/staff")
    desk.locator("#username").fill(username)
    desk.locator("#password").fill("demo")
    desk.locator("#password").press("Enter")
    desk.wait_for_url("**/staff/start")
    desk.goto("/desk")
    desk.locator(f"form[action='/desk/{desk_id}/open'] button").click()
    desk.wait_for_url(f"**/desk/{desk_id}")
    expect(desk.locator("#shortcuts")).to_be_visible()


def nightfall(house: Site) -> None:
    """The day ends, becomes facts, and its figures are published."""
    night = at("03:00", TUESDAY + timedelta(days=1))
    with house.app.app_context():
        day_end.tidy(now=night)
        close_days(now=night)
        release_closed(now=night)
        settle()


def figures(analyst: Page) -> dict[str, str]:
    """The day's total in the exported file."""
    analyst.context.clear_cookies()
    analyst.goto("/staff")
    analyst.locator("#username").fill("analyst")
    analyst.locator("#password").fill("demo")
    analyst.locator("#password").press("Enter")
    analyst.wait_for_url("**/staff/start")
    answer = analyst.request.get(f"/statistics/export?span={TUESDAY.isoformat()}&format=csv")
    assert answer.ok
    (row,) = csv.DictReader(io.StringIO(answer.text(), newline=""))
    return row


def test_one_visit_from_the_phone_to_the_statistics(
    server: Serving,
    house: Site,
    open_page: OpenPage,
    page_phone: Page,
    page_hall: Page,
    page_desk: Page,
    kiosk_with_camera: KioskWithCamera,
) -> None:
    code = book_today(page_phone)
    my_visit = page_phone.url

    page_hall.goto("/display/")
    kiosk = kiosk_with_camera(code)
    kiosk.goto("/kiosk/")
    kiosk.get_by_role("link", name="I have a QR code").click()
    expect(kiosk.get_by_role("heading", level=1)).to_contain_text("You are checked in", timeout=30_000)
    number = kiosk.locator(".hero .number bdi").inner_text()
    shown = re.compile(re.escape(number).replace("\\\u00a0", r"\s"))

    page_phone.goto(my_visit)
    expect(page_phone.locator("main")).to_contain_text(shown)

    for username, desk_id, label, area in (("dvv", "dvv-1", "1", "A"), ("kela", "kela-2", "8", "B")):
        take_desk(page_desk, username, desk_id)
        expect(page_desk.locator("#main-action")).to_contain_text("Call next")
        page_desk.keyboard.press("n")
        expect(page_desk.locator(".who__number")).to_contain_text(shown)
        expect(page_hall.locator("#takeover")).to_contain_text(shown)
        expect(page_hall.locator("#takeover")).to_contain_text(f"Go to desk {label}", timeout=20_000)
        expect(page_hall.locator("#takeover .area")).to_have_text(area)
        expect(page_phone.locator("main")).to_contain_text(label, timeout=15_000)
        expect(page_phone.locator("main")).to_contain_text("It is your turn")
        page_desk.keyboard.press("s")
        expect(page_desk.locator("#do-finish")).to_be_enabled()
        page_desk.keyboard.press("f")
        expect(page_desk.locator(".who__number")).to_have_count(0)

    expect(page_phone.locator("main")).to_contain_text(
        re.compile("finished|Thank you|done", re.I), timeout=15_000
    )

    nightfall(house)
    total = figures(open_page(1440, 900))
    assert int(total["visits"]) == EARLIER_VISITORS + 1
    assert int(total["service_events"]) == 2 * (EARLIER_VISITORS + 1)
