"""A clerk's own figures to take along and to print, tables read down to the finest, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Axe, OpenPage
from tests.browser.test_statistics import drawn, fits
from tests.browser.test_statistics import sign_in as sign_in_analyst
from tests.servers.history import write_history
from tests.servers.server import RunningServer

LARGEST = "/statistics/tables?by=agency&by=weekday&by=hour"


@pytest.fixture(scope="module", autouse=True)
def newest(server: RunningServer) -> str:
    """The newest month with figures."""
    return write_history(server.folder)[-1].code


def sign_in_clerk(page: Page) -> None:
    page.goto("/staff?lang=en")
    page.locator("#username").fill("kela")
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def test_a_clerk_goes_from_the_start_to_the_own_file_and_report(
    page_desk: Page, axe: Axe, newest: str
) -> None:
    page = page_desk
    sign_in_clerk(page)
    axe(page)
    page.get_by_role("link", name="Our figures").click()
    expect(page.locator("html")).to_have_attribute("data-plots", "drawn")
    axe(page)
    shown = page.locator('[data-tile="service_events"] data').get_attribute("value")
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV for programs").click()
    rows = list(csv.DictReader(io.StringIO(started.value.path().read_text("utf-8"), newline="")))
    assert {row["agency"] for row in rows} == {"kela", "all"}
    assert {row["service"].partition(".")[0] for row in rows if row["agency"] == "all"} == {"kela"}
    assert [row["service_events"] for row in rows if row["table"] == "agency"] == [shown]
    page.locator("summary", has_text="Export").click()
    page.get_by_role("link", name="Report of the month").click()
    page.wait_for_url(f"**/statistics/agency/kela/report/{newest}")
    expect(page.locator("html")).to_have_attribute("data-plots", "drawn")
    axe(page)
    page.get_by_role("link", name="Back to the figures").click()
    page.locator(".onward").get_by_role("link", name="Comments").click()
    page.wait_for_url("**/statistics/agency/kela/comments")
    axe(page)


def test_the_agencys_report_prints_whole_on_a4(page_desk: Page, newest: str, tmp_path: Path) -> None:
    page = page_desk
    sign_in_clerk(page)
    drawn(page, f"/statistics/agency/kela/report/{newest}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})
    assert fits(page)
    expect(page.locator(".answer__choices")).to_be_hidden()
    pdf = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert 3 <= len(boxes) <= 7
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}


@pytest.mark.parametrize("lang", ["fi", "ar-XB"])
def test_the_clerks_pages_on_a_phone(page_phone: Page, axe: Axe, lang: str, newest: str) -> None:
    page = page_phone
    sign_in_clerk(page)
    page.goto(f"/statistics/agency/kela?lang={lang}")
    for more in ("", f"/report/{newest}", "/comments"):
        drawn(page, f"/statistics/agency/kela{more}")
        assert fits(page), more
        axe(page)


def test_the_head_of_a_long_table_stays_in_sight(page_desk: Page, axe: Axe) -> None:
    page = page_desk
    sign_in_analyst(page)
    page.goto(LARGEST)
    axe(page)
    region = page.locator(".table-scroll--tall")
    head = region.locator("thead th").first
    region.evaluate("region => region.scrollIntoView()")
    before = head.bounding_box()
    region.focus()
    page.keyboard.press("End")
    expect(region.locator("tbody tr").last).to_be_in_viewport()
    after = head.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert page.evaluate("document.documentElement.scrollHeight") < 2500
    page.emulate_media(media="print")
    assert region.evaluate("region => region.scrollHeight <= region.clientHeight + 1")


def test_down_to_the_finest_table_by_keyboard(page_desk: Page, axe: Axe) -> None:
    page = page_desk
    sign_in_analyst(page)
    page.goto("/statistics/tables?by=agency")
    for row, name in (("kela", "Weekday"), ("kela|2", "Hour")):
        line = page.locator(f'#figures tr[data-value="{row}"]')
        line.locator("summary").focus()
        page.keyboard.press("Enter")
        axe(page)
        line.get_by_role("link", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(rf"by={name.lower()}"))
    rows = page.locator("#figures tbody tr")
    found = [row.get_attribute("data-value") or "" for row in rows.all()]
    assert found
    assert all(value.startswith("kela|2|") for value in found)
    page.get_by_role("link", name="The agency’s own page").click()
    page.wait_for_url("**/statistics/agency/kela?**")


def test_without_scripts_agencies_are_turned_and_any_month_compared_with(
    open_page: OpenPage, newest: str
) -> None:
    page = open_page(1440, 900, java_script_enabled=False)
    sign_in_analyst(page)
    page.goto(LARGEST)
    page.get_by_role("navigation", name="Agency").get_by_role("link", name="Kela").click()
    expect(page.locator('#figures tr[data-value^="kela|1|"]').first).to_be_visible()
    page.goto("/statistics/tables?by=agency")
    page.locator("summary", has_text="Against the period before").click()
    other = page.locator("#compare option").first
    page.locator("#compare").select_option(index=0)
    name = other.inner_text()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**compare=**")
    expect(page.get_by_text(f"Changes are against {name}.")).to_be_visible()
    expect(page.locator("#figures .change").first).to_be_visible()


@pytest.mark.parametrize("lang", ["fi", "ar-XB"])
def test_tables_and_the_menu_of_comparisons_on_a_phone(page_phone: Page, axe: Axe, lang: str) -> None:
    page = page_phone
    sign_in_analyst(page)
    page.goto(f"{LARGEST}&lang={lang}")
    assert fits(page)
    page.locator("details.menu summary").nth(1).click()
    assert fits(page)
    axe(page)


def test_a_view_of_a_table_is_saved_on_its_page(page_desk: Page, axe: Axe) -> None:
    page = page_desk
    sign_in_analyst(page)
    page.goto("/statistics/tables?by=hour&only=agency:kela&about=waiting")
    page.locator("summary", has_text="Views").click()
    page.locator("#view-name").fill("Waits of Kela")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_text("The view is saved.")).to_be_visible()
    page.goto("/statistics")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Waits of Kela", exact=True).click()
    page.wait_for_url(re.compile(r"/statistics/tables\?.*by=hour.*only=agency(:|%3A)kela.*about=waiting"))
    axe(page)
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Delete the view Waits of Kela").click()
    expect(page.get_by_text("The view is deleted.")).to_be_visible()
