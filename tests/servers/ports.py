"""Free ports on the loopback address."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port nobody listens on now. Another process may still take it first: callers try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
