"""What a plot says, in a sentence or two: for those who do not see it, and those in a hurry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Period, PeriodKind
from ihh.presentation.figure_words import amount_text, listed, measure_label, period_text, rounded
from ihh.web.statistics.grids import Grid

NAMED = 4
"""Rows a summary names."""


def of_hours(labels: Sequence[str], middles: Sequence[Cell], highs: Sequence[Cell]) -> str:
    known = _known(labels, middles)
    if not known:
        return _("No wait can be shown by hour.")
    said = [_median_said(*min(known), *max(known))]
    if worst := _known(labels, highs):
        longest, at = max(worst)
        time = amount_text(Measure.WAIT_P90, longest)
        said.append(_("The longest waits are at %(at)s: 9 of 10 wait at most %(time)s.", at=at, time=time))
    return " ".join(said)


def _median_said(low: int, low_at: str, high: int, high_at: str) -> str:
    if low == high:
        return _("The median is %(low)s at every hour shown.", low=amount_text(Measure.WAIT_MEDIAN, low))
    return _(
        "The median goes from %(low)s (%(low_at)s) to %(high)s (%(high_at)s).",
        low=amount_text(Measure.WAIT_MEDIAN, low),
        low_at=low_at,
        high=amount_text(Measure.WAIT_MEDIAN, high),
        high_at=high_at,
    )


def _known(labels: Sequence[str], cells: Sequence[Cell]) -> list[tuple[int, str]]:
    return [
        (rounded(cell.amount), label)
        for cell, label in zip(cells, labels, strict=True)
        if cell.amount is not None
    ]


def of_heat(table: Grid) -> str:
    known = [
        (int(cell.amount), line.labels[0], table.columns[at])
        for line in table.lines
        for at, (_measure, cell) in enumerate(line.cells)
        if cell.amount is not None
    ]
    if not known:
        return _("No visits can be shown by weekday and hour.")
    most = max(known, key=lambda found: found[0])
    least = min([found for found in known if found[0]] or known, key=lambda found: found[0])
    return _(
        "Most visits: %(most_day)s %(most_hour)s, %(most)s. "
        "Fewest of those shown: %(least_day)s %(least_hour)s, %(least)s.",
        most_day=most[1],
        most_hour=most[2],
        most=amount_text(Measure.VISITS, most[0]),
        least_day=least[1],
        least_hour=least[2],
        least=amount_text(Measure.VISITS, least[0]),
    )


def of_ranks(measure: Measure, labels: Sequence[str], cells: Sequence[Cell]) -> str:
    known = [
        (label, cell.amount) for label, cell in zip(labels, cells, strict=True) if cell.amount is not None
    ]
    if not known:
        return _("Nothing can be shown here.")
    known.sort(key=lambda found: -found[1])
    told = [f"{label} {amount_text(measure, amount)}" for label, amount in known]
    if len(told) > NAMED:
        return _("From %(first)s and %(second)s to %(last)s.", first=told[0], second=told[1], last=told[-1])
    return f"{listed(told)}."


def of_trend(rows: Mapping[Period, Row]) -> str:
    said = []
    for measure in (Measure.ONE_VISIT, Measure.WAIT_MEDIAN):
        shown = [
            (period, amount)
            for period, row in rows.items()
            if (amount := row.cells[measure].amount) is not None
        ]
        if len(shown) > 1:
            (first, before), (last, after) = shown[0], shown[-1]
            facts = {
                "figure": measure_label(measure),
                "before": amount_text(measure, before),
                "first": period_text(first),
                "after": amount_text(measure, after),
                "last": period_text(last),
            }
            if first.kind is PeriodKind.DAY:
                said.append(_("%(figure)s: %(before)s on %(first)s, %(after)s on %(last)s.", **facts))
            else:
                said.append(_("%(figure)s: %(before)s in %(first)s, %(after)s in %(last)s.", **facts))
    return " ".join(said) or _("Too few periods to compare yet.")


def of_pairs(cells: Sequence[tuple[Cell, Cell]]) -> str:
    shown = [(ours.amount, theirs.amount) for ours, theirs in cells]
    known = [(ours, theirs) for ours, theirs in shown if ours is not None and theirs is not None]
    if not known:
        return _("No estimate can be compared yet.")
    better = sum(1 for ours, theirs in known if ours < theirs)
    return ngettext(
        "Our estimate was closer than the yardstick in %(better)d of %(num)d row.",
        "Our estimate was closer than the yardstick in %(better)d of %(num)d rows.",
        len(known),
        better=better,
    )
