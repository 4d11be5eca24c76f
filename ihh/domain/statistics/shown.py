"""What of a row may be shown: its sources, the masks of its groups, and people enough behind each figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Sources
from ihh.domain.statistics.measures import Definition, Group, Measure, Scope, Tied
from ihh.domain.statistics.tables import BY_CODE, TABLES, TOTAL, Dimension, Table
from ihh.domain.visit import Origin

Flags = Mapping[Group, Flag]

OF_WALK_INS = Tied(Dimension.CHANNEL, (Origin.WALK_IN,))
"""Of walk-in tickets there are as many as of visits that walked in, or more."""


def cells(
    table: Table, sources: Sources, flags: Flags, *, k: int, tied: Collection[Measure] = ()
) -> dict[Measure, Cell]:
    """A row's cells. A hidden row tells nothing, not even that there is no data.

    `tied` are the figures that would give a hidden row of a finer table away.
    """
    return {
        measure: _cell(
            definition, table, sources, flag_of(definition.group, flags), k=k, is_tied=measure in tied
        )
        for measure, definition in CATALOGUE.items()
    }


def flag_of(group: Group, flags: Flags) -> Flag:
    """A group's own flag, and that of how many came: of a hidden row nothing else may tell it.

    So many answers that are such a share of the visits are visits; and nobody has more answers than visits.
    """
    return flags[group] if flags[Group.ATTENDANCE] is Flag.NONE else flags[group].hidden()


def _cell(
    definition: Definition, table: Table, sources: Sources, flag: Flag, *, k: int, is_tied: bool
) -> Cell:
    if definition.formula is None or not is_counted(definition, table):
        return Cell(None, Flag.NO_DATA)
    if flag is not Flag.NONE:
        return Cell(None, flag)
    if is_tied:
        return Cell(None, Flag.NOT_SHOWN)
    n = None if definition.people is None else sources.count(definition.people)
    if n is not None and 1 <= n < k:
        return Cell(None, Flag.SUPPRESSED)
    amount = definition.formula(sources)
    if amount is None:
        return Cell(None, Flag.NO_DATA)
    return Cell(amount, Flag.NONE, n if definition.group is Group.FEEDBACK else None)


def is_counted(definition: Definition, table: Table) -> bool:
    """Whether the figure exists in that table at all."""
    if definition.tied_to is not None and finer(table, definition.tied_to.dimension) is None:
        return False
    match definition.scope:
        case Scope.HOUSE:
            return table == TOTAL
        case Scope.AGENCY:
            return table in (TOTAL, BY_CODE["agency"])
        case Scope.WHOLE:
            return table.is_whole
        case Scope.SINGLE:
            return table.is_single
        case _:
            return True


def finer(table: Table, dimension: Dimension) -> Table | None:
    """The table of the catalogue with one dimension more; None where it has that one or there is none."""
    wanted = {*table.dimensions, dimension}
    if dimension in table.dimensions:
        return None
    return next((one for one in TABLES if set(one.dimensions) == wanted), None)


def tied_measures(
    table: Table, values: tuple[str, ...], hidden: Collection[tuple[Table, tuple[str, ...]]]
) -> list[Measure]:
    """Figures of a row that would give one of the hidden rows away."""
    found = []
    for measure, definition in CATALOGUE.items():
        if definition.tied_to is not None and gives_away(table, values, definition.tied_to, hidden):
            found.append(measure)
    return found


def gives_away(
    table: Table, values: tuple[str, ...], tied: Tied, hidden: Collection[tuple[Table, tuple[str, ...]]]
) -> bool:
    """Whether one of the row's finer rows is hidden of which a figure tied to them would tell."""
    below = finer(table, tied.dimension)
    return below is not None and any(
        (below, _in_order(table, values, below, tied.dimension, value)) in hidden for value in tied.values
    )


def _in_order(
    table: Table, values: tuple[str, ...], below: Table, dimension: Dimension, value: str
) -> tuple[str, ...]:
    of = dict(zip(table.dimensions, values, strict=True)) | {dimension: value}
    return tuple(of[one] for one in below.dimensions)


def together(flags: Iterable[Flag]) -> Flag:
    """The flag of several periods' rows added up: shown only if each of them is."""
    found = set(flags)
    if found <= {Flag.NONE}:
        return Flag.NONE
    return found.pop() if len(found) == 1 else Flag.NOT_SHOWN
