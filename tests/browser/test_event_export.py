"""A file of single events in a real browser: saved as it comes, its bar moving by what the house says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Axe, OpenPage
from tests.servers.history import write_history
from tests.servers.server import RunningServer


@pytest.fixture(scope="module")
def month(server: RunningServer) -> str:
    """The newest month with figures."""
    return write_history(server.folder)[-1].code


def sign_in(page: Page) -> None:
    page.goto("/staff?lang=en")
    page.locator("#username").fill("analyst")
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def ask(page: Page, month: str) -> Path:
    page.goto("/statistics/events")
    page.get_by_label("First day").fill(f"{month}-01")
    page.get_by_label("Last day").fill(f"{month}-28")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    return Path(started.value.path())


def test_the_bar_ends_full_and_the_log_knows(page_desk: Page, month: str, axe: Axe) -> None:
    sign_in(page_desk)
    file = ask(page_desk, month)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) > 100
    expect(page_desk.get_by_role("status")).to_have_text(f"Finished: {len(rows):,} rows.")
    bar = page_desk.get_by_role("progressbar", name="Progress of the download")
    assert bar.evaluate("bar => bar.value === bar.max")
    axe(page_desk)
    page_desk.reload()
    expect(page_desk.locator("tbody tr").first).to_contain_text(str(len(rows)))


def test_without_a_script_it_is_a_plain_download(open_page: OpenPage, month: str) -> None:
    page = open_page(1440, 900, java_script_enabled=False)
    sign_in(page)
    assert ask(page, month).stat().st_size > 10_000
