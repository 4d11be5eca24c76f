"""A situation as arrays: a row for each run, a column for each ticket.

The columns of an agency stand together, in the order of arrival and as many for each agency, so that a
step looks at one agency's columns alone. Places that are left over hold nobody, and so does one more
agency at the end: it fills up families that are smaller than others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ihh.domain.estimate.draws import RUNS, Floats
from ihh.domain.estimate.situation import AT_DESK, NEVER, DeskNow, Situation, Stage, TicketNow
from ihh.domain.house import Policy

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

RANK = 1e6
"""A place in the line is rank × RANK + minute, see `ihh.domain.calling`."""
NOBODY = TicketNow(0, "", "", "", 0, 1.0, Stage.HELD)


@dataclass
class Columns:
    """Run × column, where nothing else is said."""

    tickets: list[TicketNow]
    keys: list[int]
    """For draws about the visitor: the first of the visit's tickets, whose number no accident gave."""
    agencies: list[str]
    width: int
    """Columns of each agency."""
    serves: Bools
    """Desk × column of the desk's agency."""
    ready: Floats
    """From when on it can be called; `NEVER` while locked and once it was."""
    before: Floats
    """Its place until `switch`, smaller is better."""
    switch: Floats
    """When it becomes due or overdue."""
    after: Floats
    """Its place from then on."""
    in_line: Bools
    """Ranked by seniority: walk-ins and late-comers."""
    length: Floats
    """Minutes of service at the average pace."""
    leaves: Floats
    """When its visitor gives up."""
    ignores: Bools
    """Does not answer the call."""
    blockers: Ints
    """Tickets that must still end before it can be called."""
    family: Ints
    """Column × the other tickets of the visit."""
    shares_people: Bools
    """As `family`: whether one of its people is needed there too."""
    blocks: Bools
    """As `family`: whether the other waits for this one."""
    has_family: Bools
    """Of each column; the next two as well."""
    is_blocker: Bools
    looks: Bools
    """Only looks how long it would take, and takes no desk's time."""

    def join(self, rows: Ints, column: int, joined: Floats, policy: Policy) -> None:
        """Rank the ticket in these runs by a seniority that differs between them."""
        self.before[rows, column] = 2 * RANK + joined
        self.switch[rows, column] = joined + policy.overdue_min
        self.after[rows, column] = RANK + joined + policy.overdue_min
        self.in_line[rows, column] = True


class _Place(NamedTuple):
    before: float
    switch: float
    after: float
    in_line: bool


def columns(situation: Situation, extra: Sequence[TicketNow]) -> Columns:
    """Everything that is certain; `ihh.domain.estimate.chance` draws the rest."""
    agencies, width, tickets = _in_blocks(situation, extra)
    places = [_place(ticket, situation.policy) for ticket in tickets]
    known = {ticket.id for ticket in tickets}
    blockers = [sum(other in known for other in ticket.after) for ticket in tickets]
    family, shares_people, blocks = _families(tickets, none=len(agencies) * width)
    shape = (RUNS, len(tickets))
    return Columns(
        tickets=tickets,
        keys=_keys(tickets),
        agencies=agencies,
        width=width,
        serves=_serves(tickets, situation.desks, agencies, width),
        ready=_every_run([_ready(ticket) for ticket in tickets]),
        before=_every_run([place.before for place in places]),
        switch=_every_run([place.switch for place in places]),
        after=_every_run([place.after for place in places]),
        in_line=np.tile(np.array([place.in_line for place in places]), (RUNS, 1)),
        length=np.zeros(shape),
        leaves=np.full(shape, NEVER),
        ignores=np.zeros(shape, dtype=bool),
        blockers=np.tile(np.array(blockers, dtype=np.int64), (RUNS, 1)),
        family=family,
        shares_people=shares_people,
        blocks=blocks,
        has_family=np.any(family < len(agencies) * width, axis=1),
        is_blocker=np.any(blocks, axis=1),
        looks=np.array([ticket.stage is Stage.LOOKING for ticket in tickets]),
    )


def _in_blocks(situation: Situation, extra: Sequence[TicketNow]) -> tuple[list[str], int, list[TicketNow]]:
    """Agencies, columns of each, and the tickets with nobody in between."""
    blocks: dict[str, list[TicketNow]] = {desk.agency: [] for desk in situation.desks}
    for ticket in (*sorted(situation.tickets, key=lambda ticket: (ticket.arrived, ticket.id)), *extra):
        blocks.setdefault(ticket.agency, []).append(ticket)
    agencies = sorted(blocks)
    width = max((len(block) for block in blocks.values()), default=0) or 1
    filled = [[*blocks[agency], *[NOBODY] * (width - len(blocks[agency]))] for agency in agencies]
    return agencies, width, [ticket for block in (*filled, [NOBODY] * width) for ticket in block]


def _keys(tickets: Sequence[TicketNow]) -> list[int]:
    first: dict[str, int] = {}
    for ticket in tickets:
        first[ticket.visit] = min(first.get(ticket.visit, ticket.id), ticket.id)
    return [first[ticket.visit] for ticket in tickets]


def _every_run(values: Sequence[float]) -> Floats:
    return np.tile(np.array(values, dtype=np.float64), (RUNS, 1))


def _ready(ticket: TicketNow) -> float:
    if ticket.stage in (Stage.WAITING, Stage.LOOKING):
        return 0.0
    return max(ticket.returns, 0.0) if ticket.stage is Stage.HELD else NEVER


def _place(ticket: TicketNow, policy: Policy) -> _Place:
    """As `ihh.domain.calling` ranks it, of an appointment to come if its visitor is on time."""
    if ticket.need is not None:
        return _Place(ticket.need, NEVER, ticket.need, False)
    if ticket.booked is None:
        return _in_line(ticket.arrived + ticket.received, policy)
    if ticket.arrived - ticket.booked > policy.late_min and not ticket.is_excused:
        return _in_line(max(ticket.booked, ticket.arrived - policy.overdue_min / 2), policy)
    due = ticket.booked - policy.early_min
    return _Place(3 * RANK + ticket.booked, due, RANK + ticket.booked, False)


def _in_line(joined: float, policy: Policy) -> _Place:
    overdue = joined + policy.overdue_min
    return _Place(2 * RANK + joined, overdue, RANK + overdue, True)


def _serves(
    tickets: Sequence[TicketNow], desks: Sequence[DeskNow], agencies: Sequence[str], width: int
) -> Bools:
    serves = np.zeros((len(desks), width), dtype=bool)
    for row, desk in enumerate(desks):
        first = agencies.index(desk.agency) * width
        serves[row] = [
            desk.id in ticket.desks and ticket.arrived < desk.closes and ticket.stage not in AT_DESK
            for ticket in tickets[first : first + width]
        ]
    return serves


def _families(tickets: Sequence[TicketNow], none: int) -> tuple[Ints, Bools, Bools]:
    """Column → the visit's other columns; whether they share people; whether they wait for this one."""
    visits: dict[str, list[int]] = {}
    for column, ticket in enumerate(tickets):
        if ticket.visit:
            visits.setdefault(ticket.visit, []).append(column)
    size = max((len(found) for found in visits.values()), default=1) - 1
    family = np.full((len(tickets), size), none, dtype=np.int64)
    shares_people = np.zeros((len(tickets), size), dtype=bool)
    blocks = np.zeros((len(tickets), size), dtype=bool)
    for found in visits.values():
        for column in found if len(found) > 1 else ():
            others = [other for other in found if other != column]
            for place, other in enumerate(others):
                family[column, place] = other
                shares_people[column, place] = bool(tickets[column].people & tickets[other].people)
                blocks[column, place] = tickets[column].id in tickets[other].after
    return family, shares_people, blocks
