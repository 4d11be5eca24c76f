"""Lanes of time as numbers for SVG: horizontal bars on a phone, a vertical strip on a wide screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from ihh.domain.house import House, text
from ihh.domain.planner import VisitOption
from ihh.presentation.formats import duration, minute_time
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


@dataclass(frozen=True)
class Strip:
    """A day drawn downwards: lengths in em of the drawing's text, widths in percent."""

    height: float
    ticks: list[tuple[float, str]]
    heads: list[tuple[float, str]]
    blocks: list[dict[str, Any]]
    """Served, waiting and walking pieces: kind, x, y, width, height, tone, lines of text."""


def tones_of(house: House, option: VisitOption) -> dict[str, str]:
    agencies = list(dict.fromkeys(house.service[leg.service].agency for leg in option.legs))
    return {agency: TONES[index % len(TONES)] for index, agency in enumerate(agencies)}


def bars(house: House, option: VisitOption, lane: Lane, scale_min: int) -> list[dict[str, Any]]:
    """Pieces for `timeline.lane`: start and width in percent of `scale_min`."""
    return [_bar(house, option, piece, scale_min) for piece in lane.pieces]


def strip(
    house: House, option: VisitOption, lanes: tuple[Lane, ...], heads: list[str], scale_min: int
) -> Strip:
    em = min(EM_PER_MIN, LONGEST_EM / max(scale_min, 1))
    width = (100 - TICKS_PERCENT) / max(len(lanes), 1)
    blocks = [_block(house, option, piece, lane, span, em, width) for piece, lane, span in _spread(lanes)]
    return Strip(
        height=TOP_EM + (option.end - option.start) * em + 1,
        ticks=_ticks(option, em),
        heads=[(TICKS_PERCENT + index * width, name) for index, name in enumerate(heads)],
        blocks=blocks,
    )


def _label(house: House, option: VisitOption, piece: Piece) -> str:
    if piece.leg is None:
        return ""
    agency = house.agency[house.service[option.legs[piece.leg].service].agency]
    return text(agency.short_name, text_language())


def _tone(house: House, option: VisitOption, piece: Piece) -> str:
    if piece.leg is None:
        return ""
    return tones_of(house, option)[house.service[option.legs[piece.leg].service].agency]


def _bar(house: House, option: VisitOption, piece: Piece, scale_min: int) -> dict[str, Any]:
    width = 100 * piece.minutes / scale_min
    return {
        "kind": piece.kind.value,
        "start": round(100 * (piece.start - option.start) / scale_min, 2),
        "width": round(width, 2),
        "label": fitting(_label(house, option, piece), width * LANE_PX / 100),
        "tone": _tone(house, option, piece),
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


def _block(
    house: House, option: VisitOption, piece: Piece, lane: int, span: int, em: float, width: float
) -> dict[str, Any]:
    height = piece.minutes * em
    return {
        "kind": piece.kind.value,
        "x": round(TICKS_PERCENT + lane * width, 2),
        "width": round(span * width - 1.2, 2),
        "middle": round(TICKS_PERCENT + (lane + span / 2) * width - 0.6, 2),
        "y": round(TOP_EM + (piece.start - option.start) * em, 2),
        "height": round(max(height - 0.15, 0.3), 2),
        "tone": _tone(house, option, piece),
        "lines": _lines(house, option, piece, height, span * width * STRIP_PX / 100),
    }


def _lines(house: House, option: VisitOption, piece: Piece, height_em: float, px: float) -> list[str]:
    if piece.kind is Kind.WAIT:
        words = duration(piece.minutes)
        return [words] if height_em >= 1.5 and len(words) * SIGN_PX <= px else []
    if piece.leg is None:
        return []
    lines = [fitting(_label(house, option, piece), px)]
    second = _("walk-in") if piece.kind is Kind.WALK_IN else duration(piece.minutes)
    if height_em >= 2.8 and len(second) * SIGN_PX <= px:
        lines.append(second)
    return lines if height_em >= 1.2 else []


def _ticks(option: VisitOption, em: float) -> list[tuple[float, str]]:
    """Times of the beginnings and of the end, without those that would touch the one above."""
    minutes = sorted({option.start, option.end, *(leg.start for leg in option.legs)})
    ticks: list[tuple[float, str]] = []
    for minute in minutes:
        y = TOP_EM + (minute - option.start) * em
        if not ticks or y - ticks[-1][0] >= 1.3:
            ticks.append((round(y, 2), minute_time(minute)))
    return ticks
