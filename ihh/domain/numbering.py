"""Queue numbers, booking codes and secret tokens: what people read, type and scan."""

from __future__ import annotations

import re
from datetime import date

LETTERS = "FGHJKLMNPRSTUVWXYZ"
"""No A–E (areas and desks), I, O or Q (misread)."""

DAY_NUMBERS = len(LETTERS) * 999

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
"""32 signs that survive a wrong keyboard layout of a wedge scanner: no I, O, Y, Z, lower case or sign."""

BOOKING_CODE_LENGTH = 8
TOKEN_LENGTH = 26
"""26 signs of 5 bits: 130 bits."""

_STEP = 6173
"""Prime to DAY_NUMBERS, so that the walk visits every number once before it repeats."""


def queue_number(day: date, count: int) -> str:
    """The number of the `count`-th visit of a day, counted from 0, such as "K 042".

    Letters and digits are scattered, so that nobody reads an order of calling out of them:
    with one number in many lines there is none. The walk over all numbers is a permutation,
    so a day has no number twice until 17,982 visits. Raises ValueError beyond.
    """
    if not 0 <= count < DAY_NUMBERS:
        raise ValueError(f"a day has {DAY_NUMBERS} numbers, asked for the {count + 1}th")
    index = (day.toordinal() * 7919 + count * _STEP) % DAY_NUMBERS
    letter, digits = divmod(index, 999)
    return f"{LETTERS[letter]} {digits + 1:03d}"


def normal_code(typed: str) -> str:
    """What a person typed or a scanner read, as `ALPHABET` signs: case, spaces and look-alikes mended."""
    folded = typed.upper().translate(str.maketrans("OI", "01"))
    return re.sub(rf"[^{ALPHABET}]", "", folded)


def token_in(scanned: str) -> str | None:
    """The secret token in a scanned text: a bare token, or a part of a link to My visit."""
    for part in re.split(r"[/?#&=:]", scanned.strip()):
        token = normal_code(part)
        if len(token) == TOKEN_LENGTH:
            return token
    return None
