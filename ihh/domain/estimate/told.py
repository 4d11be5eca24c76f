"""What is told of a situation: simulated, recalibrated waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ihh.domain.estimate.calibration import Calibration
from ihh.domain.estimate.draws import Floats
from ihh.domain.estimate.history import History
from ihh.domain.estimate.runs import play
from ihh.domain.estimate.situation import Situation
from ihh.domain.estimate.wait import Wait

FEWEST_RUNS = 10
"""In fewer runs with a call nothing honest can be said."""
SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Told:
    tickets: Mapping[int, Wait]
    newcomers: Mapping[str, Wait]
    """By agency: for one who joined behind everybody."""


def told(
    situation: Situation,
    history: History,
    calibration: Calibration,
    *,
    targets: Collection[int] | None = None,
    newcomers: Sequence[str] = (),
) -> Told:
    """The waits of all waiting tickets, or of those in `targets`; who is never called is left out."""
    outcome = play(situation, history, targets=targets, newcomers=newcomers)
    return Told(
        {ticket: wait for ticket, runs in outcome.tickets.items() if (wait := _wait(runs, calibration))},
        {agency: wait for agency, runs in outcome.newcomers.items() if (wait := _wait(runs, calibration))},
    )


def _wait(minutes: Floats, calibration: Calibration) -> Wait | None:
    if len(minutes) < FEWEST_RUNS:
        return None
    places = [share * (len(minutes) - 1) for share in SHARES]
    return calibration.apply(Wait(*np.interp(places, np.arange(len(minutes)), minutes).tolist()))
