"""Where a request comes from, as a digest: enough to count holds, not to find anyone."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app, request


def network_digest() -> str:
    """A keyed digest of the network address, 32 hexadecimal signs."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    address = (request.remote_addr or "").encode()
    return hmac.new(key, b"hold " + address, hashlib.sha256).hexdigest()[:32]
