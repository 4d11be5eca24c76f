"""What the pages say about a period before any figure: was it done in one visit, where are waits too long?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Measure, Unit
from ihh.domain.statistics.periods import PeriodKind
from ihh.domain.statistics.tables import Dimension
from ihh.presentation.figure_words import (
    MINUS,
    amount_text,
    answered_text,
    as_read,
    cell_text,
    decimals,
    grouped,
    listed,
    measure_label,
    number_text,
    percent_text,
    rounded,
    row_label,
)
from ihh.presentation.formats import NBSP
from ihh.services.house import current_house
from ihh.web.statistics.marks import targets

NAMED = 3
"""Agencies the headline names, the worst first."""

ANSWERS = (
    Measure.ONE_VISIT,
    Measure.WITHIN_LEVEL,
    Measure.WALK_IN_WAIT_MEDIAN,
    Measure.BOOKED_WAIT_MEDIAN,
    Measure.CSAT,
    Measure.NO_SHOW,
)
"""The first row of tiles: did it go well?"""

MASSES = (
    Measure.VISITS,
    Measure.CUSTOMERS,
    Measure.SERVICE_EVENTS,
    Measure.ONLINE_SHARE,
    Measure.IN_HOUSE_MEDIAN,
    Measure.SOFTLANDING_WITHIN,
)
"""The second row: how much of it was there?"""

LOW_IS_GOOD = frozenset(
    {Measure.WALK_IN_WAIT_MEDIAN, Measure.BOOKED_WAIT_MEDIAN, Measure.WAIT_MEDIAN, Measure.NO_SHOW}
)


@dataclass(frozen=True)
class Change:
    text: str
    """ "+3 points", "−2 min", "+12 %", "no change"."""
    is_better: bool | None
    """None: neither better nor worse."""
    arrow: str
    """ "up", "down" or ""."""


@dataclass(frozen=True)
class Tile:
    measure: Measure
    label: str
    text: str
    """The figure, or why there is none."""
    cell: Cell
    target: str | None
    is_met: bool | None
    bar: tuple[float, float] | None
    """Where figure and target stand on the tile's scale, in percent of its length."""
    change: Change | None
    note: str | None = None


def headline(total: Row, agencies: Sequence[Row]) -> list[str]:
    """One or two sentences: was it done in one visit, and where do people wait too long?"""
    visits, done = total.cells[Measure.VISITS], total.cells[Measure.ONE_VISIT]
    if visits.amount == 0:
        return [_("Nobody has visited in this period.")]
    if visits.flag in (Flag.SUPPRESSED, Flag.NOT_SHOWN):
        return [_("Too few visitors to show figures.")]
    if done.amount is None:
        first = _("No visit has ended yet.") if done.flag is Flag.NO_DATA else _("Too few visits have ended.")
    else:
        first = _("%(share)s finished in one visit.", share=amount_text(Measure.ONE_VISIT, done.amount))
    second = _waits_sentence(total, agencies)
    return [first, second] if second else [first]


def agency_headline(row: Row) -> list[str]:
    """The same of one agency: how many were called in time."""
    share = row.cells[Measure.WITHIN_LEVEL].amount
    if share is None:
        return headline(row, [])[:1]
    said = _(
        "%(share)s called within %(minutes)d minutes.",
        share=amount_text(Measure.WITHIN_LEVEL, share),
        minutes=current_house().figures.service_level_min,
    )
    verdict = _waits_sentence(row, [])
    return [said, verdict] if verdict else [said]


def _waits_sentence(total: Row, agencies: Sequence[Row]) -> str | None:
    target = targets()[Measure.WITHIN_LEVEL]
    rated = [
        (rounded(amount), row.values[0])
        for row in agencies
        if (amount := row.cells[Measure.WITHIN_LEVEL].amount) is not None
    ]
    if late := sorted((share, code) for share, code in rated if share < target):
        names = [row_label(Dimension.AGENCY, code) for _share, code in late[:NAMED]]
        return _("Too many long waits at %(agencies)s.", agencies=listed(names))
    whole = total.cells[Measure.WITHIN_LEVEL].amount
    if whole is None:
        return None
    return _("Waits are on target.") if rounded(whole) >= target else _("Too many long waits.")


def counted(total: Row, open_days: int | None = None) -> list[str]:
    """The open days and the three counts, each with its word."""
    said = [] if open_days is None else [ngettext("%(num)d open day", "%(num)d open days", open_days)]
    for measure, words in _COUNTED.items():
        amount = total.cells[measure].amount
        if amount is not None:
            said.append(words(int(amount)))
    return said


_COUNTED: dict[Measure, Callable[[int], str]] = {
    Measure.VISITS: lambda n: ngettext("%(count)s visit", "%(count)s visits", n, count=grouped(n)),
    Measure.CUSTOMERS: lambda n: ngettext("%(count)s customer", "%(count)s customers", n, count=grouped(n)),
    Measure.SERVICE_EVENTS: lambda n: ngettext(
        "%(count)s service event", "%(count)s service events", n, count=grouped(n)
    ),
}


def tiles(
    measures: Sequence[Measure], row: Row, before: Row | None, *, kind: PeriodKind = PeriodKind.MONTH
) -> list[Tile]:
    """Figures with their targets, and how they changed since the period compared with."""
    return [_tile(measure, row, before, kind) for measure in measures]


def _tile(measure: Measure, row: Row, before: Row | None, kind: PeriodKind) -> Tile:
    cell, target = row.cells[measure], targets().get(measure)
    met, bar, goal = None, None, None
    if target is not None:
        goal = _("target %(figure)s", figure=amount_text(measure, target))
        if cell.amount is not None:
            met, bar = is_met(measure, cell.amount, target), _bar(measure, cell.amount, target)
    change = change_of(measure, cell, before.cells[measure]) if before is not None else None
    note = _answers(row) if measure is Measure.CSAT else None
    said = cell_text(measure, cell, kind=kind)
    return Tile(measure, label(measure), said, cell, goal, met, bar, change, note)


def _bar(measure: Measure, amount: int | Decimal, target: int) -> tuple[float, float]:
    """Shares of which more is better on a scale to 100 %; what should be small to twice its target."""
    is_share = CATALOGUE[measure].unit is Unit.PERCENT and measure not in LOW_IS_GOOD
    most = 100 if is_share else max(2 * target, rounded(amount), 1)
    return (round(100 * float(amount) / most, 1), round(100 * target / most, 1))


def is_met(measure: Measure, amount: int | Decimal, target: int) -> bool:
    return rounded(amount) <= target if measure in LOW_IS_GOOD else rounded(amount) >= target


def label(measure: Measure) -> str:
    """As the catalogue calls it; the service level with the house's own minutes."""
    if measure is Measure.WITHIN_LEVEL:
        return _("Called within %(minutes)d min", minutes=current_house().figures.service_level_min)
    return measure_label(measure)


def _answers(row: Row) -> str | None:
    """How many answered, and which share of those asked: satisfaction is not read without."""
    said = answered_text(Measure.CSAT, row.cells[Measure.CSAT])
    if not said:
        return None
    rate = row.cells[Measure.RESPONSE_RATE].amount
    if rate is None:
        return said
    facts = {"answers": said, "share": amount_text(Measure.RESPONSE_RATE, rate)}
    target = targets()[Measure.RESPONSE_RATE]
    if is_met(Measure.RESPONSE_RATE, rate, target):
        return _("%(answers)s, %(share)s answered", **facts)
    goal = amount_text(Measure.RESPONSE_RATE, target)
    return _("%(answers)s, %(share)s answered (target %(target)s)", target=goal, **facts)


def change_of(measure: Measure, now: Cell, before: Cell) -> Change | None:
    """Of the figures as they are read; None where one of the two is not shown."""
    if now.amount is None or before.amount is None:
        return None
    difference = as_read(measure, now.amount) - as_read(measure, before.amount)
    if difference == 0:
        return Change(_("no change"), None, "")
    better = CATALOGUE[measure].is_better
    return Change(
        _change_text(measure, difference, Decimal(before.amount)),
        None if better == 0 else (difference > 0) == (better > 0),
        "up" if difference > 0 else "down",
    )


def _change_text(measure: Measure, difference: Decimal, before: Decimal) -> str:
    sign = "+" if difference > 0 else MINUS
    unit = CATALOGUE[measure].unit
    if unit is Unit.COUNT and before:
        share = abs(100 * difference / before)
        return sign + percent_text(number_text(share, decimals=int(rounded(share) == 0)))
    if unit is Unit.PERCENT:
        return sign + ngettext("%(num)d point", "%(num)d points", abs(rounded(difference))).replace(" ", NBSP)
    if unit is Unit.MINUTES:
        return sign + amount_text(measure, abs(difference))
    return sign + number_text(abs(difference), decimals=decimals(measure))
