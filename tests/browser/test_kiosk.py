"""The kiosk in Chromium: codes scanned, held and typed, numbers taken, the network lost, the screen forgotten."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from ihh import clock
from ihh.services import check_in
from tests import situations
from tests.browser.conftest import AllowConsole, Axe, KioskWithCamera
from tests.servers.site import Site, settle
from tests.situations import at

DVV = "dvv.register"
LOWEST = 900
"""Pixels from the floor within which "Lower buttons" brings everything one touches."""

COUNT_PRINTS = (
    "window.print = () => sessionStorage.setItem('prints', 1 + Number(sessionStorage.getItem('prints')))"
)


class Quiet(WSGIRequestHandler):
    def log(self, *args: object) -> None:
        """A failing test shows the page's faults, not a line for each file it loaded."""


@dataclass(frozen=True)
class House:
    base_url: str
    app: Flask


@pytest.fixture(scope="module")
def server(sqlite_site: Site) -> Iterator[House]:
    """The product in this process, as a demonstration, at a time of the tests' own."""
    app = sqlite_site.app
    real = app.config["IHH"]
    app.config["IHH"] = replace(real, is_demo=True)
    served = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    try:
        yield House(f"http://127.0.0.1:{served.port}", app)
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
        app.config["IHH"] = real
        clock.shift(timedelta(0))


@pytest.fixture
def house(server: House, sqlite_app: Flask) -> House:
    """A quiet house at 10:00 on a Tuesday, its desks open."""
    clock.shift(at("10:00") - clock.real_now())
    situations.opened("dvv-1", "vero-1", "kela-1", "city-1", now=at("09:00"))
    settle()
    return server


@pytest.fixture
def kiosk(house: House, page_kiosk: Page) -> Page:
    page_kiosk.add_init_script(COUNT_PRINTS)
    page_kiosk.goto("/kiosk/")
    return page_kiosk


@pytest.fixture
def token(house: House) -> str:
    """What the QR code of a visit at 10:00 holds."""
    visit = situations.booked(situations.wish(DVV), not_before="10:00")
    settle()
    return visit.check_in_token


@pytest.fixture
def code(house: House) -> str:
    visit = situations.booked(situations.wish(DVV), not_before="10:00")
    settle()
    return visit.booking_code


def wedge(page: Page, text: str) -> None:
    """Type as a scanner does: at once, ended by Enter."""
    page.evaluate(
        """text => {
            for (const key of [...text, "Enter"])
                (document.activeElement ?? document.body).dispatchEvent(
                    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def number_on(page: Page) -> str:
    shown = page.locator(".hero .number bdi").inner_text()
    return shown.replace("\u00a0", " ")


def prints(page: Page) -> str | None:
    """How often the page was printed."""
    count: str | None = page.evaluate("sessionStorage.getItem('prints')")
    return count


def numbers_given() -> list[str | None]:
    settle()
    return [situations.visit(str(event.visit_id)).queue_number for event in situations.events("check_in")]


# ------------------------------------------------------------------ journeys


def test_a_scan_on_the_first_screen_checks_in_and_prints_once(kiosk: Page, token: str) -> None:
    wedge(kiosk, token)

    expect(heading(kiosk)).to_contain_text("You are checked in")
    assert [number_on(kiosk)] == numbers_given()
    expect(kiosk.get_by_role("heading", name="Go to area A")).to_be_visible()
    for _ in range(50):  # printed when the page has loaded, not when its heading stands
        if prints(kiosk):
            break
        kiosk.wait_for_timeout(100)
    assert prints(kiosk) == "1"

    kiosk.reload()

    assert [number_on(kiosk)] == numbers_given()
    assert prints(kiosk) == "1"


def test_a_double_scan_is_one_check_in(kiosk: Page, token: str) -> None:
    wedge(kiosk, token)
    wedge(kiosk, token)

    expect(heading(kiosk)).to_contain_text("You are checked in")
    assert len(numbers_given()) == 1


def test_a_code_held_to_the_camera_checks_in(
    house: House, token: str, kiosk_with_camera: KioskWithCamera
) -> None:
    page = kiosk_with_camera(token)
    page.goto("/kiosk/")
    page.get_by_role("link", name="I have a QR code").click()

    expect(heading(page)).to_contain_text("You are checked in", timeout=30_000)
    assert [number_on(page)] == numbers_given()


def test_without_a_camera_the_screen_says_what_else_works(kiosk: Page) -> None:
    kiosk.goto("/kiosk/qr")

    expect(kiosk.get_by_text("Use the scanner, or type your booking code.")).to_be_visible()
    kiosk.get_by_role("link", name="Type the code").click()
    expect(heading(kiosk)).to_have_text("Type your booking code")


def test_a_code_is_typed_on_the_screen(kiosk: Page, code: str) -> None:
    kiosk.get_by_role("link", name="I have a booking code").click()
    for sign in code[:3]:
        kiosk.locator(f"[data-key='{sign}']").tap()
    kiosk.get_by_role("button", name="Check in").tap()
    expect(kiosk.get_by_text("Yours has 3 so far.")).to_be_visible()
    kiosk.get_by_role("button", name="Delete", exact=True).tap()
    for sign in code[2:]:
        kiosk.locator(f"[data-key='{sign}']").tap()

    kiosk.get_by_role("button", name="Check in").tap()

    expect(heading(kiosk)).to_contain_text("You are checked in")


def test_a_refused_code_leads_on(kiosk: Page, allow_console: AllowConsole) -> None:
    allow_console("404")
    kiosk.goto("/kiosk/code")
    kiosk.keyboard.type("99999999", delay=60)
    kiosk.keyboard.press("Enter", delay=100)

    expect(heading(kiosk)).to_have_text("Code not found")
    expect(kiosk.get_by_text("We do not know this code.")).to_be_visible()
    kiosk.get_by_role("link", name="Try again").click()
    expect(kiosk.get_by_label("It is in your booking confirmation.")).to_have_value("99999999")


def test_a_walk_in_gets_a_number_by_touch_alone(kiosk: Page) -> None:
    kiosk.get_by_role("link", name="I have no booking").tap()
    kiosk.get_by_role("button", name="Continue").tap()
    expect(kiosk.get_by_role("alert")).to_have_text("Choose at least one service.")
    kiosk.get_by_text("Advice on benefits").tap()
    kiosk.get_by_text("City advice for newcomers").tap()
    kiosk.get_by_role("button", name="Continue").tap()
    kiosk.get_by_role("group", name="Adults").get_by_role("radio", name="2").tap()
    kiosk.get_by_role("button", name="Take a number").dblclick()

    expect(heading(kiosk)).to_contain_text("You are checked in")
    settle()
    events = situations.events("take_number")
    assert [situations.visit(str(event.visit_id)).queue_number for event in events] == [number_on(kiosk)]
    assert situations.visit(str(events[0].visit_id)).adults == 2


# ------------------------------------------------------------------ without a network


def test_a_scan_without_a_network_is_kept_and_sent(
    kiosk: Page, token: str, allow_console: AllowConsole
) -> None:
    allow_console("ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|WebSocket|fetching the script")
    kiosk.context.set_offline(True)
    wedge(kiosk, token)
    expect(heading(kiosk)).to_have_text("No connection right now")
    expect(kiosk.get_by_text("Your scan is kept")).to_be_visible()

    kiosk.context.set_offline(False)

    expect(heading(kiosk)).to_contain_text("You are checked in")
    assert [number_on(kiosk)] == numbers_given()


def test_a_lost_answer_does_not_make_a_second_number(
    kiosk: Page, token: str, allow_console: AllowConsole
) -> None:
    allow_console("ERR_FAILED")
    lost: list[int] = []

    def lose_the_first(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
            return
        lost.append(route.fetch().status)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    kiosk.route("**/kiosk/check-in", lose_the_first)
    wedge(kiosk, token)

    expect(heading(kiosk)).to_contain_text("You are checked in")
    assert lost == [200], "the house had answered"
    assert [number_on(kiosk)] == numbers_given()


def test_a_reload_without_a_network_says_where_to_go(
    kiosk: Page, token: str, allow_console: AllowConsole
) -> None:
    allow_console("ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|WebSocket|fetching the script")
    kiosk.evaluate("navigator.serviceWorker.ready")
    kiosk.context.set_offline(True)
    kiosk.reload()
    expect(heading(kiosk)).to_contain_text("No connection")
    expect(kiosk.get_by_text("Please go to the information desk.")).to_be_visible()
    assert (
        kiosk.evaluate("getComputedStyle(document.querySelector('.hero')).backgroundColor")
        == "rgb(0, 0, 191)"
    )
    wedge(kiosk, token)
    expect(kiosk.get_by_text("Your scan is kept.")).to_be_visible()

    with kiosk.expect_response("**/kiosk/check-in") as sent:
        kiosk.context.set_offline(False)

    assert sent.value.status == 200
    assert len(numbers_given()) == 1, "the scan was sent for the visitor who had gone"
    expect(heading(kiosk)).to_have_text("Check in here")


# ------------------------------------------------------------------ nobody sees the visitor before


def test_an_idle_screen_warns_then_forgets(kiosk: Page) -> None:
    kiosk.clock.install()
    kiosk.goto("/kiosk/?language=sv")
    kiosk.get_by_role("button", name="Hög kontrast").click()
    kiosk.goto("/kiosk/code")
    kiosk.keyboard.type("KQ")
    kiosk.clock.run_for(46_000)
    expect(kiosk.get_by_role("dialog")).to_be_visible()
    kiosk.get_by_role("button", name="Mer tid").click()
    expect(kiosk.get_by_role("dialog")).to_be_hidden()
    expect(kiosk.locator("#scanned")).to_have_value("KQ")

    kiosk.clock.run_for(61_000)

    kiosk.wait_for_url("**/kiosk/")
    html = kiosk.locator("html")
    expect(html).to_have_attribute("lang", "en")
    assert html.get_attribute("data-contrast") is None


def test_the_confirmation_closes_and_cannot_be_gone_back_to(kiosk: Page, token: str) -> None:
    kiosk.clock.install()
    wedge(kiosk, token)
    expect(heading(kiosk)).to_contain_text("You are checked in")
    number = number_on(kiosk)
    expect(kiosk.get_by_role("button", name="More time")).to_be_visible()  # the script counts from here
    kiosk.clock.run_for(15_000)
    kiosk.get_by_role("button", name="More time").click()
    kiosk.clock.run_for(15_000)
    expect(heading(kiosk)).to_contain_text("You are checked in")

    kiosk.clock.run_for(52_000)

    expect(heading(kiosk)).to_have_text("Check in here")
    kiosk.go_back()
    expect(kiosk.get_by_text(number.replace(" ", "\u00a0"))).to_have_count(0)


# ------------------------------------------------------------------ for everyone


@pytest.mark.parametrize("path", ["/kiosk/", "/kiosk/code", "/kiosk/walk-in"])
def test_lower_buttons_bring_all_that_is_touched_into_reach(kiosk: Page, path: str) -> None:
    kiosk.goto(path)
    kiosk.get_by_role("button", name="Lower buttons").tap()
    expect(kiosk.get_by_role("button", name="Lower buttons")).to_have_attribute("aria-pressed", "true")
    kiosk.goto(path)

    tops = kiosk.locator("a:visible, button:visible, input:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().top)"
    )

    assert min(tops) >= 1920 - LOWEST
    assert kiosk.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_larger_text_is_larger_on_the_next_page_too(kiosk: Page) -> None:
    size = "getComputedStyle(document.querySelector('h1')).fontSize"
    kiosk.goto("/kiosk/help")
    before = float(kiosk.evaluate(size).removesuffix("px"))
    kiosk.goto("/kiosk/")
    kiosk.get_by_role("button", name="Larger text").tap()
    kiosk.goto("/kiosk/help")

    assert float(kiosk.evaluate(size).removesuffix("px")) >= 1.2 * before
    assert kiosk.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_every_screen_is_accessible(
    kiosk: Page, code: str, language: str, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("404")
    kiosk.goto(f"/kiosk/?language={language}")
    expect(kiosk.locator("html")).to_have_attribute("lang", language)
    axe(kiosk)
    party = "/walk-in/party?service=kela.advice"
    for path in ("/qr", "/code", "/walk-in", party, "/help", "/offline"):
        kiosk.goto(f"/kiosk{path}")
        axe(kiosk)
    kiosk.goto("/kiosk/")
    wedge(kiosk, "99999999")
    expect(kiosk.locator("#answer-sentence")).to_be_visible()
    axe(kiosk)
    wedge(kiosk, code)
    kiosk.wait_for_url("**/kiosk/done")
    axe(kiosk)
    kiosk.get_by_role("button").nth(1).click()  # high contrast may be on or off: both must do
    axe(kiosk)


def test_the_slip_is_one_page_of_80_mm_without_names_or_services(kiosk: Page, token: str) -> None:
    visit = situations.booked(situations.wish(DVV), not_before="10:00")
    done = check_in.check_in(visit.booking_code, now=at("10:00"), by="kiosk:other")
    assert done.visit_id
    settle()
    wedge(kiosk, token)
    expect(heading(kiosk)).to_contain_text("You are checked in")
    number = number_on(kiosk)
    kiosk.get_by_role("button", name="Lower buttons").click()  # the slip prints whatever the screen shows

    paper = kiosk.pdf(prefer_css_page_size=True)
    kiosk.emulate_media(media="print")

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", paper)
    assert box is not None
    assert float(box.group(1)) == pytest.approx(80 / 25.4 * 72, abs=1)
    slip = kiosk.locator("#slip").inner_text()
    assert number in slip.replace("\u00a0", " ")
    assert "DVV" in slip
    assert "Demo" in slip
    assert "Registration" not in slip
    expect(kiosk.locator("#slip svg.qr")).to_be_visible()
    expect(heading(kiosk)).to_be_hidden()
    colours = kiosk.locator("#slip, #slip *").evaluate_all(
        "all => [...new Set(all.map(each => getComputedStyle(each).color))]"
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
