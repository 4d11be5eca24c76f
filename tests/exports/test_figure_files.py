"""Figures in every format, opened by other programs: the numbers are the published ones."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest

from ihh.domain.errors import Code, Refusal
from ihh.domain.masking import Flag
from ihh.domain.statistics.cells import Cell
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.presentation.exports import FileFormat, chunks, parquet_files
from ihh.presentation.exports.figures import figures_book
from ihh.services.statistics.published import published
from tests.exports.conftest import BOTH, Months, written

SPAN = single(parse("2026-10"))
TABLES = ["total", "agency", "agency.hour", "language"]
DIMENSIONS = (
    "agency",
    "service",
    "hour",
    "weekday",
    "language",
    "channel",
    "customer_type",
    "party_size",
    "municipality",
)

Found = dict[tuple[str, tuple[str, ...]], Mapping[str, Any]]


@pytest.fixture
def expected(months: Months) -> dict[tuple[str, tuple[str, ...]], Mapping[Measure, Cell]]:
    """Every published row by its table and its values."""
    tables = published(SPAN, TABLES).tables
    rows = {(code, row.values): row.cells for code, shown in tables.items() for row in shown.rows}
    flags = {cell.flag for cells in rows.values() for cell in cells.values()}
    assert flags == set(Flag), "a file without every flag would prove little"
    return rows


def make(file_format: FileFormat, folder: Path) -> Path:
    return written(chunks(figures_book(SPAN, TABLES), file_format), folder / "figures.file")


def by_row(rows: Iterator[Mapping[str, Any]]) -> Found:
    """Rows by table and the values of the dimensions that it is broken down by."""
    found = {}
    for row in rows:
        values = tuple(row[name] for name in row["table"].split(".")) if row["table"] != "total" else ()
        assert {row[name] for name in DIMENSIONS if name not in row["table"].split(".")} <= {"all"}
        found[row["table"], values] = row
    return found


def check(found: Found, expected: Any, read: Any = lambda value: value, empty: Any = None) -> None:
    """`read` turns a file's number into one; `empty` is how the file leaves a cell empty."""
    assert list(found) == list(expected)
    for place, cells in expected.items():
        for measure, cell in cells.items():
            amount, flag = found[place][measure.value], found[place][f"{measure.value}_flag"]
            assert (flag or "") == cell.flag.value, (place, measure)
            if cell.amount is None:
                assert amount == empty, (place, measure)
            else:
                assert read(amount) == pytest.approx(float(cell.amount), abs=1e-9), (place, measure)


def test_csv_for_machines(tmp_path: Path, expected: Any) -> None:
    path = make(FileFormat.CSV, tmp_path)
    content = path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == len(expected) + 1
    with path.open(encoding="utf-8", newline="") as file:
        found = by_row(csv.DictReader(file, strict=True))
    assert all(re.fullmatch(r"-?\d+(\.\d)?|", row["nps"]) for row in found.values())
    check(found, expected, float, "")
    assert {(row["from"], row["to"], row["synthetic"]) for row in found.values()} == {
        ("2026-10-01", "2026-10-31", "no")
    }


def test_csv_for_a_finnish_excel(tmp_path: Path, expected: Any) -> None:
    path = make(FileFormat.CSV_EXCEL_FI, tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfperiod;from;")
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = by_row(csv.DictReader(file, delimiter=";", strict=True))
    assert any("," in row["wait_mean_min"] for row in found.values())
    assert not any("." in row["wait_mean_min"] for row in found.values())
    check(found, expected, lambda text: float(text.replace(",", ".")), "")


def test_a_workbook_has_typed_cells_and_its_definitions(tmp_path: Path, expected: Any) -> None:
    book = openpyxl.load_workbook(make(FileFormat.XLSX, tmp_path).rename(tmp_path / "f.xlsx"))
    assert book.sheetnames == ["Figures", "About", "Definitions"]
    header, *rows = book["Figures"].iter_rows(values_only=True)
    found = by_row(dict(zip(header, row, strict=True)) for row in rows)
    check(found, expected)
    total = found["total", ()]
    assert isinstance(total["visits"], int)
    assert total["synthetic"] is False
    assert total["from"].date() == date(2026, 10, 1)
    defined = [row[0] for row in book["Definitions"].iter_rows(min_row=2, values_only=True)]
    assert defined == [measure.value for measure in Measure]


def test_json_has_numbers_and_null(tmp_path: Path, expected: Any) -> None:
    found = json.loads(make(FileFormat.JSON, tmp_path).read_text("utf-8"))
    assert list(found) == ["about", "definitions", "rows"]
    check(by_row(found["rows"]), expected)


def test_parquet_has_typed_columns(tmp_path: Path, expected: Any) -> None:
    frame = polars.read_parquet(make(FileFormat.PARQUET, tmp_path))
    assert (frame.schema["visits"], frame.schema["from"], frame.schema["nps"]) == (
        polars.Int64,
        polars.Date,
        polars.Float64,
    )
    check(by_row(iter(frame.to_dicts())), expected)


def test_polars_reads_the_csv_without_help(tmp_path: Path, expected: Any) -> None:
    frame = polars.read_csv(make(FileFormat.CSV, tmp_path), infer_schema_length=None, try_parse_dates=True)
    assert frame.schema["from"] == polars.Date
    assert frame.schema["visits"] == polars.Int64
    check(by_row(iter(frame.with_columns(polars.col("hour").cast(polars.String)).to_dicts())), expected)


def test_libreoffice_opens_the_workbook(tmp_path: Path, expected: Any) -> None:
    """LibreOffice writes what it read as a CSV of full precision, which is compared."""
    make(FileFormat.XLSX, tmp_path).rename(tmp_path / "figures.xlsx")
    text = by_libreoffice(tmp_path / "figures.xlsx", tmp_path)
    found = by_row(csv.DictReader(text.splitlines()))
    check(found, expected, float, "")


def by_libreoffice(path: Path, folder: Path) -> str:
    """Commas, quotes where needed, UTF-8, cells as their contents and not as they look."""
    done = subprocess.run(
        [
            *(
                "soffice",
                "--headless",
                "--norestore",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            ),
            *("--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false", "--outdir"),
            *(str(folder / "out"), str(path)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    made = folder / "out" / f"{path.stem}.csv"
    assert made.exists(), done.stderr
    return made.read_text("utf-8-sig")


def test_each_period_has_its_own_rows_and_together_they_are_pooled(tmp_path: Path, months: Months) -> None:
    def visits(each: bool) -> dict[str, int]:
        pieces = chunks(figures_book(BOTH, ["total"], each=each), FileFormat.CSV)
        rows = csv.DictReader(b"".join(pieces).decode().splitlines())
        return {row["period"]: int(row["visits"]) for row in rows}

    apart, together = visits(True), visits(False)
    assert list(apart) == ["2026-09", "2026-10"]
    assert together == {"2026-09--2026-10": sum(apart.values())}


def test_what_is_not_released_or_not_published_is_refused(months: Months) -> None:
    for each in (False, True):
        with pytest.raises(Refusal) as refused:
            figures_book(single(parse("2026-11")), ["total"], each=each)
        assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as refused:
        figures_book(SPAN, ["desk"])
    assert refused.value.code is Code.INVALID


def test_parquet_without_polars_says_how_to_get_it(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "find_spec", lambda name: None)
    with pytest.raises(parquet_files.ParquetMissing, match=r"ihh\[parquet\]"):
        list(chunks(figures_book(SPAN), FileFormat.PARQUET))


def test_amounts_keep_their_decimals(months: Months) -> None:
    """A share of exactly ten percent is 10.0, and no figure has more than one decimal."""
    rows = figures_book(SPAN).sheet.rows
    amounts = [value for row in rows for value in row if isinstance(value, Decimal)]
    assert any(amount == int(amount) for amount in amounts)
    assert all(re.fullmatch(r"-?\d+\.\d", str(amount)) and str(amount) != "-0.0" for amount in amounts)
