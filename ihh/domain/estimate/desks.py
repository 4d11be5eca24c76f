"""The desks as arrays: when each can call, its breaks, and its pace in each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ihh.domain.estimate.columns import Bools, Ints
from ihh.domain.estimate.draws import RUNS, Floats, Use, normals
from ihh.domain.estimate.history import History
from ihh.domain.estimate.pace import paces
from ihh.domain.estimate.situation import NEVER, DeskNow, Situation


@dataclass
class Desks:
    """Run × desk, where nothing else is said."""

    agency: Ints
    """Of each desk, as in `Columns.agencies`."""
    tries: Floats
    """When it looks at its line next; `NEVER`: once something it serves is unlocked."""
    free: Floats
    """When it was or will be through with its last visitor and any break."""
    factor: Floats
    """What its services take against the learned length."""
    breaks: Sequence[tuple[Floats, Floats]]
    """Each desk's first break, second break …: from, to."""
    after_overdue: Bools
    """Run × agency, and one more for nobody: its last call was an overdue walk-in."""

    def open_from(self, desk: Ints, at: Floats) -> Floats:
        """When the desks can call, from `at` on: after the break where that falls into one."""
        for begins, ends in self.breaks:
            end = ends[desk]
            at = np.where((at >= begins[desk]) & (at < end), end, at)
        return at


def desks(situation: Situation, history: History, agencies: Sequence[str]) -> Desks:
    agency = np.array([agencies.index(desk.agency) for desk in situation.desks], dtype=np.int64)
    after_overdue = [name in situation.after_overdue for name in (*agencies, "")]
    opens = np.tile(np.array([desk.opens for desk in situation.desks]), (RUNS, 1))
    found = Desks(
        agency=agency,
        tries=opens,
        free=opens,
        factor=_factors(situation, history),
        breaks=_breaks(situation.desks),
        after_overdue=np.tile(np.array(after_overdue), (RUNS, 1)),
    )
    found.free = found.open_from(np.arange(len(agency)), opens)
    found.tries = found.free.copy()
    return found


def _breaks(found: Sequence[DeskNow]) -> list[tuple[Floats, Floats]]:
    most = max((len(desk.breaks) for desk in found), default=0)
    gaps = [[*desk.breaks, *[(NEVER, NEVER)] * (most - len(desk.breaks))] for desk in found]
    return [
        (np.array([gap[place][0] for gap in gaps]), np.array([gap[place][1] for gap in gaps]))
        for place in range(most)
    ]


def _factors(situation: Situation, history: History) -> Floats:
    found = paces(situation, history)
    day = normals([f"pace {desk.agency}" for desk in situation.desks], Use.DAY, situation.minute)
    own = normals([f"pace {desk.id}" for desk in situation.desks], Use.DESK, situation.minute)
    mean = np.array([pace.mean for pace in found])
    day_sd, own_sd = np.array([pace.day_sd for pace in found]), np.array([pace.desk_sd for pace in found])
    factors: Floats = np.exp(mean + day_sd * day.T + own_sd * own.T)
    return factors
