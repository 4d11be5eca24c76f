"""Pages in the sizes of a phone, a kiosk, a hall display and a desk, that fail on any fault.

A fault is an exception in the page, an error in its console, a breach of the content security
policy, or a request to a host that isn't ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    sync_playwright,
)

from tests.browser.camera import open_with_camera
from tests.servers.chromium import launch
from tests.servers.server import RunningServer

HERE = Path(__file__).parent
AXE_FILE = HERE.parents[1] / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

PATIENCE_MS = 10_000
"""How long a page may take for one step on a busy machine."""

OUR_HOSTS = {"127.0.0.1", "localhost", None}
"""None is the host of data: and blob: addresses."""

REPORT_BREACH = """
document.addEventListener("securitypolicyviolation", (event) =>
    window.__reportBreach(`${event.effectiveDirective} forbids ${event.blockedURI || "inline"}`));
"""

Axe = Callable[[Page], None]
AllowConsole = Callable[[str], None]
OpenPage = Callable[..., Page]
KioskWithCamera = Callable[[str | bytes], Page]


@dataclass
class Faults:
    """What went wrong in the pages of one test."""

    found: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Watch every page of the context, those a click opens too."""
        context.on("weberror", self._on_exception)
        context.on("console", self._on_console)
        context.on("request", self._on_request)
        context.expose_function("__reportBreach", lambda text: self.found.append(f"policy: {text}"))
        context.add_init_script(REPORT_BREACH)

    def all(self) -> list[str]:
        unexpected = [
            text for text in self.console if not any(re.search(pattern, text) for pattern in self.allowed)
        ]
        return self.found + unexpected

    def _on_exception(self, web_error: WebError) -> None:
        error = web_error.error
        self.found.append(f"exception: {error.stack or error.message}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location
            self.console.append(f"console: {message.text} ({place['url']}:{place['lineNumber']})")

    def _on_request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in OUR_HOSTS:
            self.found.append(f"foreign host: {request.url}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: they are the slowest, and Playwright's loop would be in the way of asyncio."""
    items.sort(key=lambda item: HERE in item.path.parents)
    for item in items:
        if HERE in item.path.parents:
            # Chromium and a server share two cores with the test: one that ran out of time gets another go.
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., RunningServer]) -> RunningServer:
    """The product with its demonstration house, shared by the browser tests."""
    return start_server(DEMO="1")


@pytest.fixture
def faults() -> Iterator[Faults]:
    faults = Faults()
    yield faults
    found = faults.all()
    assert not found, "the page had faults:\n" + "\n".join(found)


@pytest.fixture
def allow_console(faults: Faults) -> AllowConsole:
    """`allow_console("409")` expects console errors matching a pattern, as a refused request logs one."""
    return faults.allowed.append


@pytest.fixture
def open_page(browser: Browser, server: RunningServer, faults: Faults) -> Iterator[OpenPage]:
    """`open_page(390, 844, locale="fi-FI", …)`: a page in a context of its own, with Playwright's options."""
    with ExitStack() as stack:

        def open_(width: int, height: int, **options: Any) -> Page:
            return stack.enter_context(_page(browser, server.base_url, faults, width, height, **options))

        yield open_


@pytest.fixture
def page_phone(open_page: OpenPage) -> Page:
    return open_page(390, 844, device_scale_factor=2, is_mobile=True, has_touch=True)


@pytest.fixture
def page_kiosk(open_page: OpenPage) -> Page:
    return open_page(1080, 1920, has_touch=True)


@pytest.fixture
def page_hall(open_page: OpenPage) -> Page:
    return open_page(1920, 1080)


@pytest.fixture
def page_desk(open_page: OpenPage) -> Page:
    return open_page(1440, 900)


@pytest.fixture
def kiosk_with_camera(
    playwright: Playwright, server: RunningServer, faults: Faults, tmp_path: Path
) -> Iterator[KioskWithCamera]:
    """`kiosk_with_camera(shown)`: a kiosk page whose camera sees a text as a QR code, or a picture (bytes)."""
    with ExitStack() as stack:

        def open_(shown: str | bytes) -> Page:
            browser = stack.enter_context(open_with_camera(playwright, shown, tmp_path))
            page = _page(browser, server.base_url, faults, 1080, 1920, has_touch=True, permissions=["camera"])
            return stack.enter_context(page)

        yield open_


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`axe(page)` fails on any breach of WCAG 2.2 A or AA that axe-core finds, naming the elements."""
    return _axe({"runOnly": {"type": "tag", "values": AXE_TAGS}})


@pytest.fixture(scope="session")
def axe_with_all() -> Axe:
    """As `axe`, with axe-core's own choice of rules: good practice besides WCAG."""
    return _axe({})


def _axe(options: dict[str, Any]) -> Axe:
    if not AXE_FILE.exists():
        pytest.fail(f"{AXE_FILE.name} is missing: run `make assets`")
    source = AXE_FILE.read_text("utf-8")

    def check(page: Page) -> None:
        page.evaluate(source)
        result = page.evaluate(
            "options => axe.run(document, {...options, resultTypes: ['violations']})", options
        )
        assert not result["violations"], describe_violations(page.url, result["violations"])

    return check


def describe_violations(url: str, violations: list[dict[str, Any]]) -> str:
    lines = [f"{url} breaks {len(violations)} accessibility rules"]
    for violation in violations:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"  {' '.join(map(str, node['target']))}  {node['html'][:160]}")
            lines.extend(f"    {line.strip()}" for line in node["failureSummary"].splitlines()[1:])
    return "\n".join(lines)


@contextmanager
def _page(
    browser: Browser, base_url: str, faults: Faults, width: int, height: int, **options: Any
) -> Iterator[Page]:
    settings = {"locale": "en-GB", "timezone_id": "Europe/Helsinki", **options}
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height}, **settings)
    try:
        context.set_default_timeout(PATIENCE_MS)
        faults.watch(context)
        yield context.new_page()
    finally:
        context.close()
