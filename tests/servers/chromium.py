"""Debian's Chromium under Playwright; no browser is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from playwright.sync_api import Browser, Playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
"""Contact nobody but our own servers on this machine, and live with a container's small /dev/shm."""


def find_chromium() -> str:
    for program in PROGRAMS:
        path = shutil.which(program)
        if path is not None:
            return path
    raise RuntimeError("Chromium is not installed: run scripts/install-test-packages.sh")


def launch(playwright: Playwright, extra: Sequence[str] = ()) -> Browser:
    """Start a headless Chromium with `extra` command line switches."""
    # Chromium's sandbox refuses to start as root; it only ever opens our own server here.
    unsandboxed = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=[*QUIET, *unsandboxed, *extra], headless=True
    )
