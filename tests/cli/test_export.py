"""`ihh export`: files of every kind, and one line with exit status 2 for whatever it cannot do."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from ihh.cli import main
from ihh.db import db, transaction
from ihh.domain.statistics.periods import parse
from ihh.models import ExportLog
from ihh.services.house import current_house
from ihh.services.statistics import bulk, releasing
from tests.servers.site import Site, sqlite_site
from tests.services.statistics import made_up_facts

Run = Callable[..., tuple[int, bytes, str]]

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/Helsinki"))
DAYS = ("2026-11-23", "2026-11-24")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A house with two released days."""
    with sqlite_site(tmp_path_factory.mktemp("export")) as site:
        with site.app.app_context(), transaction():
            bulk.add(made_up_facts.days(current_house(), date(2026, 11, 23), 2, seed=5, visits=12))
            for day in DAYS:
                releasing.release(parse(day), now=NOW)
        yield site


@pytest.fixture
def run(
    days: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """`run("figures", …)` gives exit status, standard output and standard error."""
    for name, value in {"DATABASE_URL": days.url, "IHH_VAR": str(tmp_path / "var"), "DEMO": "0"}.items():
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


def test_days_one_after_the_other_on_standard_output(run: Run) -> None:
    status, out, err = run("figures", "--from", DAYS[0], "--to", DAYS[1], "--each")
    assert (status, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert [(row["period"], row["table"], row["label"]) for row in rows] == [
        (day, "total", "All") for day in DAYS
    ]
    assert all(int(row["visits"]) > 4 for row in rows)


def test_labels_in_another_language_for_excel_to_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    given = ("--format", "csv-excel-fi", "--language", "fi", "--output", str(file))
    assert run("figures", "--from", DAYS[0], *given)[:2] == (0, b"")
    (row,) = csv.DictReader(file.read_text("utf-8-sig").splitlines(), delimiter=";")
    assert row["label"] == "Kaikki"


def test_events_are_written_and_logged(run: Run, days: Site, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    status, out, err = run(
        "events", "--from", DAYS[0], "--to", DAYS[1], "--format", "json", "--output", str(file)
    )
    assert (status, out, err) == (0, b"", "")
    rows = json.loads(file.read_text("utf-8"))["rows"]
    with days.app.app_context():
        log = db.session.scalars(select(ExportLog).order_by(ExportLog.id.desc())).first()
        assert log is not None
        assert (log.actor, log.row_count, log.file_format) == ("command line", len(rows), "json")
    assert {row["day"] for row in rows} == set(DAYS)


def test_open_data_to_a_folder(run: Run, tmp_path: Path) -> None:
    """Only months and years are open data, and none is released here: the catalogue is there and empty."""
    status, _, _ = run(
        "open-data", "--folder", str(tmp_path / "open"), "--base-url", "https://example.org/data"
    )
    assert status == 0
    catalogue = json.loads((tmp_path / "open" / "catalogue.jsonld").read_text("utf-8"))
    assert catalogue["@id"] == "https://example.org/data/catalogue.jsonld"
    assert catalogue["dcat:dataset"] == []


def test_the_data_dictionary_in_the_documentation_is_current(run: Run) -> None:
    """Make it anew with `ihh export definitions --output docs/data-dictionary.md`."""
    status, out, _ = run("definitions")
    assert status == 0
    assert out.decode() == (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert "<!--" not in out.decode()


def test_definitions_as_a_table(run: Run) -> None:
    status, out, _ = run("definitions", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert (status, rows[0]["column"], rows[0]["label"]) == (0, "visits", "Visits")
    assert {row["column"] for row in rows if row["data"] == "no_data"} >= {"softlanding_median_days"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["figures", "--from", "1.12.2026"], "2026-11-30"),
        (["figures", "--from", "2026-13"], "--from"),
        (["figures", "--from", DAYS[1], "--to", DAYS[0]], "in order"),
        (["figures", "--from", "2026-11-23", "--to", "2026-12"], "of one kind"),
        (["figures", "--from", "2000-01-01", "--to", "2026-11-23"], "more than 1100"),
        (["figures", "--from", "9999"], "--from"),
        (["figures", "--from", "2026-11"], "not all of it is released"),
        (["figures", "--from", DAYS[0], "--table", "agency"], "there are total"),
        (["figures", "--from", DAYS[0], "--format", "pdf"], "--format"),
        (["figures", "--from", DAYS[0], "--output", "/nowhere/x.csv"], "--output"),
        (["events", "--from", "2026-11-24", "--to", "2026-11-23"], "before"),
        (["events", "--from", "2026-10-01", "--to", "2026-10-31"], "no ended day"),
        (["events", "--from", "yesterday", "--to", "2026-11-23"], "--from"),
        (["events", "--from", "2026-11-24"], "--to"),
        (["open-data", "--folder", "/nowhere/at/all", "--base-url", "x"], "--folder"),
    ],
)
def test_one_line_and_status_two(run: Run, arguments: list[str], says: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, b"")
    assert err.count("\n") == 1
    assert says in err
