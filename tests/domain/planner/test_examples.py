"""48 problems whose option lists an independent solver proved optimal."""

from __future__ import annotations

import pytest

from tests.oracle.compare import EXAMPLES, example_disagreements


def test_there_are_48_with_an_expectation_each() -> None:
    assert len(EXAMPLES["problems"]) == 48
    assert EXAMPLES["problems"].keys() == EXAMPLES["expected"].keys()


@pytest.mark.parametrize("name", sorted(EXAMPLES["problems"]))
def test_every_example_gives_the_proved_vectors(name: str) -> None:
    assert example_disagreements(name) == []
