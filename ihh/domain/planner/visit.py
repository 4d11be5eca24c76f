"""The planner's answer, in values and in the `ihh-visit-plan-answer/1` format.

Times are minutes from midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ihh.domain.planner.problem import Problem


@dataclass(frozen=True)
class PlannedLeg:
    service: str
    people: tuple[str, ...]
    desk: str | None
    """None for a walk-in leg."""
    start: int
    end: int


@dataclass(frozen=True)
class VisitOption:
    date: date
    start: int
    end: int
    legs: tuple[PlannedLeg, ...]
    """In the request's order."""


@dataclass(frozen=True)
class Answer:
    options: tuple[VisitOption, ...]
    blocked: tuple[int, ...] = ()
    """Where there is no option: indexes of the legs that have no place in the range even alone."""


def answer_json(problem: Problem, answer: Answer) -> dict[str, Any]:
    data: dict[str, Any] = {
        "format": "ihh-visit-plan-answer/1",
        "id": problem.id,
        "options": [_option_json(option) for option in answer.options],
    }
    if not answer.options:
        data["blocked"] = list(answer.blocked)
    return data


def _option_json(option: VisitOption) -> dict[str, Any]:
    return {
        "date": option.date.isoformat(),
        "start": _clock(option.start),
        "end": _clock(option.end),
        "legs": [
            {
                "service": leg.service,
                "people": list(leg.people),
                "desk": leg.desk,
                "start": _clock(leg.start),
                "end": _clock(leg.end),
            }
            for leg in option.legs
        ],
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
