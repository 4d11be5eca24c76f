"""The real product in a process of its own, as `ihh serve` starts it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import free_port

START_SECONDS = 60
STOP_SECONDS = 15

KEPT_FROM_OUR_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
"""A developer's DATABASE_URL or DEMO must not reach the server under test."""

running: list[RunningServer] = []
"""Servers up now; a failing test shows the end of each one's log."""


class ServerError(RuntimeError):
    """The server ended or stayed silent while starting; the text holds the end of its log."""


@dataclass(frozen=True)
class RunningServer:
    base_url: str
    """Without a trailing slash."""
    process: subprocess.Popen[bytes]
    log_file: Path
    folder: Path
    """Its IHH_VAR: the secret and, unless it was given another database, the SQLite file."""

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def log(self, characters: int = 4000) -> str:
        """The end of what the server wrote."""
        return self.log_file.read_text(errors="replace")[-characters:]

    def stop(self) -> None:
        """End the server and its workers: politely, then by force. Harmless when it has ended."""
        _signal_group(self.process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_server(
    folder: Path, env: Mapping[str, str] | None = None, *, port: int | None = None
) -> Iterator[RunningServer]:
    """Start `ihh serve` with `env`, wait until /healthz answers 200, yield it, stop it.

    `folder` becomes its IHH_VAR and holds its log.
    A given `port` is tried once: for a test that restarts a server behind its clients' backs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = _start(folder, env or {}, port)
    running.append(server)
    try:
        yield server
    finally:
        running.remove(server)
        server.stop()


def _start(folder: Path, env: Mapping[str, str], port: int | None) -> RunningServer:
    attempts = 1 if port else 3
    for attempt in range(1, attempts + 1):
        server = _launch(folder, env, port or free_port())
        try:
            _wait_until_healthy(server)
        except BaseException as error:
            server.stop()
            port_was_taken = "address already in use" in server.log().lower()
            if attempt < attempts and port_was_taken and isinstance(error, ServerError):
                continue
            raise
        return server
    raise AssertionError("the last attempt returns or raises")


def _launch(folder: Path, env: Mapping[str, str], port: int) -> RunningServer:
    program = Path(sys.executable).with_name("ihh")
    if not program.exists():
        raise ServerError(f"{program} does not exist: install the project into this environment first")
    log_file = folder / "server.log"
    environment = {name: os.environ[name] for name in KEPT_FROM_OUR_ENVIRONMENT if name in os.environ}
    # A past would be counted in the background of every test of a demonstration.
    environment |= {"IHH_VAR": str(folder), "DEMO_HISTORY": "0", "PYTHONUNBUFFERED": "1"}
    environment |= {**env, "PORT": str(port)}
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [str(program), "serve"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return RunningServer(f"http://127.0.0.1:{port}", process, log_file, folder)


def _wait_until_healthy(server: RunningServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not server.is_alive:
            raise ServerError(f"the server ended with status {server.process.returncode}:\n{server.log()}")
        if _is_healthy(server.base_url):
            return
        time.sleep(0.05)
    raise ServerError(f"no healthy answer in {START_SECONDS} s:\n{server.log()}")


def _is_healthy(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=2) as answer:
            return bool(answer.status == http.client.OK)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """The server leads a session, so its process group has its own pid and holds its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
