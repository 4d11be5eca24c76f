"""`ihh simulate` as an operator meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ihh.simulation.scenarios import scenario
from tests.cli.test_cli import ihh, refused


def written(folder: Path, data: Any) -> Path:
    file = folder / "scenario.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return file


def test_a_scenario_gives_one_result_and_leaves_nothing_behind(tmp_path):
    file = written(tmp_path, scenario(1, visits_per_day=10))
    done = ihh("simulate", file.name, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["format"] == "ihh-day-result/1"
    assert done.stdout.count("\n") == 1
    assert "2026-12-01: 10 visitors" in done.stderr
    assert list(tmp_path.iterdir()) == [file], "no database and no secret"


def test_the_same_scenario_gives_the_same_bytes_whatever_the_order_of_sets(tmp_path):
    file = written(tmp_path, scenario(2, days=2, visits_per_day=40, load=0.9))
    first, second = (
        ihh("simulate", str(file), folder=tmp_path, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")
    )
    assert len(first) > 10_000
    assert first == second


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "format: is missing"),
        ({"format": "ihh-day/2"}, "format: must be"),
        ("{", "is not JSON"),
        pytest.param("[" * 100_000, "is not JSON", id="very deep"),
        (scenario(1, visits_per_day=3) | {"days": []}, "days: must hold a day"),
    ],
)
def test_a_malformed_file_gets_one_line_that_names_the_field(tmp_path, data, word):
    file = written(tmp_path, data)
    done = ihh("simulate", str(file), folder=tmp_path)
    refused(done, str(file), word)
    assert done.stdout == ""


def test_a_missing_file_gets_one_line(tmp_path):
    refused(ihh("simulate", "nothing.json", folder=tmp_path), "nothing.json", "No such file")
