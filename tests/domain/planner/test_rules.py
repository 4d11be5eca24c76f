"""The visit's rules one by one, on problems small enough to answer by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.planner.small import DAY, NEXT, desk, leg, problem, service, walk_in
from tests.oracle.compare import answer_to

Json = dict[str, Any]


def visits(made: Json) -> list[tuple[str, str, str]]:
    return [(option["date"], option["start"], option["end"]) for option in answer_to(made)["options"]]


def legs(made: Json) -> list[tuple[str | None, str, str]]:
    """(desk, start, end) of the legs in option 1."""
    return [(x["desk"], x["start"], x["end"]) for x in answer_to(made)["options"][0]["legs"]]


def test_the_sum_of_a_duration_is_rounded_up_once() -> None:
    line = walk_in("s", [["09:00", "12:00"]], base=11, wait_min=11)
    made = problem([line], [], [leg("s", "p1", "p2")], grid_min=15)
    assert legs(made) == [(None, "09:00", "09:45")]


def test_a_walk_is_not_rounded_but_the_next_start_is_on_the_grid() -> None:
    made = problem(
        [service("s1"), service("s2", "c")],
        [desk("d1", ["s1"]), desk("d2", ["s2"], agency="c")],
        [leg("s1"), leg("s2")],
        walk_min={"same_zone": 3, "other_zone": 11},
    )
    assert visits(made) == [(DAY, "09:00", "10:15")]


@pytest.mark.parametrize(("agency", "end"), [("a", "10:00"), ("b", "10:05"), ("c", "10:10")])
def test_the_walk_depends_on_agency_and_zone(agency: str, end: str) -> None:
    made = problem(
        [service("s1"), service("s2", agency)],
        [desk("d1", ["s1"]), desk("d2", ["s2"], agency=agency)],
        [leg("s1"), leg("s2")],
    )
    assert visits(made) == [(DAY, "09:00", end)]


def test_the_walk_binds_every_two_legs_not_only_neighbours() -> None:
    """a → b takes 90 min; going by c in between would take only 5 + 30 + 5."""
    made = problem(
        [service("s1"), service("s2", "b", after=["s3"]), service("s3", "c", after=["s1"])],
        [desk("d", ["s1", "s2", "s3"])],
        [leg("s1"), leg("s2"), leg("s3")],
        walk_min={"same_zone": 90, "other_zone": 5},
    )
    assert visits(made) == [(DAY, "09:00", "11:30")]


def test_precedence_leads_through_a_service_nobody_asked_for() -> None:
    catalogue = [service("s1"), service("s2", after=["s1"]), service("s3", after=["s2"])]
    desks = [
        desk("d1", ["s1"], ["10:00", "10:30"]),
        desk("d3", ["s3"], ["09:00", "09:30"], ["11:00", "11:30"]),
    ]
    made = problem(catalogue, desks, [leg("s3"), leg("s1")])
    assert legs(made) == [("d3", "11:00", "11:30"), ("d1", "10:00", "10:30")]
    catalogue[1]["after"] = []
    assert legs(made)[0] == ("d3", "09:00", "09:30")


def test_precedence_does_not_bind_legs_of_different_people() -> None:
    catalogue = [service("s1"), service("s2", after=["s1"])]
    desks = [desk("d1", ["s1"]), desk("d2", ["s2"])]
    made = problem(catalogue, desks, [leg("s2", "p1"), leg("s1", "p2")])
    assert visits(made) == [(DAY, "09:00", "09:30")]


def test_parallel_legs_share_out_the_desks_lowest_first() -> None:
    """p1 could have d1, but only d1 serves p2."""
    made = problem(
        [service("s1"), service("s2")],
        [desk("d2", ["s1"]), desk("d1", ["s1", "s2"]), desk("d3", ["s1"])],
        [leg("s1", "p1"), leg("s2", "p2"), leg("s1", "p3")],
    )
    assert legs(made) == [("d2", "09:00", "09:30"), ("d1", "09:00", "09:30"), ("d3", "09:00", "09:30")]


def test_one_desk_serves_one_leg_at_a_time() -> None:
    made = problem([service("s")], [desk("d", ["s"])], [leg("s", "p1"), leg("s", "p2")])
    assert visits(made) == [(DAY, "09:00", "10:00")]


def test_a_contested_desk_goes_to_the_leg_that_lets_the_visit_end_first() -> None:
    """Only after s1 at the shared desk can p1 go on to the long s3, so p2 waits."""
    made = problem(
        [service("s1"), service("s2"), service("s3", base=120, after=["s1"])],
        [desk("d1", ["s1", "s2"]), desk("d2", ["s3"])],
        [leg("s2", "p2"), leg("s1", "p1"), leg("s3", "p1")],
    )
    assert legs(made) == [("d1", "09:30", "10:00"), ("d1", "09:00", "09:30"), ("d2", "09:30", "11:30")]


def test_a_walk_in_line_has_no_capacity_and_no_language() -> None:
    line = walk_in("s", [["09:00", "09:30"]])
    made = problem([line], [], [leg("s", "p1"), leg("s", "p2")], language="xx")
    assert legs(made) == [(None, "09:00", "09:30")] * 2


def test_touching_open_spans_join_and_busy_may_overlap_and_stick_out() -> None:
    made = problem(
        [service("s", base=60)],
        [
            desk(
                "d",
                ["s"],
                ["09:40", "10:30"],
                ["09:00", "09:40"],
                busy={DAY: [["08:00", "09:10"], ["09:00", "09:16"]]},
            )
        ],
        [leg("s")],
    )
    assert legs(made) == [("d", "09:20", "10:20")]
    made["desks"][0]["open"][DAY][0] = ["09:41", "10:30"]
    assert answer_to(made)["blocked"] == [0]


def test_a_leg_starts_only_when_the_whole_slot_is_open() -> None:
    made = problem([service("s")], [desk("d", ["s"], ["09:01", "10:00"])], [leg("s")])
    assert legs(made) == [("d", "09:05", "09:35")]


@pytest.mark.parametrize(
    ("not_before", "not_after", "starts"),
    [("10:02", "17:00", ["10:05"]), ("08:00", "09:30", ["09:00"]), ("08:00", "09:29", [])],
)
def test_the_visit_stays_within_the_hours_asked_for(
    not_before: str, not_after: str, starts: list[str]
) -> None:
    made = problem([service("s")], [desk("d", ["s"])], [leg("s")], not_before=not_before, not_after=not_after)
    assert [start for _, start, _ in visits(made)] == starts


def test_a_visit_may_end_at_midnight() -> None:
    made = problem([service("s")], [desk("d", ["s"], ["23:30", "24:00"])], [leg("s")], not_after="24:00")
    assert visits(made) == [(DAY, "23:30", "24:00")]


def test_blocked_names_the_legs_without_any_place_of_their_own() -> None:
    catalogue = [service("s1"), service("s2", "b"), service("s3")]
    desks = [desk("d1", ["s1"]), desk("d2", ["s2"], ["09:00", "09:20"]), desk("d3", ["s3"], languages=["fi"])]
    made = problem(catalogue, desks, [leg("s1"), leg("s2"), leg("s3")])
    assert answer_to(made) == {
        "format": "ihh-visit-plan-answer/1",
        "id": "small",
        "options": [],
        "blocked": [1, 2],
    }


def test_nothing_is_blocked_where_legs_only_fail_together() -> None:
    spans = ["09:00", "09:30"]
    made = problem(
        [service("s1"), service("s2")],
        [desk("d1", ["s1"], spans), desk("d2", ["s2"], spans)],
        [leg("s1"), leg("s2")],
    )
    assert answer_to(made)["blocked"] == []
    other_day = {NEXT: [["09:00", "09:30"]]}
    made["desks"][1]["open"] = other_day
    made["request"]["to"] = NEXT
    assert answer_to(made)["blocked"] == []


def a_gap_today_none_tomorrow(gap_end: str, **request: Any) -> Json:
    """Today s1 at 09:00 and s2 ending at `gap_end`; tomorrow both within the hour from 13:00."""
    first = {DAY: [["09:00", "09:30"]], NEXT: [["13:00", "13:30"]]}
    hours, minute = map(int, gap_end.split(":"))
    begin = hours * 60 + minute - 30
    second = {DAY: [[f"{begin // 60:02}:{begin % 60:02}", gap_end]], NEXT: [["13:30", "14:00"]]}
    return problem(
        [service("s1"), service("s2")],
        [desk("d1", ["s1"], open=first), desk("d2", ["s2"], open=second)],
        [leg("s1"), leg("s2")],
        to=NEXT,
        **request,
    )


TOMORROW = (NEXT, "13:00", "14:00")


@pytest.mark.parametrize(
    ("prefer", "gap_end", "first_date"),
    [
        ("earliest", "11:05", DAY),
        ("shortest", "11:05", NEXT),
        ("balanced", "11:05", NEXT),
        ("balanced", "11:00", DAY),
    ],
)
def test_each_preference_has_its_own_best_visit(prefer: str, gap_end: str, first_date: str) -> None:
    assert visits(a_gap_today_none_tomorrow(gap_end, prefer=prefer))[0][0] == first_date


def test_balanced_is_the_default() -> None:
    made = a_gap_today_none_tomorrow("11:05")
    del made["request"]["prefer"]
    assert visits(made) == [TOMORROW]


def test_balanced_lists_visits_over_the_limit_after_the_others() -> None:
    made = a_gap_today_none_tomorrow("11:05", prefer="balanced", options=5)
    assert visits(made) == [TOMORROW, (DAY, "09:00", "11:05")]


def three_mornings(**request: Any) -> Json:
    """Lasting 90, 90 and 60 minutes."""
    days = ["2026-11-30", "2026-12-01", "2026-12-02"]
    first = {day: [["09:00", "09:30"]] for day in days}
    second = {day: [["10:00", "10:30"]] for day in days[:2]} | {days[2]: [["09:30", "10:00"]]}
    return problem(
        [service("s1"), service("s2")],
        [desk("d1", ["s1"], open=first), desk("d2", ["s2"], open=second)],
        [leg("s1"), leg("s2")],
        to=days[2],
        **request,
    )


@pytest.mark.parametrize(
    ("options", "days"), [(1, ["30"]), (2, ["30", "02"]), (3, ["30", "01", "02"]), (9, ["30", "01", "02"])]
)
def test_the_shortest_visit_takes_the_last_place_of_several(options: int, days: list[str]) -> None:
    made = three_mornings(prefer="earliest", options=options)
    assert [date[-2:] for date, _, _ in visits(made)] == days


def test_a_day_has_two_buckets_parted_at_noon_by_the_start() -> None:
    desks = [desk("d", ["s"], ["11:45", "12:15"], ["12:00", "12:35"])]
    made = problem([service("s")], desks, [leg("s")], options=20)
    assert visits(made) == [(DAY, "11:45", "12:15"), (DAY, "12:00", "12:30")]


def test_among_equal_visits_the_first_start_wins() -> None:
    made = problem(
        [service("s")],
        [desk("d", ["s"], busy={DAY: [["09:00", "09:40"]]})],
        [leg("s")],
        prefer="shortest",
    )
    assert visits(made) == [(DAY, "09:40", "10:10")]
