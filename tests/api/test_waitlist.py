"""The waitlist by the API: join, look, take, decline, leave."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from ihh.services import booking
from ihh.services.house import current_house
from tests.api.conftest import API, SetClock, code_of
from tests.situations import booked, wish

CHAMBER = "chamber.employer"
FRIDAY = date(2026, 12, 4)
RANGE = {"from": FRIDAY.isoformat(), "to": FRIDAY.isoformat()}
ALONE = {
    "party": {"adults": 1},
    "legs": [{"service": CHAMBER, "people": ["p1"]}],
    "language": "en",
}
JOIN = ALONE | RANGE


@pytest.fixture
def visits(now: datetime) -> list[str]:
    """The visits that fill the chamber's Friday."""
    return [booked(wish(CHAMBER), day=FRIDAY, now=now).id for _ in range(8)]


def join(client: FlaskClient, **more: Any) -> dict[str, Any]:
    answer = client.post(f"{API}/waitlist", json=JOIN | more)
    assert answer.status_code == 201, answer.get_json()
    return dict(answer.get_json())


def link(entry: dict[str, Any]) -> str:
    return f"{API}/waitlist/{entry['token']}"


def test_an_entry_from_joining_to_the_booked_visit(
    client: FlaskClient, visits: list[str], now: datetime
) -> None:
    first, second = join(client, contact={"email": "ann@example.com"}), join(client, not_before="13:00")
    assert first == {
        "token": first["token"],
        "state": "waiting",
        "ahead": 0,
        "from": "2026-12-04",
        "to": "2026-12-04",
        "not_before": "00:00",
        "not_after": "24:00",
        "offer": None,
        "visit": None,
    }
    assert (second["ahead"], second["not_before"]) == (1, "13:00")

    booking.cancel(visits[6], now=now)
    entry = client.get(link(first)).get_json()
    assert (entry["state"], client.get(link(second)).get_json()["ahead"]) == ("offered", 1)
    offer = entry["offer"]
    assert (offer["date"], offer["expires_at"]) == ("2026-12-04", "2026-12-01T12:00:00Z")
    assert [leg["booked_at"] for leg in offer["legs"]] == ["2026-12-04T12:30:00Z"]

    taken = client.post(f"{link(first)}/take").get_json()
    assert (taken["state"], taken["date"]) == ("booked", "2026-12-04")
    assert client.post(f"{link(first)}/take", json={}).get_json()["token"] == taken["token"], (
        "twice is harmless"
    )
    after = client.get(link(first)).get_json()
    assert (after["state"], after["offer"], after["visit"]) == ("taken", None, taken["token"])
    assert client.get(f"{API}/visits/{taken['token']}").get_json()["state"] == "booked"
    assert client.get(link(second)).get_json()["ahead"] == 0


def test_a_declined_offer_goes_to_the_next(client: FlaskClient, visits: list[str], now: datetime) -> None:
    first, second = join(client), join(client)
    booking.cancel(visits[0], now=now)
    told = client.post(f"{link(first)}/decline").get_json()
    assert (told["state"], told["offer"]) == ("waiting", None)
    assert client.get(link(second)).get_json()["state"] == "offered"
    assert code_of(client.post(f"{link(first)}/decline")) == (409, "offer_over")
    assert code_of(client.post(f"{link(first)}/take")) == (409, "offer_over")


def test_leaving_twice_is_harmless(client: FlaskClient, visits: list[str], now: datetime) -> None:
    first, second = join(client), join(client)
    booking.cancel(visits[0], now=now)
    for _ in range(2):
        assert client.delete(link(first)).get_json()["state"] == "left"
    assert client.get(link(second)).get_json()["state"] == "offered"
    client.post(f"{link(second)}/take")
    assert code_of(client.delete(link(second))) == (409, "wrong_state")


def test_an_offer_runs_out(
    client: FlaskClient, visits: list[str], now: datetime, set_clock: SetClock
) -> None:
    entry = join(client)
    booking.cancel(visits[0], now=now)
    set_clock(now + timedelta(hours=4))
    assert client.get(link(entry)).get_json()["state"] == "expired"
    assert code_of(client.post(f"{link(entry)}/take")) == (409, "offer_over")


def test_what_is_free_need_not_be_waited_for(client: FlaskClient, visits: list[str]) -> None:
    answer = client.post(f"{API}/waitlist", json=JOIN | {"from": "2026-12-03"})
    assert code_of(answer) == (409, "visit_free")
    assert answer.get_json()["facts"] == {"date": "2026-12-03"}


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"to": "2026-12-03"}, "/to"),
        ({"to": "2027-12-03"}, "/to"),
        ({"from": "2026-11-01", "to": "2026-11-02"}, "/to"),
        ({"not_before": "12:00", "not_after": "11:00"}, "/not_after"),
        ({"from": None}, "/from"),
    ],
)
def test_a_range_that_is_none_is_pointed_at(client: FlaskClient, more: dict[str, Any], pointer: str) -> None:
    answer = client.post(f"{API}/waitlist", json=JOIN | more)
    assert code_of(answer) == (422, "invalid")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("contact", "refused"),
    [({"email": "nobody"}, "contact_invalid"), ({"phone": "131052-308T"}, "identity_code_given")],
)
def test_a_contact_is_checked(
    client: FlaskClient, visits: list[str], now: datetime, contact: dict[str, str], refused: str
) -> None:
    assert code_of(client.post(f"{API}/waitlist", json=JOIN | {"contact": contact})) == (422, refused)
    entry = join(client)
    booking.cancel(visits[0], now=now)
    assert code_of(client.post(f"{link(entry)}/take", json={"contact": contact})) == (422, refused)
    assert client.get(link(entry)).get_json()["state"] == "offered"


def test_one_contact_waits_so_often_and_no_more(client: FlaskClient, visits: list[str]) -> None:
    contact = {"contact": {"phone": "040 123 4567"}}
    allowed = current_house().limits.open_visits_per_contact
    for _ in range(allowed):
        join(client, **contact)
    answer = client.post(f"{API}/waitlist", json=JOIN | contact)
    assert code_of(answer) == (409, "too_many_waiting")
    assert answer.get_json()["facts"] == {"limit": allowed}


def test_too_many_from_one_address_are_refused(client: FlaskClient, visits: list[str]) -> None:
    for _ in range(current_house().limits.holds_per_hour):
        join(client)
    assert code_of(client.post(f"{API}/waitlist", json=JOIN)) == (429, "too_many_joins")


def test_an_entry_seen_already_is_not_sent_again(
    client: FlaskClient, visits: list[str], now: datetime
) -> None:
    entry = join(client)
    tag = client.get(link(entry)).headers["ETag"]
    assert client.get(link(entry), headers={"If-None-Match": tag}).status_code == 304
    booking.cancel(visits[0], now=now)
    assert client.get(link(entry), headers={"If-None-Match": tag}).status_code == 200


def test_an_unknown_token_is_not_found(client: FlaskClient) -> None:
    assert code_of(client.get(f"{API}/waitlist/{'A' * 26}")) == (404, "not_found")
