"""Rows as Parquet. polars comes with the extra `parquet` only."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ihh.domain.statistics.files import Column, Kind, Values
from ihh.presentation.exports.book import Sheet, batches

if TYPE_CHECKING:
    from polars import DataFrame, Series

PART_ROWS = 10_000


class ParquetMissing(Exception):
    """polars is not installed; the message says how to mend that."""

    def __init__(self) -> None:
        super().__init__("Parquet files need polars: install it with `pip install 'ihh[parquet]'`")


def is_available() -> bool:
    return find_spec("polars") is not None


def require() -> None:
    """Raises ParquetMissing where polars is not installed."""
    if not is_available():
        raise ParquetMissing


def write(sheet: Sheet, path: Path) -> None:
    """Write the rows; instants are in UTC. Raises ParquetMissing where polars is not installed.

    Parts are written beside `path` and then put together as a stream, so that memory stays small.
    """
    require()
    import polars

    with TemporaryDirectory(dir=path.parent) as folder:
        _frame(sheet.columns, []).write_parquet(Path(folder) / "part-000000.parquet")
        for number, batch in enumerate(batches(sheet.rows, PART_ROWS), 1):
            _frame(sheet.columns, batch).write_parquet(Path(folder) / f"part-{number:06d}.parquet")
        polars.scan_parquet(Path(folder) / "*.parquet").sink_parquet(path, maintain_order=True)


def _frame(columns: Sequence[Column], batch: Sequence[Values]) -> DataFrame:
    import polars

    values: Any = zip(*batch, strict=True) if batch else ([] for _ in columns)
    return polars.DataFrame([_series(column, list(of)) for column, of in zip(columns, values, strict=True)])


def _series(column: Column, values: list[Any]) -> Series:
    import polars

    match column.kind:
        case Kind.COUNT:
            return polars.Series(column.name, values, polars.Int64)
        case Kind.DECIMAL:
            floats = [None if value is None else float(value) for value in values]
            return polars.Series(column.name, floats, polars.Float64)
        case Kind.TRUTH:
            truths = [None if value is None else bool(value) for value in values]
            return polars.Series(column.name, truths, polars.Boolean)
        case Kind.DATE:
            return polars.Series(column.name, values, polars.String).str.to_date("%Y-%m-%d")
        case Kind.INSTANT:
            texts = polars.Series(column.name, values, polars.String)
            return texts.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", time_zone="UTC")
        case _:
            return polars.Series(column.name, values, polars.String)
