"""When desks and visitors come and go on a played day, worked out by hand."""

from __future__ import annotations

from tests.simulation.small import booked, day, desk, left_at, leg, played, scenario, story, walk_in

ALL_DAY = [("09:00", "16:00")]


def test_who_comes_before_the_desks_open_is_called_when_they_do():
    result = played(scenario(day({"dvv-1": ALL_DAY}, walk_in("v", "08:45", leg("dvv.address")))))
    assert story(result)["v dvv.address"] == ("dvv-1", "08:45", "08:45", "09:00", "09:00", "09:10", "served")


def test_at_a_break_a_desk_only_finishes_whom_it_serves():
    spans = [("09:00", "11:30"), ("12:00", "16:00")]
    result = played(
        scenario(
            day(
                {"dvv-1": spans},
                walk_in("served", "11:25", leg("dvv.address", 10)),
                walk_in("waits", "11:26", leg("dvv.address", 10)),
            )
        )
    )
    assert story(result)["served dvv.address"][4:6] == ("11:25", "11:35")
    assert story(result)["waits dvv.address"][3:6] == ("12:00", "12:00", "12:10")


def test_spans_that_touch_are_no_break():
    spans = [("09:00", "11:30"), ("11:30", "16:00")]
    result = played(scenario(day({"dvv-1": spans}, walk_in("v", "11:30", leg("dvv.address")))))
    assert story(result)["v dvv.address"][3] == "11:30"


def test_after_its_last_span_a_desk_serves_on_for_who_had_checked_in_before():
    result = played(
        scenario(
            day(
                {"dvv-1": [("09:00", "12:00")], "kela-1": [("09:00", "13:00")]},
                walk_in("served", "11:50", leg("dvv.address", 20)),
                walk_in("in_time", "11:59:59", leg("dvv.address", 20)),
                walk_in("too_late", "12:00", leg("dvv.address", 20)),
            )
        )
    )
    assert story(result)["in_time dvv.address"][3:] == ("12:10", "12:10", "12:30", "served")
    assert story(result)["too_late dvv.address"] == (None, "12:00", "12:00", None, None, None, "left")
    assert left_at(result)["too_late"] == "13:00", "the house closes with its last desk"


def test_a_desk_waits_after_its_last_span_for_who_is_still_locked_or_busy():
    result = played(
        scenario(
            day(
                {"dvv-1": [("09:00", "16:00")], "kela-1": [("09:00", "12:00")]},
                walk_in("v", "11:55", leg("dvv.register", 30), leg("kela.advice", 10)),
            )
        )
    )
    assert story(result)["v kela.advice"][1:] == ("11:55", "12:25", "12:25", "12:27", "12:37", "served")


def test_whom_no_desk_of_the_day_can_serve_leaves_at_closing():
    """No desk of dvv has Finnish; kela has no desk at work; migri's closes before the visitor comes."""
    desks = [desk("dvv-1", "en"), desk("kela-1", "en"), desk("migri-1", "en")]
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "migri-1": [("09:00", "10:00")]},
                walk_in("finnish", "09:00", leg("dvv.address"), language="fi"),
                walk_in("no_desk", "09:00", leg("kela.advice"), leg("dvv.address", 5)),
                walk_in("closed", "10:00", leg("migri.register")),
                walk_in("after_hours", "16:30", leg("dvv.address")),
            ),
            desks=desks,
        )
    )
    assert {name: told[-1] for name, told in story(result).items()} == {
        "finnish dvv.address": "left",
        "no_desk kela.advice": "left",
        "no_desk dvv.address": "served",
        "closed migri.register": "left",
        "after_hours dvv.address": "left",
    }
    assert left_at(result) == {
        "finnish": "16:00",
        "no_desk": "16:00",
        "closed": "16:00",
        "after_hours": "16:30",
    }


def test_a_prerequisite_that_nobody_can_serve_holds_nobody_back_for_ever():
    result = played(
        scenario(
            day(
                {"dvv-1": [("09:00", "16:00")]},
                walk_in("v", "15:00", leg("migri.register"), leg("dvv.register", 10)),
            ),
            desks=[desk("dvv-1"), desk("migri-1")],
        )
    )
    assert story(result)["v migri.register"][-1] == "left"
    # Told to wait at migri, from where it is a minute to dvv.
    assert story(result)["v dvv.register"][1:] == ("15:00", "16:00", "16:00", "16:01", "16:11", "served")


def test_who_gives_up_leaves_with_all_tickets_even_as_a_desk_falls_free():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": [("10:00", "16:00")]},
                walk_in("served", "09:00", leg("dvv.address", 30)),
                walk_in("gives_up", "09:10", leg("dvv.address"), leg("kela.advice"), gives_up_after_min=20),
            )
        )
    )
    assert story(result)["gives_up dvv.address"] == (None, "09:10", "09:10", None, None, None, "left")
    assert story(result)["gives_up kela.advice"][-1] == "left"
    assert left_at(result)["gives_up"] == "09:30"


def test_nobody_gives_up_once_a_service_has_begun():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": [("12:00", "16:00")]},
                walk_in("v", "09:00", leg("dvv.address"), leg("kela.advice"), gives_up_after_min=20),
            )
        )
    )
    assert story(result)["v kela.advice"][3:] == ("12:00", "12:00", "12:10", "served")


def test_who_does_not_answer_is_called_again_parked_called_once_more_and_then_a_no_show():
    """Called 09:00 and 09:01 and 09:02, parked 09:03, back 09:13 behind the one in service, called 09:20."""
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": [("10:00", "16:00")]},
                walk_in("deaf", "09:00", leg("dvv.address"), leg("kela.advice"), answers_calls=False),
                walk_in("next", "09:01", leg("dvv.address", 17)),
                walk_in("last", "09:10", leg("dvv.address")),
            )
        )
    )
    told = story(result)
    assert told["next dvv.address"][3:6] == ("09:03", "09:03", "09:20")
    assert told["deaf dvv.address"] == ("dvv-1", "09:00", "09:00", "09:00", None, None, "no_show")
    assert told["deaf kela.advice"] == (None, "09:00", "09:00", None, None, None, "no_show")
    assert left_at(result)["deaf"] == "09:22"
    assert told["last dvv.address"][3] == "09:22"
    assert result["double_calls"] == 0


def test_who_would_give_up_while_called_does_so_when_the_call_ends():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY},
                walk_in("v", "09:00", leg("dvv.address"), answers_calls=False, gives_up_after_min=1),
            )
        )
    )
    assert story(result)["v dvv.address"][-1] == "left"
    assert left_at(result) == {"v": "09:03"}


def test_a_desk_stays_for_one_who_was_parked():
    """Called 11:59, parked 12:02 after the desk's end, back 12:12, called again, and no-show at 12:14."""
    result = played(
        scenario(
            day(
                {"dvv-1": [("09:00", "12:00")]},
                walk_in("v", "11:59", leg("dvv.address"), answers_calls=False),
            )
        )
    )
    assert story(result)["v dvv.address"] == ("dvv-1", "11:59", "11:59", "11:59", None, None, "no_show")
    assert left_at(result) == {"v": "12:14"}


def test_who_booked_and_never_comes_is_a_no_show_without_times_and_without_a_visit():
    result = played(
        scenario(
            day(
                {"dvv-1": ALL_DAY, "kela-1": ALL_DAY},
                booked("v", None, leg("dvv.register", at="09:30"), leg("kela.advice")),
            )
        )
    )
    assert story(result) == {
        "v dvv.register": (None, None, None, None, None, None, "no_show"),
        "v kela.advice": (None, None, None, None, None, None, "no_show"),
    }
    assert result["visits"] == []


def test_days_are_played_in_their_order_and_the_second_begins_empty():
    result = played(
        scenario(
            day({"dvv-1": ALL_DAY}, walk_in("a", "09:00", leg("dvv.address"))),
            day(
                {"dvv-1": [("10:00", "12:00")]},
                walk_in("b", "09:30", leg("dvv.address")),
                date="2026-12-06",
            ),
        )
    )
    assert [row["called_at"] for row in result["tickets"]] == [
        "2026-12-01T07:00:00Z",
        "2026-12-06T08:00:00Z",
    ]
