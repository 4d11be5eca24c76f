"""What stands beside a figure or in its place: target, number of answers, the sign of what is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from ihh.domain.masking import Flag
from ihh.domain.statistics.cells import Cell
from ihh.domain.statistics.measures import Measure
from ihh.presentation.figure_words import amount_text, answered_text, as_read, cell_text, rounded
from ihh.services.house import current_house


def targets() -> dict[Measure, int]:
    figures = current_house().figures
    return {
        Measure.ONE_VISIT: figures.one_visit_target_pct,
        Measure.WITHIN_LEVEL: figures.service_level_target_pct,
        Measure.WAIT_MEDIAN: figures.median_wait_target_min,
        Measure.WALK_IN_WAIT_MEDIAN: figures.median_wait_target_min,
        Measure.BOOKED_WAIT_MEDIAN: figures.median_wait_target_min,
        Measure.CSAT: figures.satisfied_target_pct,
        Measure.RESPONSE_RATE: figures.response_target_pct,
        Measure.NO_SHOW: figures.no_show_target_pct,
        Measure.SOFTLANDING_WITHIN: figures.softlanding_target_pct,
    }


def value(measure: Measure, cell: Cell) -> float | None:
    """As it is read, for the drawing; None where there is nothing to draw."""
    return None if cell.amount is None else float(as_read(measure, cell.amount))


NOT_SHOWN = ".."
"""As statistics offices write it. A dash would read as a zero, or as the table's "the same again"."""


def short_text(cell: Cell) -> str:
    """For a place too small for words: the number alone, "<5", ".."; empty where there is no data."""
    if cell.amount is not None:
        return str(rounded(cell.amount))
    if cell.flag is Flag.NO_DATA:
        return ""
    return f"<{current_house().figures.small_cell}" if cell.flag is Flag.SUPPRESSED else NOT_SHOWN


def signs_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """A legend of the signs that `short_text` writes for these cells."""
    flags = {cell.flag for cell in cells}
    number = current_house().figures.small_cell
    found = {
        Flag.SUPPRESSED: _("“<%(number)d”: fewer than %(number)d.", number=number),
        Flag.NOT_SHOWN: _("“..”: not shown."),
        Flag.NO_DATA: _("Blank: no data."),
    }
    return tuple(said for flag, said in found.items() if flag in flags)


def target_of(measure: Measure) -> dict[str, Any] | None:
    target = targets().get(measure)
    if target is None:
        return None
    return {"value": target, "text": _("target %(figure)s", figure=amount_text(measure, target))}


def with_answers(measure: Measure, cell: Cell) -> str:
    """ "86 % (n 57)"."""
    answered = answered_text(measure, cell)
    return cell_text(measure, cell) + (f" ({answered})" if answered else "")
