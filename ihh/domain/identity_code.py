"""Finnish personal identity codes: found in order to be refused, never kept.

A code is DDMMYY, a century sign, three digits and a check sign: the nine digits modulo 31 index
`CHECK_SIGNS` (Digital and Population Data Services Agency, form of the code since December 2023).
"""

from __future__ import annotations

import re

CHECK_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"

_SHAPE = re.compile(
    r"(?<![0-9A-Z])(\d{2})(\d{2})(\d{2})\s?[-+YXWVUABCDEF]\s?(\d{3})\s?([0-9A-Y])(?![0-9A-Z])", re.I
)


def contains_identity_code(text: str) -> bool:
    """Whether a valid identity code stands anywhere in the text, blanks inside it included."""
    return any(_is_valid(match) for match in _SHAPE.finditer(text))


def looks_like_identity_code(text: str) -> bool:
    """Whether something of a code's shape stands in the text, valid or mistyped."""
    return _SHAPE.search(text) is not None


def _is_valid(match: re.Match[str]) -> bool:
    day, month, year, number, check = match.groups()
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return False
    return CHECK_SIGNS[int(day + month + year + number) % 31] == check.upper()
