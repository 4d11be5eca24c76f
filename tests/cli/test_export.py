"""`ihh export`: both flavours, and one line with exit status 2 for whatever it cannot do."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ihh.cli import main
from tests.servers.site import Site

Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def run(
    sqlite_site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """`run("--from", …)` gives exit status, standard output and standard error."""
    sqlite_site.restore()
    for name, value in {"DATABASE_URL": sqlite_site.url, "IHH_VAR": str(tmp_path), "DEMO": "0"}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["ihh", "export", *arguments])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsysbinary.readouterr()
        return status, out, err.decode()

    return call


def test_a_table_on_standard_output(run: Run) -> None:
    status, out, err = run("--from", "2026-12-01", "--to", "2026-12-02", "--by", "channel")
    assert (status, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert [row["value"] for row in rows] == ["online", "walk_in", "staff", "total"]
    assert {(row["visits"], row["wait_median_min"], row["wait_median_min_flag"]) for row in rows} == {
        ("0", "", "no_data")
    }


def test_everything_to_a_file_for_excel(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    status, out, _ = run(
        "--from", "2026-12-01", "--to", "2026-12-01", "--flavour", "excel-fi", "--output", str(file)
    )
    assert (status, out) == (0, b"")
    text = file.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert {row["dimension"] for row in rows} == {"agency", "service", "hour", "channel", "language"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "1.12.2026", "--to", "2026-12-01"], "--from"),
        (["--from", "2026-12-02", "--to", "2026-12-01"], "before"),
        (["--from", "2026-01-01", "--to", "2027-12-31"], "366 days"),
        (["--from", "2026-12-01"], "--to"),
        (["--from", "2026-12-01", "--to", "2026-12-01", "--by", "desk"], "--by"),
        (["--from", "2026-12-01", "--to", "2026-12-01", "--flavour", "xlsx"], "--flavour"),
        (["--from", "2026-12-01", "--to", "2026-12-01", "--output", "/nowhere/x.csv"], "--output"),
    ],
)
def test_one_line_and_status_two(run: Run, arguments: list[str], says: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, b"")
    assert err.count("\n") == 1
    assert says in err
