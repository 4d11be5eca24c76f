"""Visits on offer over HTTP where two months of the Helsinki house are full, and what its free time takes.

The bars: 95 of 100 requests answered within 150 ms; a process keeps free time in 20 MB at most.
"""

from __future__ import annotations

import http.client
import json
import secrets
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert

from ihh import clock
from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.db import db, transaction
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import instant, local_day
from ihh.domain.house import Desk, House
from ihh.domain.house_file import read_data
from ihh.domain.party import Party
from ihh.layout import HOUSES
from ihh.models import Leg, Slot, Visit
from ihh.services import free_time
from ihh.services.house import current_house, load_house
from tests.servers.server import running_server

DAYS = 60
FILL = (0.7, 0.9)
"""A day's share of booked time lies between these."""
LEGS = range(2, 7)
REQUESTS = 60
"""For each number of legs, and once more with a visit held just before each."""

Json = dict[str, Any]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/bench.db"
        app = create_app(testing_settings(url, folder))
        database.upgrade(app)
        with app.app_context():
            load_house(read_data(HOUSES / "helsinki.toml"), now=clock.real_now())
            house = current_house()
            today = local_day(clock.real_now(), timezone=house.timezone)
            days = list(open_days(house, today, today + timedelta(days=DAYS)))
            print(f"POST /api/v1/plans, {len(days)} open days, {_fill(house, days):.0%} booked: ms")
            megabytes = _kept_megabytes(house, days)
            db.engine.dispose()
        settings = {"DATABASE_URL": url, "DEMO": "0", "TRUSTED_PROXIES": "1"}
        with running_server(folder / "server", settings) as server:
            _measure(house, _Client(server.base_url))
        print(f"free time kept by a process: {megabytes:.1f} MB")


def _measure(house: House, client: _Client) -> None:
    print(f"{'':<24}{'n':>5}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}{'no visit':>10}")
    random = Random(1)
    first = client.timed("plans", _wish(house, random, 3))
    print(f"{'the first of all':<24}{1:>5}{first[0]:>8.1f}")
    everything: list[tuple[float, Json]] = []
    for legs in LEGS:
        answers = [client.timed("plans", _wish(house, random, legs)) for _ in range(REQUESTS)]
        _row(f"{legs} legs", answers)
        everything += answers
    _row("all", everything)
    _row("just after a hold", [_after_a_hold(house, random, client) for _ in range(REQUESTS)])


def _after_a_hold(house: House, random: Random, client: _Client) -> tuple[float, Json]:
    offers: list[Json] = []
    while not offers:
        offers = client.timed("plans", _wish(house, random, 2))[1]["visits"]
    held = client.timed("visits", {"plan": random.choice(offers)["plan"]})[1]
    assert held["state"] == "held", held
    return client.timed("plans", _wish(house, random, random.choice(LEGS)))


def _row(label: str, answers: list[tuple[float, Json]]) -> None:
    spent = sorted(ms for ms, _ in answers)
    ranks = "".join(f"{spent[-(-len(spent) * rank // 100) - 1]:>8.1f}" for rank in (50, 95, 99, 100))
    empty = sum(not answer["visits"] for _, answer in answers)
    print(f"{label:<24}{len(spent):>5}{ranks}{empty:>10}")


class _Client:
    """One connection; each request as if from an address of its own, for the rate limits are per address."""

    def __init__(self, base_url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base_url).netloc)
        self._asked = 0

    def timed(self, path: str, body: Json) -> tuple[float, Json]:
        self._asked += 1
        address = f"198.18.{self._asked // 250}.{self._asked % 250 + 1}"
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
        began = time.perf_counter()
        self._connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = self._connection.getresponse().read()
        return (time.perf_counter() - began) * 1000, json.loads(answer)


def _wish(house: House, random: Random, legs: int) -> Json:
    """So many services of the house for one to four people; some of every third are for a part of them."""
    party = Party(random.randint(1, 3), random.randint(0, 1))
    services = [service.id for service in house.services if service.is_in_house]
    is_split = party.adults > 1 and random.random() < 1 / 3

    def people() -> list[str]:
        return [random.choice(party.adult_ids)] if is_split and random.random() < 0.5 else list(party.people)

    return {
        "party": {"adults": party.adults, "minors": party.minors},
        "language": "en",
        "legs": [{"service": service, "people": people()} for service in random.sample(services, legs)],
    }


def _fill(house: House, days: list[date]) -> float:
    """Book every desk that takes appointments, straight into the tables; returns the booked share."""
    random, free, visits, legs = Random(2), 0, [], []
    for day in days:
        share = random.uniform(*FILL)
        for desk in house.desks:
            for service_id, begin, end in _appointments(house, desk, day, random):
                if random.random() >= share:
                    free += end - begin
                    continue
                starts_at = instant(day, begin, timezone=house.timezone)
                visits.append(_visit_row(day))
                legs.append(_leg_row(visits[-1]["id"], service_id, desk.id, starts_at, end - begin))
    with transaction() as tx:
        db.session.execute(insert(Visit), visits)
        ids = db.session.scalars(insert(Leg).returning(Leg.id, sort_by_parameter_order=True), legs).all()
        db.session.execute(insert(Slot), _slot_rows(house, ids, legs))
        for day in days:
            tx.change_calendar(day)
    booked = sum((leg["ends_at"] - leg["starts_at"]) / timedelta(minutes=1) for leg in legs)
    return float(booked / (booked + free))


def _appointments(house: House, desk: Desk, day: date, random: Random) -> Iterator[tuple[str, int, int]]:
    """One after another, as long as the desk is open: (service, begin, end)."""
    services = [house.service[name] for name in desk.services if house.service[name].is_bookable]
    for span in desk.hours[day.weekday()] if services else ():
        begin = span.start
        while begin < span.end:
            service = random.choice(services)
            end = min(begin + service.planned_min(random.choice((1, 1, 1, 2, 3))), span.end)
            yield service.id, begin, end
            begin = end


def _visit_row(day: date) -> Json:
    return {
        "id": secrets.token_hex(16),
        "state": "booked",
        "origin": "online",
        "service_date": day,
        "language": "en",
        "adults": 1,
        "booking_code": secrets.token_hex(4),
        "check_in_token": secrets.token_hex(13),
        "link_token": secrets.token_hex(13),
        "created_at": clock.real_now(),
        "is_synthetic": True,
    }


def _leg_row(visit_id: str, service_id: str, desk_id: str, starts_at: Any, minutes: int) -> Json:
    return {
        "visit_id": visit_id,
        "position": 0,
        "service_id": service_id,
        "mode": "desk",
        "people": 1,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "desk_id": desk_id,
    }


def _slot_rows(house: House, ids: Any, legs: list[Json]) -> list[Json]:
    step = timedelta(minutes=house.grid_min)
    return [
        {"desk_id": leg["desk_id"], "starts_at": leg["starts_at"] + count * step, "leg_id": leg_id}
        for leg_id, leg in zip(ids, legs, strict=True)
        for count in range((leg["ends_at"] - leg["starts_at"]) // step)
    ]


def _kept_megabytes(house: House, days: list[date]) -> float:
    free_time.free_time(house, days, now=clock.real_now())  # what the first query compiles is not free time
    free_time.forget()
    tracemalloc.start()
    free_time.free_time(house, days, now=clock.real_now())
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 1e6
