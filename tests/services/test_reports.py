"""The published figures against an independent calculation from raw events, and against their own exports."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.kpi import Measure
from ihh.domain.report import Dimension, Row
from ihh.domain.suppression import Flag
from ihh.models import QueueEvent, Ticket
from ihh.presentation.csv_files import Flavour, export, number, safe
from ihh.services import day_end
from ihh.services.house import current_house
from ihh.services.reports import Report, report
from tests.services import busy_day, raw_figures

DAY = busy_day.DAY.date()


@pytest.fixture
def left_at(app: Flask) -> datetime:
    """The busy day was played, on each engine."""
    return busy_day.play()


@pytest.fixture
def open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is hidden, so that every figure can be compared."""

    def unguarded() -> House:
        house = current_house()
        return replace(house, figures=replace(house.figures, small_cell=1))

    monkeypatch.setattr("ihh.services.reports.current_house", unguarded)


def amounts(row: Row) -> dict[str, int | Decimal | None]:
    return {measure.value: cell.amount for measure, cell in row.cells.items()}


def compare(found: Report, now: datetime) -> None:
    assert amounts(found.total) == raw_figures.expected(None, now)["total"]
    for dimension, table in found.tables.items():
        wanted = raw_figures.expected(dimension.value, now)
        got = {row.code: amounts(row) for row in table.rows}
        assert wanted.keys() <= got.keys(), dimension
        for code, figures in got.items():
            if code in wanted:
                assert figures == wanted[code], (dimension, code)
            else:
                assert [figures[name] for name in ("visits", "customers", "service_events")] == [0, 0, 0]
                assert figures["wait_median_min"] is None
        assert amounts(table.total) == amounts(found.total)


@pytest.mark.usefixtures("open_house")
def test_every_figure_equals_a_calculation_from_raw_events(left_at: datetime) -> None:
    actions = dict(
        db.session.execute(select(QueueEvent.action, func.count()).group_by(QueueEvent.action)).all()
    )
    for action in (
        "transfer",
        "hold",
        "mark_no_show",
        "leave",
        "requeue",
        "unlock",
        "check_in",
        "cancel_visit",
    ):
        assert actions.get(action, 0) > 0, f"the day has no {action}"
    assert db.session.execute(select(func.count()).where(Ticket.state == "waiting")).scalar()

    compare(report(DAY, DAY, now=left_at), left_at)  # the day goes on
    evening = busy_day.DAY + timedelta(hours=30)
    day_end.tidy(now=evening)
    found = report(DAY - timedelta(days=5), DAY + timedelta(days=1), now=evening)
    compare_closed(found, evening)
    assert found.total.cells[Measure.NO_SHOW].amount
    assert found.total.cells[Measure.ABANDONED].amount


def compare_closed(found: Report, now: datetime) -> None:
    """After the end of the day: services that nobody ended count, but have no length and no known outcome."""
    wanted = raw_figures.expected(None, now)["total"]
    got = amounts(found.total)
    for name in ("service_median_min", "service_p90_min"):
        assert got.pop(name) is not None
        wanted.pop(name)
    assert got == wanted


def rows_of(content: bytes, flavour: Flavour) -> list[dict[str, str]]:
    if flavour is Flavour.EXCEL_FI:
        assert content.startswith(b"\xef\xbb\xbf")
        text, delimiter = content.decode("utf-8-sig"), ";"
    else:
        assert not content.startswith(b"\xef\xbb\xbf")
        text, delimiter = content.decode("utf-8"), ","
    assert text.count("\n") == text.count("\r\n") > 20
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def test_exports_have_every_published_cell_and_no_small_one(sqlite_app: Flask) -> None:
    left_at = busy_day.play()
    found = report(DAY, DAY, now=left_at)
    for flavour in Flavour:
        content = export(found, list(Dimension), flavour)
        check_export(found, rows_of(content, flavour), flavour)
        again = export(report(DAY, DAY, now=left_at), list(Dimension), flavour)
        assert content == again
    for row in (row for table in found.tables.values() for row in (*table.rows, table.total)):
        assert row.cells[Measure.CUSTOMERS].amount not in (1, 2, 3, 4)
        assert row.flag is Flag.NONE or all(cell.amount is None for cell in row.cells.values())


def check_export(found: Report, rows: list[dict[str, str]], flavour: Flavour) -> None:
    published = [
        (dimension, row) for dimension in Dimension for row in (*found.tables[dimension].rows, found.total)
    ]
    assert [(row["dimension"], row["value"]) for row in rows] == [
        (dimension.value, row.code) for dimension, row in published
    ]
    for got, (_, row) in zip(rows, published, strict=True):
        assert (got["from"], got["to"], got["synthetic"]) == ("2026-12-01", "2026-12-01", "no")
        for measure in Measure:
            cell = row.cells[measure]
            text = got[measure.value].replace(",", ".") if flavour is Flavour.EXCEL_FI else got[measure.value]
            assert (Decimal(text) if text else None) == cell.amount
            assert got[f"{measure.value}_flag"] == cell.flag.value
            assert bool(text) == (cell.flag is Flag.NONE)
        assert (got["n"], got["n_flag"]) == (got["customers"], got["customers_flag"])
    assert {"", "suppressed", "not_shown"} <= {got["n_flag"] for got in rows}, "the day hides and shows"


def test_a_day_to_come_has_zeros_and_no_data(sqlite_app: Flask, now: datetime) -> None:
    found = report(date(2027, 3, 1), date(2027, 3, 5), now=now)
    assert found.open_days == 0
    assert found.total.cells[Measure.VISITS].amount == 0
    assert found.total.cells[Measure.NO_SHOW].flag is Flag.NO_DATA


@pytest.mark.parametrize("days", [-1, 366])
def test_a_period_that_is_none_is_refused(sqlite_app: Flask, now: datetime, days: int) -> None:
    with pytest.raises(Refusal) as refused:
        report(DAY, DAY + timedelta(days=days), now=now)
    assert refused.value.code is Code.INVALID


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"
    assert safe(f"a{start}") == f"a{start}"


def test_numbers_are_left_alone() -> None:
    assert number(Decimal("-12.5"), Flavour.RFC4180) == "-12.5"
    assert number(Decimal("-12.5"), Flavour.EXCEL_FI) == "-12,5"
    assert number(12345, Flavour.EXCEL_FI) == "12345"
    assert number(0, Flavour.RFC4180) == "0"
    assert number(None, Flavour.RFC4180) == ""
