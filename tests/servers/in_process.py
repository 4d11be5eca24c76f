"""The product on a real port inside the test process: the test acts through the services, a browser watches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def listening(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve `app` on `port`, any free one by default, and yield its address; no more answers afterwards.

    Sockets that are open stay open at the end, but nothing answers behind them.
    """
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
