"""The command line as an operator meets it: real processes, exit statuses, one line when it can't."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ihh.layout import HOUSES


def ihh(*arguments: str, folder: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORT", "DEMO")
    }
    return subprocess.run(
        [sys.executable, "-m", "ihh", *arguments],
        cwd=folder,
        env=clean | {"IHH_VAR": str(folder / "var")} | env,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    assert ihh("migrate", folder=folder).returncode == 0
    assert ihh("house", "load", str(HOUSES / "helsinki.toml"), folder=folder).returncode == 0
    return folder


def test_a_house_is_loaded_once(installed):
    again = ihh("house", "load", str(HOUSES / "helsinki.toml"), folder=installed)
    assert (again.returncode, "already in force" in again.stdout) == (0, True)


def test_the_helsinki_house_has_no_faults(tmp_path):
    done = ihh("house", "check", str(HOUSES / "helsinki.toml"), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_fault_of_a_house_file_is_named_at_once(tmp_path):
    broken = (HOUSES / "helsinki.toml").read_text("utf-8")
    broken = broken.replace("grid_min = 5", "grid_min = 0").replace(
        'timezone = "Europe/Helsinki"', 'timezone = "Mars"'
    )
    (tmp_path / "broken.toml").write_text(broken, "utf-8")
    done = ihh("house", "check", "broken.toml", folder=tmp_path)
    assert done.returncode == 2
    assert all(line.startswith("broken.toml: ") for line in done.stderr.splitlines())
    assert any("grid_min" in line for line in done.stderr.splitlines())
    assert any("timezone" in line for line in done.stderr.splitlines())


def test_a_missing_or_broken_house_file_is_one_line(installed):
    refused(ihh("house", "load", "nowhere.toml", folder=installed), "nowhere.toml")
    (installed / "bad.toml").write_text("a = [", "utf-8")
    refused(ihh("house", "load", "bad.toml", folder=installed), "bad.toml")


def test_a_missing_database_is_one_line(tmp_path):
    refused(
        ihh("device", "list", folder=tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"),
        "DATABASE_URL",
    )
    refused(ihh("device", "list", folder=tmp_path), "ihh migrate")
    refused(ihh("serve", folder=tmp_path, DATABASE_URL="mysql://x"), "DATABASE_URL")


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(ihh("serve", folder=tmp_path, PORT=port), port, "PORT")
    refused(ihh("serve", folder=tmp_path, PORT="no"), "PORT")


def test_a_device_gets_a_code_and_is_revoked(installed):
    done = ihh("device", "add", "kiosk", "hall-1", folder=installed)
    assert done.returncode == 0
    assert len(done.stdout.replace(" ", "").strip()) == 8
    assert "not paired" in ihh("device", "list", folder=installed).stdout
    assert ihh("device", "revoke", "hall-1", folder=installed).returncode == 0
    assert "revoked" in ihh("device", "list", folder=installed).stdout
    refused(ihh("device", "revoke", "hall-9", folder=installed), "not_found")
    refused(ihh("device", "add", "display", "hall-1", folder=installed), "name_taken")


def test_an_account_needs_a_long_password_and_a_known_agency(installed):
    added = ihh("user", "add", "ann", "--agency", "kela", folder=installed, stdin="correct horse battery\n")
    assert added.returncode == 0, added.stderr
    refused(ihh("user", "add", "bo", "--agency", "kela", folder=installed, stdin="short\n"), "password")
    refused(
        ihh("user", "add", "bo", "--agency", "kel", folder=installed, stdin="correct horse battery\n"), "kela"
    )
    assert "ann\tclerk\tkela\tactive" in ihh("user", "list", folder=installed).stdout


def test_only_an_analyst_may_get_the_right_to_single_events(installed):
    given = ("--may-export-events", "--role")
    typed = {"folder": installed, "stdin": "correct horse battery\n"}
    refused(ihh("user", "add", "cid", *given, "supervisor", **typed), "--may-export-events")
    assert ihh("user", "add", "cid", *given, "analyst", **typed).returncode == 0
    assert "cid\tanalyst\t-\tactive\tmay export events" in ihh("user", "list", folder=installed).stdout


def test_the_secret_is_made_once_and_kept_private(installed):
    secret = installed / "var" / "secret-key"
    assert secret.stat().st_mode & 0o077 == 0
    before = secret.read_text()
    ihh("device", "list", folder=installed)
    assert secret.read_text() == before
    assert len(before) >= 32


@pytest.mark.parametrize(
    ("weekday", "words"),
    [("sunday", ("WEEKDAY", "never open on a sunday")), ("tuesday", ("too little history",))],
)
def test_staffing_says_why_it_cannot_say_anything(installed, weekday, words):
    refused(ihh("staffing", weekday, folder=installed, DEMO="0"), *words)
