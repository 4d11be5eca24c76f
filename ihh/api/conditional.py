"""Answers with an ETag: who has the same state already gets 304 and no body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request


def conditional(state: Mapping[str, Any], *, apart_from: tuple[str, ...] = ()) -> Response:
    """The state as JSON with its ETag; `apart_from` names what changes without news, such as the time."""
    told = {name: value for name, value in state.items() if name not in apart_from}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    answer = jsonify(state)
    answer.set_etag(digest)
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer.make_conditional(request)  # type: ignore[return-value]
