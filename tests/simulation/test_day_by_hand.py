"""Each rule of a played day, on days small enough to be worked out by hand."""

from __future__ import annotations

import pytest

from tests.simulation.small import booked, day, leg, played, scenario, story, walk_in

ALL_DAY = [("09:00", "16:00")]


def test_a_walk_in_at_an_idle_desk_is_called_walks_nowhere_and_is_served_at_once():
    result = played(scenario(day({"dvv-1": ALL_DAY}, walk_in("v", "09:03:20", leg("dvv.address", 23.4)))))
    assert (result["format"], result["id"], result["seed"]) == ("ihh-day-result/1", "by-hand", 1)
    (row,) = result["tickets"]
    assert row | {"estimate": None, "naive": None} == {
        "visitor": "v",
        "service": "dvv.address",
        "date": "2026-12-01",
        "desk": "dvv-1",
        "issued_at": "2026-12-01T07:03:20Z",
        "joined_at": "2026-12-01T07:03:20Z",
        "called_at": "2026-12-01T07:03:20Z",
        "started_at": "2026-12-01T07:03:20Z",
        "completed_at": "2026-12-01T07:26:44Z",
        "outcome": "served",
        "reason": "walk_in, here since 09:03",
        "estimate": None,
        "naive": None,
        "live": [],
    }
    assert result["visits"] == [
        {
            "visitor": "v",
            "arrived_at": "2026-12-01T07:03:20Z",
            "left_at": "2026-12-01T07:26:44Z",
            "services": ["dvv.address"],
        }
    ]
    assert result["double_calls"] == 0


def test_times_of_a_summer_day_are_told_in_utc():
    in_june = day({"dvv-1": ALL_DAY}, walk_in("v", "09:00", leg("dvv.address")), date="2026-06-02")
    assert played(scenario(in_june))["tickets"][0]["called_at"] == "2026-06-02T06:00:00Z"


@pytest.mark.parametrize(("minutes", "ends"), [(0.01, "09:00:01"), (10.008, "09:10"), (10.01, "09:10:01")])
def test_minutes_of_service_are_rounded_to_the_second(minutes, ends):
    result = played(scenario(day({"dvv-1": ALL_DAY}, walk_in("v", "09:00", leg("dvv.address", minutes)))))
    assert story(result)["v dvv.address"][-2] == ends


def test_a_desk_calls_the_next_as_soon_as_it_is_free_and_who_arrives_just_then_comes_after():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY},
                walk_in("third", "09:10", leg("dvv.address")),
                walk_in("first", "09:00", leg("dvv.address")),
                walk_in("second", "09:04", leg("dvv.address")),
            )
        )
    )
    assert story(result) == {
        "third dvv.address": ("dvv-1", "09:10", "09:10", "09:20", "09:20", "09:30", "served"),
        "first dvv.address": ("dvv-1", "09:00", "09:00", "09:00", "09:00", "09:10", "served"),
        "second dvv.address": ("dvv-1", "09:04", "09:04", "09:10", "09:10", "09:20", "served"),
    }


def test_who_arrives_at_the_instant_a_desk_calls_can_be_called():
    """Arrivals come before calls: the appointment that is due goes before the walk-in who waits."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY},
                walk_in("served", "09:00", leg("dvv.address")),
                walk_in("waits", "09:04", leg("dvv.address")),
                booked("due", "09:10", leg("dvv.address", at="09:10")),
            )
        )
    )
    told = story(result)
    assert told["due dvv.address"] == ("dvv-1", "09:10", "09:10", "09:10", "09:10", "09:20", "served")
    assert told["waits dvv.address"][3] == "09:20"
    assert result["tickets"][2]["reason"] == "booked 09:10, here since 09:10"


def test_an_early_appointment_joins_at_its_time_though_it_may_be_called_before():
    result = played(scenario(day({"dvv-1": ALL_DAY}, booked("v", "09:21", leg("dvv.address", at="09:30")))))
    assert story(result)["v dvv.address"][1:4] == ("09:21", "09:30", "09:21")


def test_idle_desks_call_in_the_order_of_their_ids():
    result = played(
        scenario(
            day(
                {"dvv-2": ALL_DAY, "dvv-10": ALL_DAY, "dvv-1": ALL_DAY},
                walk_in("a", "09:00", leg("dvv.address")),
                walk_in("b", "09:00", leg("dvv.address")),
            )
        )
    )
    assert [row["desk"] for row in result["tickets"]] == ["dvv-1", "dvv-10"]


def test_a_service_that_ends_unlocks_the_next_which_another_desk_calls_at_that_instant():
    """From migri to dvv is a minute, in the same zone; on to kela it is two."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "migri-1": ALL_DAY, "kela-1": ALL_DAY},
                walk_in("v", "09:00", leg("kela.advice"), leg("dvv.register"), leg("migri.register")),
            )
        )
    )
    assert story(result) == {
        "v kela.advice": ("kela-1", "09:00", "09:21", "09:21", "09:23", "09:33", "served"),
        "v dvv.register": ("dvv-1", "09:00", "09:10", "09:10", "09:11", "09:21", "served"),
        "v migri.register": ("migri-1", "09:00", "09:00", "09:00", "09:00", "09:10", "served"),
    }
    assert result["visits"][0]["services"] == ["migri.register", "dvv.register", "kela.advice"]


def test_who_has_waited_a_while_after_a_service_stands_where_they_are_expected():
    """At 09:10 `v` is told to go to kela, whose desk is free at 09:20: no walk is left."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": ALL_DAY},
                walk_in("other", "09:00", leg("kela.advice", 20)),
                walk_in("v", "09:00", leg("dvv.register"), leg("kela.advice")),
            )
        )
    )
    assert story(result)["v kela.advice"] == (
        "kela-1",
        "09:00",
        "09:10",
        "09:20",
        "09:20",
        "09:30",
        "served",
    )


def test_who_is_busy_elsewhere_is_passed_over_and_keeps_the_place():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": ALL_DAY},
                walk_in("at_kela", "09:00", leg("kela.advice", 5)),
                walk_in("both", "09:00", leg("dvv.address", 10), leg("kela.advice", 10)),
                walk_in("later", "09:01", leg("kela.advice", 10)),
                walk_in("last", "09:02", leg("kela.advice", 10)),
            )
        )
    )
    told = story(result)
    assert told["both dvv.address"][3:6] == ("09:00", "09:00", "09:10")
    assert told["later kela.advice"][3:6] == ("09:05", "09:05", "09:15")
    # Seniority is arrival plus service received, 09:10, and so the last comer goes before.
    assert told["last kela.advice"][3:6] == ("09:15", "09:15", "09:25")
    assert told["both kela.advice"][3:6] == ("09:25", "09:25", "09:35")


def test_in_one_line_at_a_time_the_next_ticket_is_made_when_the_service_before_it_ends():
    """The booked leg first, then the others in their order with prerequisites first; each begins to wait anew."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "migri-1": ALL_DAY, "kela-1": ALL_DAY},
                walk_in("other", "09:00", leg("dvv.address", 30)),
                booked(
                    "v",
                    "09:00",
                    leg("dvv.register", 5),
                    leg("kela.advice", 10, at="09:05"),
                    leg("migri.register", 10),
                ),
                walk_in("rival", "09:20", leg("dvv.address", 20)),
            ),
            lines="one_at_a_time",
        )
    )
    told = story(result)
    assert told["v migri.register"][1:6] == ("09:00", "09:00", "09:00", "09:00", "09:10")
    assert told["v dvv.register"][1:6] == ("09:10", "09:10", "09:30", "09:30", "09:35")
    assert told["v kela.advice"][1:6] == ("09:35", "09:35", "09:35", "09:37", "09:47")
    assert told["rival dvv.address"][3] == "09:35"


def test_who_booked_and_comes_very_late_or_very_early_is_served():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY},
                booked("early", "09:00", leg("dvv.address", at="14:00")),
                booked("late", "12:00", leg("dvv.address", at="10:00")),
            )
        )
    )
    assert [row["outcome"] for row in result["tickets"]] == ["served", "served"]
    assert result["kpi"]["no_show"] == 1, "not checked in a quarter of an hour after the time"


def test_estimates_are_told_at_issue_and_at_the_quarters_while_waiting_and_callable():
    """The desk is busy from 09:58 to 10:38; one who is locked is told nothing yet."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "migri-1": ALL_DAY},
                walk_in("served", "09:58", leg("dvv.address", 40)),
                walk_in("waits", "10:05", leg("dvv.address", 5)),
                walk_in("locked", "10:05", leg("migri.register", 60), leg("dvv.register", 5)),
                booked("early", "10:06", leg("dvv.address", 5, at="10:20")),
            )
        )
    )
    rows = {(row["visitor"], row["service"]): row for row in result["tickets"]}
    waits = rows["waits", "dvv.address"]
    assert set(waits["estimate"]) == {"p10", "p50", "p90"}
    assert waits["estimate"]["p10"] <= waits["estimate"]["p50"] <= waits["estimate"]["p90"]
    assert waits["naive"] > 0
    assert [at for at, *_ in waits["live"]] == ["2026-12-01T08:15:00Z", "2026-12-01T08:30:00Z"]
    for _, low, middle, high in waits["live"]:
        assert 0 <= low <= middle <= high
    # Its time has not come at 10:15, and it is called at 10:38.
    assert [at for at, *_ in rows["early", "dvv.address"]["live"]] == ["2026-12-01T08:30:00Z"]
    locked = rows["locked", "dvv.register"]
    assert (locked["estimate"], locked["naive"]) == (None, None)
    assert "2026-12-01T08:45:00Z" not in [at for at, *_ in locked["live"]]


def test_an_idle_desk_is_told_as_no_wait():
    result = played(scenario(day({"dvv-1": ALL_DAY}, walk_in("v", "09:30", leg("dvv.address")))))
    (row,) = result["tickets"]
    assert (row["estimate"]["p10"], row["naive"], row["live"]) == (0, 0, [])
