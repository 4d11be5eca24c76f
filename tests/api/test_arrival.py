"""A kiosk's check-ins and walk-ins, and the board that follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from ihh.models.account import DeviceKind
from ihh.services import day_clock, desks, devices, serving
from ihh.services.booking import find_by_link
from ihh.services.replanning import replan_late_visits
from ihh.services.tickets import tickets_of
from tests.api.conftest import API, Booker, Guarded, SetClock, code_of
from tests.services.test_replanning import arrived

KELA = {"service": "kela.advice", "people": ["p1"]}


def walk_in(request_id: str, *legs: dict[str, object], language: str = "en") -> dict[str, object]:
    return {
        "request_id": request_id,
        "party": {"adults": 1},
        "legs": list(legs) or [KELA],
        "language": language,
    }


def test_a_booked_visit_checks_in_by_its_code(
    client: FlaskClient, kiosk: Guarded, booker: Booker, set_clock: SetClock
) -> None:
    visit = booker("dvv.changes")
    starts = datetime.fromisoformat(visit["legs"][0]["booked_at"])
    set_clock(starts - timedelta(minutes=30))
    typed = visit["booking_code"].lower()
    answer = kiosk.post("/check-ins", {"request_id": "scan-0001", "code": f"{typed[:4]} {typed[4:]}"})
    assert answer.status_code == 201
    arrived = answer.get_json()
    assert (arrived["punctuality"], arrived["visit"]["step"]) == ("early", "to_area")
    assert arrived["visit"]["token"] == visit["token"]
    number = arrived["visit"]["number"]
    assert client.get(f"{API}/visits/{visit['token']}").get_json()["number"] == number

    again = kiosk.post("/check-ins", {"request_id": "scan-0001", "code": visit["booking_code"]})
    assert again.status_code == 201
    assert again.get_json()["visit"]["number"] == number, "a repeated request gets the first answer"
    other = kiosk.post("/check-ins", {"request_id": "scan-0002", "code": visit["booking_code"]})
    assert code_of(other) == (409, "already_checked_in")
    assert other.get_json()["facts"] == {"number": number}
    assert visit["token"] not in other.text, "who only has the code learns no secret"


def test_the_qr_codes_link_checks_in_too(kiosk: Guarded, booker: Booker, set_clock: SetClock) -> None:
    visit = booker("dvv.changes")
    set_clock(datetime.fromisoformat(visit["legs"][0]["booked_at"]))
    link = f"https://international-house.example/visit/{visit['check_in_token']}?{'x' * 100}"
    answer = kiosk.post("/check-ins", {"request_id": "scan-0001", "code": link})
    assert answer.status_code == 201
    assert answer.get_json()["punctuality"] == "on_time"


def test_a_wrong_arrival_is_refused_with_the_reason(
    client: FlaskClient, kiosk: Guarded, booker: Booker, set_clock: SetClock, now: datetime
) -> None:
    def scan(code: str) -> tuple[int, str]:
        return code_of(kiosk.post("/check-ins", {"request_id": "scan-0001", "code": code}))

    assert scan("ABCD 1234") == (404, "unknown_code")
    assert scan("?") == (404, "unknown_code")
    assert scan("ABCD\x001234") == (422, "invalid")
    assert scan("\udfff") == (422, "invalid")
    assert scan("x" * 201) == (422, "invalid")
    visit = booker("chamber.employer")
    starts = datetime.fromisoformat(visit["legs"][0]["booked_at"])
    set_clock(starts - timedelta(days=1))
    assert scan(visit["booking_code"]) == (409, "wrong_day_early")
    set_clock(starts - timedelta(minutes=61))
    assert scan(visit["booking_code"]) == (409, "too_early")
    client.delete(f"{API}/visits/{visit['token']}")
    assert scan(visit["booking_code"]) == (409, "visit_cancelled")


def test_a_walk_in_takes_one_number_however_often_it_is_sent(kiosk: Guarded) -> None:
    first = kiosk.post("/walk-ins", walk_in("walk-0001")).get_json()["visit"]
    again = kiosk.post("/walk-ins", walk_in("walk-0001")).get_json()["visit"]
    new = kiosk.post("/walk-ins", walk_in("walk-0002")).get_json()["visit"]
    assert first["number"] == again["number"] != new["number"]
    assert new["legs"][0]["ahead"] == 1
    reused = kiosk.post("/walk-ins", walk_in("walk-0001", {"service": "city.guidance", "people": ["p1"]}))
    assert code_of(reused) == (409, "request_id_reused")


def test_a_service_by_appointment_takes_no_walk_in(kiosk: Guarded) -> None:
    answer = kiosk.post("/walk-ins", walk_in("walk-0001", {"service": "dvv.changes", "people": ["p1"]}))
    assert code_of(answer) == (409, "no_walk_in_now")
    assert answer.get_json()["facts"] == {"service": "dvv.changes"}


def test_only_a_paired_kiosk_takes_arrivals(
    app: Flask, client: FlaskClient, display: Guarded, kiosk: Guarded, now: datetime
) -> None:
    stranger = Guarded(client)
    assert code_of(stranger.post("/walk-ins", walk_in("walk-0001"))) == (401, "unauthorized")
    assert code_of(display.post("/walk-ins", walk_in("walk-0001"))) == (401, "unauthorized")
    devices.revoke(f"test-{DeviceKind.KIOSK}", now=now)
    assert code_of(kiosk.post("/walk-ins", walk_in("walk-0001"))) == (401, "unauthorized")


def test_a_kiosks_write_needs_the_csrf_token(kiosk: Guarded) -> None:
    answer = kiosk.client.post(f"{API}/walk-ins", json=walk_in("walk-0001"))
    assert code_of(answer) == (400, "csrf")


def test_a_display_polls_the_board_by_its_etag(
    kiosk: Guarded, display: Guarded, set_clock: SetClock, now: datetime
) -> None:
    kiosk.post("/walk-ins", walk_in("walk-0001"))
    first = display.get("/boards/hall")
    assert first.status_code == 200
    board = first.get_json()
    assert (board["board"], board["epoch"], board["opening"]["is_open"]) == ("hall", "2026-12-01", True)

    set_clock(now + timedelta(seconds=20))
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = display.get("/boards/hall", headers=tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")

    desks.open_desk("kela-1", None, now=now)
    call = serving.call_next("kela-1", now=now + timedelta(minutes=1), by="test")
    changed = display.get("/boards/hall", headers=tag)
    assert changed.status_code == 200
    assert [(shown["number"], shown["state"]) for shown in changed.get_json()["calls"]] == [
        (call.number, "called")
    ]
    assert changed.get_json()["revision"] > board["revision"]


def test_only_a_paired_display_sees_the_board(client: FlaskClient, kiosk: Guarded) -> None:
    assert code_of(client.get(f"{API}/boards/hall")) == (401, "unauthorized")
    assert code_of(kiosk.get("/boards/hall")) == (401, "unauthorized")


def test_a_visit_tells_where_to_wait_and_what_became_of_an_unanswered_call(
    client: FlaskClient, kiosk: Guarded, now: datetime, set_clock: SetClock
) -> None:
    tax = {"service": "vero.tax_card", "people": ["p1"]}
    for index in range(6):
        kiosk.post("/walk-ins", walk_in(f"before-{index:04d}"))
    for desk in ("kela-2", "vero-1"):
        desks.open_desk(desk, None, now=now)
    visit = kiosk.post("/walk-ins", walk_in("walk-in-0001", KELA, tax)).get_json()["visit"]
    assert (visit["step"], visit["wait_at"]["id"]) == ("to_area", "B")
    ticket = next(one for one in tickets_of(find_by_link(visit["token"]).id) if one.agency_id == "vero")
    serving.call_ticket("vero-1", ticket.id, now=now, by="t")
    day_clock.tick(now=now + timedelta(minutes=3))
    parked = client.get(f"{API}/visits/{visit['token']}").get_json()
    leg = next(one for one in parked["legs"] if one["service"]["id"] == "vero.tax_card")
    assert (leg["state"], leg["held_for"], leg["returns_at"]) == (
        "held",
        "unanswered",
        "2026-12-01T08:13:00Z",
    )
    assert leg["is_last_call"] is False
    assert parked["wait_at"]["id"] == "B", "Kela's line goes on"
    day_clock.tick(now=now + timedelta(minutes=13))
    serving.call_ticket("vero-1", ticket.id, now=now + timedelta(minutes=14), by="t")
    called = client.get(f"{API}/visits/{visit['token']}").get_json()
    leg = next(one for one in called["legs"] if one["service"]["id"] == "vero.tax_card")
    assert (called["step"], called["wait_at"], leg["is_last_call"]) == ("to_desk", None, True)


def test_a_visit_tells_which_of_its_times_moved_and_why(client: FlaskClient) -> None:
    found, _dvv, (kela,) = arrived("dvv.register", "kela.social_security")
    was = kela.booked_at
    assert replan_late_visits(now=was + timedelta(minutes=12)) == 1
    legs = client.get(f"{API}/visits/{found.link_token}").get_json()["legs"]
    leg = next(one for one in legs if one["service"]["id"] == "kela.social_security")
    change = leg["change"]
    assert (change["was"], change["because"]) == (was.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "dvv")
    assert change["becomes"] == leg["booked_at"]
