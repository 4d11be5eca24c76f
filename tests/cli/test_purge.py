"""`ihh purge`: a table of what goes, and with --dry-run of what would."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ihh.cli import main
from ihh.cli.purge import report
from ihh.db import db, transaction
from ihh.domain.retention import Due
from ihh.models import ExportLog
from ihh.presentation.limits import limiter
from ihh.services.retention import Purged
from tests.servers.site import Site

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    sqlite_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """`run("--dry-run")` gives exit status, standard output and standard error."""
    sqlite_site.restore()
    for name, value in {"DATABASE_URL": sqlite_site.url, "IHH_VAR": str(tmp_path), "DEMO": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # the command's own application turns it on

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ihh", "purge", *arguments])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def log_lines(site: Site) -> int:
    with site.app.app_context():
        return len(db.session.scalars(select(ExportLog)).all())


def number_of(out: str, name: str) -> int:
    found = re.search(rf"^{re.escape(name)} +(\d+)$", out, re.MULTILINE)
    assert found, out
    return int(found[1])


def test_what_would_go_goes_when_asked_to(run: Run, sqlite_site: Site) -> None:
    now = datetime.now(UTC)
    with sqlite_site.app.app_context(), transaction():
        for years in (1, 3):
            then = now - timedelta(days=365 * years)
            db.session.add(
                ExportLog(
                    at=then,
                    actor="analyst:3",
                    what="events",
                    first=then.date(),
                    last=then.date(),
                    file_format="csv",
                )
            )
    status, out, err = run("--dry-run")
    assert (status, err) == (0, "")
    assert (number_of(out, "export_log"), number_of(out, "would go in all")) == (1, 1)
    assert log_lines(sqlite_site) == 2

    status, out, err = run()
    assert (status, err) == (0, "")
    assert (number_of(out, "export_log"), number_of(out, "went in all")) == (1, 1)
    assert log_lines(sqlite_site) == 1
    assert number_of(run()[1], "went in all") == 0


def test_days_that_wait_are_named() -> None:
    day = date(2024, 10, 31)
    days = Due((date(2023, 1, 2),), (day, day + timedelta(days=1)), (date(2023, 1, 2),))
    lines = report(Purged({"visit": 3}, days, day, day, day), is_dry=True)
    assert (
        "kept on, figures not published yet: 2 days, 2024-10-31 to 2024-11-01, at most a year longer" in lines
    )
    assert "would go without published figures: 1 day, 2023-01-02 to 2023-01-02" in lines


def test_anything_else_is_refused_in_one_line(run: Run) -> None:
    status, out, err = run("everything")
    assert (status, out) == (2, "")
    assert "everything" in err
