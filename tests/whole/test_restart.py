"""The server is killed in mid-queue: what was answered is there, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import uuid
from pathlib import Path
from typing import Any

import requests

from tests.servers.server import running_server

WALK_IN = {"party": {"adults": 1, "minors": 0}, "language": "en"}


class Kiosk:
    """A kiosk of the demonstration, which pairs itself."""

    def __init__(self, base_url: str) -> None:
        self.base_url, self.session = base_url, requests.Session()
        assert self.session.get(f"{base_url}/kiosk/", timeout=20).ok
        token = self.session.get(f"{base_url}/api/v1/csrf-token", timeout=20).json()
        self.headers = {token["header"]: token["token"]}

    def take_number(self, service: str, request_id: str) -> dict[str, Any]:
        body = WALK_IN | {"request_id": request_id, "legs": [{"service": service, "people": ["p1"]}]}
        answer = self.session.post(
            f"{self.base_url}/api/v1/walk-ins", json=body, headers=self.headers, timeout=20
        )
        assert answer.ok, answer.text
        return answer.json()["visit"]


def test_what_was_answered_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    ids = [str(uuid.uuid4()) for _ in range(12)]
    services = ("city.guidance", "kela.social_security", "employment.consultation")
    with running_server(tmp_path, {"DEMO": "1"}) as server:
        kiosk = Kiosk(server.base_url)
        before = [kiosk.take_number(services[index % 3], ids[index]) for index in range(12)]
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(10)
    with running_server(tmp_path, {"DEMO": "1"}) as server:
        kiosk.base_url = server.base_url  # the same device: its cookie outlives the server
        again = [kiosk.take_number(services[index % 3], ids[index]) for index in range(12)]
        later = kiosk.take_number("city.guidance", str(uuid.uuid4()))
    numbers = [visit["number"] for visit in before]
    assert [visit["number"] for visit in again] == numbers
    assert len({*numbers, later["number"]}) == 13
