"""A wheel built from the tree serves the house in an empty folder, on a machine without Node."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, as an installer would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_parts_are_packed_under_ihh(unpacked: Path) -> None:
    for part in (
        "kiosk/templates/kiosk/start.html",
        "display/static/board.js",
        "static/vendor/VERSIONS.txt",
        "migrations/env.py",
        "houses/helsinki.toml",
        "translations/fi/LC_MESSAGES/messages.mo",
        "translations/sv/LC_MESSAGES/messages.mo",
    ):
        assert (unpacked / "ihh" / part).is_file(), part
    assert sorted(path.name for path in unpacked.iterdir() if path.suffix != ".dist-info") == ["ihh"]


def test_it_serves_in_an_empty_folder_without_node(unpacked: Path, tmp_path: Path) -> None:
    port = free_port()
    log = (tmp_path.parent / f"{tmp_path.name}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "ihh", "serve"],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(unpacked), "PORT": str(port), "HOME": str(tmp_path), "DEMO": "0"},
        stdout=subprocess.DEVNULL,
        stderr=log,
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        assert "ok" in wait_for(f"{base}/healthz", process)
        for page, words in (("/?lang=fi", "Varaa"), ("/kiosk/pair", "<form"), ("/display/pair", "<form")):
            assert words in read(base + page), page
        assert "io" in read(f"{base}/static/vendor/socket.io-client/socket.io.esm.min.js")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["var"]
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
        log.close()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            return read(url)
        except OSError:
            time.sleep(0.2)
    raise AssertionError("no answer")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
