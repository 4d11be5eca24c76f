"""A Redis of our own: in memory only, on loopback, with a password nobody else knows."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import free_port

START_SECONDS = 10


class RedisError(RuntimeError):
    """Redis isn't installed or didn't start; the text holds the end of its output."""


@contextmanager
def running_redis() -> Iterator[str]:
    """Start Redis, yield its `redis://` URL (database 0), stop it."""
    program = shutil.which("redis-server")
    if program is None:
        raise RedisError("Redis is not installed: run scripts/install-test-packages.sh")
    password = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="ihh-redis-") as name:
        process, port = _start(program, Path(name), password)
        try:
            yield f"redis://:{password}@127.0.0.1:{port}/0"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(
    program: str, folder: Path, password: str, attempts: int = 5
) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(attempts):
        port = free_port()
        process = _launch(program, folder, port, password)
        if _answers(process, port, password):
            return process, port
        process.kill()
        process.wait()
    raise RedisError(f"Redis did not start in {attempts} attempts:\n{(folder / 'log').read_text()[-2000:]}")


def _launch(program: str, folder: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    """Configuration goes through standard input, so the password shows in no process list."""
    settings = [
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{folder}"',
        'save ""',
        "appendonly no",
        "daemonize no",
        f"requirepass {password}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-"], cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log)
    assert process.stdin is not None
    with process.stdin as standard_input:
        standard_input.write("\n".join(settings).encode())
    return process


def _answers(process: subprocess.Popen[bytes], port: int, password: str) -> bool:
    """Whether our process answers. A stranger on the port would refuse our password."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {password}\r\n".encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            time.sleep(0.02)
    return False
