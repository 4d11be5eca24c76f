"""A visitor's own data on the phone: all of it readable, downloaded, deleted after a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.browser.test_feedback import LANGUAGES, ended_visit


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for target in page.locator("main .button:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44


@pytest.mark.parametrize("language", LANGUAGES)
def test_seen_taken_along_and_deleted(
    open_page: OpenPage, axe: Axe, allow_console: AllowConsole, language: str
) -> None:
    allow_console("404")
    path = ended_visit(open_page(1080, 1920))
    page = open_page(390, 844)
    page.goto(f"{path}?lang={language}")
    page.locator(".visit__data a").click()
    page.wait_for_url(f"**{path}/data")
    expect(page.locator("main h2").first).to_be_visible()
    fits(page)
    axe(page)

    with page.expect_download() as started:
        page.locator("#file").click()
    kept = json.loads(Path(started.value.path()).read_text())
    assert kept["format"] == "ihh-my-data/1"
    assert path.removeprefix("/v/") not in json.dumps(kept)

    page.locator("#delete").click()
    page.wait_for_url(f"**{path}/data/delete")
    fits(page)
    axe(page)
    page.locator("#go").click()
    page.wait_for_url("**/data-deleted")
    fits(page)
    axe(page)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404


def booked_visit(page: Page) -> tuple[str, str]:
    """The secret path and the code of a visit still to come, booked through the API."""
    asked = {
        "party": {"adults": 1},
        "legs": [{"service": "vero.tax_card", "people": ["p1"]}],
        "language": "en",
    }
    (plan, *_) = page.request.post("/api/v1/plans", data=asked).json()["visits"]
    token = page.request.post("/api/v1/visits", data={"plan": plan["plan"]}).json()["token"]
    contact = {"contact": {"email": f"a-rather-long-address-of-{token.lower()}@example.com"}}
    done = page.request.post(f"/api/v1/visits/{token}/confirm", data=contact)
    assert done.status == 200, done.text()
    return f"/v/{token}", done.json()["booking_code"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_to_come_is_not_deleted_unawares(open_page: OpenPage, axe: Axe, language: str) -> None:
    page = open_page(390, 844)
    path, code = booked_visit(page)
    page.goto(f"{path}/data?lang={language}")
    fits(page)
    axe(page)
    page.goto(f"{path}/data/delete")
    expect(page.locator(".notice")).to_contain_text(f"{code[:4]} {code[4:]}")
    fits(page)
    axe(page)
    page.locator(".acts a.button").click()
    page.wait_for_url(f"**{path}/data")
    page.locator("#delete").click()
    page.locator("#go").click()
    page.wait_for_url("**/data-deleted")
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_contain_text(code[4:])
    axe(page)
