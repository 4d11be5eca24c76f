"""Files of released months in the house's own folder, each written once, whole or not at all."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from ihh.domain.house import Exports
from ihh.domain.statistics.periods import Period, PeriodKind, single
from ihh.presentation.exports import FileFormat, ParquetMissing, chunks, file_name, write_whole
from ihh.presentation.exports.figures import figures_book
from ihh.presentation.languages import written_in
from ihh.services.house import current_house
from ihh.services.statistics.open_periods import open_periods

log = logging.getLogger(__name__)


def write_monthly(*, now: datetime) -> list[Path]:
    """Write what the folder of `[exports]` lacks, and say which files; nothing where none is named.

    Only months released by `now`. A file that cannot be written is logged, and tried again at the next call.
    """
    exports = current_house().exports
    if not exports.folder:
        return []
    months = [one.period for one in open_periods([PeriodKind.MONTH]) if one.released_at <= now]
    written = []
    for month in months:
        for name in exports.formats:
            path = _write(exports, month, FileFormat(name))
            written += [path] if path is not None else []
    return written


def _write(exports: Exports, month: Period, file_format: FileFormat) -> Path | None:
    """The new file; None where it is there already or cannot be made."""
    try:
        with written_in("en"):
            book = figures_book(single(month), exports.tables)
            path = Path(exports.folder) / file_name(book, file_format)
            if path.exists():
                return None
            write_whole(chunks(book, file_format), path)
    except (OSError, ParquetMissing) as error:
        log.error("the figures of %s were not written as %s: %s", month.code, file_format.value, error)
        return None
    return path
