"""The figures read on a desk's screen, on a phone, on paper, right to left, in the dark and without scripts."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.servers.history import write_history
from tests.servers.server import RunningServer

PAGES = (
    "/statistics",
    "/statistics/agency/kela",
    "/statistics/tables?by=agency&by=hour&only=agency:kela",
    "/statistics/estimates",
    "/statistics/definitions",
    "/statistics/today",
)


CROWDED = """() => {
  const found = [];
  for (const place of document.querySelectorAll("[data-plot]")) {
    const edge = place.getBoundingClientRect();
    const texts = [...place.querySelectorAll("svg text")].filter((text) => text.textContent.trim());
    const boxes = texts.map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
    boxes.forEach(({ words, box }, at) => {
      if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1
          || box.bottom > edge.bottom + 1) found.push(`${place.dataset.plot}: ${words} sticks out`);
      for (const other of boxes.slice(at + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 2) found.push(`${place.dataset.plot}: ${words} on ${other.words}`);
      }
    });
  }
  return found;
}"""
"""Texts of plots that lie on each other or stick out of their plot."""


@pytest.fixture(scope="module", autouse=True)
def newest(server: RunningServer) -> str:
    """The newest month with figures."""
    return write_history(server.folder)[-1].code


def sign_in(page: Page) -> None:
    page.goto("/staff?lang=en")
    page.locator("#username").fill("analyst")
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def drawn(page: Page, path: str) -> None:
    """Opens a page and waits until its plots stand, if it has any."""
    page.goto(path)
    if page.locator("[data-plot]").count():
        expect(page.locator("html")).to_have_attribute("data-plots", "drawn")


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def numbers(table: Locator, measure: str) -> list[str]:
    found = table.locator(f'[data-measure="{measure}"] data').all()
    return [str(round(float(one.get_attribute("value") or ""))) for one in found]


def test_the_plots_show_what_their_tables_say(page_desk: Page, axe: Axe) -> None:
    page = page_desk
    sign_in(page)
    drawn(page, "/statistics")
    axe(page)
    for name in ("hours", "heat", "levels", "channels", "languages", "trend"):
        plot = page.locator(f'[data-plot="{name}"]')
        expect(plot.locator("svg")).to_be_visible()
        assert plot.get_attribute("role") == "img"
        assert page.locator(f"#{name}-said").inner_text()
    heat = page.locator('[data-plot="heat"] svg text').all_text_contents()
    assert set(numbers(page.locator("#heat-table"), "visits")) <= set(heat)
    longest = numbers(page.locator("#hours-table"), "wait_p90_min")
    assert longest
    assert set(longest) <= set(page.locator('[data-plot="hours"] svg text').all_text_contents())
    expect(page.locator("#hours-table")).to_be_hidden()
    page.locator('section[aria-labelledby="hours-title"] summary').click()
    expect(page.locator("#hours-table")).to_be_visible()
    axe(page)


def test_choose_drill_down_and_export_by_keyboard(page_desk: Page, newest: str) -> None:
    page = page_desk
    sign_in(page)
    drawn(page, "/statistics")
    page.locator("summary", has_text="Period:").focus()
    page.keyboard.press("Enter")
    page.locator(".period ul a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"span="))
    assert newest not in page.url
    page.locator("#levels-table a", has_text="Kela").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/statistics/agency/kela?**")
    expect(page.locator("#services-table tbody tr")).not_to_have_count(0)
    page.locator("summary", has_text="Export").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV for programs").click()
    file = started.value
    assert file.suggested_filename.startswith("demo-")
    rows = list(csv.DictReader(io.StringIO(file.path().read_text("utf-8"), newline="")))
    kela = next(row for row in rows if row["table"] == "agency" and row["agency"] == "kela")
    shown = page.locator('[data-tile="service_events"] data').get_attribute("value")
    assert shown == kela["service_events"]


def test_a_click_on_a_bar_opens_the_agency(page_desk: Page) -> None:
    page = page_desk
    sign_in(page)
    drawn(page, "/statistics")
    plot = page.locator('[data-plot="levels"]')
    plot.scroll_into_view_if_needed()
    label = plot.locator("svg text", has_text="Kela").bounding_box()
    assert label is not None
    page.mouse.click(label["x"] + label["width"] + 20, label["y"] + label["height"] / 2)
    page.wait_for_url("**/statistics/agency/kela?**")


def test_without_scripts_there_are_the_tables(open_page: OpenPage) -> None:
    page = open_page(1440, 900, java_script_enabled=False)
    sign_in(page)
    page.goto("/statistics")
    for name in ("hours", "heat", "levels", "channels", "languages", "trend"):
        expect(page.locator(f"#{name}-table")).to_be_visible()
        expect(page.locator(f'[data-plot="{name}"]')).to_be_hidden()


def test_a_wrong_period_is_said_beside_its_field(
    page_desk: Page, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("422")
    page = page_desk
    sign_in(page)
    drawn(page, "/statistics")
    page.locator("summary", has_text="Period:").click()
    page.locator("#from").fill("2026-12-24")
    page.locator("#to").fill("2026-12-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#from")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#from")).to_have_value("2026-12-24")
    expect(page.locator("#from-error")).to_be_visible()
    axe(page)


def test_a_view_is_saved_and_opened(page_desk: Page, axe: Axe, newest: str) -> None:
    page = page_desk
    sign_in(page)
    drawn(page, f"/statistics/agency/kela?span={newest}&compare=none")
    page.locator("summary", has_text="Views").click()
    page.locator("#view-name").fill("Kela alone")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_text("The view is saved.")).to_be_visible()
    page.goto("/statistics")
    page.locator("summary", has_text="Views").click()
    axe(page)
    page.get_by_role("link", name="Kela alone", exact=True).click()
    page.wait_for_url(f"**/statistics/agency/kela?span={newest}&compare=none")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Delete the view Kela alone").click()
    expect(page.get_by_text("The view is deleted.")).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "fi", "ar-XB"])
def test_no_text_of_a_plot_lies_on_another(page_desk: Page, newest: str, lang: str) -> None:
    page = page_desk
    sign_in(page)
    page.goto(f"/statistics?lang={lang}")
    paths = (
        "/statistics",
        "/statistics/agency/kela",
        "/statistics/estimates",
        f"/statistics?span={newest}-05",
        f"/statistics/report/{newest}",
    )
    for width in (360, 390, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            drawn(page, path)
            assert page.evaluate(CROWDED) == [], (width, path)


def test_on_a_phone_days_stand_across_and_hours_down(page_phone: Page) -> None:
    page = page_phone
    page.set_viewport_size({"width": 300, "height": 800})  # too narrow for seven hours in a row
    sign_in(page)
    drawn(page, "/statistics?lang=en")
    texts = page.locator('[data-plot="heat"] svg text').all_text_contents()
    assert {"Mon", "Fri", "10–11"} <= set(texts), texts
    shown = numbers(page.locator("#heat-table"), "visits")
    assert shown
    assert sorted(shown) == sorted(text for text in texts if text.isdigit())


@pytest.mark.parametrize(("width", "across"), [(390, 2), (768, 3), (1440, 6)])
def test_tiles_stand_in_whole_rows(page_desk: Page, width: int, across: int) -> None:
    page = page_desk
    sign_in(page)
    page.set_viewport_size({"width": width, "height": 900})
    drawn(page, "/statistics")
    for row in page.locator(".tiles").all():
        tops = row.locator("> div").evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
        assert [tops.count(top) for top in dict.fromkeys(tops)] == [across] * (6 // across)


def test_good_practice_is_kept_besides_the_rules(page_desk: Page, axe_with_all: Axe, newest: str) -> None:
    page = page_desk
    sign_in(page)
    others = ("/statistics/events", "/statistics/comments", "/open-data")
    for path in (*PAGES, f"/statistics?span={newest}-05", f"/statistics/report/{newest}", *others):
        drawn(page, path)
        axe_with_all(page)


@pytest.mark.parametrize("lang", ["fi", "ar-XB"])
def test_on_a_phone(page_phone: Page, axe: Axe, lang: str) -> None:
    page = page_phone
    sign_in(page)
    page.goto(f"/statistics?lang={lang}")
    for path in PAGES:
        drawn(page, path)
        assert fits(page), path
        axe(page)
    drawn(page, "/statistics")
    page.locator("summary.button").first.click()
    assert fits(page)
    axe(page)


def test_in_the_dark(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(1280, 900, color_scheme="dark")
    sign_in(page)
    for path in PAGES[:2]:
        drawn(page, path)
        axe(page)
        ink = page.evaluate("getComputedStyle(document.body).color")
        words = page.locator('[data-plot="channels"] svg text').first
        assert words.evaluate("text => getComputedStyle(text).fill") == ink


def test_the_report_prints_whole_on_a4(page_desk: Page, axe: Axe, newest: str, tmp_path: Path) -> None:
    page = page_desk
    sign_in(page)
    drawn(page, f"/statistics/report/{newest}")
    axe(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})
    assert fits(page)
    for row in page.locator("tr").all():
        assert row.evaluate("row => getComputedStyle(row).breakInside") == "avoid"
    assert (
        page.locator("thead").first.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    )
    pdf = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert 3 <= len(boxes) <= 7
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    command = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = text.removesuffix("\f").split("\f")
    title = page.locator("[data-running-title]").inner_text()
    for number, words in enumerate(pages, 1):
        assert words.replace(" ", "").strip().endswith(f"{number}/{len(pages)}")
        assert words.lstrip().startswith(title), "the first page has it as its own first line"
    hours = [words for words in pages if "Wait by hour" in words]
    assert "Customers" in hours[0], "the table of the hours, without which the signs of its plot say little"
