"""Cells that could do harm, and sheets that would be too long: on rows made by hand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import polars
import pytest

from ihh.domain.statistics.files import Column, Kind, Values
from ihh.presentation.exports import Book, FileFormat, Sheet, chunks, xlsx_files
from tests.exports.conftest import written
from tests.exports.test_figure_files import by_libreoffice

EVIL = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://127.0.0.1/","x")',
    "=cmd|' /C calc'!A0",
)
HARMLESS = ("Kela", "a=b", "", "O'Brien", "a;b,c", 'a "b"', "two\nlines", "ä", "07")

COLUMNS = (Column("text", Kind.TEXT), Column("number", Kind.COUNT), Column("share", Kind.DECIMAL))


def book(rows: Sequence[Values]) -> Book:
    return Book("test", Sheet("Test", COLUMNS, rows))


def rows_of(texts: Sequence[str]) -> list[Values]:
    return [(text, -5, "-0.5") for text in texts]


@pytest.mark.parametrize(
    ("file_format", "delimiter", "encoding", "share"),
    [(FileFormat.CSV, ",", "utf-8", "-0.5"), (FileFormat.CSV_EXCEL_FI, ";", "utf-8-sig", "-0,5")],
)
def test_csv_neutralises_texts_and_leaves_numbers(
    tmp_path: Path, file_format: FileFormat, delimiter: str, encoding: str, share: str
) -> None:
    path = written(chunks(book(rows_of((*EVIL, *HARMLESS))), file_format), tmp_path / "x.csv")
    with path.open(encoding=encoding, newline="") as file:
        _, *rows = csv.reader(file, delimiter=delimiter, strict=True)
    assert [row[0] for row in rows] == [*(f"'{text}" for text in EVIL), *HARMLESS]
    assert {(row[1], row[2]) for row in rows} == {("-5", share)}


def test_a_workbook_holds_texts_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    xlsx_files.write(book(rows_of((*EVIL, *HARMLESS))), path)
    sheet = openpyxl.load_workbook(path)["Test"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    texts = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert [text.startswith("'") for text in texts] == [True] * len(EVIL) + [False] * len(HARMLESS)
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {-5}
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == {-0.5}


def test_libreoffice_calculates_nothing(tmp_path: Path) -> None:
    written(chunks(book(rows_of(EVIL)), FileFormat.CSV), tmp_path / "evil.csv")
    text = by_libreoffice(tmp_path / "evil.csv", tmp_path)
    first = [row[0] for row in csv.reader(text.splitlines()) if row]
    assert "2" not in first
    assert first[1] in ("'=1+1", "=1+1")


def test_sheets_are_split_at_the_row_limit(tmp_path: Path) -> None:
    """Eleven rows in sheets of five, each with its header."""
    path = tmp_path / "x.xlsx"
    xlsx_files.write(book([(f"row {number}", number, "0.0") for number in range(11)]), path, row_limit=5)
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["Test", "Test 2", "Test 3"]
    sheets = [[row[1] for row in sheet.iter_rows(values_only=True)] for sheet in workbook]
    assert [sheet[0] for sheet in sheets] == ["number"] * 3
    assert [len(sheet) for sheet in sheets] == [5, 5, 4]
    assert [number for sheet in sheets for number in sheet[1:]] == list(range(11))


def test_a_sheet_that_is_just_full_is_not_split(tmp_path: Path) -> None:
    xlsx_files.write(book(rows_of(["a"] * 4)), tmp_path / "x.xlsx", row_limit=5)
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["Test"]
    assert xlsx_files.ROW_LIMIT == 2**20


def test_a_file_without_rows_has_its_header(tmp_path: Path) -> None:
    assert b"".join(chunks(book([]), FileFormat.CSV)) == b"text,number,share\r\n"
    xlsx_files.write(book([]), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["Test"].max_row == 1
    path = written(chunks(book([]), FileFormat.PARQUET), tmp_path / "x.parquet")
    assert polars.read_parquet(path).shape == (0, 3)
