"""The hall's display in a browser: calls, sound, and honesty when the server is gone.

The page's clock is Playwright's, so that seconds pass at a word; the house's clock stands at ten.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ihh import clock
from ihh.models.account import DeviceKind
from ihh.services import devices, serving
from tests.browser.conftest import Axe, Faults
from tests.servers.chromium import launch
from tests.servers.in_process import listening
from tests.servers.site import Site, sqlite_site
from tests.situations import at, opened, walked_in

NOW = at("10:00")
KELA, VERO = "kela.social_security", "vero.tax_card"
HALL = {"width": 1920, "height": 1080}

WATCH = """
window.chimes = 0;
window.screens = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...rest) { window.chimes += 1; return start.apply(this, rest); };
document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  const { screen } = document.body.dataset;
  if (screen !== window.screens.at(-1)) window.screens.push(screen);
}).observe(document.body, { attributeFilter: ["data-screen"] }));
"""

DIGIT_HEIGHT = """(selector) => {
  const style = getComputedStyle(document.querySelector(selector));
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return pen.measureText("1").actualBoundingBoxAscent / innerHeight;
}"""


IS_KEPT = """async () => {
  const cache = await caches.open("ihh-display-1");
  const files = [...document.head.querySelectorAll("link[rel=modulepreload], script")].map((e) => e.href ?? e.src);
  const kept = await Promise.all([location.href, ...files].map((url) => cache.match(url, { ignoreVary: true })));
  return kept.every(Boolean);
}"""
"""Whether the service worker could show the page without a network."""


@dataclass
class Hall:
    """A house whose server can be stopped and started, and displays that look at it."""

    site: Site
    browser: Browser
    faults: Faults
    stack: ExitStack
    port: int = 0
    server: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self.server = ExitStack()
        url = self.server.enter_context(listening(self.site.app, self.port))
        self.port = int(url.rsplit(":", 1)[1])

    def stop(self) -> None:
        self.server.close()

    def display(self, path: str = "/display/", *, browser: Browser | None = None) -> Page:
        """A page of a paired display, loaded and showing the first board."""
        address = f"http://127.0.0.1:{self.port}"
        context = (browser or self.browser).new_context(base_url=address, viewport=HALL, locale="fi-FI")
        self.stack.callback(context.close)
        self.faults.watch(context)
        code = devices.add_device(DeviceKind.DISPLAY, "hall", now=clock.real_now())
        _, token = devices.pair(code, DeviceKind.DISPLAY, now=clock.real_now())
        context.add_cookies([{"name": "ihh_display", "value": token, "url": address}])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.clock.install()
        page.goto(path)
        expect(page.locator("body")).not_to_have_attribute("data-screen", "loading")
        self.wait_until_kept(page)
        return page

    def wait_until_kept(self, page: Page) -> None:
        """Until then the page's worker still loads files: a test must neither stop the server nor end."""
        deadline = time.monotonic() + 10
        while not page.evaluate(IS_KEPT):
            assert time.monotonic() < deadline, "the service worker keeps the page"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def loud_browser(playwright: Playwright) -> Iterator[Browser]:
    """Started as a display is: it may sound unasked."""
    browser = launch(playwright, ["--autoplay-policy=no-user-gesture-required"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def house_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sqlite_site(tmp_path_factory.mktemp("hall")) as site:
        yield site


@pytest.fixture
def hall(
    house_site: Site, loud_browser: Browser, faults: Faults, set_clock: Callable[[datetime], None]
) -> Iterator[Hall]:
    house_site.restore()
    set_clock(NOW)
    with house_site.app.app_context(), ExitStack() as stack:
        opened("kela-1", "kela-2", "vero-1", now=NOW)
        hall = Hall(house_site, loud_browser, faults, stack)
        hall.start()
        stack.callback(hall.stop)
        yield hall


def call(desk: str, service: str = KELA) -> str:
    walked_in(service, now=clock.now())
    return serving.call_next(desk, now=clock.now(), by="clerk:1").number


def seen(number: str) -> re.Pattern[str]:
    """The number as the screen writes it, with a space that does not break."""
    return re.compile(re.escape(number.replace(" ", "\u00a0")))


def on_screen(page: Page, screen: str, *, within_s: float = 10) -> None:
    expect(page.locator("body")).to_have_attribute("data-screen", screen, timeout=within_s * 1000)


def chimes(page: Page) -> int:
    return int(page.evaluate("chimes"))


# ---------------------------------------------------------------- calls


def test_a_call_takes_the_screen_and_sounds(hall: Hall, axe: Axe) -> None:
    page = hall.display()
    on_screen(page, "hall")
    expect(page.get_by_text("No one is called yet")).to_be_visible()
    axe(page)
    number = call("kela-2")
    on_screen(page, "call", within_s=2)
    expect(page.locator("#takeover")).to_contain_text(seen(number))
    expect(page.locator("#takeover")).to_contain_text("Go to desk 8")
    expect(page.locator("#takeover .area")).to_have_text("B")
    page.wait_for_function("chimes === 1")
    axe(page)
    page.clock.run_for(7_500)
    on_screen(page, "call")
    page.clock.run_for(1_000)
    on_screen(page, "hall")
    expect(page.locator("#calls li").first).to_contain_text(seen(number))
    expect(page.get_by_text("No one is called yet")).to_be_hidden()
    axe(page)


def test_the_current_number_is_large_enough_for_the_hall(hall: Hall) -> None:
    call("kela-1")
    page = hall.display()
    assert page.evaluate(DIGIT_HEIGHT, ".call--now") > 0.15
    box = page.locator(".call--now .area").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 1920 - 33 * 16, "the badge stays inside the calls"


def test_a_recall_takes_the_screen_and_sounds_again(hall: Hall) -> None:
    page = hall.display()
    call("kela-1")
    page.wait_for_function("chimes === 1")
    page.clock.run_for(9_000)
    on_screen(page, "hall")
    serving.recall("kela-1", now=clock.now(), by="clerk:1")
    on_screen(page, "call", within_s=2)
    page.wait_for_function("chimes === 2")


def test_calls_from_before_are_shown_and_not_announced(hall: Hall) -> None:
    earlier = call("kela-1")
    page = hall.display()
    expect(page.locator("#calls li").first).to_contain_text(seen(earlier))
    later = call("kela-2")
    on_screen(page, "call")
    expect(page.locator("#takeover")).to_contain_text(seen(later))
    page.clock.run_for(9_000)
    on_screen(page, "hall")
    assert page.evaluate("screens") == ["hall", "call", "hall"]
    assert chimes(page) == 1


def test_calls_at_once_are_shown_one_after_another(hall: Hall) -> None:
    page = hall.display()
    first, second = call("kela-1"), call("vero-1", VERO)
    expect(page.locator("#takeover")).to_contain_text(seen(first))
    expect(page.locator("#others")).not_to_contain_text(seen(first))
    page.clock.run_for(8_500)
    expect(page.locator("#takeover")).to_contain_text(seen(second))
    page.clock.run_for(8_500)
    on_screen(page, "hall")
    assert chimes(page) == 2


def test_a_call_taken_back_while_it_waits_is_not_announced(hall: Hall) -> None:
    page = hall.display()
    call("kela-1")
    back = call("vero-1", VERO)
    on_screen(page, "call")
    expect(page.locator("#calls li")).to_have_count(2)
    serving.requeue("vero-1", now=clock.now(), by="clerk:1")
    expect(page.locator("#calls li")).to_have_count(1)
    page.clock.run_for(8_500)
    on_screen(page, "hall")
    expect(page.locator("#calls")).not_to_contain_text(seen(back))
    assert chimes(page) == 1


def test_a_display_of_one_area_leaves_other_calls_to_others(hall: Hall) -> None:
    page = hall.display("/display/?area=B")
    opened("employment-1", now=NOW)
    other = call("employment-1", "employment.jobseeker")
    number = call("kela-1")
    expect(page.locator("#takeover")).to_contain_text(seen(number))
    expect(page.locator("#others")).not_to_contain_text(seen(other))
    assert chimes(page) == 1


def test_a_browser_that_forbids_sound_offers_to_turn_it_on(hall: Hall, browser: Browser, axe: Axe) -> None:
    page = hall.display(browser=browser)
    button = page.get_by_role("button", name="Turn sound on")
    axe(page)
    call("kela-1")
    on_screen(page, "call")
    assert chimes(page) == 0
    button.click()
    expect(button).to_be_hidden()
    page.wait_for_function("chimes === 1")


# ---------------------------------------------------------------- old, closed, revoked


def test_a_board_without_word_from_the_server_says_that_it_is_old(
    hall: Hall, faults: Faults, axe: Axe
) -> None:
    faults.allowed += ["ERR_CONNECTION_RE", "WebSocket connection"]
    opened("kela-3", "vero-2", now=NOW)
    for desk, service in (("kela-3", KELA), ("vero-1", VERO), ("vero-2", VERO)):
        call(desk, service)
    number = call("kela-1")
    page = hall.display()
    expect(page.locator(".waits")).to_be_visible()
    hall.stop()
    page.clock.run_for(14_000)
    on_screen(page, "hall")
    page.clock.run_for(8_000)
    on_screen(page, "old")
    page.clock.fast_forward(6 * 60_000)
    expect(page.get_by_text("6 minutes old")).to_be_visible()
    expect(page.locator("#old-calls li").first).to_contain_text(seen(number))
    expect(page.locator("#old-calls time")).to_have_text(["10.00"] * 4)
    assert bottom(page, "#old-calls li:last-child") <= bottom(page, ".old"), "two rows of calls fit"
    expect(page.locator(".waits")).to_be_hidden()
    axe(page)

    page.reload()
    on_screen(page, "old")
    expect(page.locator("#old-calls li").first).to_contain_text(seen(number))
    assert page.evaluate("screens") == ["old"]

    meanwhile = call("kela-2")
    hall.start()
    page.clock.run_for(11_000)
    expect(page.locator("body")).to_have_attribute("data-screen", re.compile("call|hall"))
    expect(page.locator("#calls li").first).to_contain_text(seen(meanwhile))


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_a_closed_house_says_when_it_opens(
    hall: Hall, set_clock: Callable[[datetime], None], axe: Axe
) -> None:
    set_clock(at("16:30"))
    page = hall.display()
    on_screen(page, "closed")
    expect(page.locator("#opening")).to_contain_text(re.compile(r"ke 2\.12\..* 9\.00"))
    expect(page.locator("#clock")).to_have_text("16.30")
    axe(page)
    number = call_after_hours("kela-1")
    on_screen(page, "call")
    page.clock.run_for(9_000)
    on_screen(page, "hall")
    expect(page.locator("#calls")).to_contain_text(seen(number))


def call_after_hours(desk: str) -> str:
    """Whoever came in time is still called."""
    walked_in(KELA, now=at("15:59"))
    return serving.call_next(desk, now=clock.now(), by="clerk:1").number


def test_a_revoked_display_is_led_to_pairing(hall: Hall, faults: Faults) -> None:
    faults.allowed.append("401")
    page = hall.display()
    devices.revoke("hall", now=clock.real_now())
    page.clock.run_for(6_000)
    expect(page).to_have_url(re.compile("/display/pair$"))
    expect(page.locator("#code")).to_be_visible()


def test_which_of_two_boards_is_newer(hall: Hall) -> None:
    page = hall.display()
    assert page.evaluate("""async () => {
      const { BoardGate } = await import("/display/static/gate.js");
      const gate = new BoardGate();
      const takes = (epoch, revision) => gate.accepts({ epoch, revision });
      const taken = [takes("2026-12-01", 7), takes("2026-12-01", 6), takes("2026-12-01", 7),
        takes("2026-12-02", 0), takes("2026-12-01", 9), takes("2026-12-02", 1)];
      gate.forget();
      return [...taken, takes("2026-11-30", 0)];
    }""") == [True, False, True, True, False, True, True]
