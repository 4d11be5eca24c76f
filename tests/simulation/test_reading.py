"""A scenario is read strictly: the first fault is named by its field, and whatever is sound is taken as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ihh.domain.house import LinePolicy
from ihh.simulation.reading import MalformedProblem, parse_scenario
from ihh.simulation.scenario import ScenarioPolicy
from tests.simulation.small import AGENCIES, SERVICES, Json, booked, day, leg, scenario, walk_in


def sound() -> Json:
    """A new scenario each time, to be spoilt."""
    made = scenario(
        day(
            {"dvv-1": [("09:00", "11:30"), ("12:00", "16:00")], "kela-1": [("09:00", "16:00")]},
            walk_in("v1", "09:03:20", leg("dvv.address", 23.4), gives_up_after_min=75),
            booked("v2", None, leg("dvv.register", 31, at="09:30"), leg("kela.advice")),
        ),
        day({"dvv-1": [("09:00", "16:00")]}, walk_in("v3", "10:00", leg("dvv.address")), date="2026-12-02"),
    )
    found: Json = json.loads(json.dumps(made))
    return found


def spoilt(path: str, value: Any) -> Json:
    """The scenario with another value at the path, such as `days.0.date`; `...` takes the key away."""
    data = sound()
    *way, last = (int(part) if part.isdigit() else part for part in path.split("/"))
    place: Any = data
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


def test_a_sound_scenario_is_read_to_the_second():
    read = parse_scenario(sound())
    assert (read.id, read.seed, read.walk_same, read.walk_other) == ("by-hand", 1, 60, 120)
    assert read.agencies == {agency["id"]: agency["zone"] for agency in AGENCIES}
    assert read.policy == ScenarioPolicy(45, 10, 10, LinePolicy.ALL)
    first, second = read.days
    assert first.desk_hours["dvv-1"] == ((32400, 41400), (43200, 57600))
    assert first.visitors[0].arrives == 9 * 3600 + 3 * 60 + 20
    assert first.visitors[0].legs[0].length == 23 * 60 + 24
    assert first.visitors[0].gives_up_after == 75 * 60
    assert (first.visitors[1].arrives, first.visitors[1].legs[0].at) == (None, 9 * 3600 + 1800)
    assert second.visitors[0].answers_calls


def test_what_may_be_left_out_has_its_usual_value():
    data = sound()
    del data["policy"]
    for service in data["services"]:
        del service["after"]
    read = parse_scenario(data)
    assert read.policy == ScenarioPolicy()
    assert {service.after for service in read.services.values()} == {()}


def test_null_says_the_same_as_leaving_out():
    data = spoilt("days/0/visitors/0/gives_up_after_min", None)
    data["days"][0]["visitors"][0]["legs"][0]["at"] = None
    assert parse_scenario(data).days[0].visitors[0].gives_up_after is None


def test_a_desk_that_is_absent_may_be_named_without_spans():
    assert "kela-1" not in parse_scenario(spoilt("days/0/desk_hours/kela-1", [])).days[0].desk_hours


@pytest.mark.parametrize(
    "path",
    [
        "format",
        "id",
        "seed",
        "walk_min",
        "walk_min/same_zone",
        "walk_min/other_zone",
        "agencies",
        "agencies/0/zone",
        "services",
        "services/0/agency",
        "services/0/expected_min",
        "desks",
        "desks/0/services",
        "desks/0/languages",
        "days",
        "days/0/date",
        "days/0/desk_hours",
        "days/0/visitors",
        "days/0/visitors/0/kind",
        "days/0/visitors/0/arrives",
        "days/0/visitors/0/language",
        "days/0/visitors/0/people",
        "days/0/visitors/0/legs",
        "days/0/visitors/0/legs/0/service",
        "days/0/visitors/0/legs/0/minutes",
    ],
)
def test_what_is_missing_is_named(path):
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(spoilt(path, ...))
    assert refused.value.field == named(path)
    assert refused.value.message == "is missing"


VISITOR = "days/0/visitors/0"
BOOKED = "days/0/visitors/1"
FAULTS = [
    ("format", "ihh-day/2"),
    ("id", ""),
    ("seed", 1.5),
    ("seed", True),
    ("walk_min", 1),
    ("walk_min/same_zone", -1),
    ("walk_min/other_zone", "2"),
    ("agencies", {}),
    ("services/0/agency", "nobody"),
    ("services/0/expected_min", 0),
    ("services/0/expected_min", float("nan")),
    ("services/0/after/0", "nothing"),
    ("desks/0/agency", "nobody"),
    ("desks/0/services/0", "nothing"),
    ("desks/0/services/0", "kela.advice"),
    ("desks/0/languages", "en"),
    ("desks", []),
    ("policy/overdue_min", "45"),
    ("policy/early_min", -1),
    ("policy/late_min", None),
    ("policy/lines", "some"),
    ("days", []),
    ("days/0/date", "1.12.2026"),
    ("days/0/date", "2026-02-30"),
    ("days/1/date", "2026-12-01"),
    ("days/1/date", "2026-11-30"),
    ("days/0/desk_hours", []),
    ("days/0/desk_hours/dvv-1/0", ["09:00"]),
    ("days/0/desk_hours/dvv-1/0", ["11:30", "09:00"]),
    ("days/0/desk_hours/dvv-1/0", ["09:00", "09:00"]),
    ("days/0/desk_hours/dvv-1/0/0", "9:00"),
    ("days/0/desk_hours/dvv-1/0/1", "24:01"),
    ("days/0/visitors", None),
    (f"{VISITOR}/id", 7),
    ("days/1/visitors/0/id", "v1"),
    (f"{VISITOR}/kind", "guest"),
    (f"{VISITOR}/arrives", "09:60"),
    (f"{VISITOR}/arrives", 540),
    (f"{VISITOR}/arrives", None),
    (f"{VISITOR}/language", None),
    (f"{VISITOR}/people", 0),
    (f"{VISITOR}/people", 7),
    (f"{VISITOR}/people", 1.0),
    (f"{VISITOR}/gives_up_after_min", -5),
    (f"{VISITOR}/answers_calls", "no"),
    (f"{VISITOR}/legs", []),
    (f"{VISITOR}/legs/0/service", "nothing"),
    (f"{VISITOR}/legs/0/minutes", -1),
    (f"{VISITOR}/legs/0/minutes", True),
    (f"{VISITOR}/legs/0/minutes", float("inf")),
    (f"{VISITOR}/legs/0/at", "09:30"),
    (f"{BOOKED}/legs/0/at", "half past nine"),
    (f"{BOOKED}/legs/1/service", "dvv.register"),
]


@pytest.mark.parametrize(("path", "value"), FAULTS)
def test_what_is_wrong_is_named(path, value):
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(spoilt(path, value))
    assert refused.value.field == named(path)
    assert "\n" not in str(refused.value)


def test_an_unknown_desk_at_work_is_named():
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(spoilt("days/0/desk_hours/dvv-9", [["09:00", "16:00"]]))
    assert refused.value.field == 'days[0].desk_hours["dvv-9"]'


@pytest.mark.parametrize("section", ["agencies", "services", "desks"])
def test_a_second_entry_of_one_id_is_named(section):
    data = sound()
    data[section].append(data[section][0])
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(data)
    assert refused.value.field == f"{section}[{len(data[section]) - 1}].id"


def test_spans_that_overlap_are_named():
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(spoilt("days/0/desk_hours/dvv-1", [["12:00", "16:00"], ["09:00", "12:30"]]))
    assert refused.value.field == 'days[0].desk_hours["dvv-1"]'


def test_a_circle_of_prerequisites_is_named():
    data = sound()
    data["services"] = json.loads(json.dumps(SERVICES))
    data["services"][2]["after"] = ["dvv.register"]
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(data)
    assert refused.value.field in ("services[0].after", "services[2].after")


def test_who_booked_has_a_time():
    data = spoilt(f"{BOOKED}/legs/0/at", ...)
    with pytest.raises(MalformedProblem) as refused:
        parse_scenario(data)
    assert refused.value.field == "days[0].visitors[1].legs"


@pytest.mark.parametrize("data", [None, [], 1, "x", {}])
def test_what_is_no_scenario_at_all_is_refused(data):
    with pytest.raises(MalformedProblem):
        parse_scenario(data)


def named(path: str) -> str:
    """`days/0/desk_hours/dvv-1/0` as a refusal writes it: `days[0].desk_hours["dvv-1"][0]`."""
    text = ""
    for part in path.split("/"):
        if part.isdigit():
            text += f"[{part}]"
        elif text.endswith("desk_hours"):
            text += f'["{part}"]'
        else:
            text += f".{part}" if text else part
    return text
