"""QR codes as inline SVG: black on white in every theme, with the quiet zone that scanners need."""

from __future__ import annotations

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 asks."""


def qr_svg(content: str, label: str) -> Markup:
    """The code of `content`; `label` is what a screen reader says instead."""
    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=ERROR_CORRECT_M)
    code.add_data(content)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {side} {side}"'
        ' shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(label=label, side=len(rows), path=_path(rows))


def _path(rows: list[list[bool]]) -> str:
    """One closed rectangle for each run of dark modules."""
    return "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _runs(row))


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    found: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if not is_dark:
            continue
        if found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((x, 1))
    return found
