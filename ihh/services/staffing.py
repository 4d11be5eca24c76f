"""Staffing: the desks each agency will need on a weekday by its history, against those planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.closed_days import is_open, open_days
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.house import House, Span
from ihh.domain.staffing import BIN_MIN, PERIOD_MIN, Need, Target, needs
from ihh.domain.ticket import TicketState
from ihh.models import DeskAbsence, Learned, Ticket
from ihh.services.house import current_house

WEEKS = 8
"""How many weeks back the weekday is looked at."""
SERVICE_DAYS = 60
"""Service times are taken from this many days: of any weekday, for a weekday alone is few."""
FEWEST_SERVICES = 20
"""With fewer measured services nothing is said about an agency."""


@dataclass(frozen=True)
class AgencyStaffing:
    """One agency's day by the half hour."""

    agency: str
    needs: tuple[Need, ...]
    """Empty where there is too little history."""
    planned: tuple[int, ...]
    """Fewest desks with hours in each half hour of the house's day, absences taken off."""
    days: int
    """Past days the arrivals are the mean of."""
    arrivals: tuple[float, ...] = ()
    """Expected tickets in each five minutes of the house's day."""
    service_min: tuple[float, ...] = ()
    """Measured minutes at the desk."""

    @property
    def services(self) -> int:
        """How many services the service times were measured on."""
        return len(self.service_min)


@dataclass(frozen=True)
class Played:
    """Shares called in time, of days played with the needed and with the planned desks; None: nobody was."""

    played_on: date
    needed: float | None
    planned: float | None


@dataclass(frozen=True)
class StaffingDay:
    day: date
    """The next open day of the weekday: the one whose desks are planned."""
    opens: int
    """Minutes from local midnight."""
    target: Target
    agencies: tuple[AgencyStaffing, ...]


def staffing(weekday: int, *, now: datetime) -> StaffingDay | None:
    """The next open day of a weekday (Monday is 0); None where the house has none within a year."""
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    day = _next(house, weekday, today)
    if day is None:
        return None
    past = [
        other
        for other in open_days(house, today - timedelta(weeks=WEEKS), today - timedelta(days=1))
        if other.weekday() == weekday
    ]
    joined, served = _joined(house, past), _served(today)
    away = _absences(house, day)
    target = Target(house.figures.service_level_min, house.figures.service_level_target_pct / 100)
    return StaffingDay(
        day,
        house.hours[day.weekday()][0].start,
        target,
        tuple(
            _agency(house, agency.id, day, joined, served.get(agency.id, []), away, target)
            for agency in house.agencies
            if any(desk.agency == agency.id for desk in house.desks)
        ),
    )


def keep_played(
    weekday: int, shares: Mapping[str, tuple[float | None, float | None]], *, now: datetime
) -> None:
    """Keep what played days came to, agency → shares with the needed and the planned desks.

    The weekday's earlier answer goes.
    """
    today = local_day(now, timezone=current_house().timezone)
    document = {agency: {"needed": pair[0], "planned": pair[1]} for agency, pair in shares.items()}
    with transaction():
        db.session.merge(Learned(name=_PLAYED.format(weekday), learned_on=today, document=document))


def last_played(weekday: int) -> dict[str, Played]:
    """Agency → the last kept answer of played days; empty before the first."""
    row = db.session.get(Learned, _PLAYED.format(weekday), populate_existing=True)
    if row is None:
        return {}
    return {agency: Played(row.learned_on, **shares) for agency, shares in row.document.items()}


_PLAYED = "staffing.{}"


def _agency(
    house: House,
    agency_id: str,
    day: date,
    joined: dict[date, dict[str, list[int]]],
    served: Sequence[float],
    away: dict[str, list[Span]],
    target: Target,
) -> AgencyStaffing:
    opens, closes = house.hours[day.weekday()][0].start, house.hours[day.weekday()][-1].end
    days = [found[agency_id] for found in joined.values() if agency_id in found]
    arrivals = _mean_arrivals(days, len(joined), opens, closes)
    enough = len(served) >= FEWEST_SERVICES
    return AgencyStaffing(
        agency=agency_id,
        needs=tuple(needs(arrivals, served, opens=opens, target=target)) if enough else (),
        planned=tuple(
            _planned(house, agency_id, day, Span(start, start + PERIOD_MIN), away)
            for start in range(opens, closes, PERIOD_MIN)
        ),
        days=len(joined),
        arrivals=tuple(arrivals),
        service_min=tuple(served),
    )


def _mean_arrivals(days: Sequence[Sequence[int]], past_days: int, opens: int, closes: int) -> list[float]:
    """Expected tickets in each bin of the day; who joined before the opening counts at the opening."""
    bins = [0.0] * (-(-(closes - opens) // BIN_MIN))
    for minutes in days:
        for minute in minutes:
            if minute < closes:
                bins[max(minute - opens, 0) // BIN_MIN] += 1 / past_days
    return bins


def _planned(house: House, agency_id: str, day: date, span: Span, away: dict[str, list[Span]]) -> int:
    """Desks that are there for the whole of the half hour."""
    return sum(
        any(hours.start <= span.start and span.end <= hours.end for hours in desk.hours[day.weekday()])
        and not any(gone.start < span.end and span.start < gone.end for gone in away.get(desk.id, ()))
        for desk in house.desks
        if desk.agency == agency_id
    )


def _next(house: House, weekday: int, today: date) -> date | None:
    days = (today + timedelta(days=offset) for offset in range(1, 366))
    return next((day for day in days if day.weekday() == weekday and is_open(house, day)), None)


def _joined(house: House, days: Sequence[date]) -> dict[date, dict[str, list[int]]]:
    """Day → agency → local minutes at which tickets could first be called; days without any are left out."""
    query = select(Ticket.service_date, Ticket.agency_id, Ticket.joined_at).where(
        Ticket.service_date.in_(days)
    )
    found: dict[date, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for day, agency_id, joined_at in db.session.execute(query):
        if joined_at is not None:
            found[day][agency_id].append(local_minute(joined_at, timezone=house.timezone))
    return {day: found[day] for day in sorted(found)}


def _served(today: date) -> dict[str, list[float]]:
    """Agency → minutes at the desk of its completed services; of unknown length are left out."""
    query = select(Ticket.agency_id, Ticket.served_seconds).where(
        Ticket.service_date >= today - timedelta(days=SERVICE_DAYS),
        Ticket.service_date < today,
        Ticket.state == TicketState.COMPLETED,
        Ticket.served_seconds > 0,
    )
    found: dict[str, list[float]] = defaultdict(list)
    for agency_id, seconds in db.session.execute(query):
        found[agency_id].append(seconds / 60)
    return found


def _absences(house: House, day: date) -> dict[str, list[Span]]:
    """Desk → when nobody is there on the day, in local minutes."""
    found: dict[str, list[Span]] = defaultdict(list)
    for absence in db.session.scalars(select(DeskAbsence)):
        first = local_day(absence.starts_at, timezone=house.timezone)
        last = local_day(absence.ends_at, timezone=house.timezone)
        if first <= day <= last:
            start = local_minute(absence.starts_at, timezone=house.timezone) if first == day else 0
            end = local_minute(absence.ends_at, timezone=house.timezone) if last == day else 24 * 60
            found[absence.desk_id].append(Span(start, end))
    return found
