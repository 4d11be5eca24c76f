"""The API's documentation in a browser: readable on a phone and by a screen reader."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Axe, OpenPage


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_documentation_reads_well(open_page: OpenPage, axe: Axe, size: tuple[int, int]) -> None:
    page = open_page(*size)
    page.goto("/api/docs")
    page.get_by_role("link", name="Problem codes").click()
    assert page.get_by_role("heading", name="Problem codes").is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    axe(page)
