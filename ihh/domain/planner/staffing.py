"""Which desk serves each leg once the times are known."""

from __future__ import annotations

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs


def desks_at(legs: Legs, calendar: Calendar, day: int, starts: tuple[int, ...]) -> list[str | None]:
    """The lowest desk ids, earlier legs of the request choosing first, that serve all legs together.

    None stands for a walk-in leg. Raises `ValueError` where the desks can't serve these times.
    """
    chosen: list[str | None] = []
    if not _choose(legs, calendar, day, starts, chosen):
        raise ValueError("no assignment of desks fits these starts")
    return chosen


def _choose(
    legs: Legs, calendar: Calendar, day: int, starts: tuple[int, ...], chosen: list[str | None]
) -> bool:
    leg = len(chosen)
    if leg == len(starts):
        return True
    taken = {
        desk
        for other, desk in enumerate(chosen)
        if starts[other] < starts[leg] + legs.durations[leg]
        and starts[leg] < starts[other] + legs.durations[other]
    }
    free: list[str | None] = [
        desk.id
        for desk, packed in zip(legs.desks[leg], calendar.desk_starts[leg], strict=True)
        if desk.id not in taken and calendar.lane(packed, day) >> starts[leg] & 1
    ]
    for desk in free if calendar.desk_starts[leg] else [None]:
        chosen.append(desk)
        if _choose(legs, calendar, day, starts, chosen):
            return True
        chosen.pop()
    return False
