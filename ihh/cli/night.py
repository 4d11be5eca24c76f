"""The night's work, in the order in which one part needs another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from ihh.presentation.exports import monthly
from ihh.services import retention
from ihh.services.statistics.closing import close_days
from ihh.services.statistics.releasing import release_closed

log = logging.getLogger(__name__)


class Unfinished(RuntimeError):
    """Some of the night's work failed; the next turn tries it again."""


def work(*, now: datetime) -> None:
    """Make facts of ended days, release closed periods, write their files, then forget what is due.

    A part that fails does not keep the others from their work, except that nothing is forgotten before its
    figures are released. Raises `Unfinished` where something failed.
    """
    counted = _done("closing days", lambda: close_days(now=now)) and _done(
        "releasing figures", lambda: release_closed(now=now)
    )
    written = _done("writing files", lambda: monthly.write_monthly(now=now))
    forgotten = counted and _done("purging", lambda: retention.purge(now=now))
    if not (counted and written and forgotten):
        raise Unfinished


def _done(name: str, act: Callable[[], object]) -> bool:
    try:
        act()
    except Exception:
        log.exception("%s failed", name)
        return False
    return True
