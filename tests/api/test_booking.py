"""Booking by API: from answers to a confirmed visit, and every way it can be refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from ihh.services.house import current_house
from tests.api.conftest import API, Booker, SetClock, code_of, first_plan

WORKER = {"purpose": "work", "citizenship": "eu", "identity_code": "no", "municipality": "helsinki"}


def test_a_family_books_from_its_answers_to_the_confirmed_visit(client: FlaskClient, now: datetime) -> None:
    party = {"adults": 2, "minors": 1}
    house = client.get(f"{API}/house?language=fi").get_json()
    assert house["language"] == "fi"
    assert {question["id"] for question in house["questions"]} >= set(WORKER)

    route = client.post(f"{API}/routes", json={"answers": WORKER, "party": party}).get_json()
    legs = [{"service": leg["service"]["id"], "people": leg["people"]} for leg in route["now"]]
    assert {"service": "migri.eu_registration", "people": ["p1", "p2", "p3"]} in legs

    asked = {"party": party, "legs": legs, "language": "en", "answers": WORKER}
    visits = client.post(f"{API}/plans", json=asked).get_json()["visits"]
    assert visits == sorted(visits, key=lambda visit: str(visit["starts_at"]))
    assert {name for visit in visits for name in visit["best_for"]} == {"earliest", "balanced", "shortest"}
    assert datetime.fromisoformat(visits[0]["starts_at"]) > now

    held = client.post(f"{API}/visits", json={"plan": visits[0]["plan"]})
    assert held.status_code == 201
    visit = held.get_json()
    assert (visit["state"], visit["step"]) == ("held", None)
    hold = timedelta(minutes=house["limits"]["hold_min"])
    assert timedelta() <= datetime.fromisoformat(visit["expires_at"]) - (now + hold) < timedelta(minutes=1)
    assert visit["legs"][0]["documents"], "the answers tell which documents to bring"
    link = f"{API}/visits/{visit['token']}"

    extended = client.post(f"{link}/extend").get_json()
    more = datetime.fromisoformat(extended["expires_at"]) - datetime.fromisoformat(visit["expires_at"])
    assert more == timedelta(minutes=5)
    assert client.post(f"{link}/extend").get_json()["expires_at"] == extended["expires_at"], "once"

    contact = {"contact": {"email": "Ada@Example.com", "phone": None}}
    booked = client.post(f"{link}/confirm", json=contact).get_json()
    assert (booked["state"], booked["step"], booked["expires_at"]) == ("booked", "come", None)
    assert client.post(f"{link}/confirm").get_json()["state"] == "booked", "twice is harmless"

    assert client.delete(link).get_json()["state"] == "cancelled"
    assert client.delete(link).get_json()["state"] == "cancelled"
    again = client.post(f"{API}/visits", json={"plan": visits[0]["plan"]})
    assert again.status_code == 201, "a cancelled visit's times are free again"


def test_one_plan_cannot_be_held_twice(client: FlaskClient) -> None:
    plan = {"plan": first_plan(client, "chamber.employer")["plan"]}
    assert client.post(f"{API}/visits", json=plan).status_code == 201
    assert code_of(client.post(f"{API}/visits", json=plan)) == (409, "slot_taken")


def test_a_plan_that_is_not_ours_or_too_old_is_stale(
    client: FlaskClient, set_clock: SetClock, now: datetime
) -> None:
    plan = first_plan(client, "dvv.changes")["plan"]
    forged = plan[:-1] + ("A" if plan[-1] != "A" else "B")
    assert code_of(client.post(f"{API}/visits", json={"plan": forged})) == (409, "plan_stale")
    set_clock(now + timedelta(minutes=61))
    assert code_of(client.post(f"{API}/visits", json={"plan": plan})) == (409, "plan_stale")


def test_a_hold_runs_out(client: FlaskClient, booker: Booker, set_clock: SetClock, now: datetime) -> None:
    link = f"{API}/visits/{booker('dvv.changes', confirm=False)['token']}"
    set_clock(now + timedelta(minutes=current_house().limits.hold_min, seconds=1))
    assert code_of(client.post(f"{link}/confirm", json={})) == (409, "hold_expired")
    assert code_of(client.post(f"{link}/extend")) == (409, "hold_expired")


def test_a_booked_visit_moves_and_keeps_its_link(client: FlaskClient, booker: Booker) -> None:
    visit = booker("dvv.changes")
    link = f"{API}/visits/{visit['token']}"
    offers = client.post(f"{link}/plans", json={"from": "2026-12-03"}).get_json()["visits"]
    moved = client.post(f"{link}/move", json={"plan": offers[0]["plan"]}).get_json()
    assert (moved["token"], moved["booking_code"]) == (visit["token"], visit["booking_code"])
    assert moved["date"] == offers[0]["date"] >= "2026-12-03"
    assert moved["legs"][0]["booked_at"] == offers[0]["legs"][0]["starts_at"]


def test_a_visit_does_not_move_onto_a_plan_for_other_services(client: FlaskClient, booker: Booker) -> None:
    link = f"{API}/visits/{booker('dvv.changes')['token']}"
    other = {"plan": first_plan(client, "chamber.employer")["plan"]}
    assert code_of(client.post(f"{link}/move", json=other)) == (409, "plan_stale")
    assert client.get(link).get_json()["legs"][0]["service"]["id"] == "dvv.changes"


def test_a_visit_that_cannot_move_is_offered_nothing(client: FlaskClient, booker: Booker) -> None:
    held = f"{API}/visits/{booker('dvv.changes', confirm=False)['token']}"
    assert code_of(client.post(f"{held}/plans")) == (409, "not_booked")
    client.delete(held)
    assert code_of(client.post(f"{held}/plans")) == (409, "visit_cancelled")


def test_legs_that_fit_nowhere_are_named(client: FlaskClient) -> None:
    body = {
        "party": {"adults": 1},
        "legs": [{"service": "dvv.changes", "people": ["p1"]}],
        "language": "en",
        "not_before": "03:00",
        "not_after": "04:00",
    }
    answer = client.post(f"{API}/plans", json=body).get_json()
    assert answer == {
        "visits": [],
        "mixed": None,
        "two": None,
        "pairs": [],
        "alone": [],
        "blocked": [{"service": "dvv.changes", "people": ["p1"]}],
        "remote": [],
        "can_wait": False,
    }


def test_one_open_visit_too_many_of_a_contact_is_refused(client: FlaskClient, booker: Booker) -> None:
    contact = {"contact": {"phone": "040 123 4567"}}
    allowed = current_house().limits.open_visits_per_contact
    for _ in range(allowed):
        held = booker("dvv.changes", confirm=False)
        assert client.post(f"{API}/visits/{held['token']}/confirm", json=contact).status_code == 200
    held = booker("dvv.changes", confirm=False)
    answer = client.post(f"{API}/visits/{held['token']}/confirm", json=contact)
    assert code_of(answer) == (409, "too_many_open_visits")
    assert answer.get_json()["facts"] == {"limit": allowed}


@pytest.mark.parametrize(
    ("contact", "refused"),
    [
        ({"email": "nobody"}, "contact_invalid"),
        ({"phone": "12"}, "contact_invalid"),
        ({"email": "İ" * 200 + "@example.com"}, "contact_invalid"),
        ({"phone": "131052-308T"}, "identity_code_given"),
        ({"email": "a\x00@example.com"}, "invalid"),
        ({"email": "\ud800@example.com"}, "invalid"),
        ({"email": ""}, "invalid"),
        ({"fax": "1"}, "invalid"),
    ],
)
def test_a_contact_is_checked(
    client: FlaskClient, booker: Booker, contact: dict[str, str], refused: str
) -> None:
    """The long one fits as typed, and not in lower case."""
    link = f"{API}/visits/{booker('dvv.changes', confirm=False)['token']}"
    answer = client.post(f"{link}/confirm", json={"contact": contact})
    assert code_of(answer) == (422, refused)
    assert client.get(link).get_json()["state"] == "held"


def test_a_visit_seen_already_is_not_sent_again(client: FlaskClient, booker: Booker) -> None:
    link = f"{API}/visits/{booker('dvv.changes')['token']}"
    first = client.get(link)
    again = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    client.delete(link)
    changed = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert "no-cache" in changed.headers["Cache-Control"], "asked anew each time, never served unasked"


@pytest.mark.parametrize(
    ("answers", "pointer", "detail"),
    [
        ({name: WORKER[name] for name in WORKER if name != "citizenship"}, "/answers/citizenship", "missing"),
        (WORKER | {"purpose": "leisure"}, "/answers/purpose", "unknown_option"),
        (WORKER | {"shoe_size": "43"}, "/answers/shoe_size", "unknown_question"),
    ],
)
def test_a_wrong_answer_is_pointed_at(
    client: FlaskClient, answers: dict[str, str], pointer: str, detail: str
) -> None:
    answer = client.post(f"{API}/routes", json={"answers": answers, "party": {"adults": 1}})
    assert code_of(answer) == (422, "answers_incomplete")
    assert {"pointer": pointer, "detail": detail} in answer.get_json()["errors"]


@pytest.mark.parametrize(
    ("legs", "pointer", "detail"),
    [
        ([{"service": "moon.landing", "people": ["p1"]}], "/legs/0", "unknown_service"),
        ([{"service": "dvv.changes", "people": ["p4"]}], "/legs/0", "unknown_person"),
        ([{"service": "sak.rights", "people": ["p1"]}], "/legs/0", "service_not_in_house"),
        ([{"service": "dvv.changes", "people": ["p1", "p1"]}], "/legs/0", "duplicate_service"),
        ([{"service": "dvv.changes", "people": ["p1"]}] * 9, "/party", "too_many_legs"),
    ],
)
def test_a_wrong_leg_is_pointed_at(
    client: FlaskClient, legs: list[object], pointer: str, detail: str
) -> None:
    answer = client.post(f"{API}/plans", json={"party": {"adults": 1}, "legs": legs, "language": "en"})
    assert code_of(answer) == (422, "legs_invalid")
    assert {"pointer": pointer, "detail": detail} in answer.get_json()["errors"]


def test_too_many_holds_from_one_address_are_refused(client: FlaskClient) -> None:
    for _ in range(current_house().limits.holds_per_hour):
        plan = first_plan(client, "dvv.changes")["plan"]
        assert client.post(f"{API}/visits", json={"plan": plan}).status_code == 201
    plan = first_plan(client, "dvv.changes")["plan"]
    assert code_of(client.post(f"{API}/visits", json={"plan": plan})) == (429, "too_many_holds")
