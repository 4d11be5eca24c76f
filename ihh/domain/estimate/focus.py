"""What matters for some tickets' waits: the rest of the house need not be played."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import replace

from ihh.domain.estimate.situation import AT_DESK, Situation, Stage, TicketNow

SURELY_MIN, WORK_FACTOR = 45.0, 2.0
"""Appointments are looked ahead for so long, and twice the work that waits, shared among the desks."""
LONG_FACTOR = 1.5
"""A service may well take this much longer than configured."""
LOOK_AHEAD_MIN = 90.0
MOST_NEXT = 15
"""Walk-ins to come that an agency is played with."""
FIRST_NEXT = -(10**9)
"""Their numbers, downwards from here, are nobody's."""


def is_called_at_once(situation: Situation, targets: Collection[int]) -> bool:
    """Whether the only target waits for nothing: an idle desk can serve it and nobody else who waits."""
    by_id = {ticket.id: ticket for ticket in situation.tickets}
    target = by_id.get(next(iter(targets), 0))
    if len(targets) != 1 or target is None or target.stage is not Stage.WAITING:
        return False
    at_desks = [ticket for ticket in situation.tickets if ticket.stage in AT_DESK]
    in_use = {ticket.desk for ticket in at_desks}
    idle = {
        desk.id
        for desk in situation.desks
        if desk.id in target.desks
        and desk.id not in in_use
        and desk.opens <= 0
        and target.arrived < desk.closes
        and not any(begins <= 0 < ends for begins, ends in desk.breaks)
    }
    rivals = [
        ticket
        for ticket in situation.tickets
        if ticket.id != target.id and (ticket.stage is Stage.WAITING or ticket.returns <= 0)
    ]
    is_free = not any(
        other.visit == target.visit and other.people & target.people for other in (*at_desks, *rivals)
    )
    return is_free and any(all(desk not in other.desks for other in rivals) for desk in idle)


def focused(situation: Situation, targets: Collection[int]) -> Situation:
    """The situation without what cannot matter much for the targets' first calls.

    Left out are agencies that share no visitor with the targets' lines, in the others those who came
    after the last shared visitor, and appointments too far ahead.
    """
    here = {ticket.agency for ticket in situation.tickets if ticket.id in targets}
    shared = {ticket.visit for ticket in situation.tickets if ticket.agency in here}
    last: dict[str, float] = {}
    for ticket in situation.tickets:
        if ticket.visit in shared and ticket.agency not in here:
            last[ticket.agency] = max(last.get(ticket.agency, -math.inf), ticket.arrived)
    far = _far(situation, here)
    kept = tuple(
        ticket
        for ticket in situation.tickets
        if (ticket.agency in here or ticket.visit in shared or _is_ahead(ticket, last))
        and (ticket.stage is not Stage.COMING or ticket.arrived < far)
    )
    agencies = {ticket.agency for ticket in kept}
    desks = tuple(desk for desk in situation.desks if desk.agency in agencies)
    return replace(situation, tickets=kept, desks=desks)


def _is_ahead(ticket: TicketNow, last: dict[str, float]) -> bool:
    if ticket.agency not in last or ticket.stage is Stage.LOCKED:
        return False
    return ticket.arrived <= last[ticket.agency] or ticket.booked is not None or ticket.desk is not None


def _far(situation: Situation, agencies: Collection[str]) -> float:
    work = math.fsum(
        ticket.planned
        for ticket in situation.tickets
        if ticket.agency in agencies and ticket.stage is not Stage.COMING
    )
    desks = sum(desk.agency in agencies and desk.opens <= 0 for desk in situation.desks)
    return SURELY_MIN + WORK_FACTOR * work / max(desks, 1)


def looking(situation: Situation, agency: str) -> TicketNow:
    """One who joined the agency's line now, behind everybody, and whom any of its desks could serve."""
    everywhere = frozenset(desk.id for desk in situation.desks if desk.agency == agency)
    return TicketNow(0, f"looking {agency}", agency, "", 0, 0.0, Stage.LOOKING, everywhere)


def next_walk_ins(situation: Situation, targets: Iterable[TicketNow]) -> list[TicketNow]:
    """Walk-ins to come who may be called before a target: before one whose seniority grows while served
    elsewhere, and before an appointment that is still early."""
    until: dict[str, float] = {}
    for ticket in targets:
        ahead = min(_overtaken_for(ticket, situation), LOOK_AHEAD_MIN)
        until[ticket.agency] = max(until.get(ticket.agency, 0.0), ahead)
    found: list[TicketNow] = []
    for agency, minutes in until.items():
        kinds = [ticket for ticket in situation.tickets if ticket.agency == agency]
        everywhere = frozenset(desk.id for desk in situation.desks if desk.agency == agency)
        expected = situation.joining.get(agency, 0.0) * minutes
        for index in range(min(math.ceil(expected + math.sqrt(expected)), MOST_NEXT)):
            kind = kinds[index % len(kinds)]
            found.append(
                TicketNow(
                    FIRST_NEXT - len(found),
                    f"next {agency} {index}",
                    agency,
                    kind.service,
                    kind.people,
                    kind.planned,
                    Stage.NEXT,
                    everywhere,
                )
            )
    return found


def _overtaken_for(ticket: TicketNow, situation: Situation) -> float:
    """Minutes from now until which somebody who joins may still be called before the ticket."""
    if ticket.booked is not None:
        return ticket.booked - situation.policy.early_min
    elsewhere = math.fsum(
        other.planned * LONG_FACTOR
        for other in situation.tickets
        if other.visit == ticket.visit
        and other.id != ticket.id
        and other.people & ticket.people
        and ticket.id not in other.after
    )
    return ticket.arrived + ticket.received + elsewhere if elsewhere else 0.0
