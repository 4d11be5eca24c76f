"""Who took single events out of the house: noted before the first row, and again when it was the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.files import Values
from ihh.models import ExportLog

EVENTS = "events"
COMMAND_LINE = "command line"
NOTED_EVERY_S = 1.0


@dataclass(frozen=True)
class Progress:
    rows: int
    expected: int
    is_finished: bool


class Taken:
    """One file on its way out. Its rows are counted as they pass."""

    def __init__(self, log_id: int) -> None:
        self._log_id = log_id
        self._rows = 0

    def counted(self, rows: Iterable[Values]) -> Iterator[Values]:
        """The same rows; how many have passed is noted about every second."""
        noted = monotonic()
        for row in rows:
            yield row
            self._rows += 1
            if self._rows % 1000 == 0 and monotonic() - noted >= NOTED_EVERY_S:
                self._note(rows_done=self._rows)
                noted = monotonic()

    def finish(self) -> int:
        """Note that the whole file was handed out; how many rows it had."""
        self._note(rows_done=self._rows, row_count=self._rows)
        return self._rows

    def _note(self, **values: int) -> None:
        with transaction():
            db.session.execute(update(ExportLog).where(ExportLog.id == self._log_id).values(**values))


def begin(
    actor: str,
    first: date,
    last: date,
    file_format: str,
    *,
    expected: int,
    now: datetime,
    request_id: str | None = None,
) -> Taken:
    """Note a file of events before any of it leaves. Refuses `request_id_reused`."""
    log = ExportLog(
        at=now,
        actor=actor,
        what=EVENTS,
        first=first,
        last=last,
        file_format=file_format,
        request_id=request_id,
        rows_expected=expected,
        rows_done=0,
    )
    try:
        with transaction():
            db.session.add(log)
            db.session.flush()
            return Taken(log.id)
    except IntegrityError:
        raise Refusal(Code.REQUEST_ID_REUSED) from None


def progress(request_id: str, *, actor: str) -> Progress | None:
    """How far the actor's own file is; None where there is none of that id."""
    query = select(ExportLog).where(ExportLog.request_id == request_id, ExportLog.actor == actor)
    log = db.session.scalars(query).first()
    return None if log is None else Progress(log.rows_done, log.rows_expected, log.row_count is not None)


def latest(limit: int) -> list[ExportLog]:
    """The last files of events that were taken, newest first."""
    query = select(ExportLog).where(ExportLog.what == EVENTS).order_by(ExportLog.id.desc()).limit(limit)
    return list(db.session.scalars(query))
