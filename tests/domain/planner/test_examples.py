"""The house's own examples, kept outside the repository for their size.

`IHH_PLANNER_EXAMPLES` names the folder with the problems and their `expected.json`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.oracle.compare import answer_to
from tests.oracle.feasible import faults, minutes

FOLDER = os.environ.get("IHH_PLANNER_EXAMPLES")


@pytest.mark.skipif(FOLDER is None, reason="IHH_PLANNER_EXAMPLES names no folder")
def test_every_example_gives_the_proved_vectors() -> None:
    folder = Path(FOLDER or "")
    expected = json.loads((folder / "expected.json").read_text())
    problems = {path.stem: json.loads(path.read_text()) for path in folder.glob("example-*.json")}
    assert problems.keys() == expected.keys()
    for name, problem in problems.items():
        answer = answer_to(problem)
        found = [
            [option["date"], minutes(option["end"]) - minutes(option["start"]), option["start"]]
            for option in answer["options"]
        ]
        assert found == expected[name], name
        assert faults(problem, answer) == [], name
