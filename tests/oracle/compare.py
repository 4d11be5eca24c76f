"""One problem: what the planner gives against what the oracle and the checker say."""

from __future__ import annotations

from typing import Any

from ihh.domain.planner import answer_json, plan
from ihh.domain.planner.read import parse_problem
from tests.oracle.exact import Vector, expected
from tests.oracle.feasible import faults, minutes

Json = dict[str, Any]


def answer_to(problem: Json) -> Json:
    parsed = parse_problem(problem)
    return answer_json(parsed, plan(parsed))


def vectors(answer: Json) -> list[Vector]:
    return [
        (option["date"], minutes(option["end"]) - minutes(option["start"]), minutes(option["start"]))
        for option in answer["options"]
    ]


def disagreements(problem: Json) -> list[str]:
    answer = answer_to(problem)
    found = faults(problem, answer)
    options, blocked = expected(problem)
    if vectors(answer) != options:
        found.append(f"vectors {vectors(answer)}, proved {options}")
    if not options and answer["blocked"] != blocked:
        found.append(f"blocked {answer['blocked']}, proved {blocked}")
    return found
