"""The data dictionary of the documentation, made from the catalogue so that it cannot fall behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.files import EVENT_COLUMNS, Column
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.tables import PUBLISHED
from ihh.presentation.exports.figures import ROW_COLUMNS

PROSE = Path(__file__).parent / "data_dictionary.md"
"""Its text, with a place for each table."""


def data_dictionary() -> str:
    """docs/data-dictionary.md, in English. `ihh export definitions` writes it."""
    text = PROSE.read_text("utf-8")
    for place, rows in (
        ("row columns", _columns(ROW_COLUMNS)),
        ("figures", _figures()),
        ("tables", _tables()),
        ("event columns", _columns(EVENT_COLUMNS)),
    ):
        text = text.replace(f"<!-- {place} -->", "\n".join(rows))
    return text


def _columns(columns: Sequence[Column]) -> Iterable[str]:
    yield from _head("column", "kind", "meaning")
    for column in columns:
        yield _row(f"`{column.name}`", column.kind.value, column.about)


def _figures() -> Iterable[str]:
    yield from _head("column", "name", "unit", "definition", "source", "limits")
    for measure in Measure:
        defined = CATALOGUE[measure]
        name = f"`{measure.value}`"
        yield _row(name, defined.label, defined.unit.value, defined.words, defined.source, defined.limits)


def _tables() -> Iterable[str]:
    yield from _head("period", "tables")
    for kind, tables in PUBLISHED.items():
        yield _row(kind.value, ", ".join(f"`{table.code}`" for table in tables))


def _head(*names: str) -> Iterable[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
