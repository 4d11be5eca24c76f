"""Which table of the catalogue a query asks for, and which of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _

from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Subject
from ihh.domain.statistics.tables import Dimension, Table
from ihh.services.statistics.of_agency import agency_of

Only = tuple[Dimension, str]

LARGE = 3
"""A table of so many dimensions has thousands of rows, and is shown an agency at a time."""


@dataclass(frozen=True)
class Wish:
    dimensions: tuple[Dimension, ...]
    only: tuple[Only, ...]
    """The rows to keep; their dimensions are of the table too, whether they were asked for or not."""
    subject: Subject | None
    fault: str = ""

    @property
    def wanted(self) -> tuple[Dimension, ...]:
        """A service is of one agency: services of an agency are rows of the table by service."""
        kept = {dimension for dimension, _value in self.only}
        if Dimension.SERVICE in self.dimensions:
            kept -= {Dimension.AGENCY}
        return tuple(dimension for dimension in Dimension if dimension in {*self.dimensions, *kept})

    def table(self, catalogue: Sequence[Table]) -> Table | None:
        return next((one for one in catalogue if set(one.dimensions) == set(self.wanted)), None)

    def keeps(self, table: Table, row: Row) -> bool:
        values = dict(zip(table.dimensions, row.values, strict=True))
        if Dimension.SERVICE in values:
            values[Dimension.AGENCY] = agency_of(values[Dimension.SERVICE])
        return all(values.get(dimension) == value for dimension, value in self.only)

    def with_agency(self, table: Table, agencies: Sequence[str]) -> Wish:
        """A large table of which nothing was chosen starts with the first agency."""
        if self.only or not is_large(table) or not agencies:
            return self
        return replace(self, only=((Dimension.AGENCY, agencies[0]),))

    def value_of(self, dimension: Dimension) -> str | None:
        return dict(self.only).get(dimension)


def is_large(table: Table) -> bool:
    return len(table.dimensions) >= LARGE


def wish_asked() -> Wish:
    """From the query; `by` may come several times, or hold several names with dots between them."""
    names = [name for given in request.args.getlist("by") for name in given.split(".") if name]
    known = [Dimension(name) for name in names if name in list(Dimension)]
    given = [_only(one) for one in request.args.getlist("only") if one]
    only: dict[Dimension, str] = {}
    for one in given:
        if one is not None:
            only.setdefault(*one)
    about = request.args.get("about", "")
    is_faulty = len(known) < len(names) or None in given or (bool(about) and about not in list(Subject))
    return Wish(
        tuple(dict.fromkeys(known)) or (() if names or only else (Dimension.AGENCY,)),
        tuple(only.items()),
        Subject(about) if about in list(Subject) else None,
        _("Something in the address is not known here. Choose anew below.") if is_faulty else "",
    )


def only_text(only: Only) -> str:
    """As it stands in a query."""
    return f"{only[0].value}:{only[1]}"


def _only(given: str) -> Only | None:
    dimension, _mark, value = given.partition(":")
    return (Dimension(dimension), value) if dimension in list(Dimension) and value else None
