"""What an agency takes along of its own figures, who may, and what it reads of its visitors' comments."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import polars
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.domain.statistics.tables import key
from ihh.models.account import Role
from ihh.services.house import current_house
from ihh.services.statistics.published import published
from ihh.services.tickets import tickets_of
from tests.conftest import SetClock
from tests.services.test_feedback import KELA, give, served
from tests.situations import at
from tests.web import test_statistics as pages

figures, written, sign_in = pages.figures, pages.written, pages.sign_in

FORMATS = ("csv", "csv-excel-fi", "xlsx", "json", "parquet")
OWN_TABLES = {
    "agency",
    "service",
    "agency.hour",
    "agency.weekday",
    "agency.weekday.hour",
    "agency.channel",
    "agency.language",
    "agency.customer_type",
}
DIMENSIONS = ("agency", "service", "hour", "weekday", "language", "channel", "customer_type")


def expected_rows(agency: str) -> dict[tuple[str, str], dict[str, str]]:
    """(table, row) → measure → what is told of it, chosen here from all that is published."""
    services = {service.id for service in current_house().services if service.agency == agency}
    found = {}
    for code, shown in published(pages.SPAN, sorted(OWN_TABLES)).tables.items():
        for row in shown.rows:
            if row.values[0] == agency or row.values[0] in services:
                told = {measure.value: pages.told(row, measure.value) for measure in Measure}
                found[code, key(row.values)] = told
    return found


def read(answer: TestResponse, file_format: str, folder: Path) -> list[dict[str, object]]:
    content = answer.data
    if file_format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    if file_format == "csv-excel-fi":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    if file_format == "json":
        return list(json.loads(content)["rows"])
    path = folder / f"own.{file_format}"
    path.write_bytes(content)
    if file_format == "parquet":
        return polars.read_parquet(path).to_dicts()
    header, *rows = openpyxl.load_workbook(path)["Figures"].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def place(row: dict[str, object]) -> tuple[str, str]:
    values = [str(row[name]) for name in DIMENSIONS if row[name] != "all"]
    in_order = [str(row[name]) for name in str(row["table"]).split(".")]
    assert sorted(values) == sorted(in_order)
    return str(row["table"]), "|".join(in_order)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_clerk_takes_the_agencys_own_rows_and_no_others(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, file_format: str, tmp_path: Path
) -> None:
    sign_in(Role.CLERK, "kela")
    text = sqlite_client.get("/statistics/agency/kela").text
    (link,) = [
        unescape(one)
        for one in re.findall(r'href="(/statistics/agency/kela/export[^"]+)"', text)
        if one.endswith(f"format={file_format}")
    ]
    answer = sqlite_client.get(link, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "figures-kela-2026-10" in answer.headers["Content-Disposition"]
    rows = {place(row): row for row in read(answer, file_format, tmp_path)}
    expected = expected_rows("kela")
    assert set(rows) == set(expected)
    assert {table for table, _row in rows} == OWN_TABLES
    for name, told in expected.items():
        for measure, text in told.items():
            cell, flag = rows[name][measure], rows[name][f"{measure}_flag"] or ""
            if text.startswith(":"):
                assert (cell or None, flag) == (None, text[1:]), (name, measure)
            else:
                assert float(str(cell).replace(",", ".")) == pytest.approx(float(text), abs=0.05)
    assert any(row["visits_flag"] == "suppressed" for row in rows.values()), "hidden rows stay hidden"


def test_months_one_by_one_and_together(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.CLERK, "kela")
    there = "/statistics/agency/kela/export?span=2026-09--2026-10"
    each, pooled = (
        list(csv.DictReader(io.StringIO(sqlite_client.get(f"{there}{more}", buffered=True).text)))
        for more in ("&each=1", "")
    )
    apart = [int(row["service_events"]) for row in each if row["table"] == "agency"]
    assert len(apart) == 2
    assert [int(row["service_events"]) for row in pooled if row["table"] == "agency"] == [sum(apart)]


OF_AGENCY = ("", "/export", "/report/2026-10", "/comments")


@pytest.mark.parametrize("page", OF_AGENCY)
def test_a_clerk_only_of_the_own_agency_coordinators_of_any(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, page: str
) -> None:
    def status(agency: str) -> int:
        return sqlite_client.get(f"/statistics/agency/{agency}{page}", buffered=True).status_code

    assert status("kela") == 401
    sign_in(Role.CLERK, "kela")
    assert [status(agency) for agency in ("kela", "vero", "nobody")] == [200, 403, 403]
    for role in (Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR):
        sign_in(role)
        assert [status(agency) for agency in ("kela", "vero", "nobody")] == [200, 200, 404]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("span=2026-10-05", 422),
        ("span=2026-W41", 422),
        ("span=2031-01", 404),
        ("span=2026-10&format=doc", 422),
        ("span=x", 422),
        ("span=2026-10&table=total", 200),
    ],
)
def test_what_an_agencys_file_cannot_be(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, query: str, status: int
) -> None:
    sign_in(Role.CLERK, "kela")
    answer = sqlite_client.get(f"/statistics/agency/kela/export?{query}", buffered=True)
    assert answer.status_code == status
    if status == 200:
        assert not any(row["table"] == "total" for row in csv.DictReader(io.StringIO(answer.text)))


def test_the_agencys_report_has_its_month_beside_the_one_before(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.CLERK, "dvv")
    answer = sqlite_client.get("/statistics/agency/dvv/report/2026-10")
    now, before = (
        next(
            row
            for row in published(single(parse(code)), ["agency"]).tables["agency"].rows
            if row.values == ("dvv",)
        )
        for code in ("2026-10", "2026-09")
    )
    found = pages.Cells(answer.text).of("key-figures")
    assert len(found) >= 15
    for (measure, _name), told in found.items():
        assert told == [pages.told(now, measure), pages.told(before, measure)]
    services = pages.Cells(answer.text).of("services-table")
    assert {name for name, _measure in services} == {
        row.values[0]
        for row in published(pages.SPAN, ["service"]).tables["service"].rows
        if current_house().service[row.values[0]].agency == "dvv"
    }
    assert 'href="/statistics/agency/dvv/report/2026-09"' in answer.text
    for month in ("2026-11", "2026-W40", "2026", "x"):
        assert sqlite_client.get(f"/statistics/agency/dvv/report/{month}").status_code == 404


def test_days_of_an_agency_are_refused_with_the_reason(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.CLERK, "kela")
    page = sqlite_client.get("/statistics/agency/kela")
    assert "hiding them would mean hiding the agency’s month as well" in page.text
    day = sqlite_client.get("/statistics/agency/kela?span=2026-10-05")
    assert day.status_code == 422
    assert "a part of them is often a handful of people" in day.text
    assert "Shown instead: October 2026." in day.text


def test_clerks_read_what_is_said_of_their_agency_alone(
    sign_in: pages.SignIn, sqlite_client: FlaskClient, set_clock: SetClock
) -> None:
    visits = [served(KELA) for _ in range(5)]
    for index, found in enumerate(visits):
        give(found, line=f"Whole visit {index}")
        give(found, ticket_id=tickets_of(found.id)[0].id, line=f"Kela {'EDCBA'[index]}")
    set_clock(at("12:00", date(2027, 1, 3)))
    sign_in(Role.CLERK, "kela")
    assert "No month with answers is over yet." in sqlite_client.get("/statistics/agency/kela/comments").text
    set_clock(at("12:00", date(2027, 1, 4)))
    html = sqlite_client.get("/statistics/agency/kela/comments?month=2026-12").text
    assert re.findall(r'<li dir="auto">(.*?)</li>', html) == [f"Kela {letter}" for letter in "ABCDE"]
    main = html[html.index("<main") : html.index("</main>")]
    assert not re.search(r"\d{1,2}[.:]\d{2}", main), "no time of day"
    assert not any((found.queue_number or "?") in main.replace("\xa0", " ") for found in visits)
    assert sqlite_client.get("/statistics/comments").status_code == 403
    for wrong in ("2026-11", "2027-01", "x"):
        assert sqlite_client.get(f"/statistics/agency/kela/comments?month={wrong}").status_code == 404
    sign_in(Role.CLERK, "vero")
    other = sqlite_client.get("/statistics/agency/vero/comments").text
    assert "Kela A" not in other
    assert "Fewer than 5 answers: comments are not shown." in other


def test_the_form_about_a_service_says_that_the_agency_reads_it(
    sqlite_client: FlaskClient, set_clock: SetClock
) -> None:
    found = served(KELA)
    set_clock(at("12:00"))
    link = f"/v/{found.link_token}/feedback"
    said = "the agency reads those about its services too"
    assert said in sqlite_client.get(f"{link}/{tickets_of(found.id)[0].id}").text
    whole = sqlite_client.get(link).text
    assert said not in whole
    assert "Nobody at a desk sees your answer." in whole
