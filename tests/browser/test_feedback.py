"""Feedback in a browser: the visit page in two taps, and the kiosk, as people see and hear it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.browser.reading import read_qr
from tests.servers.server import RunningServer

LANGUAGES = ("en", "ar-XB")


def ended_visit(kiosk: Page) -> str:
    """The secret path of a visit that took a number and left again."""
    kiosk.goto("/kiosk/?language=en")
    kiosk.goto("/kiosk/walk-in")
    kiosk.locator("label.service:not(.service--closed)").first.click()
    kiosk.locator("#services .button--primary").click()
    kiosk.wait_for_url("**/party**")
    kiosk.locator("#scan .button--primary").click()
    kiosk.wait_for_url("**/kiosk/done")
    kiosk.wait_for_selector("svg.qr")
    (link,) = read_qr(kiosk)
    path = link[link.index("/v/") :]
    kiosk.goto(path)
    kiosk.locator("#leave").click()
    kiosk.wait_for_url("**/leave")
    kiosk.locator("form.acts button").click()
    kiosk.wait_for_url(f"**{path}")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_taps_and_a_line_on_the_phone(
    open_page: OpenPage, axe: Axe, allow_console: AllowConsole, language: str
) -> None:
    allow_console("422")
    path = ended_visit(open_page(1080, 1920))
    page = open_page(390, 844)
    page.goto(f"{path}?lang={language}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for face in page.locator("button.face").all():
        box = face.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.locator("#face-4").click()
    page.wait_for_url("**/feedback")
    expect(page.locator("#csat-4")).to_be_checked()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    step = page.locator(".scale__step").first.bounding_box()
    assert step is not None
    assert min(step["width"], step["height"]) >= 44
    page.locator("#effort-6").check(force=True)
    page.locator("#line").fill("Write to ann@example.com")
    page.locator("#send").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#line")).to_have_value("Write to ann@example.com")
    expect(page.locator("#effort-6")).to_be_checked()
    axe(page)
    page.locator("#line").fill("Kind and clear.")
    page.locator("#send").click()
    page.wait_for_url(re.compile(re.escape(path) + "$"))
    expect(page.locator('.visit__flash [role="status"]')).to_contain_text("Thank you.")
    expect(page.locator("button.face")).to_have_count(0)
    axe(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kiosk_from_the_scanner_to_the_thanks(
    open_page: OpenPage, server: RunningServer, axe: Axe, allow_console: AllowConsole, language: str
) -> None:
    allow_console("422")
    kiosk = open_page(1080, 1920, has_touch=True)
    path = ended_visit(kiosk)
    kiosk.goto(f"/kiosk/reset?lang={language}")
    kiosk.locator("a.leaving").click()
    kiosk.wait_for_url("**/kiosk/feedback")
    kiosk.wait_for_selector("#finder:not([hidden])")
    axe(kiosk)
    kiosk.keyboard.type(path.removeprefix("/v/"))  # a scanner is a burst of keys
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url("**/feedback/face")
    axe(kiosk)
    for mood in kiosk.locator(".mood").all():
        box = mood.bounding_box()
        assert box is not None
        assert box["height"] >= 92
        assert box["y"] + box["height"] <= 1920 - 156, "above the aids, without scrolling"
    kiosk.locator(".mood").nth(4).click()
    kiosk.wait_for_url("**/feedback/effort")
    axe(kiosk)
    kiosk.locator('.degree[value="7"]').click()
    kiosk.wait_for_url("**/feedback/line")
    write_with_the_keys_on_the_screen(kiosk, axe)
    kiosk.wait_for_url("**/feedback/thanks")
    assert last_answer(server) == (5, 7, "Kind. дякую")
    axe(kiosk)
    kiosk.locator(".answer__steps a").click()
    kiosk.wait_for_url("**/kiosk/")


def write_with_the_keys_on_the_screen(kiosk: Page, axe: Axe) -> None:
    """Sends "Kind. дякую", after a line that is refused."""
    line = kiosk.locator("#line")
    expect(kiosk.locator("#send")).to_contain_text("Skip and send")
    axe(kiosk)
    for sign in "kindx":
        tap(kiosk, f'[data-sign="{sign}"]')
    for key in ('[data-key="back"]', '[data-sign="."]', '[data-key="space"]', '[lang="uk"][data-layer]'):
        tap(kiosk, key)
    expect(line).to_have_value("Kind. ")
    tap(kiosk, '[data-key="shift"]')  # a sentence begins with a capital letter, unless one says no
    for sign in "дякую":
        tap(kiosk, f'[data-sign="{sign}"]')
    expect(line).to_be_focused()
    expect(kiosk.locator("#send")).to_have_text("Send", use_inner_text=True)
    line.fill("Kind. дякую 131052-308T")
    kiosk.locator("#send").tap()
    expect(kiosk.locator("#wrong")).to_be_visible()
    expect(line).to_have_value("Kind. дякую 131052-308T")
    axe(kiosk)
    fits(kiosk)
    for _ in "131052-308T ":
        tap(kiosk, '[data-key="back"]')
    kiosk.locator("#send").dblclick()


def tap(kiosk: Page, key: str) -> None:
    kiosk.locator(f"{key}:visible").tap()


def fits(kiosk: Page) -> None:
    """Nothing scrolls and every key is large enough, whatever aids are on; lower buttons are low."""
    for aid, top in (("text", 0), ("lower", 1020), ("text", 1020), ("lower", 0)):
        kiosk.locator(f'.aids [value="{aid}"]').tap()
        assert kiosk.locator("main").evaluate("main => main.scrollHeight <= main.clientHeight"), aid
        for touched in kiosk.locator("#board button:visible, #line, #line-form .button").all():
            box = touched.bounding_box()
            assert box is not None
            assert box["width"] >= 80
            assert box["height"] >= 75
            assert box["y"] >= top


def last_answer(server: RunningServer) -> tuple[int, int, str]:
    with closing(sqlite3.connect(server.folder / "ihh.db")) as database:
        query = "SELECT csat, effort, line FROM feedback WHERE channel = 'kiosk' ORDER BY id DESC LIMIT 1"
        found: tuple[int, int, str] = database.execute(query).fetchone()
    return found


def test_a_line_at_the_kiosk_with_a_keyboard_only(open_page: OpenPage, server: RunningServer) -> None:
    kiosk = open_page(1080, 1920)
    path = ended_visit(kiosk)
    kiosk.goto("/kiosk/feedback")
    kiosk.locator("#finder:not([hidden])").wait_for()
    kiosk.keyboard.type(path.removeprefix("/v/"))
    kiosk.keyboard.press("Enter")
    for step in ("face", "effort"):
        kiosk.wait_for_url(f"**/feedback/{step}")
        kiosk.locator("main form button").first.press("Enter")
    kiosk.wait_for_url("**/feedback/line")
    kiosk.clock.install()
    kiosk.reload()
    expect(kiosk.locator("#line")).to_be_focused()
    kiosk.clock.run_for(12_000)
    kiosk.keyboard.type("Quick")
    kiosk.clock.run_for(12_000)
    expect(kiosk.locator("#idle")).to_be_hidden()  # typing is a sign of somebody
    kiosk.clock.run_for(4_000)
    expect(kiosk.locator("#idle")).to_be_visible()
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#line")).to_be_focused()
    for key in ("Tab", "ArrowUp", "Enter", "ArrowLeft", "Enter"):
        kiosk.keyboard.press(key)
    expect(kiosk.locator("#line")).to_have_value("Quickxz")
    for key in ("Tab", "Tab", "Enter"):
        kiosk.keyboard.press(key)
    kiosk.wait_for_url("**/feedback/thanks")
    assert last_answer(server) == (1, 1, "Quickxz")


OVER = """
SELECT visit.booking_code FROM visit JOIN ticket ON ticket.visit_id = visit.id
WHERE visit.unlinked_at IS NULL AND visit.state = 'ended'
  AND NOT EXISTS (SELECT 1 FROM feedback WHERE feedback.visit_id = visit.id)
GROUP BY visit.id HAVING sum(ticket.state = 'completed') = 3 AND count(*) = 3
ORDER BY visit.service_date DESC LIMIT 1
"""


def over_with_three_services(server: RunningServer) -> str:
    """The booking code of a demonstration's visit that nobody has spoken about."""
    with closing(sqlite3.connect(server.folder / "ihh.db")) as database:
        (code,) = database.execute(OVER).fetchone()
    return str(code)


def scan(kiosk: Page, code: str) -> None:
    kiosk.goto("/kiosk/feedback")
    kiosk.locator("#finder:not([hidden])").wait_for()
    kiosk.keyboard.type(code)
    kiosk.keyboard.press("Enter")


def answered(server: RunningServer, code: str) -> list[tuple[bool, int, int, str | None]]:
    """Whether about a service, face, number, line; of one visit."""
    query = """
    SELECT feedback.agency_id IS NOT NULL, csat, effort, line FROM feedback
    JOIN visit ON visit.id = feedback.visit_id WHERE booking_code = ? ORDER BY feedback.id
    """
    with closing(sqlite3.connect(server.folder / "ihh.db")) as database:
        return [(bool(service), *scores) for service, *scores in database.execute(query, (code,))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kiosk_asks_about_one_service_too(
    open_page: OpenPage, server: RunningServer, axe: Axe, language: str
) -> None:
    kiosk = open_page(1080, 1920, has_touch=True)
    kiosk.goto("/kiosk/")
    kiosk.goto(f"/kiosk/?language={language}")
    code = over_with_three_services(server)
    scan(kiosk, code)
    answer_steps(kiosk, axe, face=4, number=6)
    kiosk.locator('.answer__steps a[href$="/services"]').tap()
    kiosk.wait_for_url("**/kiosk/feedback/services")
    axe(kiosk)
    expect(kiosk.locator(".matter")).to_have_count(3)
    large_and_in_sight(kiosk, ".matter")
    chosen = kiosk.locator(".matter").nth(1).inner_text().split("\n")
    kiosk.locator(".matter").nth(1).tap()
    kiosk.wait_for_url("**/feedback/face")
    for words in chosen:
        expect(kiosk.locator(".hero__about")).to_contain_text(words)
    large_and_in_sight(kiosk, ".mood")
    answer_steps(kiosk, axe, face=2, number=1)
    assert answered(server, code) == [(False, 4, 6, None), (True, 2, 1, None)]
    scan(kiosk, code)
    kiosk.wait_for_url("**/kiosk/feedback/services")
    expect(kiosk.locator(".matter")).to_have_count(2)
    kiosk.locator("main [data-reset-link]").tap()
    kiosk.wait_for_url("**/kiosk/")


def answer_steps(kiosk: Page, axe: Axe, *, face: int, number: int) -> None:
    """The three steps without a line, up to the thanks."""
    kiosk.wait_for_url("**/feedback/face")
    axe(kiosk)
    kiosk.locator(".mood").nth(face - 1).tap()
    kiosk.wait_for_url("**/feedback/effort")
    axe(kiosk)
    large_and_in_sight(kiosk, ".degree")
    kiosk.locator(".degree").nth(number - 1).tap()
    kiosk.wait_for_url("**/feedback/line")
    axe(kiosk)
    kiosk.locator("#send").tap()
    kiosk.wait_for_url("**/feedback/thanks")
    axe(kiosk)


def large_and_in_sight(kiosk: Page, touched: str) -> None:
    """Whatever aids are on, at least 92 px, without scrolling; lower buttons within the lowest 900 px."""
    for aid, top in (("text", 0), ("lower", 1020), ("text", 1020), ("lower", 0)):
        kiosk.locator(f'.aids [value="{aid}"]').tap()
        assert kiosk.locator("main").evaluate("main => main.scrollHeight <= main.clientHeight"), aid
        for one in kiosk.locator(touched).all():
            box = one.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 92
            assert box["y"] >= top


def test_who_walks_away_from_the_line_has_answered(open_page: OpenPage, server: RunningServer) -> None:
    """Face and number are kept, what was typed is not, and nothing is left on the screen."""
    kiosk = open_page(1080, 1920)
    code = over_with_three_services(server)
    kiosk.goto("/kiosk/")
    scan(kiosk, code)
    for step in ("face", "effort"):
        kiosk.wait_for_url(f"**/feedback/{step}")
        kiosk.locator("main form button").nth(2).click()
    kiosk.wait_for_url("**/feedback/line")
    kiosk.clock.install()
    kiosk.reload()
    expect(kiosk.locator("#line")).to_be_focused()
    kiosk.keyboard.type("My secr")
    kiosk.clock.run_for(14_000)
    assert answered(server, code) == [], "somebody is in front"
    kiosk.clock.run_for(2_000)
    expect(kiosk.locator("#idle")).to_be_visible()
    kiosk.locator("[data-more-time]").click()
    kiosk.clock.run_for(14_000)
    assert answered(server, code) == []
    kiosk.clock.run_for(17_000)
    kiosk.wait_for_url("**/kiosk/")
    assert answered(server, code) == [(False, 3, 3, None)]
    kiosk.goto("/kiosk/feedback/services")
    assert kiosk.url.endswith("/kiosk/"), "the visit is forgotten"


def test_who_starts_over_at_the_line_sends_nothing(open_page: OpenPage, server: RunningServer) -> None:
    kiosk = open_page(1080, 1920)
    code = over_with_three_services(server)
    kiosk.goto("/kiosk/")
    scan(kiosk, code)
    for step in ("face", "effort"):
        kiosk.wait_for_url(f"**/feedback/{step}")
        kiosk.locator("main form button").first.click()
    kiosk.wait_for_url("**/feedback/line")
    kiosk.clock.install()
    kiosk.reload()
    expect(kiosk.locator("#line")).to_be_focused()
    kiosk.clock.run_for(16_000)
    kiosk.locator("#idle [data-reset-link]").click()
    kiosk.wait_for_url("**/kiosk/")
    assert answered(server, code) == []


def test_the_code_is_typed_with_the_keys_on_the_screen(
    open_page: OpenPage, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("404")
    kiosk = open_page(1080, 1920)
    kiosk.goto("/kiosk/?lang=fi")
    kiosk.goto("/kiosk/feedback/code")
    for sign in "ABCD123":
        kiosk.locator(f'[data-key="{sign}"]').click()
    kiosk.locator("#feedback .button--primary").click()
    expect(kiosk.locator("#code-hint")).not_to_be_empty()
    kiosk.locator('[data-key="4"]').click()
    kiosk.locator("#feedback .button--primary").click()
    expect(kiosk.locator("#wrong")).to_be_visible()
    expect(kiosk.locator("#scanned")).to_have_value("ABCD1234")
    axe(kiosk)


def test_the_staffs_comments(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(1440, 900)
    page.goto("/staff?next=/statistics/comments")
    page.locator("#username").fill("analyst")
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/statistics/comments")
    axe(page)
