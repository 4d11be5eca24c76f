"""Sockets: announcements leave after the commit, and reach those they concern and nobody else.

Waiting for silence proves little and takes long. Instead each test makes something happen that must
be heard next: whatever should not have been heard would have come before it.
"""

from __future__ import annotations

import queue
import re
import sqlite3
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import socketio
import websocket
from flask import Flask
from socketio.exceptions import ConnectionError as Refused

from ihh import clock, config, realtime
from ihh.app import create_app
from ihh.db import transaction
from ihh.models import Visit
from ihh.models.account import DeviceKind, Role
from ihh.services import devices, serving
from tests.servers.in_process import listening
from tests.servers.server import RunningServer
from tests.servers.site import Site, sqlite_site
from tests.situations import at, clerk, opened, walked_in

NOW = at("10:00")
PATIENCE_S = 10
KELA, VERO = "kela.social_security", "vero.tax_card"


@dataclass
class Listener:
    """A connected socket and all that it has heard, in order."""

    client: socketio.Client
    heard: queue.Queue[tuple[str, Any]] = field(default_factory=queue.Queue)

    def next(self) -> tuple[str, Any]:
        return self.heard.get(timeout=PATIENCE_S)

    def next_board(self) -> dict[str, Any]:
        name, board = self.next()
        assert name == "state"
        return dict(board)


Listen = Callable[..., Listener]


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """The product in this process, reached through a real port."""
    with sqlite_site(tmp_path_factory.mktemp("realtime")) as site, listening(site.app) as url:
        yield site, url


@pytest.fixture
def house(live_site: tuple[Site, str], set_clock: Callable[[datetime], None]) -> Iterator[Flask]:
    """An empty house at ten o'clock, in an application context that belongs to no request."""
    site, _ = live_site
    site.restore()
    set_clock(NOW)
    with site.app.app_context():
        opened("kela-1", "kela-2", "vero-1", now=NOW)
        yield site.app


@pytest.fixture
def listen(live_site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    """`listen("/visit", auth={…}, cookie="…")` joins a namespace; raises Refused when it may not."""
    # The development server answers no farewell; the client would wait three seconds for it.
    close = websocket.WebSocket.close
    monkeypatch.setattr(websocket.WebSocket, "close", lambda self: close(self, timeout=0.01))
    with ExitStack() as stack:

        def join(namespace: str, *, url: str = live_site[1], cookie: str = "", auth: Any = None) -> Listener:
            listener = Listener(socketio.Client(reconnection=False))
            listener.client.on(
                "*", lambda name, *data: listener.heard.put((name, data[0])), namespace=namespace
            )
            listener.client.connect(
                url,
                headers={"Cookie": cookie} if cookie else {},
                auth=auth,
                transports=["websocket"],
                namespaces=[namespace],
            )
            stack.callback(listener.client.disconnect)
            return listener

        yield join


def display_cookie(name: str = "hall") -> str:
    code = devices.add_device(DeviceKind.DISPLAY, name, now=clock.real_now())
    _, token = devices.pair(code, DeviceKind.DISPLAY, now=clock.real_now())
    return f"ihh_display={token}"


def staff_cookie(app: Flask, **user: Any) -> str:
    """The session of someone who has signed in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = clerk(**user).get_id()
    cookie = client.get_cookie("ihh_session")
    assert cookie is not None
    return f"ihh_session={cookie.value}"


def joined(listen: Listen, visit: Visit) -> Listener:
    return listen("/visit", auth={"token": visit.link_token})


# ---------------------------------------------------------------- after the commit only


def test_a_display_gets_the_whole_board_at_once_and_after_each_action(house: Flask, listen: Listen) -> None:
    walked_in(KELA, now=NOW)
    display = listen("/display", cookie=display_cookie())
    first = display.next_board()
    assert first["calls"] == []
    call = serving.call_next("kela-1", now=NOW, by="clerk:1")
    after = display.next_board()
    assert after["revision"] > first["revision"]
    assert [(shown["number"], shown["desk"]) for shown in after["calls"]] == [(call.number, "7")]
    serving.recall("kela-1", now=NOW, by="clerk:1")
    assert display.next_board()["calls"][0]["id"] != after["calls"][0]["id"]


def test_a_rolled_back_action_is_never_announced(house: Flask, listen: Listen) -> None:
    first, second = walked_in(KELA, now=NOW), walked_in(KELA, now=NOW)
    display, visitor = listen("/display", cookie=display_cookie()), joined(listen, first)
    before = display.next_board()
    with pytest.raises(ZeroDivisionError):
        call_and_fail("kela-1")
    serving.call_next("kela-2", now=NOW, by="clerk:1")
    board = display.next_board()
    assert [call["desk"] for call in board["calls"]] == ["8"]
    assert board["revision"] == before["revision"] + 1
    assert visitor.next() == ("changed", {"revision": board["revision"]})
    assert second.id != first.id
    assert display.heard.empty()


def call_and_fail(desk: str) -> None:
    with transaction():
        serving.call_next(desk, now=NOW, by="clerk:1")
        raise ZeroDivisionError


def test_what_is_announced_is_already_in_the_database(
    house: Flask, live_site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fetches at once, over another connection, finds at least the revision announced."""
    walked_in(KELA, now=NOW)
    stored: list[tuple[int, int]] = []

    def emit(name: str, data: dict[str, Any], **to: Any) -> None:
        with sqlite3.connect(live_site[0].url.removeprefix("sqlite:///")) as other:
            (revision,) = other.execute(
                "SELECT revision FROM service_day WHERE date = '2026-12-01'"
            ).fetchone()
            stored.append((data["revision"], revision))

    monkeypatch.setattr(realtime.socketio, "emit", emit)
    serving.call_next("kela-1", now=NOW, by="clerk:1")
    assert stored
    assert all(announced == found for announced, found in stored)


def test_a_failing_announcement_does_not_undo_the_action(
    house: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    visit = walked_in(KELA, now=NOW)

    def emit(*args: Any, **to: Any) -> None:
        raise OSError("the message queue is down")

    monkeypatch.setattr(realtime.socketio, "emit", emit)
    assert serving.call_next("kela-1", now=NOW, by="clerk:1").number == visit.queue_number
    ticket = serving.at_desk("kela-1")
    assert ticket is not None
    assert ticket.state == "called"
    assert "announcing failed" in caplog.text


def test_an_action_in_a_background_thread_is_announced_too(house: Flask, listen: Listen) -> None:
    walked_in(KELA, now=NOW)
    display = listen("/display", cookie=display_cookie())
    display.next_board()

    in_another_thread(house, lambda: serving.call_next("kela-1", now=NOW, by="demo"))
    assert [call["desk"] for call in display.next_board()["calls"]] == ["7"]


def test_a_desk_that_opens_changes_the_waits_without_an_event(house: Flask, listen: Listen) -> None:
    display = listen("/display", cookie=display_cookie())
    states = {row["agency"]: row["state"] for row in display.next_board()["waits"]}
    assert states["employment"] == "closed"
    opened("employment-1", now=NOW)
    realtime.refresh_boards()
    states = {row["agency"]: row["state"] for row in display.next_board()["waits"]}
    assert states["employment"] == "open"


def test_the_announced_board_is_not_what_the_caller_saw_before(house: Flask, listen: Listen) -> None:
    """A row that the caller has in hand and another changed since is announced as it is now."""
    walked_in(KELA, now=NOW)
    serving.call_next("kela-1", now=NOW, by="clerk:1")
    display = listen("/display", cookie=display_cookie())
    assert display.next_board()["calls"][0]["state"] == "called"
    in_hand = serving.at_desk("kela-1")
    in_another_thread(house, lambda: serving.start("kela-1", now=NOW, by="clerk:2"))
    display.next_board()
    realtime.refresh_boards()
    assert display.next_board()["calls"][0]["state"] == "serving"
    assert in_hand is not None
    assert in_hand.state == "called"


def in_another_thread(app: Flask, work: Callable[[], object]) -> None:
    def run() -> None:
        with app.app_context():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# ---------------------------------------------------------------- the right room only


def test_a_visitor_hears_of_the_own_line_and_of_no_other(house: Flask, listen: Listen) -> None:
    mine, theirs = walked_in(KELA, now=NOW), walked_in(VERO, now=NOW)
    me, them = joined(listen, mine), joined(listen, theirs)
    serving.call_next("kela-1", now=NOW, by="clerk:1")
    name, first = me.next()
    serving.call_next("vero-1", now=NOW, by="clerk:1")
    assert (name, set(first)) == ("changed", {"revision"})
    assert them.next() == ("changed", {"revision": first["revision"] + 1})
    assert me.heard.empty()


def test_those_behind_in_the_same_line_are_told(house: Flask, listen: Listen) -> None:
    walked_in(KELA, now=NOW)
    behind = joined(listen, walked_in(KELA, now=at("10:01")))
    serving.call_next("kela-1", now=at("10:02"), by="clerk:1")
    assert behind.next()[0] == "changed"


def test_a_visitors_link_opens_neither_the_board_nor_a_desk(house: Flask, listen: Listen) -> None:
    token = walked_in(KELA, now=NOW).link_token
    for namespace in ("/display", "/desk"):
        with pytest.raises(Refused):
            listen(namespace, auth={"token": token})


@pytest.mark.parametrize("auth", [None, {}, {"token": ""}, {"token": "A" * 26}, {"token": None}, "A" * 26])
def test_a_wrong_link_joins_nothing(house: Flask, listen: Listen, auth: Any) -> None:
    walked_in(KELA, now=NOW)
    with pytest.raises(Refused):
        listen("/visit", auth=auth)


def test_a_display_needs_its_own_token(house: Flask, listen: Listen) -> None:
    code = devices.add_device(DeviceKind.KIOSK, "door", now=clock.real_now())
    _, kiosk = devices.pair(code, DeviceKind.KIOSK, now=clock.real_now())
    revoked = display_cookie("old")
    devices.revoke("old", now=clock.real_now())
    for cookie in ("", "ihh_display=wrong", f"ihh_display={kiosk}", revoked):
        with pytest.raises(Refused):
            listen("/display", cookie=cookie)
    assert listen("/display", cookie=display_cookie()).next_board()["board"] == "hall"


def test_a_desk_hears_of_its_agency_only(house: Flask, listen: Listen) -> None:
    with pytest.raises(Refused):
        listen("/desk")
    kela = listen("/desk", cookie=staff_cookie(house))
    everyone = listen("/desk", cookie=staff_cookie(house, agency=None, username="boss", role=Role.SUPERVISOR))
    walked_in(VERO, now=NOW)
    first = everyone.next()[1]["revision"]
    walked_in(KELA, now=NOW)
    assert everyone.next()[1]["revision"] > first
    assert kela.next()[1]["revision"] > first
    assert kela.heard.empty()


# ---------------------------------------------------------------- several processes


@pytest.fixture(scope="module")
def two(
    redis_url: str, start_server: Callable[..., RunningServer], tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunningServer, Flask]:
    """A served process, and this one, with one database and one message queue."""
    folder = tmp_path_factory.mktemp("two")
    url = f"sqlite:///{folder / 'shared.db'}"
    server = start_server(DEMO="0", DATABASE_URL=url, REDIS_URL=redis_url)
    return server, create_app(config.testing_settings(url, Path(folder), redis_url=redis_url))


def test_an_action_in_one_process_reaches_a_display_of_another(
    two: tuple[RunningServer, Flask], listen: Listen, set_clock: Callable[[datetime], None]
) -> None:
    server, app = two
    set_clock(NOW)
    with app.app_context():
        opened("kela-1", now=NOW)
        visit = walked_in(KELA, now=NOW)
        display = listen("/display", url=server.base_url, cookie=display_cookie())
        assert display.next_board()["epoch"] == clock.real_now().astimezone(NOW.tzinfo).date().isoformat()
        visitor = listen("/visit", url=server.base_url, auth={"token": visit.link_token})
        call = serving.call_next("kela-1", now=NOW, by="clerk:1")
    board = display.next_board()
    assert (board["epoch"], [shown["number"] for shown in board["calls"]]) == ("2026-12-01", [call.number])
    assert visitor.next() == ("changed", {"revision": board["revision"]})


def test_guessing_a_displays_code_is_slowed_down(two: tuple[RunningServer, Flask]) -> None:
    address = f"{two[0].base_url}/display/pair"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.open(address).read().decode())
    assert token
    answers = []
    for guess in range(11):
        form = urllib.parse.urlencode({"csrf_token": token[1], "code": f"WRONG{guess:03d}"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            browser.open(address, form.encode())
        answers.append(refused.value.code)
        refused.value.close()
    assert answers == [403] * 10 + [429]
