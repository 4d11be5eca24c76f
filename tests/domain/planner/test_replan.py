"""The rest of a visit planned anew: against trying everything, and by cases one can read."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from ihh.domain.planner.problem import PlannedDesk
from ihh.domain.planner.read import parse_problem
from ihh.domain.planner.replan import BookedLeg, Ready, Replan, replan
from tests.domain.planner import small
from tests.domain.planner.small import walk_in
from tests.oracle.compare import rest_disagreements, rest_of, rest_price
from tests.oracle.late import late_visit
from tests.oracle.problems import clock
from tests.oracle.rest import best_rest

DAY = "2026-11-30"
PEOPLE = ("p1", "p2", "p3")


def small_problem(rng: Random) -> dict[str, Any]:
    """A short day on a coarse grid: few enough places to try them all."""
    agencies = [{"id": f"a{n}", "zone": rng.choice("AB")} for n in range(rng.randint(1, 3))]
    services: list[dict[str, Any]] = []
    for number in range(rng.randint(1, 4)):
        mode = rng.choice(["desk", "desk", "desk", "walk_in"])
        services.append(
            {
                "id": f"s{number}",
                "agency": rng.choice(agencies)["id"],
                "mode": mode,
                "base_min": rng.choice([10, 20, 30, 45]),
                "per_extra_person_min": rng.choice([0, 10]),
                "wait_min": rng.choice([0, 10]) if mode == "walk_in" else 0,
                "after": [other["id"] for other in services if rng.random() < 0.25],
                **({"open": {DAY: _spans(rng)}} if mode == "walk_in" else {}),
            }
        )
    desks = [_desk(rng, number, agencies, services) for number in range(rng.randint(1, 3))]
    party = PEOPLE[: rng.randint(1, 3)]
    legs = []
    for service in services:
        people = [person for person in party if rng.random() < 0.6] or [rng.choice(party)]
        legs.append({"service": service["id"], "people": people})
    return {
        "format": "ihh-visit-plan/1",
        "id": "small",
        "grid_min": 20,
        "walk_min": {"same_zone": 5, "other_zone": rng.choice([10, 25])},
        "agencies": agencies,
        "services": services,
        "desks": desks,
        "request": {
            "legs": legs,
            "language": "en",
            "from": DAY,
            "to": DAY,
            "not_before": "08:00",
            "not_after": "17:00",
            "prefer": "earliest",
            "options": 1,
        },
    }


def _spans(rng: Random) -> list[list[str]]:
    begin = rng.choice([540, 560, 600])
    return [[clock(begin), clock(begin + rng.choice([60, 120, 200]))]]


def _desk(rng: Random, number: int, agencies: Any, services: Any) -> dict[str, Any]:
    agency = rng.choice([service["agency"] for service in services])
    own = [s["id"] for s in services if s["agency"] == agency and rng.random() < 0.8]
    busy = [[clock(at), clock(at + 20)] for at in range(540, 760, 20) if rng.random() < 0.35]
    return {
        "id": f"d{number}",
        "agency": agency,
        "services": own or [services[0]["id"]],
        "languages": ["en"] if rng.random() < 0.9 else ["fi"],
        "open": {DAY: _spans(rng)},
        "busy": {DAY: busy},
    }


def situation(seed: int) -> tuple[dict[str, Any], dict[int, tuple[int, str | None]], dict[str, Any]]:
    rng = Random(seed)
    problem = small_problem(rng)
    desks = [desk["id"] for desk in problem["desks"]]
    modes = {service["id"]: service["mode"] for service in problem["services"]}
    booked = {
        index: (rng.choice(range(540, 700, 20)), rng.choice(desks))
        for index, leg in enumerate(problem["request"]["legs"])
        if modes[leg["service"]] == "desk"
    }
    places = [None, *(agency["id"] for agency in problem["agencies"])]
    ready = {person: (rng.randint(530, 680), rng.choice(places)) for person in PEOPLE}
    return problem, booked, ready


@pytest.mark.parametrize("first_seed", range(0, 300, 50))
def test_the_best_rest_equals_trying_everything(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        problem, booked, ready = situation(seed)
        found = rest_of(problem, booked, ready)
        assert rest_price(found) == best_rest(problem, booked, ready), f"seed {seed}"
        assert {leg.index for leg in found.kept} | found.dropped == set(
            range(len(problem["request"]["legs"]))
        )
        for leg in found.kept:
            stayed = leg.index not in booked or booked[leg.index] == (leg.start, leg.desk)
            assert stayed == (leg.index not in found.moved), f"seed {seed}"


def test_situations_reach_every_outcome() -> None:
    rests = [rest_of(*situation(seed)) for seed in range(300)]
    assert sum(bool(rest.dropped) for rest in rests) > 30
    assert sum(bool(rest.moved) for rest in rests) > 30
    assert sum(not rest.dropped and not rest.moved for rest in rests) > 3
    assert sum(rest.end is None for rest in rests) > 3


@pytest.mark.parametrize("first_seed", range(0, 240, 20))
def test_the_best_rest_of_a_crowded_day_is_proved_by_the_solver(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 20):
        assert rest_disagreements(*late_visit(seed)) == [], f"seed {seed}"


def test_the_crowded_days_reach_every_outcome() -> None:
    late = [late_visit(seed) for seed in range(240)]
    rests = [rest_of(*each) for each in late]
    assert sum(len(problem["request"]["legs"]) >= 7 for problem, _, _ in late) > 15
    assert sum(len(rest.dropped) > 1 for rest in rests) > 20
    assert sum(len(rest.moved) > 1 for rest in rests) > 20
    assert sum(bool(rest.moved and rest.dropped) for rest in rests) > 10


def morning(**busy: list[list[str]]) -> Any:
    """DVV for two, then Kela for the first: one desk each, 20 minutes, 10 between the areas."""
    services = [
        {
            "id": "dvv",
            "agency": "dvv",
            "mode": "desk",
            "base_min": 20,
            "per_extra_person_min": 0,
            "after": [],
        },
        {
            "id": "kela",
            "agency": "kela",
            "mode": "desk",
            "base_min": 20,
            "per_extra_person_min": 0,
            "after": ["dvv"],
        },
    ]
    return parse_problem(
        {
            "format": "ihh-visit-plan/1",
            "id": "morning",
            "grid_min": 5,
            "walk_min": {"same_zone": 5, "other_zone": 10},
            "agencies": [{"id": "dvv", "zone": "A"}, {"id": "kela", "zone": "B"}],
            "services": services,
            "desks": [
                {
                    "id": f"{name}-1",
                    "agency": name,
                    "services": [name],
                    "languages": ["en"],
                    "open": {DAY: [["09:00", "12:00"]]},
                    "busy": {DAY: busy.get(name, [])},
                }
                for name in ("dvv", "kela")
            ],
            "request": {
                "legs": [{"service": "kela", "people": ["p1"]}],
                "language": "en",
                "from": DAY,
                "to": DAY,
                "not_before": "08:00",
                "not_after": "17:00",
                "prefer": "earliest",
                "options": 1,
            },
        }
    )


AT_TEN = (BookedLeg(0, "kela-1", 600),)


def test_who_arrives_in_time_keeps_the_appointment() -> None:
    found = replan(morning(), AT_TEN, ready={"p1": Ready(590, "dvv")})
    assert (found.moved, found.dropped, found.end) == (frozenset(), frozenset(), 620)


def test_who_is_late_gets_the_next_free_slot() -> None:
    found = replan(morning(kela=[["10:20", "11:00"]]), AT_TEN, ready={"p1": Ready(598, "dvv")})
    assert [(leg.start, leg.desk) for leg in found.kept] == [(11 * 60, "kela-1")]
    assert found.moved == {0}


def test_where_no_slot_is_left_the_leg_is_dropped() -> None:
    found = replan(morning(kela=[["10:20", "12:00"]]), AT_TEN, ready={"p1": Ready(598, "dvv")})
    assert (found.dropped, found.kept, found.end) == (frozenset({0}), (), None)


def test_a_closed_day_drops_everything() -> None:
    problem = morning()
    shut = tuple(
        PlannedDesk(desk.id, desk.agency, desk.services, desk.languages, open={}) for desk in problem.desks
    )
    found = replan(replace(problem, desks=shut), AT_TEN, ready={"p1": Ready(540, None)})
    assert found.dropped == {0}


def kept(rest: Replan) -> dict[int, tuple[str, str | None]]:
    return {leg.index: (clock(leg.start), leg.desk) for leg in rest.kept}


TEN, ELEVEN = 10 * 60, 11 * 60


def test_the_walk_from_where_someone_stands_counts_but_not_inside_the_agency() -> None:
    """09:50 and 10 minutes to another zone is in time, 09:51 is not; in the agency itself 10:00 is."""
    asked = small.problem([small.service("s")], [small.desk("d", ["s"])], [small.leg("s")])
    booked = {0: (TEN, "d")}
    assert not rest_of(asked, booked, {"p1": (TEN - 10, "c")}).moved
    assert kept(rest_of(asked, booked, {"p1": (TEN - 9, "c")})) == {0: ("10:05", "d")}
    assert not rest_of(asked, booked, {"p1": (TEN, "a")}).moved


def test_an_appointment_is_kept_though_moving_it_would_end_sooner() -> None:
    asked = small.problem([small.service("s")], [small.desk("d", ["s"])], [small.leg("s")])
    rest = rest_of(asked, {0: (14 * 60, "d")}, {"p1": (9 * 60, "a")})
    assert (kept(rest), rest.moved) == ({0: ("14:00", "d")}, frozenset())


def test_one_appointment_moves_rather_than_two() -> None:
    """s1 can't be reached at 10:00. At once it would take s2's time, so it comes after s2."""
    asked = small.problem(
        [small.service("s1"), small.service("s2")],
        [small.desk("d1", ["s1"]), small.desk("d2", ["s2"])],
        [small.leg("s1"), small.leg("s2")],
    )
    rest = rest_of(asked, {0: (TEN, "d1"), 1: (TEN + 30, "d2")}, {"p1": (TEN + 10, "a")})
    assert (kept(rest), rest.moved) == ({0: ("11:00", "d1"), 1: ("10:30", "d2")}, {0})


def test_two_people_who_are_late_share_out_the_desks_that_are_left() -> None:
    """Both want the one desk that is free at 11:00; p2 may also take the other at 11:30."""
    spans = {"d1": ["11:00", "11:30"], "d2": ["11:30", "12:00"]}
    desks = [small.desk(name, ["s1", "s2"] if name == "d1" else ["s2"], span) for name, span in spans.items()]
    asked = small.problem(
        [small.service("s1"), small.service("s2")], desks, [small.leg("s2", "p2"), small.leg("s1", "p1")]
    )
    late = {"p1": (ELEVEN, "a"), "p2": (ELEVEN, "a")}
    rest = rest_of(asked, {0: (TEN, "d1"), 1: (TEN, "d2")}, late)
    assert kept(rest) == {0: ("11:30", "d2"), 1: ("11:00", "d1")}


def test_who_is_in_time_keeps_the_appointment_while_another_moves() -> None:
    asked = small.problem(
        [small.service("s")],
        [small.desk("d1", ["s"]), small.desk("d2", ["s"])],
        [small.leg("s", "p1"), small.leg("s", "p2")],
    )
    rest = rest_of(asked, {0: (TEN, "d1"), 1: (TEN, "d2")}, {"p1": (TEN, "a"), "p2": (TEN + 5, "a")})
    assert (kept(rest), rest.moved) == ({0: ("10:00", "d1"), 1: ("10:05", "d2")}, {1})


def test_what_waited_for_a_dropped_leg_stands_by_itself_and_the_others_keep_their_order() -> None:
    """s2 follows s1 and s3 follows s2; s2 has no place left. s3 follows s1 all the same."""
    catalogue = [small.service("s1"), small.service("s2", after=["s1"]), small.service("s3", after=["s2"])]
    desks = [
        small.desk("d1", ["s1"]),
        small.desk("d2", ["s2"], ["09:00", "10:00"]),
        small.desk("d3", ["s3"], ["09:00", "12:00"]),
    ]
    asked = small.problem(catalogue, desks, [small.leg("s3"), small.leg("s2"), small.leg("s1")])
    booked = {2: (9 * 60, "d1"), 1: (9 * 60 + 30, "d2"), 0: (TEN, "d3")}
    rest = rest_of(asked, booked, {"p1": (TEN, "a")})
    assert (kept(rest), rest.dropped) == ({2: ("10:00", "d1"), 0: ("10:30", "d3")}, {1})


def test_a_walk_in_leg_moves_free_of_charge_and_goes_only_when_its_line_has_closed() -> None:
    asked = small.problem(
        [walk_in("w", [["09:00", "12:00"]]), small.service("s")],
        [small.desk("d", ["s"])],
        [small.leg("w"), small.leg("s")],
    )
    rest = rest_of(asked, {1: (TEN, "d")}, {"p1": (TEN, "a")})
    assert (kept(rest), rest.moved) == ({0: ("10:30", None), 1: ("10:00", "d")}, frozenset())
    rest = rest_of(asked, {1: (TEN, "d")}, {"p1": (11 * 60 + 31, "a")})
    assert (kept(rest), rest.moved, rest.dropped) == ({1: ("11:35", "d")}, {1}, {0})


def test_an_appointment_off_the_grid_or_at_a_desk_that_is_gone_moves() -> None:
    asked = small.problem([small.service("s")], [small.desk("d", ["s"])], [small.leg("s")])
    for booking in [(TEN + 2, "d"), (TEN, "gone")]:
        rest = rest_of(asked, {0: booking}, {"p1": (TEN, "a")})
        assert (kept(rest), rest.moved) == ({0: ("10:00", "d")}, {0})
