"""What a reader of our own serving finds in the QR codes on a page; another library drew them."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page

READ_QR = """async (data) => {
  const base = new URL("/static/vendor/zxing-wasm/", location.href);
  const zxing = await import(new URL("reader/index.js", base).href);
  await zxing.prepareZXingModule(
    {overrides: {locateFile: (name) => new URL(name, base).href}, fireImmediately: true});
  const image = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height);
  const found = await zxing.readBarcodes(image, {formats: ["QRCode"]});
  return found.map((one) => one.text);
}"""


def read_qr(page: Page) -> list[str]:
    """What the QR code on screen holds, read by another library than the one that drew it."""
    picture = Image.open(io.BytesIO(page.locator("svg.qr").screenshot())).convert("RGBA")
    data = {"pixels": list(picture.tobytes()), "width": picture.width, "height": picture.height}
    found: list[str] = page.evaluate(READ_QR, data)
    return found
