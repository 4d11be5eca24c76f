"""One problem: what the planner gives against what the oracle and the checker say."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

from ihh.domain.planner import answer_json, plan
from ihh.domain.planner.read import parse_problem
from ihh.domain.planner.replan import BookedLeg, Ready, Replan, replan
from tests.oracle.exact import Vector, expected
from tests.oracle.feasible import faults, minutes
from tests.oracle.late import Booking, Standing, rest_faults
from tests.oracle.rest_exact import proved_rest

Json = dict[str, Any]

EXAMPLES: Json = json.loads(
    lzma.decompress((Path(__file__).parents[1] / "domain" / "planner" / "examples.json.xz").read_bytes())
)
"""48 problems by name, and for each the ranked [date, T, start] that an independent solver proved."""


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


def example_disagreements(name: str) -> list[str]:
    problem, proved = EXAMPLES["problems"][name], EXAMPLES["expected"][name]
    answer = answer_to(problem)
    found = [(day, lasting, minutes(start)) for day, lasting, start in proved]
    differs = [] if vectors(answer) == found else [f"vectors {vectors(answer)}, proved {found}"]
    return faults(problem, answer) + differs


def rest_of(problem: Json, booked: dict[int, Booking], ready: dict[str, Standing]) -> Replan:
    legs = range(len(problem["request"]["legs"]))
    stands = {index: BookedLeg(index, desk, start) for index, (start, desk) in booked.items()}
    return replan(
        parse_problem(problem),
        tuple(stands.get(index, BookedLeg(index, None, 0)) for index in legs),
        ready={person: Ready(at, agency) for person, (at, agency) in ready.items()},
    )


def rest_price(rest: Replan) -> tuple[int, int, int, int]:
    """(legs dropped, appointments moved, end, sum of starts); the end is 0 where nothing is kept."""
    return len(rest.dropped), len(rest.moved), rest.end or 0, sum(leg.start for leg in rest.kept)


def rest_disagreements(problem: Json, booked: dict[int, Booking], ready: dict[str, Standing]) -> list[str]:
    rest = rest_of(problem, booked, ready)
    kept = {leg.index: (leg.start, leg.end, leg.desk) for leg in rest.kept}
    found = rest_faults(problem, booked, ready, kept, rest.moved, rest.dropped)
    proved = proved_rest(problem, booked, ready)
    return found if rest_price(rest) == proved else [*found, f"price {rest_price(rest)}, proved {proved}"]
