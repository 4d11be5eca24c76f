"""Rate limits, which other tests run without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ihh import clock, config, db
from ihh.app import create_app
from ihh.models.account import DeviceKind
from ihh.presentation.limits import limiter
from ihh.services.house import load_house
from tests.api.conftest import API, Guarded, code_of, device_client
from tests.servers.site import OutsideClient, house_document

PLAN = {"party": {"adults": 1}, "legs": [{"service": "dvv.changes", "people": ["p1"]}], "language": "en"}


@pytest.fixture
def limited_app(tmp_path: Path) -> Iterator[Flask]:
    """The product as it runs in a house: not under test. The limiter is one for the whole process."""
    settings = config.testing_settings(f"sqlite:///{tmp_path / 'ihh.db'}", tmp_path, is_testing=False)
    app = create_app(settings)
    app.test_client_class = OutsideClient
    db.upgrade(app)
    with app.app_context():
        load_house(house_document(), now=clock.now())
        try:
            yield app
        finally:
            limiter.reset()
            limiter.enabled = False
            db.db.engine.dispose()


def test_plans_are_limited_by_network_address(limited_app: Flask) -> None:
    client = limited_app.test_client()
    for _ in range(60):
        assert client.post(f"{API}/plans", json=PLAN).status_code == 200
    answer = client.post(f"{API}/plans", json=PLAN)
    assert code_of(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    elsewhere = client.post(f"{API}/plans", json=PLAN, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200


def test_codes_are_limited_by_kiosk(limited_app: Flask) -> None:
    now = clock.now()
    first = Guarded(device_client(limited_app, DeviceKind.KIOSK, now))
    second = Guarded(device_client(limited_app, DeviceKind.KIOSK, now, name="other"))
    for number in range(30):
        guess = {"request_id": f"guess-{number:04d}", "code": f"ABCD{number:04d}"}
        assert code_of(first.post("/check-ins", guess)) == (404, "unknown_code")
    guess = {"request_id": "guess-last", "code": "ABCD9999"}
    assert code_of(first.post("/check-ins", guess)) == (429, "too_many_requests")
    assert code_of(second.post("/check-ins", guess)) == (404, "unknown_code"), "each kiosk has its own queue"


def test_a_stranger_is_refused_before_anything_is_counted(limited_app: Flask) -> None:
    stranger = Guarded(limited_app.test_client())
    for _ in range(31):
        answer = stranger.post("/check-ins", {"request_id": "guess-0001", "code": "ABCD1234"})
        assert code_of(answer) == (401, "unauthorized")
