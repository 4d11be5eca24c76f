"""Every way a problem can be malformed is refused, and the refusal names the field."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ihh.domain.planner.read import MalformedProblem, parse_problem
from tests.domain.planner.small import DAY, desk, leg, problem, service, walk_in

Json = dict[str, Any]

GOOD = problem(
    [service("s1"), service("s2", after=["s1"]), walk_in("w", [["09:00", "12:00"]])],
    [desk("d1", ["s1", "s2"], busy={DAY: [["09:00", "09:30"]]})],
    [leg("s1", "p1", "p2"), leg("w", "p1")],
)

MISSING = [
    "format",
    "id",
    "grid_min",
    "walk_min",
    "walk_min.same_zone",
    "walk_min.other_zone",
    "agencies",
    "agencies[0].id",
    "agencies[0].zone",
    "services",
    "services[0].id",
    "services[0].agency",
    "services[0].mode",
    "services[0].base_min",
    "services[0].per_extra_person_min",
    "services[2].wait_min",
    "desks",
    "desks[0].id",
    "desks[0].agency",
    "desks[0].services",
    "desks[0].languages",
    "request",
    "request.legs",
    "request.legs[0].service",
    "request.legs[0].people",
    "request.language",
    "request.from",
    "request.to",
    "request.not_before",
    "request.not_after",
    "request.options",
]

SEVEN = [f"p{n}" for n in range(7)]
NINE = [{"service": "s1", "people": [f"p{n % 5}"]} for n in range(9)]

WRONG: list[tuple[str, Any]] = [
    ("format", "ihh-visit-plan/2"),
    ("id", 7),
    ("id", ""),
    ("grid_min", 0),
    ("grid_min", 1441),
    ("grid_min", 5.0),
    ("grid_min", "5"),
    ("grid_min", True),
    ("walk_min", [5, 10]),
    ("walk_min.same_zone", -1),
    ("walk_min.other_zone", False),
    ("agencies", {}),
    ("agencies[0]", "a"),
    ("agencies[0].zone", None),
    ("agencies[1].id", "a"),
    ("services[0]", None),
    ("services[0].agency", "nobody"),
    ("services[0].mode", "remote"),
    ("services[0].mode", ["desk"]),
    ("services[0].base_min", 0),
    ("services[0].base_min", -5),
    ("services[0].per_extra_person_min", 2.5),
    ("services[1].id", "s1"),
    ("services[1].after", "s1"),
    ("services[1].after[0]", "nothing"),
    ("services[1].after[0]", 1),
    ("services[2].wait_min", True),
    ("services[2].open", []),
    ("desks", None),
    ("desks[0].agency", "nobody"),
    ("desks[0].services[0]", "nothing"),
    ("desks[0].services", "s1"),
    ("desks[0].languages", "en"),
    ("desks[0].languages[0]", 1),
    ("desks[0].open", None),
    ("request", []),
    ("request.legs", []),
    ("request.legs", NINE),
    ("request.legs[0]", []),
    ("request.legs[0].service", "nothing"),
    ("request.legs[0].people", []),
    ("request.legs[0].people", "p1"),
    ("request.legs[0].people", ["p1", "p1"]),
    ("request.legs[0].people[0]", 1),
    ("request.legs[0].people[0]", ""),
    ("request.language", None),
    ("request.from", "2026-13-01"),
    ("request.from", "20261130"),
    ("request.from", "2026-02-30"),
    ("request.from", 20261130),
    ("request.to", "2026-11-29"),
    ("request.not_before", "8:00"),
    ("request.not_before", "24:01"),
    ("request.not_before", 480),
    ("request.not_after", "07:55"),
    ("request.not_after", "17:60"),
    ("request.prefer", "cheapest"),
    ("request.prefer", None),
    ("request.options", 0),
    ("request.options", 21),
    ("request.options", True),
]


def steps(path: str) -> list[str | int]:
    parts = path.replace("[", ".[").split(".")
    return [int(part[1:-1]) if part.startswith("[") else part for part in parts]


def changed(path: str, change: Callable[[Any, str | int], None]) -> Json:
    made = copy.deepcopy(GOOD)
    *way, last = steps(path)
    target: Any = made
    for step in way:
        target = target[step]
    change(target, last)
    return made


def refusal(data: object) -> MalformedProblem:
    with pytest.raises(MalformedProblem) as caught:
        parse_problem(data)
    return caught.value


def test_the_good_problem_is_read() -> None:
    assert parse_problem(GOOD).desks[0].busy


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_field_is_named(path: str) -> None:
    error = refusal(changed(path, lambda target, last: target.pop(last)))
    assert (error.field, error.message) == (path, "is missing")


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_wrong_value_is_named(path: str, value: Any) -> None:
    def put(target: Any, last: str | int) -> None:
        target[last] = value

    error = refusal(changed(path, put))
    assert error.field == path
    assert "\n" not in str(error)


@pytest.mark.parametrize("where", ["services[2].open", "desks[0].open", "desks[0].busy"])
@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        ({DAY: [["10:00", "09:00"]]}, '["2026-11-30"][0]'),
        ({DAY: [["09:00", "10:00"], ["09:00"]]}, '["2026-11-30"][1]'),
        ({DAY: [["09:00", "9:30"]]}, '["2026-11-30"][0][1]'),
        ({DAY: [[540, 600]]}, '["2026-11-30"][0][0]'),
        ({DAY: [["09:00", "10:00", "11:00"]]}, '["2026-11-30"][0]'),
        ({DAY: "09:00-10:00"}, '["2026-11-30"]'),
        ({DAY: None}, '["2026-11-30"]'),
        ({"30.11.2026": []}, '["30.11.2026"]'),
        ({"2026-11-31": []}, '["2026-11-31"]'),
    ],
)
def test_a_wrong_calendar_is_named(where: str, calendar: Json, field: str) -> None:
    def put(target: Any, last: str | int) -> None:
        target[last] = calendar

    assert refusal(changed(where, put)).field == where + field


@pytest.mark.parametrize("data", [None, 1, "x", [], [GOOD], {}])
def test_other_data_is_refused(data: object) -> None:
    assert refusal(data).field in ("(file)", "format")


@pytest.mark.parametrize("after", [{"s1": ["s1"]}, {"s1": ["s2"]}, {"s1": ["w"], "w": ["s2"]}])
def test_a_cycle_in_the_catalogue_is_refused(after: dict[str, list[str]]) -> None:
    made = copy.deepcopy(GOOD)
    for each in made["services"]:
        each["after"] = after.get(each["id"], each.get("after", []))
    error = refusal(made)
    assert error.field.endswith(".after")
    assert "leads back" in error.message


def test_a_desk_is_there_once() -> None:
    made = copy.deepcopy(GOOD)
    made["desks"].append(made["desks"][0])
    assert refusal(made).field == "desks[1].id"


def test_a_person_has_a_service_once() -> None:
    made = copy.deepcopy(GOOD)
    made["request"]["legs"].append(leg("s1", "p3", "p2"))
    assert refusal(made).field == "request.legs[2].people"


def test_a_party_is_six_at_most() -> None:
    made = copy.deepcopy(GOOD)
    made["request"]["legs"] = [leg("s1", *SEVEN[:4]), leg("w", *SEVEN[3:])]
    assert refusal(made).field == "request.legs"
    made["request"]["legs"] = [leg("s1", *SEVEN[:4]), leg("w", *SEVEN[1:6])]
    assert len(parse_problem(made).request.legs) == 2


def test_what_may_be_absent_may_be_absent() -> None:
    made = json.loads(json.dumps(GOOD))
    del made["services"][1]["after"], made["services"][2]["open"]
    del made["desks"][0]["open"], made["desks"][0]["busy"], made["request"]["prefer"]
    assert parse_problem(made).request.prefer == "balanced"
