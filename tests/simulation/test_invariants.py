"""What holds on every day, on synthetic ones with all that happens in a house."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ihh.simulation.reading import parse_scenario
from ihh.simulation.scenarios import scenario
from tests.simulation.small import Json, played

TIMES = ("issued_at", "called_at", "started_at", "completed_at")


@pytest.fixture(
    scope="module",
    params=[(1, "all", 0.7), (2, "all", 0.95), (3, "one_at_a_time", 0.8), (4, "one_at_a_time", 0.95)],
    ids=lambda chosen: f"seed {chosen[0]}, {chosen[1]}, load {chosen[2]}",
)
def both(request) -> tuple[Json, Json]:
    """A scenario of two days, and its result."""
    seed, lines, load = request.param
    data = scenario(seed, days=2, visits_per_day=40, load=load, lines=lines)
    return data, played(data)


def visitors(data: Json) -> dict[str, Json]:
    return {visitor["id"]: visitor for day in data["days"] for visitor in day["visitors"]}


def test_nobody_is_called_to_two_desks_at_once(both):
    assert both[1]["double_calls"] == 0


def test_every_leg_has_a_ticket_with_an_outcome_in_the_order_of_the_file(both):
    data, result = both
    wanted = [
        (visitor["id"], leg["service"]) for visitor in visitors(data).values() for leg in visitor["legs"]
    ]
    assert [(row["visitor"], row["service"]) for row in result["tickets"]] == wanted
    assert {row["outcome"] for row in result["tickets"]} <= {"served", "no_show", "left"}


def test_times_follow_one_another(both):
    for row in both[1]["tickets"]:
        known = [row[key] for key in TIMES if row[key] is not None]
        assert known == sorted(known), row
        assert row["joined_at"] is None or row["joined_at"] >= row["issued_at"]
        assert (row["completed_at"] is not None) == (row["outcome"] == "served")
        assert row["called_at"] is None or (row["desk"] is not None and row["reason"])


def test_a_walk_in_joins_before_the_call(both):
    data, result = both
    at = {
        (visitor["id"], leg["service"]): leg.get("at")
        for visitor in visitors(data).values()
        for leg in visitor["legs"]
    }
    for row in result["tickets"]:
        if row["called_at"] is not None and at[row["visitor"], row["service"]] is None:
            assert row["joined_at"] <= row["called_at"]


def test_a_desk_serves_one_at_a_time_and_only_what_it_has(both):
    data, result = both
    desks = {desk["id"]: desk for desk in data["desks"]}
    people = visitors(data)
    spans: dict[str, list[tuple[str, str]]] = {}
    for row in result["tickets"]:
        if row["outcome"] == "served":
            desk = desks[row["desk"]]
            assert row["service"] in desk["services"]
            assert people[row["visitor"]]["language"] in desk["languages"]
            spans.setdefault(row["desk"], []).append((row["started_at"], row["completed_at"]))
    for found in spans.values():
        found.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(found))


def test_services_take_as_long_as_the_scenario_says(both):
    data, result = both
    read = parse_scenario(data)
    lengths = {
        (visitor.id, leg.service): leg.length
        for day in read.days
        for visitor in day.visitors
        for leg in visitor.legs
    }
    for row in result["tickets"]:
        if row["outcome"] == "served":
            assert (
                seconds(row["completed_at"]) - seconds(row["started_at"])
                == lengths[row["visitor"], row["service"]]
            )


def test_visits_are_those_who_came(both):
    data, result = both
    came = [name for name, visitor in visitors(data).items() if visitor["arrives"] is not None]
    assert [visit["visitor"] for visit in result["visits"]] == came
    served = {}
    for row in result["tickets"]:
        if row["outcome"] == "served":
            served.setdefault(row["visitor"], []).append((row["completed_at"], row["service"]))
    for visit in result["visits"]:
        assert visit["services"] == [service for _, service in sorted(served.get(visit["visitor"], []))]
        assert visit["arrived_at"] <= visit["left_at"]


def test_prerequisites_end_before_what_needs_them_begins(both):
    data, result = both
    after = {service["id"]: service["after"] for service in data["services"]}
    rows = {(row["visitor"], row["service"]): row for row in result["tickets"]}
    for (visitor, service), row in rows.items():
        for first in after[service]:
            before = rows.get((visitor, first))
            if before and before["completed_at"] and row["started_at"]:
                assert before["completed_at"] <= row["joined_at"]


def test_the_deaf_are_never_served_and_only_they_miss_a_call(both):
    data, result = both
    people = visitors(data)
    for row in result["tickets"]:
        visitor = people[row["visitor"]]
        if not visitor.get("answers_calls", True):
            assert row["outcome"] != "served"
        elif visitor["arrives"] is not None:
            assert row["outcome"] != "no_show"


def test_the_counts_agree(both):
    _, result = both
    figures = result["kpi"]
    assert figures["tickets"] == len(result["tickets"])
    assert figures["visits"] == len(result["visits"])
    assert figures["served"] == sum(row["outcome"] == "served" for row in result["tickets"])
    per_agency = figures["agencies"].values()
    for key in ("tickets", "served", "no_show", "left"):
        assert figures[key] == sum(agency[key] for agency in per_agency)


def seconds(stamp: str) -> int:
    hours, minutes, rest = stamp[11:19].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)
