"""The figures read on a desk's screen, on a phone, in three languages, right to left and in the dark."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AllowConsole, Axe, OpenPage


def sign_in(page: Page) -> None:
    page.goto("/staff?lang=en")
    page.locator("#username").fill("analyst")
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_read_choose_and_export(page_desk: Page, axe: Axe) -> None:
    page = page_desk
    sign_in(page)
    page.goto("/statistics")
    expect(page.locator("h1")).to_contain_text(".")
    expect(page.locator("#figures tr.total data").first).to_be_visible()
    axe(page)
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table table")).to_be_visible()
    page.get_by_role("link", name="Language", exact=True).click()
    expect(page.locator("#figures")).to_have_attribute("data-dimension", "language")
    total = page.locator("#figures tr.total data").first.get_attribute("value")
    page.locator("summary", has_text="Export").click()
    axe(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV for programs").click()
    file = started.value
    assert file.suggested_filename.startswith("demo-statistics-")
    rows = list(csv.DictReader(io.StringIO(file.path().read_text("utf-8"))))
    assert {row["customers"] for row in rows if row["value"] == "total"} == {total}
    assert {row["synthetic"] for row in rows} == {"yes"}


def test_a_wrong_period_is_said_beside_its_field(
    page_desk: Page, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("422")
    page = page_desk
    sign_in(page)
    page.goto("/statistics")
    page.locator("summary", has_text="Period").click()
    page.locator("#from").fill("2026-12-24")
    page.locator("#to").fill("2026-12-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#from")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#from")).to_have_value("2026-12-24")
    expect(page.locator("#from-error")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("lang", ["en", "fi", "sv", "ar-XB"])
def test_on_a_phone(page_phone: Page, axe: Axe, lang: str) -> None:
    page = page_phone
    sign_in(page)
    page.goto(f"/statistics?lang={lang}")
    assert fits(page)
    page.locator("summary.button").first.click()
    assert fits(page)
    axe(page)


def test_in_the_dark(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(1280, 900, color_scheme="dark")
    sign_in(page)
    page.goto("/statistics?by=service")
    axe(page)
