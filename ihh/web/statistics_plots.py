"""Plots of the statistics page as places in percent of the drawing, so that they fit every width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ihh.domain.kpi import Measure
from ihh.domain.report import Dimension, Table
from ihh.domain.suppression import Cell, Flag
from ihh.presentation.figure_words import row_label
from ihh.services.house import current_house
from ihh.web.statistics_words import rounded

LEFT, RIGHT, TOP, BOTTOM = 7.0, 100.0, 9.0, 88.0
"""Edges of the plotted field, percent of the drawing."""

STEPS = (5, 10, 15, 30, 60, 120, 240)
"""Minutes between the lines of the scale: the smallest that needs at most four of them."""


@dataclass(frozen=True)
class HourBar:
    label: str
    middle: float
    median: int
    p90: int
    median_top: float
    p90_top: float
    is_drawn: bool
    """False where the hour has no wait to show; its label stays."""


@dataclass(frozen=True)
class HourPlot:
    table: Table
    bars: tuple[HourBar, ...]
    bar_width: float
    scale: tuple[tuple[int, float], ...]
    target: int
    target_at: float
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM

    @property
    def is_empty(self) -> bool:
        return not any(bar.is_drawn for bar in self.bars)


@dataclass(frozen=True)
class LevelBar:
    label: str
    share: int
    below: int
    """How far below the target; 0 or less where it is met."""


def hour_plot(table: Table) -> HourPlot:
    """Median and 90th percentile of the waits by the hour of joining, against the target."""
    target = current_house().figures.median_wait_target_min
    cells = [(row.cells[Measure.WAIT_MEDIAN], row.cells[Measure.WAIT_P90]) for row in table.rows]
    highest = max([target, *(rounded(p90) for _, p90 in cells)])
    step = next((step for step in STEPS if step * 4 >= highest), STEPS[-1])
    top = -(-highest // step) * step or step
    room = (RIGHT - LEFT) / max(len(cells), 1)

    def height(minutes: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * minutes / top, 2)

    bars = tuple(
        _hour_bar(row_label(Dimension.HOUR, row.code), LEFT + room * (index + 0.5), median, p90, height)
        for index, (row, (median, p90)) in enumerate(zip(table.rows, cells, strict=True))
    )
    scale = tuple((minutes, height(minutes)) for minutes in range(0, top + 1, step))
    return HourPlot(table, bars, round(room * 0.5, 2), scale, target, height(target))


def _hour_bar(label: str, middle: float, median: Cell, p90: Cell, height: Callable[[int], float]) -> HourBar:
    low, high = rounded(median), rounded(p90)
    drawn = median.flag is Flag.NONE and p90.flag is Flag.NONE
    return HourBar(label, round(middle, 2), low, high, height(low), height(high), drawn)


def level_bars(table: Table) -> list[LevelBar]:
    """Agencies by the share called in time, the best first; hidden ones are left out."""
    target = current_house().figures.service_level_target_pct
    rated = [
        (rounded(row.cells[Measure.WITHIN_LEVEL]), row_label(table.dimension, row.code))
        for row in table.rows
        if row.cells[Measure.WITHIN_LEVEL].flag is Flag.NONE
    ]
    return [
        LevelBar(label, share, target - share) for share, label in sorted(rated, key=lambda pair: -pair[0])
    ]
