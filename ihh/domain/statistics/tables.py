"""The fixed catalogue of published tables: at most three dimensions, the same for everybody.

Whatever a page, an export or the API shows is chosen from these tables, never counted anew: so no
filter and no difference of two answers tells more than the tables do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ihh.domain.statistics.periods import PeriodKind


class Dimension(StrEnum):
    """What figures are broken down by, besides the period."""

    AGENCY = "agency"
    SERVICE = "service"
    HOUR = "hour"
    """Local hour of the appointment, or in which a walk-in's ticket joined its line; what lies outside the
    opening hours counts in the first or last of them."""
    WEEKDAY = "weekday"
    """ "1" is Monday, as in ISO 8601."""
    LANGUAGE = "language"
    CHANNEL = "channel"
    """How the visit came about."""
    CUSTOMER_TYPE = "customer_type"
    """The answer to the house's question about the purpose."""
    PARTY_SIZE = "party_size"
    MUNICIPALITY = "municipality"


PARTIAL = frozenset({Dimension.AGENCY, Dimension.SERVICE, Dimension.HOUR})
"""Of these one visit can have several values: visits and people add up to more than the whole."""

SEPARATOR = "|"

D = Dimension


@dataclass(frozen=True)
class Table:
    dimensions: tuple[Dimension, ...]

    @property
    def code(self) -> str:
        """ "total", "agency", "agency.hour": in the order in which its keys are written."""
        return ".".join(self.dimensions) or "total"

    @property
    def is_whole(self) -> bool:
        """Every visit stands in one row only, as a whole."""
        return not PARTIAL & set(self.dimensions)

    @property
    def is_single(self) -> bool:
        """By one dimension at most."""
        return len(self.dimensions) <= 1


TOTAL = Table(())
TABLES: tuple[Table, ...] = (
    TOTAL,
    *(Table((dimension,)) for dimension in Dimension),
    Table((D.AGENCY, D.HOUR)),
    Table((D.AGENCY, D.WEEKDAY)),
    Table((D.AGENCY, D.CHANNEL)),
    Table((D.AGENCY, D.LANGUAGE)),
    Table((D.AGENCY, D.CUSTOMER_TYPE)),
    Table((D.WEEKDAY, D.HOUR)),
    Table((D.CHANNEL, D.LANGUAGE)),
    Table((D.AGENCY, D.WEEKDAY, D.HOUR)),
)
BY_CODE: Mapping[str, Table] = {table.code: table for table in TABLES}

PUBLISHED: Mapping[PeriodKind, tuple[Table, ...]] = {
    PeriodKind.DAY: (TOTAL,),
    PeriodKind.WEEK: (TOTAL,),
    PeriodKind.MONTH: TABLES,
    PeriodKind.YEAR: TABLES,
}
"""Short periods are published as a whole only: one small agency's day or week is a handful of people, and
hiding them would have to hide the agency's month as well."""

NOT_TOLD = "not_told"
"""Value of a dimension that the visitor was not asked for or did not tell."""


def key(values: tuple[str, ...]) -> str:
    """A row's name within its table; empty for the total."""
    return SEPARATOR.join(values)


def values(row_key: str) -> tuple[str, ...]:
    return tuple(row_key.split(SEPARATOR)) if row_key else ()
