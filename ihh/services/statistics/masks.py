"""The masks of a release: what it hides, in view of all that was ever published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from ihh.domain.house import House
from ihh.domain.masking import Flag, mask
from ihh.domain.statistics.cells import Sources
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import WITH_FEEDBACK, Period, PeriodKind, containing
from ihh.domain.statistics.shown import OF_WALK_INS, flag_of, gives_away, tied_measures
from ihh.domain.statistics.systems import Place, Placed, is_masked, system
from ihh.domain.statistics.tables import PUBLISHED, TOTAL, Dimension, Table
from ihh.services.statistics import frozen
from ihh.services.statistics.frozen import Frozen
from ihh.services.statistics.of_agency import agency_of as agency_of_service

Counted = dict[Table, dict[tuple[str, ...], Sources]]
Flags = dict[Place, Flag]
Hidden = Collection[tuple[Table, tuple[str, ...]]]


def masked(house: House, period: Period, counted: Counted) -> list[Frozen]:
    """The rows of a release with their flags. How many came is masked first: the other groups hang on it."""
    sources = {
        Place(period, table, of): found for table, rows in counted.items() for of, found in rows.items()
    }
    earlier, agency_of, k = _earlier(period), _agencies(counted), house.figures.small_cell
    attendance = _flags(
        Group.ATTENDANCE, [Placed(*one, None) for one in sources.items()], earlier, agency_of, k
    )
    hidden = {(place.table, place.values) for place, flag in attendance.items() if flag is not Flag.NONE}
    flags = {Group.ATTENDANCE: attendance}
    for group in (Group.FEEDBACK, Group.BOOKING):
        if group is Group.FEEDBACK and period.kind not in WITH_FEEDBACK:
            flags[group] = dict.fromkeys(sources, Flag.NOT_SHOWN)
        else:
            own = [_placed(group, *one, hidden) for one in sources.items() if is_masked(group, one[0].table)]
            flags[group] = _flags(group, own, earlier, agency_of, k)
    return [
        Frozen(
            place,
            found,
            {group: flags[group].get(place, Flag.NONE) for group in Group},
            tuple(tied_measures(place.table, place.values, hidden)),
        )
        for place, found in sources.items()
    ]


def _flags(
    group: Group, own: Sequence[Placed], earlier: Iterable[Frozen], agency_of: Mapping[str, str], k: int
) -> Flags:
    known = [
        Placed(
            row.place,
            row.sources,
            flag_of(group, row.flags),
            is_attendance_shown=row.flags[Group.ATTENDANCE] is Flag.NONE,
        )
        for row in earlier
        if is_masked(group, row.place.table)
    ]
    found = mask(system(group, [*own, *known], agency_of), k=k)
    return {placed.place: flag for placed, flag in zip(own, found[: len(own)], strict=True)}


def _placed(group: Group, place: Place, sources: Sources, hidden: Hidden) -> Placed:
    is_shown = (place.table, place.values) not in hidden
    is_withheld = not is_shown or (
        group is Group.BOOKING and gives_away(place.table, place.values, OF_WALK_INS, hidden)
    )
    return Placed(place, sources, None, is_withheld=is_withheld, is_attendance_shown=is_shown)


def _agencies(counted: Counted) -> dict[str, str]:
    """Each service's agency."""
    return {row[0]: agency_of_service(row[0]) for row in counted.get(Table((Dimension.SERVICE,)), {})}


def _earlier(period: Period) -> list[Frozen]:
    """Released rows that add up to this period's, and what those hang together with.

    Also later ones: months from another system may come in before months that are released.
    """
    if period.kind is PeriodKind.DAY:
        return []
    first, last = first_read(period), containing(period.last, PeriodKind.MONTH).next.last
    found = frozen.read(PeriodKind.DAY, [TOTAL], first, last)
    found += frozen.read(PeriodKind.WEEK, [TOTAL], first, last)
    if period.kind is not PeriodKind.YEAR:
        return found + frozen.read(PeriodKind.MONTH, [TOTAL], first, last)
    return found + frozen.read(PeriodKind.MONTH, PUBLISHED[PeriodKind.MONTH], period.start, period.last)


def first_read(period: Period) -> date:
    """From when on released rows have a say in the period's masks."""
    if period.kind is PeriodKind.DAY:
        return period.start
    before = containing(period.start, PeriodKind.MONTH).previous.start
    return containing(before, PeriodKind.WEEK).start
