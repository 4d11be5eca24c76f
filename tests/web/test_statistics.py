"""The statistics page: who may read it, and that it says what the export says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh import clock
from ihh.models.account import Role
from ihh.services.accounts import add_user
from tests.servers.site import settle
from tests.services import busy_day

SetClock = Callable[[datetime], None]
SignIn = Callable[[Role], None]
PASSWORD = "correct horse battery"
COLUMNS = ("customers", "service_events", "wait_median_min", "wait_p90_min", "within_service_level_pct")


@pytest.fixture
def sign_in(sqlite_app: Flask, sqlite_client: FlaskClient) -> SignIn:
    def enter(role: Role) -> None:
        agency = "kela" if role is Role.CLERK else None
        user = add_user(role.value, PASSWORD, role, agency_id=agency, now=clock.now())
        settle()
        with sqlite_client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.get_id(), True

    return enter


@pytest.fixture
def busy(sqlite_app: Flask, set_clock: SetClock) -> datetime:
    left_at = busy_day.play()
    settle()
    set_clock(left_at)
    return left_at


class Cells(HTMLParser):
    """(row, measure) → the exact figure, or the flag with a colon before it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[tuple[str, str], str] = {}
        self._row = self._measure = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "tr":
            self._row = has.get("data-value") or ""
        elif tag == "td":
            self._measure = has.get("data-measure") or ""
            if self._row and has.get("data-flag"):
                self.found[self._row, self._measure] = f":{has['data-flag']}"
        elif tag == "data" and self._row:
            self.found[self._row, self._measure] = has["value"] or ""


def test_the_page_shows_what_the_export_has(
    busy: datetime, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get("/statistics/export.csv?flavour=rfc4180&from=2026-12-01&to=2026-12-01")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    for by in ("agency", "service", "channel", "language"):
        page = Cells()
        page.feed(sqlite_client.get(f"/statistics?by={by}").text)
        exported = {
            (row["value"], measure): row[measure] or f":{row[f'{measure}_flag']}"
            for row in rows
            if row["dimension"] == by
            for measure in COLUMNS
        }
        assert page.found == exported
        assert any(text[0] in "123456789" for (row, _), text in exported.items() if row != "total")
        if by in ("agency", "service"):
            assert {":suppressed", ":not_shown"} <= set(exported.values())


def test_the_answer_comes_first_and_what_is_hidden_says_why(
    busy: datetime, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.SUPERVISOR)
    page = sqlite_client.get("/statistics").text
    heading = re.sub(r"<[^>]+>", "", page[page.index("<h1>") : page.index("</h1>")])
    assert re.search(r"\d+ % finished in one visit\.", heading.replace("\u00a0", " "))
    assert "fewer than 5" in page
    assert "not shown" in page
    assert page.count("no data yet") == 3


def test_excel_gets_its_flavour(busy: datetime, sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ADMINISTRATOR)
    answer = sqlite_client.get("/statistics/export.csv?flavour=excel-fi")
    assert answer.data.startswith(b"\xef\xbb\xbffrom;to;synthetic;")
    assert "statistics-2026-12-01-2026-12-01.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/statistics", "/statistics/export.csv"])
def test_only_readers_of_figures_may(sign_in: SignIn, sqlite_client: FlaskClient, path: str) -> None:
    assert sqlite_client.get(path).status_code in (302, 401)
    sign_in(Role.CLERK)
    assert sqlite_client.get(path).status_code == 403


@pytest.mark.parametrize(
    "typed", ["from=2026-12-05&to=2026-12-01", "from=yesterday", "from=2020-01-01&to=2026-01-01"]
)
def test_a_period_that_is_none_is_said_and_kept(
    sign_in: SignIn, sqlite_client: FlaskClient, typed: str
) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get(f"/statistics?{typed}")
    assert answer.status_code == 422
    assert "Give two days" in answer.text
    assert f'value="{typed.split("&")[0].removeprefix("from=")}"' in answer.text


def test_an_empty_day_counts_zero(sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get("/statistics?from=2026-12-06&to=2026-12-06&lang=fi")
    assert answer.status_code == 200
    assert '<data value="0">' in answer.text
