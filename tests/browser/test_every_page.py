"""Every page that needs no state of its own, in each language and right to left: axe, and no sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AllowConsole, Axe, OpenPage

PUBLIC = ("/", "/book", "/find", "/privacy", "/accessibility", "/staff", "/open-data/", "/api/docs")
KIOSK = ("/kiosk/pair", "/kiosk/", "/kiosk/qr", "/kiosk/code", "/kiosk/walk-in", "/kiosk/help")
DISPLAY = ("/display/pair", "/display/")
STAFF = (
    ("kela", "/staff/start"),
    ("kela", "/desk"),
    ("analyst", "/statistics"),
    ("analyst", "/statistics/events"),
    ("supervisor", "/staff/start"),
    ("supervisor", "/staff/calendar"),
    ("administrator", "/staff/calendar"),
    ("administrator", "/staff/durations"),
)

LANGUAGES = ("en", "fi", "sv", "ar-XB")


def looks_right(page: Page, path: str, language: str, axe: Axe) -> None:
    answer = page.goto(f"{path}?lang={language}")
    assert answer is not None
    assert answer.ok, path
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_on_a_phone(page_phone: Page, axe: Axe, language: str) -> None:
    for path in PUBLIC:
        looks_right(page_phone, path, language, axe)


@pytest.mark.parametrize("language", LANGUAGES)
def test_kiosk_pages(page_kiosk: Page, axe: Axe, language: str) -> None:
    for path in KIOSK:
        looks_right(page_kiosk, path, language, axe)


def test_display_pages(page_hall: Page, axe: Axe) -> None:
    for path in DISPLAY:
        looks_right(page_hall, path, "fi", axe)


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_pages(open_page: OpenPage, axe: Axe, language: str) -> None:
    page = open_page(1440, 900)
    signed_in = ""
    for username, path in STAFF:
        if username != signed_in:
            page.context.clear_cookies()
            page.goto("/staff")
            page.locator("#username").fill(username)
            page.locator("#password").fill("demo")
            page.locator("#password").press("Enter")
            page.wait_for_url("**/staff/start")
            signed_in = username
        looks_right(page, path, language, axe)


def test_the_page_of_an_error(page_phone: Page, axe: Axe, allow_console: AllowConsole) -> None:
    allow_console("404")
    answer = page_phone.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 404
    axe(page_phone)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_of_booking(page_phone: Page, axe: Axe, language: str) -> None:
    page = page_phone
    looks_right(page, "/book", language, axe)
    for question, answer in (("purpose", "work"), ("citizenship", "eu"), ("identity_code", "no")):
        page.locator(f'input[name="q-{question}"][value="{answer}"]').check()
    page.locator("#adults").select_option("2")
    for _ in range(3):
        page.locator(".actionbar button.button--primary").click()
        page.wait_for_load_state()
        axe(page)
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_url("**/v/**")
    axe(page)
    for way in ("move", "cancel"):
        page.goto(page.url.split("?")[0])
        page.locator(f"#{way}").click()
        page.wait_for_url(f"**/{way}")
        axe(page)
        page.go_back()
