"""Ranges, times and dates as the copy rules have them."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from ihh.presentation import formats, languages
from tests.situations import at


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 5, "0–5 min"),
        (10, 25, "10–25 min"),
        (25, 85, "25–85 min"),
        (60, 95, "1–2 hours"),
        (75, 120, "1–2 hours"),
        (30, 150, "½–2½ hours"),
    ],
)
def test_ranges(sqlite_app: Flask, low: int, high: int, said: str) -> None:
    with sqlite_app.test_request_context("/"):
        languages.speak("en")
        assert plain(formats.span_text(low, high)) == said


@pytest.mark.parametrize(
    ("language", "time", "day"),
    [("en", "10:05", "Tue 1 Dec"), ("fi", "10.05", "ti 1.12."), ("sv", "10.05", "tis 1 dec")],
)
def test_times_and_dates(sqlite_app: Flask, language: str, time: str, day: str) -> None:
    with sqlite_app.test_request_context("/"):
        languages.speak(language)
        assert formats.clock_time(at("10:05")) == time
        assert formats.short_date(date(2026, 12, 1)).rstrip(".") == day.rstrip(".")


@pytest.mark.parametrize(
    ("minutes", "said"), [(45, "45 min"), (120, "2 h"), (170, "2 h 50 min"), (0, "0 min")]
)
def test_durations(sqlite_app: Flask, minutes: int, said: str) -> None:
    with sqlite_app.test_request_context("/"):
        languages.speak("en")
        assert plain(formats.duration(minutes)) == said
