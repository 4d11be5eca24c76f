"""`ihh import-events` as an operator meets it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ihh.cli import main
from tests.servers.site import Site

HEADER = "visit;day;agency;service;channel;language;customer_type;joined_at;outcome"
ROW = "A;2024-03-05;post;post.letters;walk_in;fi;work;2024-03-05T09:00;left"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    sqlite_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """`run("old.csv", …)` gives exit status, standard output and standard error."""
    sqlite_site.restore()
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": sqlite_site.url, "IHH_VAR": str(tmp_path), "DEMO": "0"}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ihh", "import-events", *arguments])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_check_import_and_never_twice(run, tmp_path):
    (tmp_path / "old.csv").write_text(f"\ufeff{HEADER}\r\n{ROW}\r\n", "utf-8")
    status, out, err = run("old.csv", "--dry-run")
    assert (status, err) == (0, "")
    assert "1 visits with 1 services, 2024-03-05 to 2024-03-05: would be imported" in out
    assert "post.letters" in out
    assert "1 services, 2024-03-05 to 2024-03-05: imported" in run("old.csv")[1]
    status, out, err = run("old.csv")
    assert (status, out) == (2, "")
    assert err.startswith("old.csv: line 2, visit: this visit was imported before\n")


def test_faults_have_lines_of_their_own(run, tmp_path):
    faulty = f"{HEADER}\n{ROW.replace('fi', 'Suomi')}\n{ROW.replace('left', 'x')}\n"
    (tmp_path / "bad.csv").write_text(faulty, "utf-8")
    status, _, err = run("bad.csv")
    assert status == 2
    first, second, end = err.splitlines()
    assert first.startswith("bad.csv: line 2, language: ")
    assert second.startswith("bad.csv: line 3, outcome: ")
    assert end == "nothing was imported"


@pytest.mark.parametrize(
    ("arguments", "says"), [(["nothing.csv"], "No such file"), (["one.csv", "--source", "house"], "source")]
)
def test_one_line_and_status_two(run, tmp_path, arguments, says):
    (tmp_path / "one.csv").write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err
