"""Booking by API where one visit is not the answer: two, numbers from a line, weeks later, or somebody was faster."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ihh.db import db
from ihh.models import Contact, Leg, Slot, Visit
from ihh.presentation import plan_token
from ihh.services import proposals
from ihh.services.calendars import Audience
from ihh.services.house import load_house
from tests.api.conftest import API, Booker, code_of, first_plan
from tests.conftest import Threads
from tests.servers.site import house_document
from tests.situations import TUESDAY, kept_busy, wish

WEDNESDAY, THURSDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
NEWCOMER = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}
PAIR = ("migri.eu_registration", "chamber.employer")


def plans(client: FlaskClient, *services: str, **more: Any) -> dict[str, Any]:
    legs = [{"service": service, "people": ["p1"]} for service in services]
    body = {"party": {"adults": 1}, "legs": legs, "language": "en", **more}
    answer = client.post(f"{API}/plans", json=body)
    assert answer.status_code == 200, answer.get_json()
    return dict(answer.get_json())


@pytest.fixture
def two(client: FlaskClient) -> dict[str, Any]:
    """Employers are advised only today, Migri has time only from tomorrow on."""
    kept_busy("migri-1", "migri-2", day=TUESDAY)
    for day in (WEDNESDAY, THURSDAY):
        kept_busy("chamber-1", day=day)
    found = plans(client, *PAIR)
    assert found["visits"][0]["date"] > WEDNESDAY.isoformat()
    return dict(found["two"])


def test_two_visits_are_held_confirmed_and_changed(client: FlaskClient, two: dict[str, Any]) -> None:
    assert [visit["date"] for visit in two["visits"]] == [TUESDAY.isoformat(), WEDNESDAY.isoformat()]
    assert [[leg["service"] for leg in visit["legs"]] for visit in two["visits"]] == [[PAIR[1]], [PAIR[0]]]
    assert two["duration_min"] == sum(visit["duration_min"] for visit in two["visits"])

    held = client.post(f"{API}/visits", json={"plan": two["plan"]})
    assert held.status_code == 201
    first = held.get_json()
    other = first["together"]
    assert (other["date"], other["state"], other["is_first"]) == (WEDNESDAY.isoformat(), "held", False)
    second = client.get(f"{API}/visits/{other['token']}").get_json()
    assert (second["together"]["token"], second["together"]["is_first"]) == (first["token"], True)
    assert second["expires_at"] == first["expires_at"]

    contact = {"contact": {"email": "ada@example.com"}}
    assert client.post(f"{API}/visits/{first['token']}/confirm", json=contact).status_code == 200
    assert client.get(f"{API}/visits/{other['token']}").get_json()["state"] == "booked"
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 2

    offers = client.post(f"{API}/visits/{other['token']}/plans", json={}).get_json()
    moved = client.post(
        f"{API}/visits/{other['token']}/move", json={"plan": offers["visits"][-1]["plan"]}
    ).get_json()
    assert moved["date"] == offers["visits"][-1]["date"]
    assert client.delete(f"{API}/visits/{first['token']}").get_json()["state"] == "cancelled"
    assert client.get(f"{API}/visits/{other['token']}").get_json()["state"] == "booked"


def test_a_plan_for_two_moves_no_visit(client: FlaskClient, two: dict[str, Any], booker: Booker) -> None:
    link = f"{API}/visits/{booker('dvv.changes')['token']}"
    assert code_of(client.post(f"{link}/move", json={"plan": two["plan"]})) == (409, "plan_stale")


def test_a_number_from_the_line_where_that_is_sooner(client: FlaskClient) -> None:
    for day in (TUESDAY, WEDNESDAY):
        kept_busy("kela-1", "kela-2", "kela-3", day=day)
    mixed = plans(client, "dvv.changes", "kela.social_security")["mixed"]
    assert [leg["is_booked"] for leg in mixed["legs"]] == [True, False]
    visit = client.post(f"{API}/visits", json={"plan": mixed["plan"]}).get_json()
    line = visit["legs"][1]
    assert (line["booked_at"], line["planned_at"]) == (None, mixed["legs"][1]["starts_at"])


def test_a_second_visit_is_booked_for_when_nothing_stands_in_its_way(client: FlaskClient) -> None:
    party = {"adults": 1}
    route = client.post(f"{API}/routes", json={"answers": NEWCOMER, "party": party}).get_json()
    legs, later = (
        [{"service": leg["service"]["id"], "people": leg["people"]} for leg in each]
        for each in (route["now"], route["follow_up"]["legs"])
    )
    assert (legs[0]["service"], later[0]["service"]) == ("migri.eu_registration", "dvv.register")
    body = {"party": party, "legs": legs, "later": later, "answers": NEWCOMER, "language": "en"}
    answer = client.post(f"{API}/plans", json=body).get_json()
    assert (answer["two"], answer["alone"]) == (None, [])
    for pair in answer["pairs"]:
        first, second = (date.fromisoformat(visit["date"]) for visit in pair["visits"])
        assert (second - first).days >= route["follow_up"]["after_days"] > 14
    visit = client.post(f"{API}/visits", json={"plan": answer["pairs"][0]["plan"]}).get_json()
    second_visit = client.get(f"{API}/visits/{visit['together']['token']}").get_json()
    assert [leg["service"]["id"] for leg in second_visit["legs"]] == [leg["service"] for leg in later]
    assert second_visit["legs"][0]["documents"], "what to bring to the second visit is known too"

    refused = client.post(
        f"{API}/plans", json=body | {"later": [{"service": "sak.rights", "people": ["p1"]}]}
    )
    assert code_of(refused) == (422, "legs_invalid")
    assert refused.get_json()["errors"][0]["pointer"] == "/later/0"


def test_where_no_visit_is_free_the_ways_out_are_named(client: FlaskClient) -> None:
    document = house_document()
    by_phone = {
        **next(each for each in document["service"] if each["id"] == "sak.rights"),
        "id": "chamber.phone",
        "agency": "chamber",
        "phone": "+358 9 228 601",
        "documents": [],
        "applies": [],
    }
    document["service"].append(by_phone)
    document["limits"]["horizon_days"] = 1
    load_house(document, now=datetime.fromisoformat("2026-12-01T08:00:00+02:00"))
    for day in (TUESDAY, WEDNESDAY):
        kept_busy("chamber-1", day=day)
    answer = plans(client, "chamber.employer")
    assert answer["visits"] == []
    assert [service["id"] for service in answer["remote"]] == ["chamber.phone"]
    assert answer["can_wait"] is True


class TestLosers:
    def test_who_was_too_late_is_offered_what_is_left(self, client: FlaskClient) -> None:
        asked = {"from": "2026-12-08", "not_before": "10:00", "not_after": "15:00"}
        plan = first_plan(client, "chamber.employer", **asked)
        assert client.post(f"{API}/visits", json={"plan": plan["plan"]}).status_code == 201
        late = client.post(f"{API}/visits", json={"plan": plan["plan"], **asked})
        assert code_of(late) == (409, "slot_taken")
        options = late.get_json()["options"]
        assert options == plans(client, "chamber.employer", **asked)
        first = options["visits"][0]
        assert (first["date"], first["starts_at"]) > (plan["date"], plan["starts_at"])
        assert client.post(f"{API}/visits", json={"plan": first["plan"]}).status_code == 201

    def test_also_where_a_booked_visit_was_to_move(self, client: FlaskClient, booker: Booker) -> None:
        link = f"{API}/visits/{booker('chamber.employer')['token']}"
        offers = client.post(f"{link}/plans", json={"from": "2026-12-08"}).get_json()["visits"]
        taken = first_plan(client, "chamber.employer", **{"from": "2026-12-08"})
        assert client.post(f"{API}/visits", json={"plan": taken["plan"]}).status_code == 201
        wanted = next(offer for offer in offers if offer["starts_at"] == taken["starts_at"])
        late = client.post(f"{link}/move", json={"plan": wanted["plan"], "from": "2026-12-08"})
        assert code_of(late) == (409, "slot_taken")
        fresh = late.get_json()["options"]["visits"]
        assert taken["starts_at"] not in [offer["starts_at"] for offer in fresh]
        moved = client.post(f"{link}/move", json={"plan": fresh[0]["plan"]}).get_json()
        assert moved["date"] == fresh[0]["date"]

    def test_forty_at_once_end_with_a_visit_each(
        self, app: Flask, client: FlaskClient, threads: Threads
    ) -> None:
        """They all want one of the same few visits; each loser takes one of the options it is told of."""
        wanted = plans(client, "chamber.employer", "migri.eu_registration")["visits"]

        def persist(index: int) -> list[int]:
            own = app.test_client()
            place = {"REMOTE_ADDR": f"198.51.100.{index}"}
            plan, statuses = wanted[index % len(wanted)]["plan"], []
            while True:
                answer = own.post(f"{API}/visits", json={"plan": plan}, environ_base=place)
                statuses.append(answer.status_code)
                told = answer.get_json()
                if answer.status_code != 409:
                    token = told["token"]
                    done = own.post(f"{API}/visits/{token}/confirm", json={}, environ_base=place)
                    return [*statuses, done.status_code]
                visits = told["options"]["visits"]
                plan = visits[index % len(visits)]["plan"]

        outcomes = threads(40, persist)
        assert {tuple(each[-2:]) for each in outcomes} == {(201, 200)}, outcomes
        assert any(len(each) > 2 for each in outcomes)
        steps = db.session.execute(select(Slot.desk_id, Slot.starts_at)).all()
        assert len(steps) == 40 * (45 + 20) // 5
        states = db.session.execute(
            select(Visit.state, func.count(Leg.id)).join(Leg).group_by(Visit.id)
        ).all()
        assert [tuple(row) for row in states] == [("booked", 2)] * 40


class TestForTheHouse:
    def test_a_plan_made_for_the_house_is_stale_for_the_public(
        self, client: FlaskClient, now: datetime
    ) -> None:
        wanted = wish("dvv.register")
        found = proposals.propose(wanted, now=now, audience=Audience.HOUSE).earliest
        assert found is not None
        sealed = plan_token.seal(wanted, found, now=now, audience=Audience.HOUSE)
        assert code_of(client.post(f"{API}/visits", json={"plan": sealed})) == (409, "plan_stale")
        opened = plan_token.unseal(sealed, now=now, audience=Audience.HOUSE)
        assert opened == (wanted, found)


@pytest.fixture
def listed(app: Flask, now: datetime) -> None:
    document = house_document()
    document["limits"]["holds_per_hour"] = 1
    document["listed_network"] = [
        {"network": "192.0.2.0/28", "holds_per_hour": 3},
        {"network": "2001:db8:7::/48", "holds_per_hour": 2},
    ]
    load_house(document, now=now)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        (["203.0.113.9"], 1),
        (["192.0.2.15"], 3),
        (["::ffff:192.0.2.15", "192.0.2.15"], 3),
        (["192.0.2.16"], 1),
        (["2001:db8:7:1::5"], 2),
        (["2001:db8:8::5", "2001:db8:8::6"], 1),
        ([""], 1),
    ],
)
def test_listed_networks_may_hold_more(client: FlaskClient, addresses: list[str], allowed: int) -> None:
    """Two addresses of one IPv6 home, or of one IPv4 address in two spellings, count together."""
    statuses = []
    for index in range(allowed + 1):
        plan = first_plan(client, "dvv.changes")["plan"]
        place = {"REMOTE_ADDR": addresses[index % len(addresses)]}
        statuses.append(client.post(f"{API}/visits", json={"plan": plan}, environ_base=place).status_code)
    assert statuses == [201] * allowed + [429]
    stored = db.session.scalars(select(Visit.hold_source)).all()
    assert all(source and len(source) == 32 for source in stored)
    assert not {address for address in addresses if address} & set(stored)
