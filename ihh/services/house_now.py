"""The house now, as a supervisor must see it: lines, desks, what needs a hand, and the next hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.estimate import Wait
from ihh.domain.house import Agency, Desk, House
from ihh.domain.ticket import TicketState
from ihh.domain.visit import VisitState
from ihh.models import DeskSession, Ticket, Visit
from ihh.services import desks, devices, serving, waits
from ihh.services.house import current_house
from ihh.services.next_hour import NextHour, next_hour
from ihh.services.running_late import agencies_behind
from ihh.services.waits import Place

SILENT_AFTER = timedelta(minutes=5)
"""A kiosk that is on is heard of every minute."""


class Level(StrEnum):
    """How a line's range lies to the house's target."""

    OVER = "over"
    CROSSES = "crosses"
    UNDER = "under"
    NONE = "none"
    """Nothing to compare: no desk is open."""


class Mark(StrEnum):
    SERVING = "serving"
    FREE = "free"
    BREAK = "break"
    CLOSED = "closed"


class AlertKind(StrEnum):
    NO_DESK = "no_desk"
    """People wait and no desk of the agency is open."""
    UNSERVED = "unserved"
    """Not all who wait can be called before the desks close."""
    BEHIND = "behind"
    """Appointments are called late."""
    OVER_TARGET = "over_target"


@dataclass(frozen=True)
class DeskNow:
    desk: Desk
    mark: Mark
    is_due: bool
    """Its hours say that it should be open."""


@dataclass(frozen=True)
class Alert:
    kind: AlertKind
    agency: Agency
    minutes: int = 0
    people: int = 0
    desks: tuple[DeskNow, ...] = ()
    """Desks of the agency that could be opened now."""


@dataclass(frozen=True)
class SilentKiosk:
    """A kiosk that may be off or without a network."""

    name: str
    since: datetime | None
    """When it was last heard of."""


@dataclass(frozen=True)
class LineNow:
    agency: Agency
    waiting: int
    longest_min: int | None
    """Since joining; None where nobody waits."""
    wait: Wait | None
    """For a visitor who joins now."""
    level: Level
    desks: tuple[DeskNow, ...]
    behind_min: int
    """By how much appointments are called late; 0 where they are not."""


@dataclass(frozen=True)
class HouseNow:
    at: datetime
    people: int
    waiting: int
    desks_open: int
    desks_due: int
    called_in_time: tuple[int, int] | None
    """Of today's called tickets how many within the service level, and of how many; None before the first."""
    lines: tuple[LineNow, ...]
    alerts: tuple[Alert, ...]
    silent_kiosks: tuple[SilentKiosk, ...]
    next_hour: NextHour
    people_by_time: tuple[tuple[int, int], ...]
    """(local minute, people in the house) every quarter of an hour since the opening."""


def house_now(*, now: datetime) -> HouseNow:
    """All of it at one instant."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    places = waits.agency_lines(house, now=now)
    open_now = waits.open_desks(house, now=now)
    behind = agencies_behind(house, places, now=now)
    marked = _desks(house, today, now=now)
    lines = tuple(
        LineNow(
            agency=agency,
            waiting=len(places.get(agency.id, ())),
            longest_min=_longest(places.get(agency.id, ()), now),
            wait=(
                wait := waits.wait_for_newcomer(
                    house, places.get(agency.id, []), open_now.get(agency.id, []), now=now
                )
            ),
            level=_level(wait, house.figures.service_level_min),
            desks=marked[agency.id],
            behind_min=behind.get(agency.id, 0),
        )
        for agency in house.agencies
        if agency.id in marked
    )
    everyone = [desk for row in marked.values() for desk in row]
    return HouseNow(
        at=now,
        people=_people(today, now),
        waiting=sum(line.waiting for line in lines),
        desks_open=sum(desk.mark is not Mark.CLOSED for desk in everyone),
        desks_due=sum(desk.is_due for desk in everyone),
        called_in_time=_called_in_time(house, today),
        lines=lines,
        alerts=tuple(_alerts(house, lines, places, today, now=now)),
        silent_kiosks=tuple(_silent_kiosks(house, today, now=now)),
        next_hour=next_hour(
            house, [desk.desk for desk in everyone if desk.mark is not Mark.CLOSED], today, now=now
        ),
        people_by_time=_people_by_time(house, today, now=now),
    )


def _longest(places: Sequence[Place], now: datetime) -> int | None:
    joined = [place.ticket.joined_at for place in places if place.ticket.joined_at is not None]
    return int((now - min(joined)).total_seconds() // 60) if joined and min(joined) <= now else None


def _level(wait: Wait | None, target: int) -> Level:
    if wait is None:
        return Level.NONE
    if wait.low > target:
        return Level.OVER
    return Level.CROSSES if wait.high > target else Level.UNDER


def _desks(house: House, today: date, *, now: datetime) -> dict[str, tuple[DeskNow, ...]]:
    sessions, in_use = desks.open_sessions(), serving.at_desks(today)
    minute = local_minute(now, timezone=house.timezone)
    found: dict[str, list[DeskNow]] = defaultdict(list)
    for desk in house.desks:
        hours = desk.hours[today.weekday()] if is_open(house, today) else ()
        is_due = any(span.start <= minute < span.end for span in hours)
        found[desk.agency].append(DeskNow(desk, _mark(sessions.get(desk.id), desk.id in in_use), is_due))
    return {agency_id: tuple(row) for agency_id, row in found.items()}


def _mark(session: DeskSession | None, has_visitor: bool) -> Mark:
    if session is None:
        return Mark.CLOSED
    if has_visitor:
        return Mark.SERVING
    return Mark.BREAK if session.paused_at is not None else Mark.FREE


def _alerts(
    house: House,
    lines: Sequence[LineNow],
    places: Mapping[str, Sequence[Place]],
    today: date,
    *,
    now: datetime,
) -> list[Alert]:
    """What needs a hand, the worst first: one alert for each line, the one that says most."""
    found = []
    for line in lines:
        openable = tuple(desk for desk in line.desks if desk.mark is Mark.CLOSED and desk.is_due)
        unserved = _unserved(house, places.get(line.agency.id, ()), line, today, now=now)
        if line.waiting and all(desk.mark is Mark.CLOSED for desk in line.desks):
            found.append(Alert(AlertKind.NO_DESK, line.agency, people=line.waiting, desks=openable))
        elif unserved:
            found.append(Alert(AlertKind.UNSERVED, line.agency, people=unserved, desks=openable))
        elif line.behind_min:
            found.append(Alert(AlertKind.BEHIND, line.agency, minutes=line.behind_min, desks=openable))
        elif line.level is Level.OVER and line.wait is not None:
            found.append(Alert(AlertKind.OVER_TARGET, line.agency, minutes=line.wait.low, desks=openable))
    rank = list(AlertKind)
    return sorted(found, key=lambda alert: rank.index(alert.kind))


def _silent_kiosks(house: House, today: date, *, now: datetime) -> Iterator[SilentKiosk]:
    """While the house is open; who switched it on late has the same minutes as one that fell silent."""
    hours = house.hours[today.weekday()] if is_open(house, today) else ()
    minute = local_minute(now, timezone=house.timezone)
    since = next((span.start for span in hours if span.start <= minute < span.end), None)
    if since is None:
        return
    if instant(today, since, timezone=house.timezone) > now - SILENT_AFTER:
        return
    for kiosk in devices.kiosks_in_use():
        if kiosk.seen_at is None or kiosk.seen_at <= now - SILENT_AFTER:
            yield SilentKiosk(kiosk.name, kiosk.seen_at)


def _unserved(house: House, places: Sequence[Place], line: LineNow, today: date, *, now: datetime) -> int:
    """How many who wait are expected to be called only after the line's last desk closes."""
    ends = [spans[-1].end for desk in line.desks if (spans := desk.desk.hours[today.weekday()])]
    if not ends:
        return 0
    left = (instant(today, max(ends), timezone=house.timezone) - now).total_seconds() / 60
    return sum(place.wait is not None and place.wait.middle > left for place in places)


def _people(today: date, now: datetime) -> int:
    """People of the visits that are in the house."""
    query = select(func.sum(Visit.adults + Visit.minors)).where(
        Visit.service_date == today, Visit.state == VisitState.IN_HOUSE, Visit.checked_in_at <= now
    )
    return db.session.execute(query).scalar() or 0


def _called_in_time(house: House, today: date) -> tuple[int, int] | None:
    query = select(Ticket.joined_at, Ticket.called_at).where(
        Ticket.service_date == today, Ticket.called_at.is_not(None), Ticket.state != TicketState.CANCELLED
    )
    limit = timedelta(minutes=house.figures.service_level_min)
    waited = [
        called_at - joined_at <= limit
        for joined_at, called_at in db.session.execute(query)
        if joined_at is not None and called_at is not None
    ]
    return (sum(waited), len(waited)) if waited else None


def _people_by_time(house: House, today: date, *, now: datetime) -> tuple[tuple[int, int], ...]:
    if not is_open(house, today):
        return ()
    query = select(Visit.checked_in_at, Visit.ended_at, Visit.adults + Visit.minors).where(
        Visit.service_date == today, Visit.checked_in_at.is_not(None)
    )
    stays = list(db.session.execute(query))
    minute, found = house.hours[today.weekday()][0].start, []
    while (at := instant(today, minute, timezone=house.timezone)) <= now:
        here = sum(
            people
            for came, went, people in stays
            if came is not None and came <= at and (went is None or went > at)
        )
        found.append((minute, here))
        minute += 15
    return tuple(found)
