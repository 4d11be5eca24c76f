"""The hall's display: pairing, and the board it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from ihh import clock
from ihh.db import db
from ihh.models.account import DeviceKind
from ihh.realtime import socketio
from ihh.services import day_clock, devices, serving
from ihh.services.boards import hall_board
from tests.situations import at, opened, walked_in

NOW = at("10:00")
SetClock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def ten_oclock(set_clock: SetClock) -> None:
    set_clock(NOW)


@pytest.fixture
def display(sqlite_client: FlaskClient) -> FlaskClient:
    """A browser paired as a display."""
    return pair(sqlite_client)


def pair(client: FlaskClient, name: str = "hall") -> FlaskClient:
    code = devices.add_device(DeviceKind.DISPLAY, name, now=clock.real_now())
    _, token = devices.pair(code, DeviceKind.DISPLAY, now=clock.real_now())
    client.set_cookie("ihh_display", token)
    return client


def type_code(client: FlaskClient, code: str, query: str = "") -> Any:
    form = client.get(f"/display/pair{query}").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert found
    return client.post(f"/display/pair{query}", data={"csrf_token": found[1], "code": code})


def called(*services: str, desk: str, now: datetime = NOW) -> str:
    """A visitor with a number, called to the desk; returns the number."""
    walked_in(*services, now=now)
    opened(desk, now=now)
    return serving.call_next(desk, now=now, by="clerk:1").number


# ---------------------------------------------------------------- pairing


def test_an_unpaired_browser_is_led_to_the_code_and_back_to_what_it_opened(
    sqlite_client: FlaskClient,
) -> None:
    asked = sqlite_client.get("/display/?area=B", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.location) == (302, "/display/pair?area=B")
    code = devices.add_device(DeviceKind.DISPLAY, "hall", now=clock.real_now())
    paired = type_code(sqlite_client, f" {code[:4].lower()} {code[4:]}", "?area=B")
    assert (paired.status_code, paired.location) == (302, "/display/?area=B")
    assert sqlite_client.get(paired.location).status_code == 200
    cookie = next(value for value in paired.headers.getlist("Set-Cookie") if value.startswith("ihh_display="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


def test_a_code_pairs_one_display_once(sqlite_app: Flask) -> None:
    code = devices.add_device(DeviceKind.DISPLAY, "hall", now=clock.real_now())
    assert type_code(sqlite_app.test_client(), code).status_code == 302
    second = sqlite_app.test_client()
    refused = type_code(second, code)
    assert refused.status_code == 403
    assert f'value="{code}"' in refused.text
    assert "This code is wrong or too old" in refused.text
    assert second.get("/display/board").status_code == 401


def test_a_kiosks_code_makes_no_display(sqlite_client: FlaskClient) -> None:
    code = devices.add_device(DeviceKind.KIOSK, "door", now=clock.real_now())
    assert type_code(sqlite_client, code).status_code == 403


def test_a_revoked_display_gets_nothing_more(display: FlaskClient) -> None:
    assert display.get("/display/board").status_code == 200
    devices.revoke("hall", now=clock.real_now())
    assert display.get("/display/board").status_code == 401
    assert display.get("/display/", headers={"Accept": "text/html"}).location == "/display/pair"


def test_a_demonstration_pairs_by_itself(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sqlite_app.config, "IHH", replace(sqlite_app.config["IHH"], is_demo=True))
    page = sqlite_app.test_client().get("/display/", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert "Demonstration with synthetic data" in page.text
    assert [device.name[:13] for device in devices.all_devices()] == ["demo-display-"]


# ---------------------------------------------------------------- the page


def test_an_area_must_exist(display: FlaskClient) -> None:
    assert 'data-area="B"' in display.get("/display/?area=B").text
    assert display.get("/display/?area=Q").status_code == 404


def test_finnish_and_swedish_names_come_first(display: FlaskClient) -> None:
    page = display.get("/display/").text
    assert '"kela": [["fi", "Kela"], ["sv", "FPA"]]' in page
    assert '"vero": [["fi", "Vero"], ["sv", "Skatt"], ["en", "Tax"]]' in page


# ---------------------------------------------------------------- the board


def test_the_version_changes_with_the_board_and_not_with_time(
    display: FlaskClient, set_clock: SetClock
) -> None:
    first = display.get("/display/board")
    version = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]+"', version)
    set_clock(at("10:07"))
    again = display.get("/display/board", headers={"If-None-Match": version})
    assert (again.status_code, again.data) == (304, b"")
    walked_in("kela.social_security", now=NOW)
    changed = display.get("/display/board", headers={"If-None-Match": version})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != version
    assert (changed.json["epoch"], changed.json["revision"] > first.json["revision"]) == ("2026-12-01", True)


def test_a_call_holds_no_more_than_where_to_go(display: FlaskClient) -> None:
    number = called("kela.social_security", desk="kela-2")
    (call,) = display.get("/display/board").json["calls"]
    identity = call.pop("id")
    assert call == {
        "number": number,
        "desk": "8",
        "area": "B",
        "state": "called",
        "at": "2026-12-01T08:00:00Z",
    }
    serving.recall("kela-2", now=at("10:02"), by="clerk:1")
    (again,) = display.get("/display/board").json["calls"]
    assert again["id"] != identity
    assert again["at"] == "2026-12-01T08:02:00Z"


def test_the_latest_call_stands_first(sqlite_app: Flask) -> None:
    kela = called("kela.social_security", desk="kela-1", now=at("10:00"))
    vero = called("vero.tax_card", desk="vero-1", now=at("10:01"))
    assert [call["number"] for call in hall_board(now=at("10:02"))["calls"]] == [vero, kela]
    serving.recall("kela-1", now=at("10:03"), by="clerk:1")
    assert [call["number"] for call in hall_board(now=at("10:03"))["calls"]] == [kela, vero]


@pytest.mark.parametrize("away", ["requeue", "mark_no_show", "hold"])
def test_a_call_that_no_longer_stands_leaves_the_board(sqlite_app: Flask, away: str) -> None:
    called("kela.social_security", desk="kela-1")
    getattr(serving, away)("kela-1", now=at("10:02"), by="clerk:1")
    assert hall_board(now=at("10:02"))["calls"] == []


def test_a_visitor_who_was_served_stays_among_the_last_calls(sqlite_app: Flask) -> None:
    number = called("kela.social_security", desk="kela-1")
    serving.start("kela-1", now=at("10:01"), by="clerk:1")
    serving.complete("kela-1", now=at("10:09"), by="clerk:1")
    assert [(call["number"], call["state"]) for call in hall_board(now=at("10:10"))["calls"]] == [
        (number, "completed")
    ]


def test_yesterdays_calls_are_gone(sqlite_app: Flask) -> None:
    called("kela.social_security", desk="kela-1")
    board = hall_board(now=at("08:30", date(2026, 12, 2)))
    assert (board["epoch"], board["revision"], board["calls"]) == ("2026-12-02", 0, [])


def test_waits_are_ranges_or_a_reason_why_there_is_none(sqlite_app: Flask) -> None:
    opened("kela-1", now=NOW)
    waits = {row["agency"]: row for row in hall_board(now=NOW)["waits"]}
    assert list(waits) == ["dvv", "migri", "vero", "kela", "employment", "city", "chamber", "business"]
    assert waits["kela"]["state"] == "open"
    assert 0 == waits["kela"]["low"] < waits["kela"]["high"]
    assert waits["vero"] == {"agency": "vero", "area": "B", "state": "closed", "low": None, "high": None}
    assert waits["migri"]["state"] == "by_appointment"


@pytest.mark.parametrize(
    ("day", "clock_time", "opening"),
    [
        (date(2026, 12, 1), "08:59", {"is_open": False, "next": "2026-12-01T07:00:00Z"}),
        (date(2026, 12, 1), "09:00", {"is_open": True, "until": "2026-12-01T14:00:00Z"}),
        (date(2026, 12, 1), "16:00", {"is_open": False, "next": "2026-12-02T07:00:00Z"}),
        (date(2026, 12, 4), "16:04", {"is_open": False, "next": "2026-12-07T07:00:00Z"}),
        (date(2026, 12, 23), "17:00", {"is_open": False, "next": "2026-12-28T07:00:00Z"}),
        (date(2026, 10, 23), "17:00", {"is_open": False, "next": "2026-10-26T07:00:00Z"}),
    ],
    ids=["before", "opens", "closes", "over the weekend", "over Christmas", "over the end of summer time"],
)
def test_a_closed_house_says_when_it_opens(
    sqlite_app: Flask, day: date, clock_time: str, opening: dict[str, Any]
) -> None:
    assert hall_board(now=at(clock_time, day))["opening"] == opening


def test_the_houses_own_recall_is_a_call_as_a_clerks_is(sqlite_app: Flask) -> None:
    number = called("kela.social_security", desk="kela-1", now=at("10:00"))
    vero = called("vero.tax_card", desk="vero-1", now=at("10:00"))
    first = calls_by_number(at("10:00"))
    day_clock.tick(now=at("10:01"))
    by_house = calls_by_number(at("10:01"))
    serving.recall("vero-1", now=at("10:01"), by="clerk:1")
    by_clerk = calls_by_number(at("10:01"))
    assert by_house[number]["id"] != first[number]["id"]
    same = {key: by_clerk[vero][key] for key in ("state", "at")}
    assert {key: by_house[number][key] for key in same} == same
    assert same == {"state": "called", "at": "2026-12-01T08:01:00Z"}
    day_clock.tick(now=at("10:02"))
    assert calls_by_number(at("10:02"))[number]["at"] == "2026-12-01T08:02:00Z"
    day_clock.tick(now=at("10:03"))
    assert number not in calls_by_number(at("10:03")), "parked: nobody is awaited at the desk"


def test_the_houses_own_recall_reaches_the_displays_by_their_socket(display: FlaskClient) -> None:
    number = called("kela.social_security", desk="kela-1", now=NOW)
    socket = socketio.test_client(display.application, namespace="/display", flask_test_client=display)
    before = calls_sent(socket)[number]
    day_clock.tick(now=at("10:01"))
    after = calls_sent(socket)[number]
    assert (after["id"] != before["id"], after["at"]) == (True, "2026-12-01T08:01:00Z")
    socket.disconnect(namespace="/display")


def calls_by_number(now: datetime) -> dict[str, dict[str, Any]]:
    return {call["number"]: call for call in hall_board(now=now)["calls"]}


def calls_sent(socket: Any) -> dict[str, dict[str, Any]]:
    """The calls of the last board a display's socket got."""
    boards = [packet for packet in socket.get_received("/display") if packet["name"] == "state"]
    return {call["number"]: call for call in boards[-1]["args"][0]["calls"]}


def test_a_board_takes_five_statements_whatever_is_waiting(app: Flask) -> None:
    """Each screen of the hall asks every few seconds; without a change the waits are not read again."""
    lines = ("kela.social_security", "vero.tax_card", "employment.jobseeker")
    opened("kela-1", "vero-1", "employment-1", now=NOW)
    for service in lines:
        walked_in(service, now=NOW)
    few = statements_of_a_board(app)
    for _ in range(19):
        for service in lines:
            walked_in(service, now=NOW)
    assert statements_of_a_board(app) == few <= 5
    assert statements_of_a_board(app) <= 3


def statements_of_a_board(app: Flask) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            hall_board(now=at("10:05"))
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])
