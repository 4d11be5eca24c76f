"""What rows of hours are called: the first and the last hold what happened outside the opening hours."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from ihh.domain.statistics.tables import Dimension
from ihh.presentation.figure_words import hour_on_axis, row_label
from ihh.services.house import load_house
from tests.services.statistics.played_days import open_house
from tests.situations import at


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ["9–10 and earlier", "10–11", "15–16 and later"]),
        ("fi", ["9–10 ja aiemmin", "10–11", "15–16 ja myöhemmin"]),
        ("sv", ["9–10 och tidigare", "10–11", "15–16 och senare"]),
    ],
)
def test_the_first_and_last_hour_say_what_they_hold(
    sqlite_app: Flask, language: str, labels: list[str]
) -> None:
    with sqlite_app.test_request_context(), force_locale(language):
        assert [row_label(Dimension.HOUR, code) for code in ("09", "10", "15")] == labels
        assert [hour_on_axis(code) for code in ("09", "10", "15")] == ["<10", "10–11", "≥15"]
        assert row_label(Dimension.HOUR, "17") == hour_on_axis("17") == "17–18", "as older months have it"


def test_a_house_that_never_closes_has_nothing_outside_its_hours(sqlite_app: Flask) -> None:
    load_house(open_house("00:00", "24:00"), now=at("08:00"))
    with sqlite_app.test_request_context():
        assert [row_label(Dimension.HOUR, code) for code in ("00", "23")] == ["0–1", "23–24"]
        assert [hour_on_axis(code) for code in ("00", "23")] == ["0–1", "23–24"]
