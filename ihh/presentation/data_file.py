"""A visitor's own data as a file: JSON, instants in UTC, nothing left out of the document it is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def data_file(document: Mapping[str, Any], *, now: datetime) -> str:
    """The document as text, with when it was made."""
    return json.dumps(
        {"made_at": now, **document}, default=_plain, ensure_ascii=False, indent=2, sort_keys=False
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")
