"""A clerk's day at a desk, and who may not act there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import User
from ihh.models.account import Role
from ihh.services import accounts, check_in, day_clock, desks, serving
from tests.api.conftest import PASSWORD, Guarded, code_of, staff_client

ClerkOf = Callable[[str], tuple[User, Guarded]]

DESK = "/desks/kela-1"


@pytest.fixture
def clerk(clerk_of: ClerkOf, now: datetime) -> Guarded:
    """A clerk of Kela with desk kela-1 open."""
    user, client = clerk_of("kela")
    desks.open_desk("kela-1", user, now=now)
    return client


def arrive(now: datetime, *services: str) -> str:
    legs = tuple(LegWish(service, ("p1",)) for service in services or ("kela.advice",))
    return check_in.take_number(Wish(Party(1), legs, "en"), now=now, by="test").visit_id


def act(clerk: Guarded, action: str, **body: object) -> dict[str, object]:
    answer = clerk.post(f"{DESK}/{action}", {"request_id": uuid4().hex, **body})
    assert answer.status_code in (200, 201), answer.get_json()
    return dict(answer.get_json())


def test_a_visitor_is_called_served_and_sent_on(clerk: Guarded, now: datetime) -> None:
    arrive(now, "kela.advice")
    line = clerk.get(DESK).get_json()["line"]
    call = act(clerk, "calls")
    assert (call["ticket"], call["number"]) == (line[0]["ticket"], line[0]["number"])
    assert act(clerk, "recall")["calls"] == 2
    assert act(clerk, "start")["state"] == "serving"
    guest = clerk.get(DESK).get_json()["guest"]
    assert guest["ticket"]["number"] == call["number"]
    assert act(clerk, "transfer", service="city.guidance")["outcome"] == "transferred"
    assert clerk.get(DESK).get_json()["guest"] is None


def test_a_call_out_of_turn_needs_a_reason_and_tells_it(clerk: Guarded, now: datetime) -> None:
    for _ in range(2):
        arrive(now)
    ticket = clerk.get(DESK).get_json()["line"][1]["ticket"]
    body = {"request_id": uuid4().hex, "ticket": ticket}
    assert code_of(clerk.post(f"{DESK}/calls", body)) == (422, "invalid")
    refused = clerk.post(f"{DESK}/calls", body | {"why": "for 010594Y9032"})
    assert code_of(refused) == (422, "identity_code_given")
    assert act(clerk, "calls", ticket=ticket, why="Must leave at eleven")["ticket"] == ticket
    act(clerk, "recall")
    call = clerk.get(DESK).get_json()["guest"]["call"]
    assert (call["is_chosen"], call["why"], call["reason"]) == (True, "Must leave at eleven", "walk_in")
    assert (call["recalls"], call["by_itself"]) == (1, 0)


def test_the_line_tells_when_a_visitor_is_back_and_never_from_what(clerk: Guarded, now: datetime) -> None:
    arrive(now, "kela.advice", "vero.tax_card")
    desks.open_desk("vero-1", None, now=now)
    serving.call_next("vero-1", now=now, by="test")
    answer = clerk.get(DESK)
    (row,) = answer.get_json()["line"]
    assert row["is_free"] is False
    assert set(row["elsewhere"]) == {"low", "high"}
    assert 0 <= row["elsewhere"]["low"] < row["elsewhere"]["high"]
    assert "vero" not in answer.text


def test_a_parked_visitor_is_on_hold_with_the_reason_and_the_return(clerk: Guarded, now: datetime) -> None:
    arrive(now)
    act(clerk, "calls")
    for seconds in (90, 150, 210):  # the call was a moment after `now`
        day_clock.tick(now=now + timedelta(seconds=seconds))
    state = clerk.get(DESK).get_json()
    assert state["guest"] is None
    (row,) = state["held"]
    assert (row["held_for"], row["call"]["by_itself"]) == ("unanswered", 2)
    assert (row["since"], row["returns_at"]) == ("2026-12-01T08:03:30Z", "2026-12-01T08:13:30Z")


def test_a_call_sent_twice_calls_once(clerk: Guarded, now: datetime) -> None:
    arrive(now)
    arrive(now)
    body = {"request_id": "call-0001"}
    first, again = clerk.post(f"{DESK}/calls", body), clerk.post(f"{DESK}/calls", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert len(clerk.get(DESK).get_json()["line"]) == 1
    assert code_of(clerk.post(f"{DESK}/calls", {"request_id": "call-0002"})) == (409, "desk_busy")
    assert code_of(clerk.post(f"{DESK}/recall", body)) == (409, "request_id_reused")


def test_a_visitor_on_hold_comes_back_to_the_line(clerk: Guarded, now: datetime) -> None:
    arrive(now)
    ticket = act(clerk, "calls")["ticket"]
    assert act(clerk, "hold")["state"] == "held"
    assert [row["ticket"] for row in clerk.get(DESK).get_json()["held"]] == [ticket]
    release = f"/tickets/{ticket}/release"
    assert clerk.post(release, {"request_id": "release-1"}).get_json()["state"] == "waiting"
    assert code_of(clerk.post(release, {"request_id": "release-2"})) == (409, "wrong_state")


def test_the_other_actions_end_where_they_say(clerk: Guarded, now: datetime) -> None:
    for _ in range(3):
        arrive(now)
    act(clerk, "calls")
    assert act(clerk, "requeue")["state"] == "waiting"
    last = clerk.get(DESK).get_json()["line"][-1]["ticket"]
    assert act(clerk, "calls", ticket=last, why="Must leave")["ticket"] == last, "out of turn"
    assert act(clerk, "no-show")["state"] == "no_show"
    act(clerk, "calls")
    act(clerk, "start")
    done = act(clerk, "complete", outcome="must_return")
    assert (done["state"], done["outcome"]) == ("completed", "must_return")


def test_what_cannot_be_done_is_refused(clerk: Guarded, now: datetime) -> None:
    def refused(action: str, **body: object) -> tuple[int, str]:
        return code_of(clerk.post(f"{DESK}/{action}", {"request_id": "request-1", **body}))

    assert refused("calls") == (409, "nobody_to_call")
    assert refused("calls", ticket=999, why="Must leave") == (409, "wrong_state")
    assert refused("complete") == (409, "wrong_state")
    assert refused("complete", outcome="transferred") == (422, "invalid")
    arrive(now, "kela.advice", "city.guidance")
    act(clerk, "calls")
    act(clerk, "start")
    assert refused("recall") == (409, "wrong_state")
    assert refused("transfer", service="city.guidance") == (409, "already_in_visit")
    assert refused("transfer", service="sak.rights") == (409, "not_in_house")
    desks.pause_desk("kela-1", now=now)
    act(clerk, "complete")
    assert refused("calls") == (409, "desk_closed")
    huge = clerk.post("/tickets/2147483647/release", {"request_id": "request-2"})
    assert code_of(huge) == (404, "not_found")
    beyond = clerk.post("/tickets/2147483648/release", {"request_id": "request-2"})
    assert code_of(beyond) == (404, "not_found")


ACTIONS = ("calls", "recall", "start", "complete", "hold", "requeue", "no-show", "transfer")


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_acts_at_a_clerks_desk(
    clerk: Guarded, clerk_of: ClerkOf, now: datetime, action: str
) -> None:
    arrive(now)
    act(clerk, "calls")
    body = {"request_id": "request-1"} | ({"service": "city.guidance"} if action == "transfer" else {})
    _, colleague = clerk_of("kela")
    assert code_of(colleague.post(f"{DESK}/{action}", body)) == (403, "not_your_desk")
    _, stranger = clerk_of("dvv")
    assert code_of(stranger.post(f"{DESK}/{action}", body)) == (403, "not_your_agency")
    assert code_of(stranger.post(f"/desks/nowhere/{action}", body)) == (404, "not_found")
    assert clerk.get(DESK).get_json()["guest"]["ticket"]["state"] == "called"


def test_another_agencys_clerk_neither_sees_nor_releases(
    clerk: Guarded, clerk_of: ClerkOf, now: datetime
) -> None:
    arrive(now)
    ticket = act(clerk, "calls")["ticket"]
    act(clerk, "hold")
    _, stranger = clerk_of("dvv")
    assert code_of(stranger.get(DESK)) == (403, "not_your_agency")
    answer = stranger.post(f"/tickets/{ticket}/release", {"request_id": "release-1"})
    assert code_of(answer) == (403, "not_your_agency")


def test_a_desk_sees_no_service_of_another_agency(clerk: Guarded, now: datetime) -> None:
    arrive(now, "kela.advice", "employment.jobseeker")
    act(clerk, "calls")
    assert "employment.jobseeker" not in clerk.get(DESK).text


def test_staff_without_a_desk_role_and_strangers_are_refused(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    analyst = accounts.add_user("analyst", PASSWORD, Role.ANALYST, agency_id=None, now=now)
    assert code_of(staff_client(app, analyst).get(DESK)) == (403, "not_allowed")
    assert code_of(Guarded(client).get(DESK)) == (401, "unauthorized")


def test_a_clerks_write_needs_the_csrf_token(clerk: Guarded, now: datetime) -> None:
    arrive(now)
    answer = clerk.client.post(f"/api/v1{DESK}/calls", json={"request_id": "request-1"})
    assert code_of(answer) == (400, "csrf")
    assert clerk.get(DESK).get_json()["guest"] is None
