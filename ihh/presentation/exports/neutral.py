"""Texts that no spreadsheet takes for a formula."""

from __future__ import annotations

from functools import lru_cache

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With the line end and the full-width forms, which some spreadsheets fold into these."""


@lru_cache(maxsize=4096)
def neutral(text: str) -> str:
    """The text, with an apostrophe before it where it would begin a formula. Only for texts: numbers stay."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
