"""A QR code held to a camera: Chromium plays a film of it as its fake video device."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qrcode
from PIL import Image
from playwright.sync_api import Browser, Playwright

from tests.servers.chromium import launch

FRAME = (640, 480)
CODE_PIXELS = 360
FRAMES = 10
"""Chromium plays the film in a loop."""

DRIFT = 4
"""Pixels the code moves from frame to frame, as a phone in a hand does."""


@contextmanager
def open_with_camera(playwright: Playwright, shown: str | bytes, folder: Path) -> Iterator[Browser]:
    """A browser that grants the camera unasked, and whose camera sees `shown`: see `write_film`."""
    film = write_film(shown, folder / "qr.mjpeg")
    browser = launch(
        playwright,
        [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film.resolve()}",
        ],
    )
    try:
        yield browser
    finally:
        browser.close()


def write_film(shown: str | bytes, file: Path) -> Path:
    """Write an .mjpeg, which is JPEG pictures one after another, and return its path.

    A text is shown as its QR code, bytes are a picture, such as a screenshot of a code on a phone.
    """
    code = draw_code(shown) if isinstance(shown, str) else _photograph(shown)
    with file.open("wb") as film:
        for number in range(FRAMES):
            film.write(_frame(code, offset=DRIFT * (number % 2)))
    return file


def draw_code(text: str) -> Image.Image:
    """The QR code of `text`, black on white with its quiet zone, square."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    size = len(code.get_matrix())
    picture = Image.new("L", (size, size), 255)
    picture.putdata([0 if dark else 255 for row in code.get_matrix() for dark in row])
    return picture.resize((CODE_PIXELS, CODE_PIXELS), Image.Resampling.NEAREST)


def _photograph(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("L").resize((CODE_PIXELS, CODE_PIXELS))


def _frame(code: Image.Image, offset: int) -> bytes:
    picture = Image.new("RGB", FRAME, (120, 125, 130))
    corner = ((FRAME[0] - CODE_PIXELS) // 2 + offset, (FRAME[1] - CODE_PIXELS) // 2 + offset)
    picture.paste(code.convert("RGB"), corner)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()
