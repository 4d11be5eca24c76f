"""48 problems whose option lists an independent solver proved optimal (`examples.json.xz`)."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from tests.oracle.compare import answer_to
from tests.oracle.feasible import faults, minutes

EXAMPLES = json.loads(lzma.decompress((Path(__file__).parent / "examples.json.xz").read_bytes()))


def test_there_are_48_with_an_expectation_each() -> None:
    assert len(EXAMPLES["problems"]) == 48
    assert EXAMPLES["problems"].keys() == EXAMPLES["expected"].keys()


@pytest.mark.parametrize("name", sorted(EXAMPLES["problems"]))
def test_every_example_gives_the_proved_vectors(name: str) -> None:
    problem = EXAMPLES["problems"][name]
    answer = answer_to(problem)
    found = [
        [option["date"], minutes(option["end"]) - minutes(option["start"]), option["start"]]
        for option in answer["options"]
    ]
    assert found == EXAMPLES["expected"][name]
    assert faults(problem, answer) == []
