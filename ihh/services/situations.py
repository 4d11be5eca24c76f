"""The present in the estimate's terms: minutes from now, and the desks by their calendars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from ihh.domain.calling import LineTicket
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.estimate import NEVER, DeskNow, Situation, Stage, TicketNow
from ihh.domain.house import Desk, House, LinePolicy, desk_serves
from ihh.domain.ticket import AT_DESK, OPEN, HeldFor, TicketState
from ihh.services.present import COMING, LATELY, Present, Seen

LATE_OPENING_MIN = 15.0
"""A desk that has not opened so long after its time is not waited for."""
LATE_BY_MIN = 5.0
UNPLANNED_BREAK_MIN = 10.0
JOINING_MIN = LATELY.total_seconds() / 60
FEWEST_MIN = 20.0
"""Fewer minutes since the first walk-in came do not tell how many will."""

Spans = list[tuple[float, float]]
"""Minutes from now."""


def situation_of(house: House, present: Present, *, now: datetime) -> Situation:
    by_visit: dict[str, list[Seen]] = defaultdict(list)
    for row in present.seen:
        by_visit[row.visit_id].append(row)
    able = _Able(house)
    return Situation(
        tickets=tuple(
            ticket for rows in by_visit.values() for ticket in _tickets(house, rows, able, now=now)
        ),
        desks=tuple(_desks(house, present, now=now)),
        policy=house.policy,
        done=tuple(present.done),
        after_overdue=present.after_overdue,
        joining=_joining(house, present.seen, now=now),
        minute=local_minute(now, timezone=house.timezone),
    )


class _Able(dict[tuple[str, str], frozenset[str]]):
    """(Service, language) → the desks that may serve it."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house

    def __missing__(self, key: tuple[str, str]) -> frozenset[str]:
        found = frozenset(desk.id for desk in self.house.desks if desk_serves(self.house, desk, *key))
        self[key] = found
        return found


def _tickets(house: House, rows: Sequence[Seen], able: _Able, *, now: datetime) -> Iterable[TicketNow]:
    """A visit's tickets that may still take a desk's time."""
    first = min((row.booked_at for row in rows if row.state == COMING and row.booked_at), default=now)
    for row in rows:
        if not _matters(house, row):
            continue
        service, size = house.service[row.service_id], row.people.bit_count()
        is_coming = row.state == COMING
        line = None if is_coming else line_ticket(house, row, rows)
        yield TicketNow(
            id=row.id if row.id is not None else -(row.leg_id or 0),
            visit=row.visit_id,
            agency=service.agency,
            service=row.service_id,
            people=row.people,
            planned=service.planned_min(size),
            stage=Stage(row.state),
            desks=able[row.service_id, row.language],
            arrived=_minutes(line.arrived_at if line else first, now),
            received=line.received.total_seconds() / 60 if line else 0.0,
            booked=_minutes(row.booked_at, now) if row.booked_at else None,
            is_excused=line is not None and line.is_excused,
            need=_minutes(row.need_at, now) if row.need_at else None,
            after=_after(house, row, rows) if is_coming or row.state == TicketState.LOCKED else (),
            returns=_returns(row, now),
            was_unanswered=row.unanswered > 0,
            desk=row.desk_id if row.state in AT_DESK else None,
            since=_since(row, now),
        )


def _matters(house: House, row: Seen) -> bool:
    """Where visitors stand in one line at a time, a locked walk-in ticket will join behind everybody."""
    if house.policy.lines is LinePolicy.ONE_AT_A_TIME and row.state == TicketState.LOCKED:
        return row.booked_at is not None
    return row.state == COMING or row.state in OPEN


def line_ticket(house: House, row: Seen, siblings: Iterable[Seen]) -> LineTicket:
    """The ticket as the calling rule sees it; `siblings` are all of its visit's."""
    kin = [other for other in siblings if other.people & row.people and other.id != row.id]
    issued_at = row.issued_at or row.checked_in_at
    one_at_a_time = house.policy.lines is LinePolicy.ONE_AT_A_TIME
    arrived_at = issued_at if one_at_a_time else row.checked_in_at
    assert arrived_at is not None, "whoever is in the house has checked in"
    received = timedelta(0) if one_at_a_time else timedelta(seconds=sum(each.served_seconds for each in kin))
    return LineTicket(
        ticket_id=row.id or 0,
        visit_id=row.visit_id,
        number=row.number or "",
        arrived_at=arrived_at,
        received=received,
        booked_at=row.booked_at,
        need_at=row.need_at,
        is_excused=_is_excused(row, arrived_at, kin),
        is_free=not any(other.state in AT_DESK for other in kin),
    )


def _is_excused(row: Seen, arrived_at: datetime, kin: Iterable[Seen]) -> bool:
    booked_at = row.booked_at
    if booked_at is None or arrived_at > booked_at:
        return False
    return (row.joined_at is not None and row.joined_at > booked_at) or any(
        other.started_at is not None
        and other.started_at <= booked_at
        and (other.ended_at is None or other.ended_at >= booked_at)
        for other in kin
    )


def _after(house: House, row: Seen, rows: Iterable[Seen]) -> tuple[int, ...]:
    """Open tickets of the visit that lock this one; in one line at a time all others of its people."""
    first = house.prerequisites[row.service_id]
    one_at_a_time = house.policy.lines is LinePolicy.ONE_AT_A_TIME
    return tuple(
        other.id if other.id is not None else -(other.leg_id or 0)
        for other in rows
        if other is not row
        and other.people & row.people
        and (other.state == COMING or other.state in OPEN)
        and (other.service_id in first or (one_at_a_time and other.state not in (COMING, TicketState.LOCKED)))
    )


def _returns(row: Seen, now: datetime) -> float:
    if row.held_for == HeldFor.LOST_TIME:
        return 0.0
    return _minutes(row.returns_at, now) if row.returns_at else NEVER


def _since(row: Seen, now: datetime) -> float:
    if row.state == TicketState.SERVING and row.resumed_at is not None:
        return _minutes(row.resumed_at, now) - row.served_seconds / 60
    return (
        _minutes(row.last_called_at, now) if row.state == TicketState.CALLED and row.last_called_at else 0.0
    )


def _joining(house: House, seen: Iterable[Seen], *, now: datetime) -> Mapping[str, float]:
    """Agency → walk-ins who joined its line a minute lately."""
    ages: dict[str, list[float]] = defaultdict(list)
    for row in seen:
        if row.booked_at is None and row.joined_at is not None and row.joined_at <= now:
            ages[house.service[row.service_id].agency].append(-_minutes(row.joined_at, now))
    return {
        agency: sum(age <= JOINING_MIN for age in found) / min(max(max(found), FEWEST_MIN), JOINING_MIN)
        for agency, found in ages.items()
    }


def _desks(house: House, present: Present, *, now: datetime) -> Iterable[DeskNow]:
    day = local_day(now, timezone=house.timezone)
    sessions = present.open_desks
    for desk in sorted(house.desks, key=lambda desk: desk.id):
        spans = _spans(house, desk, day, present, now=now)
        closes = spans[-1][1] if spans else NEVER
        breaks = tuple((end, start) for (_, end), (start, _) in pairwise(spans) if end > 0)
        if desk.id in sessions:
            opens = 0.0 if sessions[desk.id] is None else _resumes(spans)
        else:
            opens = _opens(spans)
        if opens < NEVER:
            yield DeskNow(desk.id, desk.agency, opens, breaks, closes)


def _spans(house: House, desk: Desk, day: date, present: Present, *, now: datetime) -> Spans:
    """The desk's hours today, minutes from now, without its absences."""
    if not is_open(house, day):
        return []
    spans = [
        (
            _minutes(instant(day, span.start, timezone=house.timezone), now),
            _minutes(instant(day, span.end, timezone=house.timezone), now),
        )
        for span in desk.hours[day.weekday()]
    ]
    for desk_id, begins_at, ends_at in present.absences:
        if desk_id == desk.id:
            begins, ends = _minutes(begins_at, now), _minutes(ends_at, now)
            cut = [((start, min(end, begins)), (max(start, ends), end)) for start, end in spans]
            spans = [(start, end) for pair in cut for start, end in pair if start < end]
    return spans


def _resumes(spans: Spans) -> float:
    """When a desk on a break calls again: after its hours' break, or soon where they know of none."""
    in_hours = any(start <= 0 < end for start, end in spans)
    later = [start for start, _ in spans if start > 0]
    return min(later) if later and not in_hours else UNPLANNED_BREAK_MIN


def _opens(spans: Spans) -> float:
    """When a desk that is closed opens: at its hours, or a little late; `NEVER` when it is missing today."""
    here = next((start for start, end in spans if start <= 0 < end), None)
    if here is not None:
        return min(-here, LATE_BY_MIN) if -here <= LATE_OPENING_MIN else NEVER
    return min((start for start, _ in spans if start > 0), default=NEVER)


def _minutes(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds() / 60
