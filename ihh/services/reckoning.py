"""From the present to what is told: lines in calling order, desks that call, and the waits themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ihh.domain.calling import Choice, calling_order
from ihh.domain.estimate import OpenDesk, QueuedTicket, Told, Wait, naive_wait, told, waits
from ihh.domain.estimate.learning import learn_today
from ihh.domain.house import Desk, House, desk_serves
from ihh.domain.ticket import AT_DESK, TicketState
from ihh.services.present import Present, Seen
from ihh.services.situations import line_ticket, situation_of

MEASURED_FROM = 10
"""Services completed today from which a house that has learned nothing yet is simulated all the same."""
OUTLASTED_MIN = 2.0
"""A service that has outlasted its plan is expected to go on a little, not to end this second."""
NEWCOMER = -1


@dataclass
class Line:
    """An agency's waiting tickets in calling order."""

    order: list[Choice] = field(default_factory=list)
    rows: dict[int, Seen] = field(default_factory=dict)


def lines_of(
    house: House, present: Present, *, now: datetime, agencies: Collection[str] | None = None
) -> dict[str, Line]:
    """Agency → its line, where anybody waits; of all agencies by default."""
    siblings: dict[str, list[Seen]] = defaultdict(list)
    for row in present.seen:
        siblings[row.visit_id].append(row)
    found: dict[str, Line] = defaultdict(Line)
    for row in present.seen:
        is_asked = agencies is None or row.agency_id in agencies
        if row.state == TicketState.WAITING and row.id is not None and is_asked:
            found[row.agency_id].rows[row.id] = row
    for agency_id, line in found.items():
        line.order = calling_order(
            [line_ticket(house, row, siblings[row.visit_id]) for row in line.rows.values()],
            now=now,
            policy=house.policy,
            after_overdue=agency_id in present.after_overdue,
        )
    return dict(found)


def open_desks(house: House, present: Present, *, now: datetime) -> dict[str, list[OpenDesk]]:
    """Agency → its desks that call now, with the minutes until each is expected to be free as planned."""
    in_use = {row.desk_id: row for row in present.seen if row.state in AT_DESK}
    found: dict[str, list[OpenDesk]] = defaultdict(list)
    for desk_id, paused_at in sorted(present.open_desks.items()):
        desk = house.desk.get(desk_id)
        if desk is not None and paused_at is None:
            found[desk.agency].append(_open_desk(house, desk, in_use.get(desk_id), now))
    return dict(found)


def _open_desk(house: House, desk: Desk, row: Seen | None, now: datetime) -> OpenDesk:
    if row is None:
        return OpenDesk(desk.id, 0.0)
    planned = house.service[row.service_id].planned_min(row.people.bit_count())
    since = row.resumed_at or row.last_called_at or now
    return OpenDesk(desk.id, max(planned - (now - since).total_seconds() / 60, OUTLASTED_MIN))


def reckon(
    house: House,
    present: Present,
    lines: Mapping[str, Line],
    desks: Mapping[str, Sequence[OpenDesk]],
    *,
    now: datetime,
    targets: Collection[int] | None = None,
) -> Told:
    """Waits of all tickets in the lines and of newcomers at open desks; or those of `targets` alone.

    A house that has learned nothing is run forward once, and so is a line for which the simulation
    finds no call, as when its desks stay open beyond their hours.
    """
    wanted = {
        agency_id: set(line.rows) if targets is None else line.rows.keys() & set(targets)
        for agency_id, line in lines.items()
    }
    newcomers = sorted(desks) if targets is None else []
    tickets: dict[int, Wait] = {}
    looking: dict[str, Wait] = {}
    if present.history.days or sum(len(item.minutes) for item in present.done) >= MEASURED_FROM:
        situation, history = situation_of(house, present, now=now), present.history
        if not history.days:
            situation, history = replace(situation, done=()), learn_today(present.done)
        found = told(situation, history, present.calibration, targets=targets, newcomers=newcomers)
        tickets, looking = dict(found.tickets), dict(found.newcomers)
    untold = {agency_id for agency_id, ids in wanted.items() if not ids <= tickets.keys()}
    for agency_id in untold | (set(newcomers) - looking.keys()):
        forward = _forward(house, lines.get(agency_id, Line()), desks.get(agency_id, ()), now=now)
        if (newcomer := forward.pop(NEWCOMER, None)) is not None:
            looking.setdefault(agency_id, newcomer)
        tickets = forward | tickets
    return Told(tickets, looking)


def _forward(house: House, line: Line, desks: Sequence[OpenDesk], *, now: datetime) -> dict[int, Wait]:
    queue = [_queued(house, line.rows[choice.ticket.ticket_id], now=now) for choice in line.order]
    everywhere = frozenset(desk.id for desk in desks)
    return waits([*queue, QueuedTicket(NEWCOMER, everywhere, 0)], desks)


def _queued(house: House, row: Seen, *, now: datetime) -> QueuedTicket:
    early = 0.0
    if row.booked_at is not None:
        due = row.booked_at - timedelta(minutes=house.policy.early_min)
        early = max((due - now).total_seconds() / 60, 0.0)
    able = (desk.id for desk in house.desks if desk_serves(house, desk, row.service_id, row.language))
    planned = house.service[row.service_id].planned_min(row.people.bit_count())
    return QueuedTicket(row.id or 0, frozenset(able), planned, early)


def yardstick(house: House, present: Present, row: Seen, ahead: int) -> float:
    """The naive wait of a ticket with so many callable tickets ranked before it."""
    in_use = {other.desk_id for other in present.seen if other.state in AT_DESK}
    return naive_wait(
        ahead,
        planned=house.service[row.service_id].planned_min(row.people.bit_count()),
        done=[item for item in present.done if item.agency == row.agency_id],
        desks=[
            desk_id not in in_use
            for desk_id, paused_at in present.open_desks.items()
            if paused_at is None
            and (desk := house.desk.get(desk_id)) is not None
            and desk_serves(house, desk, row.service_id, row.language)
        ],
    )
