"""The server is killed in mid-queue: what was answered is there, and nothing is there twice."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import threading
import uuid
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from ihh.domain.ticket import TICKET_TABLE, TicketAction, TicketState
from tests.servers.server import RunningServer, running_server

WALK_IN = {"party": {"adults": 1, "minors": 0}, "language": "en"}
SERVICES = ("city.guidance", "kela.social_security", "employment.consultation")

ACTIONS = 1000
KILLED_AFTER = 500
KIOSKS = 2
NUMBERS = 12
"""Taken by each kiosk before the kill and after it: more in a minute are taken for a mistake."""
PATIENCE_S = 240
DESKS = {"kela-1": "kela", "city-1": "city", "employment-1": "employment", "vero-1": "vero"}
"""Desk → the demonstration's account that works there."""


@dataclass
class Device:
    """A browser of the house: what it asked for under which id, and what it was answered."""

    base_url: str
    by: str
    session: requests.Session = field(default_factory=requests.Session)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Request id → answer."""
    held: int | None = None
    """The ticket a clerk has just put on hold."""

    def identify(self) -> None:
        token = self.session.get(f"{self.base_url}/api/v1/csrf-token", timeout=30).json()
        self.headers = {token["header"]: token["token"]}

    def post_form(self, path: str, **fields: str) -> None:
        """Send a page's form as a browser does."""
        token = next(iter(self.headers.values()))
        answer = self.session.post(
            f"{self.base_url}{path}", data=fields | {"csrf_token": token}, headers=self.headers, timeout=30
        )
        assert answer.ok, answer.text

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """A new request; None when it was refused. Raises ConnectionError when nobody answers."""
        whole = body | {"request_id": str(uuid.uuid4())}
        self.asked.append((path, whole))
        return self.repeat(path, whole)

    def repeat(self, path: str, whole: dict[str, Any]) -> dict[str, Any] | None:
        answer = self.session.post(
            f"{self.base_url}/api/v1{path}", json=whole, headers=self.headers, timeout=30
        )
        assert answer.ok or answer.status_code == 409, answer.text
        if not answer.ok:
            return None
        self.answers[whole["request_id"]] = answer.json()
        return answer.json()


def kiosk(base_url: str, name: str = "kiosk") -> Device:
    """A kiosk of the demonstration, which pairs itself."""
    device = Device(base_url, name)
    assert device.session.get(f"{base_url}/kiosk/", timeout=30).ok
    device.identify()
    return device


def clerk(base_url: str, desk: str, account: str) -> Device:
    """A clerk who takes a desk over from the demonstration."""
    device = Device(base_url, desk)
    device.identify()
    device.post_form("/staff", username=account, password="demo")
    device.identify()
    device.post_form(f"/desk/{desk}/open")
    return device


def take_number(device: Device, index: int) -> dict[str, Any] | None:
    legs = [{"service": SERVICES[index % 3], "people": ["p1"]}]
    return device.ask("/walk-ins", WALK_IN | {"legs": legs})


ROUND = ("calls", "recall", "requeue", "calls", "start", "hold", "release")
"""What a clerk does again and again, at the end of which as many wait as before."""


def serve(device: Device, index: int) -> dict[str, Any] | None:
    action = ROUND[index % len(ROUND)]
    if action != "release":
        answer = device.ask(f"/desks/{device.by}/{action}", {})
        device.held = answer["id"] if answer and action == "hold" else None
        return answer
    return device.ask(f"/tickets/{device.held}/release", {}) if device.held else None


def test_a_kill_in_the_middle_of_a_thousand_actions(tmp_path: Path) -> None:
    with running_server(tmp_path, {"DEMO": "1"}) as server:
        devices = [kiosk(server.base_url, f"kiosk {number}") for number in range(KIOSKS)]
        devices += [clerk(server.base_url, desk, account) for desk, account in DESKS.items()]
        all_at_work(devices, KILLED_AFTER, at_the_end=lambda: kill(server))
    answered = {id: answer for device in devices for id, answer in device.answers.items()}
    assert len(answered) >= KILLED_AFTER
    with running_server(tmp_path, {"DEMO": "1"}) as server:
        for device in devices:
            device.base_url = server.base_url
            repeat_all(device, answered)
        all_at_work(devices, ACTIONS - len(answered))
        kill(server)
    assert sum(len(device.answers) for device in devices) >= ACTIONS
    with closing(sqlite3.connect(tmp_path / "ihh.db")) as database:
        nothing_is_there_twice(database)
        all_is_there(database, devices)


def all_at_work(devices: list[Device], actions: int, at_the_end: Any = lambda: None) -> None:
    """All at once until so many more actions were answered; then `at_the_end`, while they still ask."""
    begun = sum(len(device.answers) for device in devices)
    is_over = threading.Event()

    def work(device: Device) -> None:
        is_kiosk = device.by.startswith("kiosk")
        for index in range(NUMBERS) if is_kiosk else itertools.count():
            try:
                take_number(device, index) if is_kiosk else serve(device, index)
            except requests.RequestException:
                return  # the server is gone
            if is_over.is_set():
                return
            if sum(len(each.answers) for each in devices) - begun >= actions:
                is_over.set()

    with ThreadPoolExecutor(len(devices)) as pool:
        at_work = [pool.submit(work, device) for device in devices]
        is_over.wait(PATIENCE_S)
        at_the_end()
    for one in at_work:
        one.result()
    assert is_over.is_set()


def repeat_all(device: Device, answered: dict[str, dict[str, Any]]) -> None:
    """As an outbox does: what was answered is answered the same, what was not is done now or refused."""
    for path, whole in device.asked:
        again = device.repeat(path, whole)
        if (first := answered.get(whole["request_id"])) is not None:
            assert again is not None
            assert identity(again) == identity(first)


def identity(answer: dict[str, Any]) -> Any:
    """What an answer is about: a visit's number or a ticket; its state goes on."""
    return answer["visit"]["number"] if "visit" in answer else answer.get("ticket", answer.get("id"))


def kill(server: RunningServer) -> None:
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(10)


def nothing_is_there_twice(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    twice = "SELECT service_date, queue_number FROM visit WHERE queue_number IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
    assert database.execute(twice).fetchall() == []
    engaged = "SELECT desk_id FROM ticket WHERE state IN ('called', 'serving') GROUP BY 1 HAVING count(*) > 1"
    assert database.execute(engaged).fetchall() == []
    days = defaultdict(list)
    for day, revision in database.execute("SELECT service_date, revision FROM queue_event ORDER BY revision"):
        days[day].append(revision)
    assert all(revisions == list(range(1, len(revisions) + 1)) for revisions in days.values())
    folded: dict[int, TicketState] = {}
    happened = "SELECT ticket_id, action, before FROM queue_event WHERE ticket_id IS NOT NULL ORDER BY id"
    for ticket, action, before in database.execute(happened):
        assert before == folded.get(ticket)
        folded[ticket] = TICKET_TABLE[folded.get(ticket), TicketAction(action)]
    assert folded == dict(database.execute("SELECT id, state FROM ticket").fetchall())


def all_is_there(database: sqlite3.Connection, devices: list[Device]) -> None:
    """Every answered action is one event, and there is no event that nobody was answered."""
    numbers = [
        answer["visit"]["number"] for d in devices for answer in d.answers.values() if "visit" in answer
    ]
    assert len(set(numbers)) == len(numbers)
    asked = "SELECT count(*) FROM queue_event WHERE action = 'take_number' AND actor LIKE 'kiosk:%'"
    assert database.execute(asked).fetchone()[0] == len(numbers)
    for device in devices[KIOSKS:]:
        told = Counter(
            path.rsplit("/", 1)[1].removesuffix("s")
            for path, whole in device.asked
            if whole["request_id"] in device.answers
        )
        done = (
            "SELECT action, count(*) FROM queue_event WHERE desk_id = ? AND actor LIKE 'clerk:%' GROUP BY 1"
        )
        assert dict(database.execute(done, (device.by,)).fetchall()) == told
