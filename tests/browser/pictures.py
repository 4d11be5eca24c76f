"""Pictures of the screens for the documents, taken on a demonstration house made for them.

python -m tests.browser.pictures [--lang fi] [--folder docs/pictures] [--url http://127.0.0.1:8000]
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.reading import read_qr
from tests.servers.chromium import launch
from tests.servers.history import write_history
from tests.servers.server import running_server

FOLDER = Path("docs/pictures")
LARGEST_BYTES = 150_000
COLOURS = (128, 64, 32)
SHRINKS = (1.0, 0.75, 0.5)

SIZES = {"phone": (390, 844, 2), "kiosk": (1080, 1920, 1), "hall": (1920, 1080, 1), "desk": (1440, 900, 1)}
CHROME_SETTLES_MS = 900


class Album:
    """Takes pictures in one language and keeps them small."""

    def __init__(self, browser: Browser, base_url: str, folder: Path, lang: str) -> None:
        self.browser, self.base_url, self.folder, self.lang = browser, base_url, folder, lang
        self.stack = ExitStack()

    def page(self, size: str) -> Page:
        width, height, scale = SIZES[size]
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            timezone_id="Europe/Helsinki",
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "ihh_lang", "value": self.lang, "url": self.base_url}])
        context.add_init_script("window.print = () => {}")
        self.stack.callback(context.close)
        return context.new_page()

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        page.wait_for_timeout(CHROME_SETTLES_MS)
        file = self.folder / f"{name}{'' if self.lang == 'en' else '-' + self.lang}.png"
        file.write_bytes(small_png(page.screenshot(full_page=whole)))
        print(f"{file}  {file.stat().st_size // 1000} kB")


def journey(album: Album) -> None:
    """The screens in the order in which a visit meets them."""
    booking(album)
    hall = album.page("hall")
    hall.goto("/display/")
    album.take(hall, "display-hall")
    phone = kiosk(album)
    album.take(phone, "my-visit")
    desk = album.page("desk")
    sign_in(desk, "kela")
    desk.goto("/desk")
    album.take(desk, "desk-choose")
    call_to_desk(desk, phone)
    album.take(desk, "desk-called")
    album.take(hall, "display-call")
    phone.reload()
    album.take(phone, "my-visit-called")
    desk.locator("#main-action").click()
    album.take(desk, "desk")
    statistics(album)


def booking(album: Album) -> None:
    phone = album.page("phone")
    phone.goto("/")
    album.take(phone, "home")
    phone.goto("/book")
    for question, answer in (("purpose", "work"), ("citizenship", "other"), ("identity_code", "yes")):
        phone.locator(f'input[name="q-{question}"][value="{answer}"]').check()
    phone.locator("#adults").select_option("2")
    phone.locator("#minors").select_option("2")
    album.take(phone, "booking-questions")
    onward(phone)
    album.take(phone, "booking-services")
    onward(phone)
    album.take(phone, "booking-options")
    wide = album.page("desk")
    wide.context.add_cookies(phone.context.cookies())
    wide.goto("/book/visit")
    album.take(wide, "booking-options-wide")
    phone.locator('input[name="plan"]').first.check()
    onward(phone)
    album.take(phone, "booking-confirm")
    onward(phone)
    album.take(phone, "visit-booked")


def kiosk(album: Album) -> Page:
    """A walk-in takes a number for Kela; returns My visit on a phone."""
    kiosk = album.page("kiosk")
    kiosk.goto(f"/kiosk/?lang={album.lang}")
    album.take(kiosk, "kiosk-start")
    kiosk.goto(f"/kiosk/walk-in?lang={album.lang}")
    for service in ("kela.social_security", "employment.consultation"):
        kiosk.locator(f'input[value="{service}"]').check()
    album.take(kiosk, "kiosk-services")
    kiosk.locator("form#services button.button--primary").click()
    kiosk.wait_for_load_state()
    kiosk.locator("form#scan button.button--primary").click()
    kiosk.locator(".hero .number").wait_for()
    album.take(kiosk, "kiosk-checked-in")
    link = read_qr(kiosk)[0]
    kiosk.emulate_media(media="print")
    kiosk.set_viewport_size({"width": 302, "height": 760})
    album.take(kiosk, "slip")
    phone = album.page("phone")
    phone.goto(link)
    return phone


def call_to_desk(desk: Page, phone: Page) -> None:
    """Kela's clerk takes a desk and calls the visitor of the phone out of turn."""
    number = re.sub(r"\s", " ", phone.locator(".number bdi").first.inner_text())
    desk.locator("form[action='/desk/kela-1/open'] button").click()
    desk.wait_for_url("**/desk/kela-1")
    desk.locator("#shortcuts").wait_for()
    if desk.locator("#do-not-here").count():
        desk.keyboard.press("s")
        desk.locator("#do-finish:not([disabled])").wait_for()
    if desk.locator(".who__number").count():
        desk.keyboard.press("f")
        desk.locator(".who__number").wait_for(state="detached")
    row = desk.locator(".line .row").filter(has_text=re.compile(number.replace(" ", r"\s")))
    row.locator("summary").click()
    row.locator("input[name=why]").fill("For the picture")
    row.locator("button[id^=call-]").click()
    desk.locator(".who__number").wait_for()


def statistics(album: Album) -> None:
    analyst = album.page("desk")
    sign_in(analyst, "analyst")
    analyst.goto("/statistics")
    analyst.locator("html[data-plots=drawn]").wait_for()
    album.take(analyst, "statistics", whole=True)
    analyst.locator('a[href^="/statistics/report/"]').click()
    analyst.locator("html[data-plots=drawn]").wait_for()
    album.take(analyst, "statistics-report", whole=True)


def sign_in(page: Page, username: str) -> None:
    page.goto("/staff")
    page.locator("#username").fill(username)
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def onward(page: Page) -> None:
    page.locator(".actionbar button.button--primary").click()
    page.wait_for_load_state()


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


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder), {"DEMO": "1"}) as server:
        write_history(server.folder)
        yield server.base_url


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures")
    parser.add_argument("--url", help="of a running demonstration; one is started by default")
    parser.add_argument("--lang", default="en", help="en, fi, sv or ar-XB")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with _server(options.url) as base_url, sync_playwright() as playwright:
        browser = launch(playwright)
        album = Album(browser, base_url, options.folder, options.lang)
        with album.stack:
            journey(album)
        browser.close()


if __name__ == "__main__":
    main()
