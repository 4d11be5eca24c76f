"""Lanes of time as numbers for SVG: horizontal bars on a phone, a vertical strip on a wide screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from ihh.domain.house import House, text
from ihh.domain.planner import VisitOption
from ihh.presentation.formats import duration, minute_time, short_date
from ihh.presentation.languages import text_language
from ihh.web.timeline import Kind, Lane, Piece

TONES = ("bus", "tram", "summer", "black")
"""Given to the agencies of a visit in its order, so that neighbours differ; the name stands in each bar."""

LANE_PX = 230
"""Narrowest lane of a 390 px phone, to judge whether a name fits its bar."""

SIGN_PX = 6.6
"""Widest a sign of bar text is, on average."""

STRIP_PX = 200
EM_PER_MIN = 0.133
LONGEST_EM = 42.0
TICKS_PERCENT = 21.0
TOP_EM = 2.2
"""Room for the names of the lanes."""

BREAK_MIN = 20
"""What the gap between two visits takes of a lane, in its minutes."""

BREAK_EM = 4.2
"""What it takes of a strip: room for the first day's end, a dashed line, the second day's name."""

BREAK_LINE_EM = 1.5
"""Where in it the line is."""

Row = tuple[Lane, ...]
"""The same people's lanes, one for each visit."""


@dataclass(frozen=True)
class Strip:
    """Days drawn downwards: lengths in em of the drawing's text, widths in percent."""

    height: float
    ticks: list[tuple[float, str]]
    heads: list[tuple[float, str]]
    blocks: list[dict[str, Any]]
    """Served, waiting and walking pieces: kind, x, y, width, height, tone, lines of text."""
    breaks: list[tuple[float, str]]
    """Where another day begins, and its name."""


def drawn_min(visits: Sequence[VisitOption]) -> int:
    """Minutes that the visits take of a drawing, the gaps between them included."""
    return sum(option.end - option.start for option in visits) + BREAK_MIN * (len(visits) - 1)


def tones_of(house: House, *visits: VisitOption) -> dict[str, str]:
    agencies = dict.fromkeys(house.service[leg.service].agency for option in visits for leg in option.legs)
    return {agency: TONES[index % len(TONES)] for index, agency in enumerate(agencies)}


def bars(house: House, option: VisitOption, lane: Lane, scale_min: int) -> list[dict[str, Any]]:
    """Pieces for `timeline.lane`: start and width in percent of `scale_min`."""
    return row_bars(house, (option,), (lane,), scale_min)


def row_bars(house: House, visits: Sequence[VisitOption], row: Row, scale_min: int) -> list[dict[str, Any]]:
    """The same for several visits one after the other, with a break between them."""
    found: list[dict[str, Any]] = []
    drawing = _Drawing(house, tones_of(house, *visits))
    at = 0
    for number, (option, lane) in enumerate(zip(visits, row, strict=True)):
        if number:
            found.append({"kind": "break", **_stretch(at, BREAK_MIN, scale_min)})
            at += BREAK_MIN
        found += [_bar(drawing, option, piece, at, scale_min) for piece in lane.pieces]
        at += option.end - option.start
    return found


def strip(
    house: House, visits: Sequence[VisitOption], rows: Sequence[Row], heads: list[str], scale_min: int
) -> Strip:
    """`heads` names the rows."""
    em = min(EM_PER_MIN, LONGEST_EM / max(scale_min, 1))
    width = (100 - TICKS_PERCENT) / max(len(rows), 1)
    drawing, top = _Drawing(house, tones_of(house, *visits)), TOP_EM
    ticks: list[tuple[float, str]] = []
    blocks: list[dict[str, Any]] = []
    breaks: list[tuple[float, str]] = []
    for number, option in enumerate(visits):
        if number:
            breaks.append((round(top + BREAK_LINE_EM, 2), short_date(option.date)))
            top += BREAK_EM
        plot = _Plot(drawing, option, em, width, top)
        lanes = tuple(row[number] for row in rows)
        ticks += _ticks(plot)
        blocks += [_block(plot, piece, lane, span) for piece, lane, span in _spread(lanes)]
        top += (option.end - option.start) * em
    return Strip(
        height=round(top + 1, 2),
        ticks=ticks,
        heads=[(TICKS_PERCENT + index * width, name) for index, name in enumerate(heads)],
        blocks=blocks,
        breaks=breaks,
    )


@dataclass(frozen=True)
class _Drawing:
    house: House
    tones: dict[str, str]

    def agency(self, option: VisitOption, piece: Piece) -> str:
        return self.house.service[option.legs[piece.leg or 0].service].agency


@dataclass(frozen=True)
class _Plot:
    """One day of a strip: em of a minute, percent of a lane, em above it."""

    drawing: _Drawing
    option: VisitOption
    em: float
    width: float
    top: float

    def y(self, minute: int) -> float:
        return self.top + (minute - self.option.start) * self.em


def _label(drawing: _Drawing, option: VisitOption, piece: Piece) -> str:
    if piece.leg is None:
        return ""
    return text(drawing.house.agency[drawing.agency(option, piece)].short_name, text_language())


def _tone(drawing: _Drawing, option: VisitOption, piece: Piece) -> str:
    return "" if piece.leg is None else drawing.tones[drawing.agency(option, piece)]


def _stretch(start: float, minutes: float, scale_min: int) -> dict[str, float]:
    return {"start": round(100 * start / scale_min, 2), "width": round(100 * minutes / scale_min, 2)}


def _bar(drawing: _Drawing, option: VisitOption, piece: Piece, at: int, scale_min: int) -> dict[str, Any]:
    """`at` is where the visit begins, in minutes of the drawing."""
    px = piece.minutes * LANE_PX / scale_min
    return {
        "kind": piece.kind.value,
        **_stretch(at + piece.start - option.start, piece.minutes, scale_min),
        "label": fitting(_label(drawing, option, piece), px),
        "tone": _tone(drawing, option, piece),
    }


def fitting(label: str, px: float) -> str:
    """The name, its first word, or nothing, whichever fits."""
    for shorter in (label, label.split(" ")[0]):
        if len(shorter) * SIGN_PX + 6 <= px:
            return shorter
    return ""


def _spread(lanes: tuple[Lane, ...]) -> list[tuple[Piece, int, int]]:
    """Each piece with its first lane and how many neighbouring lanes it spans; a shared leg is one block."""
    found: list[tuple[Piece, int, int]] = []
    for index, lane in enumerate(lanes):
        for piece in lane.pieces:
            if piece.leg is None or not _grow(found, piece, index):
                found.append((piece, index, 1))
    return found


def _grow(found: list[tuple[Piece, int, int]], piece: Piece, lane: int) -> bool:
    for position, (known, first, span) in enumerate(found):
        if known == piece and first + span == lane:
            found[position] = (known, first, span + 1)
            return True
    return False


def _block(plot: _Plot, piece: Piece, lane: int, span: int) -> dict[str, Any]:
    height = piece.minutes * plot.em
    return {
        "kind": piece.kind.value,
        "x": round(TICKS_PERCENT + lane * plot.width, 2),
        "width": round(span * plot.width - 1.2, 2),
        "middle": round(TICKS_PERCENT + (lane + span / 2) * plot.width - 0.6, 2),
        "y": round(plot.y(piece.start), 2),
        "height": round(max(height - 0.15, 0.3), 2),
        "tone": _tone(plot.drawing, plot.option, piece),
        "lines": _lines(plot, piece, height, span * plot.width * STRIP_PX / 100),
    }


def _lines(plot: _Plot, piece: Piece, height_em: float, px: float) -> list[str]:
    if piece.kind is Kind.WAIT:
        words = duration(piece.minutes)
        return [words] if height_em >= 1.5 and len(words) * SIGN_PX <= px else []
    if piece.leg is None:
        return []
    lines = [fitting(_label(plot.drawing, plot.option, piece), px)]
    second = _("walk-in") if piece.kind is Kind.WALK_IN else duration(piece.minutes)
    if height_em >= 2.8 and len(second) * SIGN_PX <= px:
        lines.append(second)
    return lines if height_em >= 1.2 else []


def _ticks(plot: _Plot) -> list[tuple[float, str]]:
    """Times of the beginnings and of the end, without those that would touch the one above."""
    option = plot.option
    ticks: list[tuple[float, str]] = []
    for minute in sorted({option.start, option.end, *(leg.start for leg in option.legs)}):
        y = plot.y(minute)
        if not ticks or y - ticks[-1][0] >= 1.3:
            ticks.append((round(y, 2), minute_time(minute)))
    return ticks
