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
    assert "1 visit with 1 service, 2024-03-05 to 2024-03-05: would be imported" in out
    assert "post.letters" in out
    assert "Nothing of it will be published until its days are declared complete." in out
    status, out, _ = run("old.csv")
    assert "1 service, 2024-03-05 to 2024-03-05: imported" in out
    assert "Nothing of it is published until its days are declared complete." in out
    assert "  ihh import-events --complete-from 2024-03-01 --complete-to 2024-03-31\n" in out
    status, out, err = run("old.csv")
    assert (status, out) == (2, "")
    assert err.startswith("old.csv: line 2, visit: this visit was imported before\n")


def test_days_are_declared_complete_and_closed_to_more(run, tmp_path):
    (tmp_path / "old.csv").write_text(f"{HEADER}\n{ROW}\n{ROW.replace('A', 'B')}\n", "utf-8")
    days = ("--complete-from", "2024-03-01", "--complete-to", "2024-03-31")
    assert (
        "2024-03-01 to 2024-03-31: would be declared complete" in run(*days, "--nobody-came", "--dry-run")[1]
    )
    status, out, err = run(*days)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "no visit of 2024-03 is here; if nobody came then, add --nobody-came; nothing was declared" in err
    status, out, err = run("old.csv", *days)
    assert (status, err) == (0, "")
    assert "2 visits with 2 services" in out
    assert (
        "2024-03-01 to 2024-03-31 are declared complete: 2 visits on 20 open days, 19 of them without any."
        in out
    )
    assert run(*days)[0] == 0, "once more says the same"
    (tmp_path / "more.csv").write_text(f"{HEADER}\n{ROW.replace('A', 'C')}\n", "utf-8")
    status, _, err = run("more.csv")
    assert status == 2
    assert err.startswith("more.csv: line 2, day: 2024-03-01 to 2024-03-31 is declared complete and takes no")


def test_what_is_too_old_is_said_before_it_goes(run, tmp_path):
    (tmp_path / "old.csv").write_text(f"{HEADER}\n{ROW.replace('2024', '2019')}\n", "utf-8")
    assert "are deleted in the coming night, with figures only if" in run("old.csv")[1]


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
    ("arguments", "says"),
    [
        (["nothing.csv"], "No such file"),
        (["one.csv", "--source", "house"], "source"),
        ([], "give a FILE, or --complete-from and --complete-to"),
        (["one.csv", "--complete-from", "2024-03-01"], "belong together"),
        (["one.csv", "--nobody-came"], "belong together"),
        (["--complete-from", "1.3.2024", "--complete-to", "2024-03-31"], "is not a date"),
        (["--complete-from", "2024-03-31", "--complete-to", "2024-03-01"], "is before"),
        (["--complete-from", "2024-03-01", "--complete-to", "2099-03-01"], "has not ended"),
    ],
)
def test_one_line_and_status_two(run, tmp_path, arguments, says):
    (tmp_path / "one.csv").write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err
