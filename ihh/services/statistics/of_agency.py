"""What is published of one agency: its rows of the frozen tables, for its page, its report and its files."""

from __future__ import annotations

from dataclasses import replace

from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.periods import Span
from ihh.domain.statistics.tables import Dimension
from ihh.services.house import current_house
from ihh.services.statistics.published import Published, Shown, published

TABLES = (
    "agency",
    "service",
    "agency.hour",
    "agency.weekday",
    "agency.weekday.hour",
    "agency.channel",
    "agency.language",
    "agency.customer_type",
)
"""Tables whose rows belong to one agency each."""


def agency_of(service_id: str) -> str:
    """As the house has it; of a service that it no longer has, as the id says."""
    service = current_house().service.get(service_id)
    return service.agency if service else service_id.partition(".")[0]


def of_agency(span: Span, agency_id: str) -> Published:
    """The agency's own rows, as they are masked; no row at all where it was not there in each of the periods.

    Refuses `not_found` for a period that is not released, `invalid` for days and weeks.
    """
    found = published(span, TABLES)
    own = {
        code: replace(shown, rows=tuple(row for row in shown.rows if _agency(shown, row) == agency_id))
        for code, shown in found.tables.items()
    }
    return replace(found, tables=own)


def row_of(found: Published) -> Row | None:
    """The agency as a whole."""
    return next(iter(found.tables["agency"].rows), None)


def _agency(shown: Shown, row: Row) -> str:
    value = row.values[0]
    return agency_of(value) if shown.table.dimensions[0] is Dimension.SERVICE else value
