"""The figures by API: for whom, and the published ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import polars
import pytest
from flask import Flask

from ihh.db import transaction
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.models import User
from ihh.models.account import Role
from ihh.services import accounts
from ihh.services.house import current_house
from ihh.services.statistics import bulk, releasing
from ihh.services.statistics.published import published
from tests.api.conftest import PASSWORD, Guarded, code_of, staff_client
from tests.services.statistics import made_up_facts

ClerkOf = Callable[[str], tuple[User, Guarded]]

DAY = "2026-11-23"


@pytest.fixture
def reader(app: Flask, now: datetime) -> Guarded:
    """An analyst of a house with one released day."""
    with transaction():
        bulk.add(made_up_facts.days(current_house(), date(2026, 11, 23), 1, seed=5, visits=14))
        releasing.release(parse(DAY), now=now)
    return staff_client(app, accounts.add_user("analyst", PASSWORD, Role.ANALYST, agency_id=None, now=now))


def test_a_released_day_is_told_as_it_was_published(reader: Guarded) -> None:
    found = reader.get(f"/figures?from={DAY}").get_json()
    assert (found["period"], found["kind"], found["from"], found["to"]) == (DAY, "day", DAY, DAY)
    assert (found["is_synthetic"], found["small_cell"]) == (False, 5)
    (table,) = found["tables"]
    assert (table["code"], table["dimensions"]) == ("total", [])
    (row,) = table["rows"]
    expected = published(single(parse(DAY)), ["total"]).total.cells
    assert set(row["cells"]) == {measure.value for measure in Measure}
    for measure, cell in expected.items():
        told = row["cells"][measure.value]
        assert told["flag"] == cell.flag.value, measure
        assert told["amount"] == (None if cell.amount is None else float(cell.amount)), measure
    assert row["cells"]["softlanding_median_days"] == {"amount": None, "flag": "no_data", "n": None}


def test_definitions_in_the_language_asked_for(reader: Guarded) -> None:
    found = reader.get("/figures/definitions").get_json()
    assert [one["measure"] for one in found["measures"]] == [measure.value for measure in Measure]
    assert {one["measure"] for one in found["measures"] if not one["has_data"]} >= {"remote_video_pct"}
    assert found["tables"]["day"] == ["total"]
    assert "agency.weekday.hour" in found["tables"]["month"]


def test_which_periods_are_released(reader: Guarded) -> None:
    assert reader.get("/figures/periods").get_json() == {"day": [DAY], "week": [], "month": [], "year": []}


def test_what_is_not_released_is_not_found(reader: Guarded) -> None:
    for query in ("from=2026-11-24", "from=2026-11", f"from={DAY}&to=2026-11-24", "from=2026"):
        assert code_of(reader.get(f"/figures?{query}")) == (404, "not_found"), query


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-12-02&to=2026-12-01",
        "from=2026-11-23&to=2026-11",
        "from=9999-12-31",
        "from=0001-01-01",
        "from=2026-02-30",
        "from=2026-W54",
        "to=2026-12-01",
        "from=yesterday",
        "from=2026-11-23&tables=agency",
        "from=2026-11-23&tables=desk",
        "from=2026-11-23&tables=",
        "from=2026-11-23&small_cell=1",
    ],
)
def test_a_period_or_table_that_is_none_is_refused(reader: Guarded, query: str) -> None:
    assert code_of(reader.get(f"/figures?{query}")) == (422, "invalid")


@pytest.mark.parametrize(
    ("file_format", "media_type"),
    [
        ("csv", "text/csv"),
        ("csv-excel-fi", "text/csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
def test_the_same_figures_as_a_file(reader: Guarded, file_format: str, media_type: str) -> None:
    answer = reader.get(f"/figures/file?from={DAY}&format={file_format}", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert f"figures-{DAY}" in answer.headers["Content-Disposition"]
    cells = reader.get(f"/figures?from={DAY}").get_json()["tables"][0]["rows"][0]["cells"]
    (row,) = read(answer.data, file_format)
    for measure, cell in cells.items():
        number = str(row[measure] if row[measure] is not None else "").replace(",", ".")
        assert (row[f"{measure}_flag"] or "") == cell["flag"], measure
        assert (float(number) if number else None) == cell["amount"], measure


def read(content: bytes, file_format: str) -> list[dict[str, Any]]:
    if file_format == "json":
        return list(json.loads(content)["rows"])
    if file_format == "parquet":
        return polars.read_parquet(io.BytesIO(content)).to_dicts()
    if file_format == "xlsx":
        header, *rows = openpyxl.load_workbook(io.BytesIO(content))["Figures"].iter_rows(values_only=True)
        return [dict(zip(header, row, strict=True)) for row in rows]
    separator = ";" if file_format == "csv-excel-fi" else ","
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_a_file_of_two_days_together_or_day_by_day(reader: Guarded, now: datetime) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), date(2026, 11, 24), 1, seed=6, visits=14))
        releasing.release(parse("2026-11-24"), now=now)
    both = f"/figures/file?from={DAY}&to=2026-11-24"
    (together,) = read(reader.get(both, buffered=True).data, "csv")
    apart = read(reader.get(f"{both}&each=true", buffered=True).data, "csv")
    assert [row["period"] for row in apart] == [DAY, "2026-11-24"]
    assert together["visits"] == str(sum(int(row["visits"]) for row in apart))


def test_a_file_is_refused_as_the_figures_are(reader: Guarded) -> None:
    for query in ("from=2026-11-24", f"from={DAY}&to=2026-11-24&each=true"):
        assert code_of(reader.get(f"/figures/file?{query}")) == (404, "not_found"), query
    for query in (
        f"from={DAY}&format=doc",
        f"from={DAY}&tables=agency",
        f"from={DAY}&each=perhaps",
        "format=csv",
    ):
        assert code_of(reader.get(f"/figures/file?{query}")) == (422, "invalid"), query


def test_a_clerk_sees_no_figures(clerk_of: ClerkOf) -> None:
    _, clerk = clerk_of("kela")
    for path in (
        f"/figures?from={DAY}",
        f"/figures/file?from={DAY}",
        "/figures/definitions",
        "/figures/periods",
    ):
        assert code_of(clerk.get(path)) == (403, "not_allowed"), path
