"""Pictures of the screens for the documents, taken from a running server.

    python -m tests.browser.pictures http://127.0.0.1:8000 [--only kiosk] [--folder docs/pictures]

A screen to show is one row in SCREENS.
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.servers.chromium import launch

FOLDER = Path("docs/pictures")
LARGEST_BYTES = 150_000
COLOURS = (256, 128, 64, 32)
SHRINKS = (1.0, 0.75, 0.5)


@dataclass(frozen=True)
class Size:
    width: int
    height: int
    scale: int = 1


PHONE = Size(390, 844, scale=2)
KIOSK = Size(1080, 1920)
HALL = Size(1920, 1080)
DESK = Size(1440, 900)


@dataclass(frozen=True)
class Screen:
    name: str
    """Of the file, without its suffix."""
    path: str
    size: Size
    wait_for: str = "main"
    """Selector that is visible once the screen has its contents."""
    steps: tuple[tuple[str, str], ...] = ()
    """Before the picture: ("goto", path), ("click", selector) or ("fill", "selector=value")."""
    locale: str = "en-GB"
    is_whole_page: bool = False


SCREENS: tuple[Screen, ...] = (
    Screen("kiosk", "/kiosk/", KIOSK),
    Screen("display", "/display/", HALL),
)


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; the exit status is the number of screens that failed."""
    options = _parse(arguments)
    screens = [screen for screen in SCREENS if not options.only or screen.name in options.only]
    options.folder.mkdir(parents=True, exist_ok=True)
    failures = 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for screen in screens:
            try:
                file = options.folder / f"{screen.name}.png"
                file.write_bytes(small_png(take(browser, options.base_url, screen)))
                print(f"{file}  {file.stat().st_size // 1000} kB")
            except (Error, ValueError) as error:
                failures += 1
                print(f"{screen.name}: {error}", file=sys.stderr)
        browser.close()
    return failures


def take(browser: Browser, base_url: str, screen: Screen) -> bytes:
    """A PNG of the screen as its reader sees it. Raises ValueError when the server refuses the page."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": screen.size.width, "height": screen.size.height},
        device_scale_factor=screen.size.scale,
        locale=screen.locale,
        timezone_id="Europe/Helsinki",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        _go_to(page, screen.path)
        for action, target in screen.steps:
            _do(page, action, target)
        page.locator(screen.wait_for).first.wait_for()
        page.evaluate("document.fonts.ready")
        return page.screenshot(full_page=screen.is_whole_page)
    finally:
        context.close()


def small_png(png: bytes) -> bytes:
    """The picture in as many colours and pixels as fit LARGEST_BYTES; ValueError when none do."""
    original = Image.open(io.BytesIO(png)).convert("RGB")
    for shrink in SHRINKS:
        size = (round(original.width * shrink), round(original.height * shrink))
        picture = original if shrink == 1 else original.resize(size, Image.Resampling.LANCZOS)
        for colours in COLOURS:
            smaller = io.BytesIO()
            picture.quantize(colours, dither=Image.Dither.NONE).save(smaller, "PNG", optimize=True)
            if smaller.tell() <= LARGEST_BYTES:
                return smaller.getvalue()
    raise ValueError(f"no picture under {LARGEST_BYTES} bytes")


def _go_to(page: Page, path: str) -> None:
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise ValueError(f"{path} answered {answer.status if answer else 'nothing'}")


def _do(page: Page, action: str, target: str) -> None:
    if action == "goto":
        _go_to(page, target)
    elif action == "click":
        page.locator(target).first.click()
    elif action == "fill":
        selector, _, value = target.rpartition("=")
        page.locator(selector).first.fill(value)
    else:
        raise ValueError(f"unknown step {action!r}")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.pictures", description=__doc__.splitlines()[0]
    )
    parser.add_argument("base_url", help="of a running server, for example http://127.0.0.1:8000")
    parser.add_argument("--only", action="append", metavar="NAME", help="take this picture; may be repeated")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
