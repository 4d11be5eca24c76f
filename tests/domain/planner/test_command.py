"""`ihh plan`: a line of JSON for every good file, a line on standard error for every other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ihh.cli.plan import plan
from tests.domain.planner.small import desk, leg, problem, service
from tests.oracle.feasible import faults

Json = dict[str, Any]

GOOD = problem([service("s")], [desk("d", ["s"])], [leg("s")])


def write(folder: Path, name: str, data: Json | bytes) -> str:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return str(path)


def run(*files: str) -> Result:
    return CliRunner().invoke(plan, files)


def test_answers_stand_in_the_order_of_the_files(tmp_path: Path) -> None:
    ids = ("b", "a", "ä\ud800")
    files = [write(tmp_path, f"{place}.json", {**GOOD, "id": each}) for place, each in enumerate(ids)]
    result = run(*files)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(ids)
    assert faults({**GOOD, "id": "b"}, answers[0]) == []
    assert result.exit_code == 0
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({**GOOD, "grid_min": True}, "grid_min"),
        ({**GOOD, "agencies": []}, "services[0].agency"),
        (b"{", "(file)"),
        (b"\xff\xfe", "(file)"),
        (b"", "(file)"),
        (b"[" * 100_000, "(file)"),
        (b"9" * 5000, "(file)"),
    ],
)
def test_a_malformed_file_does_not_keep_the_others_from_an_answer(
    tmp_path: Path, bad: Json | bytes, field: str
) -> None:
    names = [write(tmp_path, "1", GOOD), write(tmp_path, "2", bad), write(tmp_path, "3", GOOD)]
    result = run(*names)
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.splitlines() == [result.stderr.rstrip("\n")]
    assert result.stderr.startswith(f"{names[1]}: {field}: ")
    assert result.exit_code == 2


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none"), str(tmp_path), write(tmp_path, "good", GOOD))
    assert len(result.stderr.splitlines()) == 2
    assert len(result.stdout.splitlines()) == 1
    assert result.exit_code == 2


def test_without_files_there_is_nothing_to_plan() -> None:
    assert run().exit_code == 2
