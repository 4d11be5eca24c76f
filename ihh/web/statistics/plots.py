"""Plots as data for the drawing script, each with its table and its summary in words.

The script draws and knows no words: every number comes as a figure and as the text to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from ihh.domain.closed_days import is_open
from ihh.domain.statistics.cells import Cell, Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Period, PeriodKind
from ihh.domain.statistics.tables import Dimension
from ihh.presentation.figure_words import (
    cell_text,
    hour_on_axis,
    measure_label,
    number_text,
    period_text,
    rounded,
    row_label,
    short_period,
    weekday_name,
)
from ihh.services.house import current_house
from ihh.services.statistics.published import Shown
from ihh.web.statistics import summaries
from ihh.web.statistics.grids import Grid, Href, Line, chosen, grid, matrix
from ihh.web.statistics.marks import short_text, signs_of, target_of, targets, value, with_answers

HOURS = (Measure.CUSTOMERS, Measure.SERVICE_EVENTS, Measure.WAIT_MEDIAN, Measure.WAIT_P90)
LEVELS = (Measure.SERVICE_EVENTS, Measure.WAIT_MEDIAN, Measure.WAIT_P90, Measure.WITHIN_LEVEL, Measure.CSAT)
TREND = (Measure.ONE_VISIT, Measure.WITHIN_LEVEL, Measure.WAIT_MEDIAN, Measure.CSAT, Measure.VISITS)
SHARES = (Measure.VISITS, Measure.CUSTOMERS, Measure.WAIT_MEDIAN, Measure.ONE_VISIT, Measure.CSAT)

Keep = Callable[[Row], bool]


def every(_row: Row) -> bool:
    return True


@dataclass(frozen=True)
class Plot:
    name: str
    title: str
    note: str
    """How the drawing is to be read."""
    summary: str
    """What it says, for those who do not see it and those in a hurry."""
    data: Mapping[str, Any]
    grid: Grid
    is_empty: bool
    """Nothing to draw; the table says why."""
    signs: tuple[str, ...] = ()
    """What the signs mean that stand in the drawing for a number."""


def hours(shown: Shown, *, keep: Keep = every) -> Plot:
    """Waits by hour: median as a bar, the 90th percentile as a line above it, the target across."""
    rows = [row for row in shown.rows if keep(row)]
    at = shown.table.dimensions.index(Dimension.HOUR)
    middles = [row.cells[Measure.WAIT_MEDIAN] for row in rows]
    highs = [row.cells[Measure.WAIT_P90] for row in rows]
    labels = [row_label(Dimension.HOUR, row.values[at]) for row in rows]
    others = [dimension for dimension in shown.table.dimensions if dimension is not Dimension.HOUR]
    return Plot(
        "hours",
        _("Wait by hour"),
        _("Minutes, by the hour of joining the line. Bar: median. Line: 9 of 10 wait no longer than this."),
        summaries.of_hours(labels, middles, highs),
        {
            "kind": "hours",
            "labels": [hour_on_axis(row.values[at]) for row in rows],
            "bars": [value(Measure.WAIT_MEDIAN, cell) for cell in middles],
            "whiskers": [value(Measure.WAIT_P90, cell) for cell in highs],
            "texts": [
                short_text(high if high.amount is not None else middle)
                for middle, high in zip(middles, highs, strict=True)
            ],
            "target": target_of(Measure.WAIT_MEDIAN),
        },
        grid(shown, HOURS, keep=keep, without=others),
        all(cell.amount is None for cell in middles),
        signs_of(middle for middle, high in zip(middles, highs, strict=True) if high.amount is None),
    )


def heat(rows: Sequence[Row], place: tuple[int, int]) -> Plot:
    """Visits by weekday and hour; `place` says where the two stand in a row's values."""
    table = matrix(rows, Measure.VISITS, Dimension.WEEKDAY, Dimension.HOUR, place)
    cells = [
        {"x": x, "y": y, "value": value(Measure.VISITS, cell), "text": short_text(cell)}
        for y, line in enumerate(table.lines)
        for x, (_measure, cell) in enumerate(line.cells)
    ]
    return Plot(
        "heat",
        _("Visits by weekday and hour"),
        _(
            "The stronger the colour, the more visits. "
            "A visit with services in several hours counts in each of them."
        ),
        summaries.of_heat(table),
        {
            "kind": "heat",
            "columns": [hour_on_axis(hour) for hour in dict.fromkeys(row.values[place[1]] for row in rows)],
            "rows": [line.labels[0] for line in table.lines],
            "short_rows": [_weekday(line.key) for line in table.lines],
            "cells": cells,
        },
        table,
        all(cell["value"] is None for cell in cells),
        signs_of(cell for line in table.lines for _measure, cell in line.cells),
    )


def _weekday(code: str) -> str:
    """ "Mon", for a narrow screen."""
    return weekday_name(int(code), "abbreviated") if code.isdigit() else code


def levels(shown: Shown, *, total: Row | None = None, href: Href = lambda values: None) -> Plot:
    """Agencies by the share called in time, the best first, against the target."""
    measure = Measure.WITHIN_LEVEL
    dimension, target = shown.table.dimensions[0], targets()[measure]
    rated = [row for row in shown.rows if row.cells[measure].amount is not None]
    rated.sort(key=lambda row: -rounded(row.cells[measure].amount or 0))
    labels = [row_label(dimension, row.values[0]) for row in rated]
    cells = [row.cells[measure] for row in rated]
    below = [target - rounded(cell.amount or 0) for cell in cells]
    texts = [
        f"{cell_text(measure, cell)}  {_against_target(under)}"
        for cell, under in zip(cells, below, strict=True)
    ]
    data = _ranks(measure, labels, cells, texts) | {
        "below": [under > 0 for under in below],
        "links": [href(row.values) for row in rated],
        "most": 100,
        "target": target_of(measure),
    }
    return Plot(
        "levels",
        _("Called within %(minutes)d minutes", minutes=current_house().figures.service_level_min),
        _("Share of the services, the best first. Striped: below the target. Dashed line: the target."),
        summaries.of_ranks(measure, labels, cells),
        data,
        grid(shown, LEVELS, total=total, href=href, heads=level_heads()),
        not rated,
    )


def _against_target(below: int) -> str:
    return _("%(points)d below", points=below) if below > 0 else _("met")


def level_heads() -> tuple[str, ...]:
    """Short heads, as the columns of LEVELS need."""
    minutes = current_house().figures.service_level_min
    return (
        measure_label(Measure.SERVICE_EVENTS),
        _("Median wait"),
        _("9 of 10 under"),
        _("In %(minutes)d min", minutes=minutes),
        _("Satisfied"),
    )


def shares(shown: Shown, name: str, title: str, *, keep: Keep = every) -> Plot:
    """Visits by the values of one dimension, as bars."""
    dimension = shown.table.dimensions[-1]
    rows = [row for row in shown.rows if keep(row)]
    labels = [row_label(dimension, row.values[-1]) for row in rows]
    cells = [row.cells[Measure.VISITS] for row in rows]
    texts = [cell_text(Measure.VISITS, cell) for cell in cells]
    return Plot(
        name,
        title,
        _("Visits."),
        summaries.of_ranks(Measure.VISITS, labels, cells),
        _ranks(Measure.VISITS, labels, cells, texts),
        grid(shown, SHARES, keep=keep, without=shown.table.dimensions[:-1]),
        all(cell.amount is None for cell in cells),
    )


def _ranks(
    measure: Measure, labels: Sequence[str], cells: Sequence[Cell], texts: Sequence[str]
) -> dict[str, Any]:
    return {
        "kind": "ranks",
        "labels": list(labels),
        "values": [value(measure, cell) for cell in cells],
        "texts": list(texts),
    }


def trend(found: Mapping[Period, Sequence[Row]]) -> Plot:
    """Five figures period by period, each in a small plot of its own with its target."""
    rows = {period: of[0] for period, of in found.items() if of}
    open_rows = {period: row for period, row in rows.items() if not _was_closed(period, row)}
    panels = [_panel(measure, rows, open_rows) for measure in TREND]
    return Plot(
        "trend",
        _("How it changed"),
        _("Dashed line: the target. A gap: a closed day, or nothing that may be shown."),
        summaries.of_trend(open_rows),
        {"kind": "lines", "labels": [short_period(period) for period in rows], "panels": panels},
        by_period(rows, TREND),
        len(rows) < 2 or all(one is None for panel in panels for one in panel["values"]),
    )


def _was_closed(period: Period, row: Row) -> bool:
    """A day without hours and without visits: no bad day, but none at all."""
    is_empty = row.cells[Measure.VISITS].amount == 0
    return period.kind is PeriodKind.DAY and is_empty and not is_open(current_house(), period.start)


def by_period(rows: Mapping[Period, Row], measures: Sequence[Measure]) -> Grid:
    lines = [
        Line((_period_label(period, row),), period.code, chosen(row, measures))
        for period, row in rows.items()
    ]
    kinds = {period.kind for period in rows} or {PeriodKind.MONTH}
    return Grid(
        (_("Period"),), tuple(measure_label(measure) for measure in measures), tuple(lines), kinds.pop()
    )


def _period_label(period: Period, row: Row) -> str:
    name = period_text(period)
    return _("%(day)s, closed", day=name) if _was_closed(period, row) else name


def _panel(measure: Measure, rows: Mapping[Period, Row], open_rows: Mapping[Period, Row]) -> dict[str, Any]:
    cells = [row.cells[measure] for row in rows.values()]
    return {
        "name": measure_label(measure),
        "values": [
            value(measure, row.cells[measure]) if period in open_rows else None
            for period, row in rows.items()
        ],
        "texts": [with_answers(measure, cell) for cell in cells],
        "none": _why_none(measure, rows),
        "target": target_of(measure),
    }


def _why_none(measure: Measure, rows: Mapping[Period, Row]) -> str:
    """What the last period reads where nothing can be drawn: "not shown", "by month only"."""
    if not rows:
        return ""
    period, row = list(rows.items())[-1]
    return cell_text(measure, row.cells[measure], kind=period.kind)


def _tenths(cell: Cell) -> str:
    return number_text(cell.amount, decimals=1) if cell.amount is not None else short_text(cell)


def pairs(name: str, title: str, labels: Sequence[str], rows: Sequence[Row], table: Grid) -> Plot:
    """Our estimate's mean error beside the yardstick's."""
    measures = (Measure.ESTIMATE_ERROR, Measure.ESTIMATE_NAIVE)
    return Plot(
        name,
        title,
        _("Mean error in minutes: the lower, the better. Plain: our estimate. Striped: the yardstick."),
        summaries.of_pairs([(row.cells[measures[0]], row.cells[measures[1]]) for row in rows]),
        {
            "kind": "pairs",
            "labels": list(labels),
            "series": [
                {
                    "name": measure_label(measure),
                    "values": [value(measure, row.cells[measure]) for row in rows],
                    "texts": [_tenths(row.cells[measure]) for row in rows],
                }
                for measure in measures
            ],
        },
        table,
        all(row.cells[measures[0]].amount is None for row in rows),
    )
