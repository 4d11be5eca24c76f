"""What the statistics page says about a period: the answer first, then the figures against their targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_interval
from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.kpi import Measure
from ihh.domain.report import Dimension
from ihh.domain.suppression import Cell, Flag
from ihh.presentation.figure_words import amount_text, cell_text, grouped, row_label
from ihh.presentation.formats import long_date
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.reports import Report

NAMED = 3
"""Agencies the headline names, the worst first."""


@dataclass(frozen=True)
class Tile:
    label: str
    text: str
    """The figure, or why there is none."""
    exact: Decimal | int | None
    target: str | None
    is_met: bool | None
    """None without a figure or a target."""


def headline(found: Report) -> list[str]:
    """One or two sentences: was it done in one visit, and where do people wait too long?"""
    done = found.total.cells[Measure.ONE_VISIT]
    if found.total.cells[Measure.VISITS].amount == 0:
        return [_("Nobody has visited in this period.")]
    if found.total.flag is not Flag.NONE:
        return [_("Too few visitors to show figures.")]
    if done.amount is None:
        first = _("No visit has ended yet.") if done.flag is Flag.NO_DATA else _("Too few visits have ended.")
    else:
        first = _("%(share)s finished in one visit.", share=amount_text(Measure.ONE_VISIT, done.amount))
    second = _waits_sentence(found)
    return [first, second] if second else [first]


def _waits_sentence(found: Report) -> str | None:
    target = current_house().figures.service_level_target_pct
    rated = [
        (row.cells[Measure.WITHIN_LEVEL], row.code)
        for row in found.tables[Dimension.AGENCY].rows
        if row.cells[Measure.WITHIN_LEVEL].amount is not None
    ]
    late = sorted((rounded(cell), code) for cell, code in rated if rounded(cell) < target)
    if late:
        names = [row_label(Dimension.AGENCY, code) for _share, code in late[:NAMED]]
        return _("Too many long waits at %(agencies)s.", agencies=_listed(names))
    whole = found.total.cells[Measure.WITHIN_LEVEL]
    if whole.amount is None:
        return None
    return _("Waits are on target.") if rounded(whole) >= target else _("Too many long waits.")


def _listed(names: list[str]) -> str:
    language = text_language()
    return format_list(names, locale="en_GB" if language == "en" else language)


def counted(found: Report) -> list[str]:
    """The open days and the three counts, each with its word."""
    said = [ngettext("%(num)d open day", "%(num)d open days", found.open_days)]
    for measure, words in _COUNTED.items():
        amount = found.total.cells[measure].amount
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


def tiles(found: Report) -> list[Tile]:
    """The figures against their targets; what the house does not measure yet says so."""
    figures, cells = current_house().figures, found.total.cells
    waited = _("Called within %(minutes)d min", minutes=figures.service_level_min)
    unmeasured = [_("Satisfied"), _("Remote and self"), _("Softlanding, 14 days")]
    return [
        _at_least(_("Done in one visit"), Measure.ONE_VISIT, cells, figures.one_visit_target_pct),
        _at_least(waited, Measure.WITHIN_LEVEL, cells, figures.service_level_target_pct),
        _at_most(_("Median wait"), Measure.WAIT_MEDIAN, cells, figures.median_wait_target_min),
        *(Tile(label, _("no data yet"), None, None, None) for label in unmeasured),
    ]


def _at_least(label: str, measure: Measure, cells: Mapping[Measure, Cell], target: int) -> Tile:
    met = None if cells[measure].amount is None else rounded(cells[measure]) >= target
    return _tile(label, measure, cells[measure], target, met)


def _at_most(label: str, measure: Measure, cells: Mapping[Measure, Cell], target: int) -> Tile:
    met = None if cells[measure].amount is None else rounded(cells[measure]) <= target
    return _tile(label, measure, cells[measure], target, met)


def _tile(label: str, measure: Measure, cell: Cell, target: int, met: bool | None) -> Tile:
    goal = _("target %(figure)s", figure=amount_text(measure, target))
    return Tile(label, cell_text(measure, cell), cell.amount, goal, met)


def rounded(cell: Cell) -> int:
    """As people read it; so no figure looks as if it met a target that it is said to miss."""
    return int(Decimal(cell.amount or 0).quantize(Decimal(1), ROUND_HALF_UP))


def more_figures() -> list[tuple[str, Measure, Measure | None]]:
    """Rows of the total that the table has no room for: name, median or share, 90th percentile."""
    return [
        (_("Wait, walk-in"), Measure.WALK_IN_WAIT_MEDIAN, Measure.WALK_IN_WAIT_P90),
        (_("Wait, booked"), Measure.BOOKED_WAIT_MEDIAN, Measure.BOOKED_WAIT_P90),
        (_("From the call to the desk"), Measure.WAY_MEDIAN, Measure.WAY_P90),
        (_("Service"), Measure.SERVICE_MEDIAN, Measure.SERVICE_P90),
        (_("Booked and did not come in time"), Measure.NO_SHOW, None),
        (_("Left or did not answer the call"), Measure.ABANDONED, None),
    ]


def definitions() -> list[tuple[str, str]]:
    """How each figure is counted, in plain words."""
    level = current_house().figures.service_level_min
    grace = current_house().policy.no_show_grace_min
    return [
        (_("Visits, customers, service events"), _counts_meaning()),
        (_("Wait"), _wait_meaning()),
        (
            _("Median, 9 of 10 under"),
            _("Half wait no longer than the median, nine in ten no longer than the second figure."),
        ),
        (
            _("Called within %(minutes)d min", minutes=level),
            _("The share of waits of at most %(minutes)d minutes.", minutes=level),
        ),
        (
            _("Done in one visit"),
            _("The share of visits in which every service that was needed was done that day."),
        ),
        (
            _("Booked and did not come in time"),
            _(
                "Appointments not checked in %(minutes)d min past their time, of all not cancelled.",
                minutes=grace,
            ),
        ),
        (
            _("Left or did not answer the call"),
            _("Of all places in line, those that ended without service. What goes on today is left out."),
        ),
    ]


def _counts_meaning() -> str:
    return _(
        "A family of four who see two authorities are one visit, four customers and two service events. "
        "A row of the table counts those who had a place in its line."
    )


def _wait_meaning() -> str:
    return _(
        "From joining the line to the first call. With an appointment it begins at the booked time, "
        "or at check-in for those who come later. Only services that took place count."
    )


def period_text(first: date, last: date) -> str:
    """ "Tuesday 1 December 2026", "November 2026" or both ends."""
    language = text_language()
    if first == last:
        return long_date(first)
    if first.day == 1 and last == _month_end(first):
        return format_date(first, "LLLL yyyy", locale=language)
    return format_interval(first, last, "yMMMd", locale=language)


def fixed_periods(today: date) -> list[tuple[str, dict[str, str]]]:
    """Periods a click away, with their first and last day."""
    yesterday, monday = today - timedelta(days=1), today - timedelta(days=today.weekday())
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    return [
        (label, {"from": first.isoformat(), "to": last.isoformat()})
        for label, first, last in (
            (_("Today"), today, today),
            (_("Yesterday"), yesterday, yesterday),
            (_("This week"), monday, today),
            (_("Last month"), last_month, _month_end(last_month)),
        )
    ]


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
