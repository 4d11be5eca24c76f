"""The published figures as a book: a row for each row of the tables, a column a figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from ihh.domain.errors import Code, Refusal
from ihh.domain.house import text
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.files import Column, Kind, Value, Values
from ihh.domain.statistics.measures import N_, Group, Measure, Unit
from ihh.domain.statistics.periods import PeriodKind, Span, single
from ihh.domain.statistics.tables import BY_CODE, PUBLISHED, Dimension, Table
from ihh.presentation.exports.book import Book, Sheet, sheet_about
from ihh.presentation.figure_words import row_label
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.statistics.of_agency import of_agency, row_of
from ihh.services.statistics.published import Published, published, released

ALL = "all"
"""Value of a dimension by which a row is not broken down."""

ROW_COLUMNS: tuple[Column, ...] = (
    Column("period", Kind.TEXT, N_("The period: 2026-11-30, 2026-W48, 2026-11, 2026 or from--to.")),
    Column("from", Kind.DATE, N_("First day of the period.")),
    Column("to", Kind.DATE, N_("Last day of the period.")),
    Column("synthetic", Kind.TRUTH, N_("Whether some of its visits were made by a demonstration.")),
    Column("table", Kind.TEXT, N_("By what the row is broken down: total, agency, agency.hour …")),
    Column("agency", Kind.TEXT, N_("Agency; all: not broken down by it.")),
    Column("service", Kind.TEXT, N_("Service; all: not broken down by it.")),
    Column(
        "hour",
        Kind.TEXT,
        N_(
            "Local hour, 09 is 9:00–9:59; the first and last of the opening hours hold what was earlier or "
            "later; all: not broken down by it."
        ),
    ),
    Column("weekday", Kind.TEXT, N_("1 is Monday; all: not broken down by it.")),
    Column("language", Kind.TEXT, N_("Language of the visit; all: not broken down by it.")),
    Column("channel", Kind.TEXT, N_("How the visit came about; all: not broken down by it.")),
    Column("customer_type", Kind.TEXT, N_("Purpose of the visit; all: not broken down by it.")),
    Column("party_size", Kind.TEXT, N_("People of the visit; all: not broken down by it.")),
    Column("municipality", Kind.TEXT, N_("Municipality as told; all: not broken down by it.")),
    Column("label", Kind.TEXT, N_("The row in words.")),
)

ONE_DECIMAL = Decimal("0.1")

FLAG_SUFFIX, N_SUFFIX = "_flag", "_n"


def measure_columns(measure: Measure) -> Iterator[Column]:
    """The figure, why it is empty if it is, and for answers how many people gave them."""
    definition = CATALOGUE[measure]
    kind = Kind.COUNT if definition.unit is Unit.COUNT else Kind.DECIMAL
    yield Column(measure.value, kind, definition.words)
    yield Column(
        measure.value + FLAG_SUFFIX, Kind.TEXT, N_("Why it is empty: suppressed, not_shown or no_data.")
    )
    if definition.group is Group.FEEDBACK:
        yield Column(measure.value + N_SUFFIX, Kind.COUNT, N_("How many people stand behind it."))


COLUMNS: tuple[Column, ...] = (
    *ROW_COLUMNS,
    *(column for measure in Measure for column in measure_columns(measure)),
)


def figures_book(span: Span, tables: Sequence[str] | None = None, *, each: bool = False) -> Book:
    """The tables, by default all that the kind of period has, pooled or period by period.

    Refuses `not_found` for a period that is not released, `invalid` for a table that is not published.
    """
    codes = list(tables) if tables else [table.code for table in PUBLISHED[span.kind]]
    _check(span.kind, codes)
    if each and not set(span) <= set(released(span.kind)):
        raise Refusal(Code.NOT_FOUND, field="period")
    return book_of(_each(span, codes) if each else [published(span, codes)], span)


def agency_book(span: Span, agency_id: str, *, each: bool = False) -> Book:
    """All that is published of one agency, pooled or period by period, and nothing of the others.

    Refuses `not_found` for a period that is not released and an agency that has no row, `invalid` for days
    and weeks.
    """
    whole = of_agency(span, agency_id)
    if row_of(whole) is None:
        raise Refusal(Code.NOT_FOUND, field="agency")
    found = (of_agency(single(period), agency_id) for period in span) if each else [whole]
    return book_of(found, span, agency_id)


def book_of(found: Iterable[Published], span: Span, agency_id: str | None = None) -> Book:
    """Of figures already chosen; they are read one after the other as the book is written."""
    sheet = Sheet("Figures", COLUMNS, (row for one in found for row in rows_of(one)))
    name = "-".join(part for part in ("figures", agency_id, span.code) if part)
    return Book(name, sheet, (about(span, agency_id), definitions()))


def rows_of(found: Published) -> Iterator[Values]:
    for shown in found.tables.values():
        for row in shown.rows:
            yield (*_named(found, shown.table, row), *_cells(row))


def label_of(table: Table, row: Row) -> str:
    """The row in words, in the language of the screen."""
    pairs = zip(table.dimensions, row.values, strict=True)
    return ", ".join(row_label(dimension, value) for dimension, value in pairs) or _("All")


def definitions() -> Sheet:
    """The catalogue in the language of the screen: what each column means."""
    columns = tuple(
        Column(name, Kind.TEXT)
        for name in ("column", "label", "unit", "subject", "definition", "source", "limits", "data")
    )
    return Sheet("Definitions", columns, [_defined(measure) for measure in Measure])


def about(span: Span, agency_id: str | None = None) -> Sheet:
    """What the file is, and how empty cells are to be read."""
    house = current_house()
    return sheet_about(
        (_("House"), text(house.name, text_language())),
        *([(_("Agency"), row_label(Dimension.AGENCY, agency_id))] if agency_id else []),
        (_("Period"), span.code),
        (_("First day"), span.first.start.isoformat()),
        (_("Last day"), span.last.last.isoformat()),
        ("synthetic", _("yes: some of the visits are synthetic, made by a demonstration.")),
        ("suppressed", _("Hidden: fewer people stand behind it than the house shows.")),
        ("not_shown", _("Hidden so that a suppressed figure cannot be worked out.")),
        ("no_data", _("There is nothing to count it from. It is not a zero.")),
    )


def _check(kind: PeriodKind, codes: Sequence[str]) -> None:
    if not all(code in BY_CODE and BY_CODE[code] in PUBLISHED[kind] for code in codes):
        raise Refusal(Code.INVALID, field="tables")


def _each(span: Span, codes: Sequence[str]) -> Iterator[Published]:
    for period in span:
        yield published(single(period), codes)


def _named(found: Published, table: Table, row: Row) -> Iterator[Value]:
    values = dict(zip(table.dimensions, row.values, strict=True))
    yield found.span.code
    yield found.span.first.start.isoformat()
    yield found.span.last.last.isoformat()
    yield found.is_synthetic
    yield table.code
    yield from (values.get(Dimension(column.name), ALL) for column in ROW_COLUMNS[5:-1])
    yield label_of(table, row)


def _cells(row: Row) -> Iterator[Value]:
    for measure in Measure:
        cell = row.cells[measure]
        yield amount_of(cell)
        yield cell.flag.value or None
        if CATALOGUE[measure].group is Group.FEEDBACK:
            yield cell.n


def amount_of(cell: Cell) -> int | Decimal | None:
    """With one decimal where it has any, and without a minus before a zero."""
    if isinstance(cell.amount, Decimal):
        return cell.amount.quantize(ONE_DECIMAL) + 0
    return cell.amount


def _defined(measure: Measure) -> Values:
    definition = CATALOGUE[measure]
    texts = (definition.words, definition.source, definition.limits)
    return (
        measure.value,
        _(definition.label),
        definition.unit.value,
        definition.subject.value,
        *(_(words) if words else None for words in texts),
        "no_data" if definition.formula is None else None,
    )
