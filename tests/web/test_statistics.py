"""The pages of figures: who may read them, that they show what is published, and what is said of a bad query."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from ihh import clock
from ihh.db import db, transaction
from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.domain.statistics.tables import key
from ihh.models import CompleteRange, FigureRow, Release, ServiceFactRow, VisitFactRow
from ihh.models.account import Role
from ihh.services.accounts import add_user
from ihh.services.house import current_house
from ihh.services.statistics import bulk, declaring
from ihh.services.statistics.published import published, series
from ihh.services.statistics.releasing import release_closed
from tests.servers.site import settle
from tests.services.statistics import made_up_facts
from tests.web.forms import post

SignIn = Callable[..., None]
PASSWORD = "correct horse battery"
SPAN = single(parse("2026-10"))


@pytest.fixture(scope="module")
def written() -> dict[str, list[dict[str, Any]]]:
    """The tables that the first test of the module fills; the others copy them."""
    return {}


@pytest.fixture
def figures(sqlite_app: Flask, written: dict[str, list[dict[str, Any]]]) -> None:
    """September and October 2026, small enough to hide some rows."""
    tables = [row.__table__ for row in (VisitFactRow, ServiceFactRow, CompleteRange, Release, FigureRow)]
    if written:
        with transaction():
            for table in tables:
                db.session.execute(insert(table), written[table.name])
    else:
        _write_figures()
        for table in tables:
            written[table.name] = [dict(row._mapping) for row in db.session.execute(select(table))]
    settle()


def _write_figures() -> None:
    house, now = current_house(), datetime(2026, 11, 10, 3, tzinfo=UTC)
    with transaction():
        for month, seed in ((date(2026, 9, 1), 1), (date(2026, 10, 1), 2)):
            bulk.add(made_up_facts.days(house, month, 9, seed=seed, visits=14))
        declaring.keep(DayRange(date(2026, 9, 1), date(2026, 11, 9)), now=now)
    release_closed(now=now)


@pytest.fixture
def sign_in(sqlite_app: Flask, sqlite_client: FlaskClient) -> SignIn:
    def enter(role: Role, agency: str | None = None) -> None:
        user = add_user(f"{role.value}{agency or ''}", PASSWORD, role, agency_id=agency, now=clock.now())
        settle()
        with sqlite_client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.get_id(), True

    return enter


class Cells(HTMLParser):
    """(table, row, measure) → the exact figures in order, or the flags with a colon before them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[tuple[str, str, str], list[str]] = {}
        self._table = self._row = self._measure = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._table = has.get("id", "")
        elif tag == "tr":
            self._row = has.get("data-value", "")
        elif tag == "td":
            self._measure = has.get("data-measure", "")
            if self._row and has.get("data-flag"):
                self._add(f":{has['data-flag']}")
        elif tag == "div" and "data-tile" in has:
            self._table, self._row, self._measure = "tiles", "total", has["data-tile"]
            if has.get("data-flag"):
                self._add(f":{has['data-flag']}")
        elif tag == "data" and self._row:
            self._add(has["value"])

    def _add(self, text: str) -> None:
        self.found.setdefault((self._table, self._row, self._measure), []).append(text)

    def of(self, table: str) -> dict[tuple[str, str], list[str]]:
        return {(row, measure): found for (name, row, measure), found in self.found.items() if name == table}


def told(row: Row, measure: str) -> str:
    cell = row.cells[Measure(measure)]
    return f":{cell.flag.value}" if cell.amount is None else str(cell.amount)


def expect_rows(found: dict[tuple[str, str], list[str]], rows: dict[str, Row], at_least: int) -> None:
    assert {name for name, _measure in found} == set(rows)
    assert found == {(name, measure): [told(rows[name], measure)] for name, measure in found}
    assert len(found) >= at_least


def test_each_figure_of_the_dashboard_is_the_published_one(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    page = Cells(sqlite_client.get("/statistics").text)
    shown = published(SPAN, ["total", "agency", "hour", "weekday.hour", "channel", "language"])
    for name, code in (("hours", "hour"), ("channels", "channel"), ("languages", "language")):
        rows = {key(row.values): row for row in shown.tables[code].rows}
        expect_rows(page.of(f"{name}-table"), rows, 3 * 4)
    agencies = {key(row.values): row for row in shown.tables["agency"].rows} | {"total": shown.total}
    expect_rows(page.of("levels-table"), agencies, 40)
    expect_rows(page.of("tiles"), {"total": shown.total}, 12)
    months = {period.code: rows[0] for period, rows in series(SPAN, "total").items()}
    trend = page.of("trend-table")
    assert {name for name, _measure in trend} == {"2026-09", "2026-10"}
    assert all(
        found == [told(months[name], measure)] for (name, measure), found in trend.items() if name in months
    )
    heat = page.of("heat-table")
    assert [text for found in heat.values() for text in found] == [
        told(row, "visits") for row in shown.tables["weekday.hour"].rows
    ]
    everything = [text for found in page.found.values() for text in found]
    assert {":suppressed", ":not_shown", ":no_data"} <= set(everything)
    assert "0" in everything


@pytest.mark.parametrize("agency", ["kela", "dvv"])
def test_the_agencys_view_has_its_own_rows_only(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient, agency: str
) -> None:
    sign_in(Role.CLERK, agency)
    page = Cells(sqlite_client.get(f"/statistics/agency/{agency}").text)
    shown = published(SPAN, ["agency", "service", "agency.hour", "agency.weekday"])
    own = {key(row.values): row for row in shown.tables["agency.hour"].rows if row.values[0] == agency}
    expect_rows(page.of("hours-table"), own, 20)
    days = {key(row.values): row for row in shown.tables["agency.weekday"].rows if row.values[0] == agency}
    expect_rows(page.of("weekdays-table"), days, 20)
    house = current_house()
    services = {
        key(row.values): row
        for row in shown.tables["service"].rows
        if house.service[row.values[0]].agency == agency
    }
    expect_rows(page.of("services-table"), services, 5)


@pytest.mark.parametrize(
    "query",
    [
        "by=agency",
        "by=agency&by=hour",
        "by=channel.language",
        "by=municipality&about=waiting",
        "by=party_size",
    ],
)
def test_any_table_of_the_catalogue(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient, query: str
) -> None:
    sign_in(Role.SUPERVISOR)
    answer = sqlite_client.get(f"/statistics/tables?{query}")
    assert answer.status_code == 200
    code = ".".join(re.findall(r"by=([a-z_.]+)", query))
    shown = published(SPAN, [code, "total"])
    rows = {key(row.values): row for row in shown.tables[code].rows} | {"total": shown.total}
    expect_rows(Cells(answer.text).of("figures"), rows, 10)


def test_a_filter_selects_rows_of_the_same_table(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    page = Cells(sqlite_client.get("/statistics/tables?by=hour&only=agency:kela").text)
    rows = published(SPAN, ["agency.hour"]).tables["agency.hour"].rows
    expect_rows(page.of("figures"), {key(row.values): row for row in rows if row.values[0] == "kela"}, 20)


def test_a_table_that_is_not_in_the_catalogue_is_said_and_the_nearest_offered(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get("/statistics/tables?by=service&by=language")
    assert answer.status_code == 422
    assert "There is no table by service, language" in answer.text
    notice = answer.text[answer.text.index("There is no table") :]
    notice = notice[: notice.index("</ul>")]
    nearest = re.findall(r'href="(/statistics/tables\?[^"]*by=[^"]*)"', notice)
    assert nearest
    assert all(sqlite_client.get(link.replace("&amp;", "&")).status_code == 200 for link in nearest)


def test_the_report_compares_with_the_month_before(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get("/statistics/report/2026-10")
    now, before = (published(single(parse(code)), ["total"]).total for code in ("2026-10", "2026-09"))
    for (measure, _name), found in Cells(answer.text).of("key-figures").items():
        assert found == [told(now, measure), told(before, measure)]
    assert answer.text.count("not published") == 23
    assert sqlite_client.get("/statistics/report/2026-11").status_code == 404
    assert sqlite_client.get("/statistics/report/2026-W40").status_code == 404


def test_the_download_has_what_the_page_shows(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ADMINISTRATOR)
    text = sqlite_client.get("/statistics").text
    link = next(
        link for link in re.findall(r'href="(/statistics/export[^"]+)"', text) if "format=csv&" in link + "&"
    )
    answer = sqlite_client.get(link.replace("&amp;", "&"), buffered=True)
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    total = next(row for row in rows if row["table"] == "total")
    assert Cells(text).of("tiles")["total", "visits"] == [total["visits"]]
    assert sqlite_client.get("/statistics/export?format=doc").status_code == 422
    assert sqlite_client.get("/statistics/export?span=2031-01").status_code == 404
    assert sqlite_client.get("/statistics/export?span=2026-10-05&table=agency").status_code == 422


HOUSE_PAGES = ["", "/tables", "/estimates", "/today", "/report/2026-10", "/export"]


@pytest.mark.parametrize("page", HOUSE_PAGES)
def test_only_readers_of_figures_may(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient, page: str
) -> None:
    assert sqlite_client.get(f"/statistics{page}").status_code == 401
    sign_in(Role.CLERK, "kela")
    assert sqlite_client.get(f"/statistics{page}").status_code == 403
    sign_in(Role.ANALYST)
    assert sqlite_client.get(f"/statistics{page}", buffered=True).status_code == 200


def test_a_clerk_reads_no_other_agency(figures: None, sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.CLERK, "kela")
    assert sqlite_client.get("/statistics/agency/vero").status_code == 403
    assert sqlite_client.get("/statistics/agency/nobody").status_code == 403
    assert sqlite_client.get("/statistics/definitions").status_code == 200
    sign_in(Role.ANALYST)
    assert sqlite_client.get("/statistics/agency/vero").status_code == 200
    assert sqlite_client.get("/statistics/agency/nobody").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("from=2026-12-05&to=2026-12-01", 422, "the first one first"),
        ("from=yesterday", 422, "the first one first"),
        ("span=2026-13", 422, "the first one first"),
        ("span=9999-12", 422, "the first one first"),
        ("span=2026-10--2026-W41", 422, "the first one first"),
        ("kind=decade&from=2026-10-01", 422, "the first one first"),
        ("span=2001-01-01--2026-10-01", 422, "at most 400"),
        ("compare=nothing", 422, "Choose what to compare"),
        ("span=2027-01", 404, "They come on Friday 5 February 2027"),
        ("span=2025-01", 404, "The first are of September 2026"),
    ],
)
def test_a_bad_query_says_what_to_mend(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient, query: str, status: int, sentence: str
) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get(f"/statistics?{query}")
    assert answer.status_code == status
    assert sentence in answer.text.replace("\u00a0", " ")
    assert "Shown instead: October 2026." in answer.text


def test_days_are_of_the_whole_house(figures: None, sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ANALYST)
    answer = sqlite_client.get("/statistics?kind=day&from=2026-10-05&to=2026-10-06")
    assert answer.status_code == 200
    assert "for the whole house only" in answer.text
    assert 'id="levels-table"' not in answer.text
    assert sqlite_client.get("/statistics/agency/kela?span=2026-10-05").status_code == 422


@pytest.fixture
def on_day() -> Iterator[Callable[[date], None]]:
    """`on_day(day)`: the house's clock stands at noon of that day."""

    def shift(day: date) -> None:
        clock.shift(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - clock.real_now())

    yield shift
    clock.shift(timedelta(0))


def test_the_newest_month_says_when_the_next_one_comes(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient, on_day: Callable[[date], None]
) -> None:
    sign_in(Role.ANALYST)
    for day, sentence in (
        (date(2026, 12, 1), "of November 2026 are not published yet. They come on Saturday 5 December 2026"),
        (date(2026, 12, 5), "The figures of November 2026 are still being counted."),
    ):
        on_day(day)
        for page in ("", "/agency/kela", "/tables", "/estimates"):
            assert sentence in sqlite_client.get(f"/statistics{page}").text.replace("\u00a0", " ")
        assert "of November 2026" not in sqlite_client.get("/statistics?span=2026-09").text


def test_a_day_stands_beside_its_weekday_and_open_neighbours(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    monday = sqlite_client.get("/statistics?span=2026-10-05").text.replace("\u00a0", " ")
    assert "Changes are against Monday 28 September 2026." in monday
    turning = monday[monday.index('class="turning"') :]
    assert "Friday 2 October 2026" in turning[: turning.index("</nav>")]
    assert "Tuesday 6 October 2026" in turning[: turning.index("</nav>")]
    assert "Sunday 4 October 2026, closed" in monday
    assert re.search(r"Visits: \d+ on |: \d+ % on [A-Z][a-z]+day \d", monday)


def test_closed_days_are_gaps_in_the_trend(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    text = sqlite_client.get("/statistics?span=2026-10-07").text
    data = json.loads(re.search(r'id="trend-data">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    visits = next(panel for panel in data["panels"] if panel["name"] == "Visits")["values"]
    ends = dict(zip(data["labels"], visits, strict=True))
    assert ends["3 Oct"] is None
    assert ends["4 Oct"] is None
    assert ends["2 Oct"] > 0
    assert ends["28 Sept"] == 0, "an open day on which nobody came"


def test_satisfaction_of_a_day_is_said_to_come_by_month(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    for code in ("2026-10-06", "2026-W40"):
        text = sqlite_client.get(f"/statistics?span={code}").text
        tile = text[text.index('data-tile="csat_pct"') :]
        assert "by month only" in tile[: tile.index("</div>")]
        trend = text[text.index('id="trend-table"') :]
        assert "by month only" in trend[: trend.index("</table>")]
    assert "by month only" not in sqlite_client.get("/statistics?span=2026-10").text


def test_satisfaction_has_its_number_of_answers_beside_it(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    shown = published(SPAN, ["total", "agency"])
    rate = shown.total.cells[Measure.RESPONSE_RATE].amount
    for page in ("", "/tables?by=agency", "/report/2026-10"):
        text = sqlite_client.get(f"/statistics{page}").text.replace("\u00a0", " ")
        for row in shown.tables["agency"].rows:
            cell = row.cells[Measure.CSAT]
            if cell.amount is not None:
                line = text[text.index(f'data-value="{row.values[0]}"') :]
                assert f"(n {cell.n})" in line[: line.index("</tr>")]
        total = text[text.index('class="total"') :]
        n = shown.total.cells[Measure.CSAT].n
        assert f"(n {n}, {round(rate)} % answered)" in total[: total.index("</tr>")]  # type: ignore[arg-type]


def test_satisfaction_and_no_shows_have_the_houses_targets(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    text = sqlite_client.get("/statistics").text.replace("\u00a0", " ")
    total = published(SPAN, ["total"]).total
    for measure, target, is_met in (
        (Measure.CSAT, 85, lambda amount: amount >= 85),
        (Measure.NO_SHOW, 8, lambda amount: amount <= 8),
    ):
        tile = text[text.index(f'data-tile="{measure.value}"') :]
        tile = tile[: tile.index("</div>")]
        assert f"target {target} %" in tile
        word = "met" if is_met(round(total.cells[measure].amount)) else "missed"  # type: ignore[arg-type]
        assert f", {word}</span>" in tile


def test_a_change_is_of_what_is_read(figures: None, sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ANALYST)
    text = sqlite_client.get("/statistics").text.replace("\u00a0", " ")
    before, now = (published(single(parse(code)), ["total"]).total for code in ("2026-09", "2026-10"))
    amounts = [row.cells[Measure.VISITS].amount for row in (before, now)]
    percent = round(100 * (amounts[1] - amounts[0]) / amounts[0])
    sign = "+" if percent > 0 else "\u2212"
    tile = text[text.index('data-tile="visits"') :]
    assert f"{sign}{abs(percent)} %" in tile[: tile.index("</dd>")]
    assert (
        "change"
        not in sqlite_client.get("/statistics?compare=none").text.split("<main")[1].split("columns")[0]
    )


def test_before_anything_is_published_the_pages_say_so(sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ANALYST)
    for page in ("", "/agency/kela", "/tables", "/estimates"):
        answer = sqlite_client.get(f"/statistics{page}")
        assert answer.status_code == 200
        assert "No figures are published yet." in answer.text
    assert sqlite_client.get("/statistics/today").status_code == 200


def test_every_definition_is_on_its_page_in_each_language(
    sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    for language in ("en", "fi", "sv"):
        text = sqlite_client.get(f"/statistics/definitions?lang={language}").text
        assert all(f'id="{measure.value}"' in text for measure in Measure)


def send(client: FlaskClient, **fields: str) -> TestResponse:
    return post(client, "/statistics/views", page="/statistics", **fields)


def test_views_are_saved_opened_and_deleted_each_for_itself(
    figures: None, sign_in: SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    kept = "span=2026-09&agency=kela&next=//evil"
    answer = send(sqlite_client, name="Kela  in autumn", query=kept)
    assert answer.location == "/statistics/agency/kela?span=2026-09"
    text = sqlite_client.get(answer.location).text
    assert ">Kela in autumn</a>" in text
    assert "The view is saved." in text
    delete = re.search(r'action="(/statistics/views/\d+/delete)"', text)
    assert delete is not None
    sign_in(Role.SUPERVISOR)
    assert "Kela in autumn" not in sqlite_client.get("/statistics").text
    assert post(sqlite_client, delete[1], page="/statistics").status_code == 404
    for name in ("", "x" * 61, "a\u0000b"):
        send(sqlite_client, name=name, query="")
        assert "Give the view a name" in sqlite_client.get("/statistics").text
    sign_in(Role.CLERK, "kela")
    assert "Kela in autumn" not in sqlite_client.get("/statistics/agency/kela").text


def test_its_reader_deletes_a_view(figures: None, sign_in: SignIn, sqlite_client: FlaskClient) -> None:
    sign_in(Role.ANALYST)
    send(sqlite_client, name="Newest", query="span=2026-09&compare=year", is_newest="1")
    text = sqlite_client.get("/statistics").text
    assert '<a href="/statistics?compare=year">Newest</a>' in text
    delete = re.search(r'action="(/statistics/views/\d+/delete)"', text)
    assert delete is not None
    assert post(sqlite_client, delete[1], page="/statistics").status_code == 303
    assert ">Newest</a>" not in sqlite_client.get("/statistics").text
