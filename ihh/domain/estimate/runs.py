"""The conditional simulation: the desks of the house played on from the present, many runs at once.

Every step takes, in each run, the desk that can call first, and lets it call whom the calling rule puts
first among those it can serve; where there is nobody it waits for the next who can be called.

Single cells are reached by their place in the whole array (`row × columns + column`), which is several
times faster than by row and column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ihh.domain.estimate.at_desk import until_through
from ihh.domain.estimate.chance import draw
from ihh.domain.estimate.columns import RANK, Bools, Columns, Ints, columns
from ihh.domain.estimate.desks import Desks, desks
from ihh.domain.estimate.draws import RUNS, Floats
from ihh.domain.estimate.focus import focused, is_called_at_once, looking, next_walk_ins
from ihh.domain.estimate.history import History
from ihh.domain.estimate.situation import AT_DESK, NEVER, Situation, Stage

HORIZON_MIN = 12 * 60.0
"""Who has not been called by then is not waited for."""
LAST_RUNS = RUNS // 20
"""So few runs are not played to the end: it would take longer than all others, and tell little."""


@dataclass(frozen=True)
class Outcome:
    """Minutes to the first call, in order, of the runs in which the visitor is still there for it."""

    tickets: Mapping[int, Floats]
    newcomers: Mapping[str, Floats]
    """By agency: one who joined behind everybody and whom any of its desks could serve."""


@dataclass
class _House:
    """All that changes while the desks are played on; runs that are done drop out of it."""

    cols: Columns
    desks: Desks
    missed_min: float
    """Desk time that a visitor who does not answer takes."""
    way_min: float
    turn_min: float
    wanted: Bools
    called: Floats
    """Minute of the first call; NaN: not yet, or never."""
    unsettled: Ints
    """Of each run: wanted tickets that have neither been called nor left."""

    @property
    def runs(self) -> int:
        return len(self.unsettled)


def play(
    situation: Situation,
    history: History,
    *,
    targets: Collection[int] | None = None,
    newcomers: Sequence[str] = (),
) -> Outcome:
    """The waits of all waiting tickets, or of those in `targets`: played on until they are called."""
    if targets is not None:
        if is_called_at_once(situation, targets):
            return Outcome({ticket: np.zeros(RUNS) for ticket in targets}, {})
        situation = focused(situation, targets)
    waiting = [
        ticket
        for ticket in situation.tickets
        if ticket.stage is Stage.WAITING and (targets is None or ticket.id in targets)
    ]
    extra = [looking(situation, agency) for agency in newcomers] + next_walk_ins(situation, waiting)
    cols = columns(situation, extra)
    asked = {ticket.id for ticket in waiting}
    wanted = np.array([ticket.id in asked or ticket.stage is Stage.LOOKING for ticket in cols.tickets])
    if not situation.desks or not wanted.any():
        return _outcome(cols, wanted, np.full((0, len(wanted)), np.nan))
    draw(cols, situation, history)
    house = _House(
        cols=cols,
        desks=desks(situation, history, cols.agencies),
        missed_min=situation.policy.park_min + situation.policy.last_call_min,
        way_min=history.way_min,
        turn_min=history.turn_min,
        wanted=wanted,
        called=np.full(cols.ready.shape, np.nan),
        unsettled=np.full(RUNS, np.count_nonzero(wanted)),
    )
    _settle(house, situation, history)
    return _outcome(cols, wanted, np.concatenate(_play(house)))


def _outcome(cols: Columns, wanted: Bools, called: Floats) -> Outcome:
    tickets, newcomers = {}, {}
    asked = wanted.nonzero()[0]
    minutes = np.sort(called[:, asked], axis=0)
    count = np.count_nonzero(~np.isnan(minutes), axis=0)
    for place, column in enumerate(asked):
        ticket, found = cols.tickets[column], minutes[: count[place], place]
        if ticket.stage is Stage.LOOKING:
            newcomers[ticket.agency] = found
        else:
            tickets[ticket.id] = found
    return Outcome(tickets, newcomers)


def _settle(house: _House, situation: Situation, history: History) -> None:
    """Desks that have somebody now are free, and their visitors for other lines, when that ends."""
    cols, state = house.cols, house.desks
    place = {desk.id: index for index, desk in enumerate(situation.desks)}
    at = [column for column, ticket in enumerate(cols.tickets) if ticket.stage in AT_DESK]
    if at:
        where = np.array([place.get(cols.tickets[column].desk or "", -1) for column in at])
        factor = np.where(where >= 0, state.factor[:, where], 1.0)
        comes, through = until_through(cols, at, factor, situation, history)
        known = (where >= 0).nonzero()[0]
        desk = where[known]
        opens = np.maximum(state.free[:, desk], (through + house.turn_min * (through > 0))[:, known])
        state.free[:, desk] = state.open_from(desk, opens)
        state.tries[:, desk] = state.free[:, desk]
        for index, column in enumerate(at):
            if cols.has_family[column]:
                ticket = cols.tickets[column]
                lasted = max(-ticket.since, 0.0) if ticket.stage is Stage.SERVING else 0.0
                _free_family(house, column, comes[:, index], through[:, index], lasted)
    _rest_idle(house)


def _free_family(house: _House, column: int, comes: Bools, through: Floats, lasted: float) -> None:
    _engage(house, np.arange(RUNS), np.full(RUNS, column), through)
    rows = comes.nonzero()[0]
    _end(house, rows, np.full(len(rows), column), through[rows], through[rows] + lasted)


def _rest_idle(house: _House) -> None:
    """Desks that could call now but have nobody: they need no step of their own to find that out."""
    cols, state = house.cols, house.desks
    can_now = np.any(cols.ready <= 0, axis=0, keepdims=True)[0]
    for desk, serves in enumerate(cols.serves):
        first = state.agency[desk] * cols.width
        block = slice(first, first + cols.width)
        if (state.tries[:, desk] <= 0).all() and not (serves & can_now[block]).any():
            following = cols.ready[:, block][:, serves].min(axis=1, initial=NEVER)
            state.tries[:, desk] = state.open_from(np.full(RUNS, desk), following)


def _play(house: _House) -> list[Floats]:
    """The minutes of the calls, run by run, in parts: done runs are put aside as the others go on."""
    parts: list[Floats] = []
    while True:
        desk = house.desks.tries.argmin(axis=1)
        at = house.desks.tries[np.arange(house.runs), desk]
        going = (house.unsettled > 0) & (at < HORIZON_MIN)
        count = int(np.count_nonzero(going))
        if count <= LAST_RUNS:
            waits = going[:, None] & np.isnan(house.called) & (house.cols.ready < NEVER)
            return [*parts, np.where(waits, at[:, None], house.called)]
        if count * 4 <= house.runs * 3:
            parts.append(house.called[~going])
            _keep(house, going)
            desk, at, going = desk[going], at[going], going[going]
        _step(house, desk, at, going)


def _keep(house: _House, rows: Bools) -> None:
    cols, state = house.cols, house.desks
    changing = ("ready", "before", "switch", "after", "in_line", "length", "leaves", "ignores", "blockers")
    for name in changing:
        setattr(cols, name, getattr(cols, name)[rows])
    for name in ("tries", "free", "factor", "after_overdue"):
        setattr(state, name, getattr(state, name)[rows])
    house.called, house.unsettled = house.called[rows], house.unsettled[rows]


def _step(house: _House, desk: Ints, at: Floats, going: Bools) -> None:
    """One call, or one look at a line where nobody can be called, in every run."""
    cols, state = house.cols, house.desks
    runs, width = np.arange(house.runs), cols.width
    block = runs * (len(cols.agencies) + 1) + state.agency[desk]
    ready, serves = cols.ready.reshape(-1, width).take(block, axis=0), cols.serves.take(desk, axis=0)
    place = np.where(serves & (ready <= at[:, None]), _places(cols, state, block, at), NEVER)
    best = place.argmin(axis=1)
    found = going & (place.reshape(-1).take(runs * width + best) < NEVER)
    rows = found.nonzero()[0]
    if rows.size < house.runs:
        idle = (going & ~found).nonzero()[0]
        if idle.size:
            following = np.where(serves[idle], ready[idle], NEVER).min(axis=1)
            state.tries[idle, desk[idle]] = state.open_from(desk[idle], following)
        best, desk, at = best[rows], desk[rows], at[rows]
    if rows.size:
        _call(house, rows, state.agency[desk] * width + best, desk, at)


def _places(cols: Columns, state: Desks, block: Ints, at: Floats) -> Floats:
    """The places in the lines of the desks that call: the rule of `ihh.domain.calling`."""
    width = cols.width
    is_due = cols.switch.reshape(-1, width).take(block, axis=0) <= at[:, None]
    after, before = (each.reshape(-1, width).take(block, axis=0) for each in (cols.after, cols.before))
    places: Floats = np.where(is_due, after, before)
    yielding = state.after_overdue.reshape(-1).take(block)
    if yielding.any():
        in_line = cols.in_line.reshape(-1, width).take(block, axis=0)
        places += (RANK / 2) * (is_due & in_line & yielding[:, None])
    return places


def _call(house: _House, rows: Ints, column: Ints, desk: Ints, at: Floats) -> None:
    cols, state = house.cols, house.desks
    cell = rows * len(cols.tickets) + column
    cols.ready.reshape(-1)[cell] = NEVER
    house.unsettled[rows] -= house.wanted[column]
    takes = cols.leaves.reshape(-1).take(cell) >= at
    house.called.reshape(-1)[cell[takes]] = at[takes]
    takes &= ~cols.looks[column]
    if not takes.all():
        rows, column, desk, at, cell = rows[takes], column[takes], desk[takes], at[takes], cell[takes]
    overdue = cols.in_line.reshape(-1).take(cell) & (at >= cols.switch.reshape(-1).take(cell))
    state.after_overdue[rows, state.agency[desk]] = overdue
    there = rows * state.tries.shape[1] + desk
    length = cols.length.reshape(-1).take(cell) * state.factor.reshape(-1).take(there)
    comes = ~cols.ignores.reshape(-1).take(cell)
    through = at + np.where(comes, length + house.way_min, house.missed_min)
    free = state.open_from(desk, through + house.turn_min)
    state.free.reshape(-1)[there] = free
    state.tries.reshape(-1)[there] = free
    related = cols.has_family[column].nonzero()[0]
    if related.size:
        rows, column, through = rows[related], column[related], through[related]
        _engage(house, rows, column, through)
        comes, length = comes[related], length[related]
        _end(house, rows[comes], column[comes], through[comes], length[comes])


def _engage(house: _House, rows: Ints, column: Ints, until: Floats) -> None:
    """Nobody else calls the ticket's people before `until`."""
    cols = house.cols
    others = rows[:, None] * len(cols.tickets) + cols.family[column]
    flat = cols.ready.reshape(-1)
    ready = flat.take(others)
    flat[others] = np.where(cols.shares_people[column], np.maximum(ready, until[:, None]), ready)


def _end(house: _House, rows: Ints, column: Ints, at: Floats, length: Floats) -> None:
    """After the service: the visitor keeps the place in other lines, and stays; what waited is unlocked."""
    cols = house.cols
    others = rows[:, None] * len(cols.tickets) + cols.family[column]
    cols.leaves.reshape(-1)[others] = NEVER
    received = np.where(cols.in_line.reshape(-1).take(others), length[:, None], 0.0)
    for places in (cols.before, cols.switch, cols.after):
        places.reshape(-1)[others] += received
    blockers = cols.is_blocker[column].nonzero()[0]
    if blockers.size:
        _unlock(house, rows[blockers], column[blockers], at[blockers])


def _unlock(house: _House, rows: Ints, column: Ints, at: Floats) -> None:
    """Tickets whose last blocker ends: desks that had nobody else to wait for look at their line then."""
    cols, state = house.cols, house.desks
    blocks, family = cols.blocks[column], cols.family[column]
    for place in range(blocks.shape[1]):
        here = blocks[:, place].nonzero()[0]
        if not here.size:
            continue
        run, other = rows[here], family[here, place]
        cell = run * len(cols.tickets) + other
        flat = cols.blockers.reshape(-1)
        flat[cell] -= 1
        opened = (flat.take(cell) == 0).nonzero()[0]
        run, other, since = run[opened], other[opened], at[here[opened]]
        cols.ready.reshape(-1)[cell[opened]] = since
        agency, line = np.divmod(other, cols.width)
        able = cols.serves.T[line] & (state.agency == agency[:, None])
        tries = state.tries[run]
        woken = np.maximum(state.free[run], since[:, None])
        state.tries[run] = np.where(able, np.minimum(tries, woken), tries)
