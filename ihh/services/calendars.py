"""Free time of the house, as problems for the visit planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, not_, select

from ihh.db import db
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.house import House, Service, Span, Week
from ihh.domain.planner.problem import LegRequest, PlannedDesk, PlannedService, Prefer, Problem, Request
from ihh.domain.visit import VisitState
from ihh.models import Leg, Slot, Visit

LATEST = 24 * 60

Busy = dict[tuple[str, date], list[tuple[int, int]]]


@dataclass(frozen=True)
class Query:
    """What is looked for: legs in a language, in a range of days, by a preference."""

    legs: tuple[LegRequest, ...]
    language: str
    first: date
    last: date
    prefer: Prefer = "balanced"
    options: int = 5
    not_before: int = 0
    not_after: int = LATEST


def problem(house: House, query: Query, *, now: datetime, ignoring: str | None = None) -> Problem:
    """The planner's problem for the live calendars; `ignoring` frees the slots of a visit to move."""
    earliest = now + timedelta(minutes=house.limits.book_ahead_min)
    first = max(query.first, local_day(earliest, timezone=house.timezone))
    days = list(open_days(house, first, query.last))
    busy = _busy(house, first, query.last, now=now, ignoring=ignoring)
    today = local_day(earliest, timezone=house.timezone)
    begins = local_minute(earliest, timezone=house.timezone)

    def opened(week: Week) -> dict[date, tuple[tuple[int, int], ...]]:
        return {day: _from(week[day.weekday()], begins if day == today else 0) for day in days}

    return Problem(
        id=house.id,
        grid_min=house.grid_min,
        walk_same=house.walk.same_zone,
        walk_other=house.walk.other_zone,
        agencies={agency.id: agency.zone or "" for agency in house.agencies},
        services={
            service.id: _planned(service, opened(service.hours or house.hours)) for service in house.services
        },
        desks=tuple(
            PlannedDesk(
                id=desk.id,
                agency=desk.agency,
                services=tuple(desk.services),
                languages=tuple(desk.languages),
                open=opened(desk.hours),
                busy={day: tuple(busy.get((desk.id, day), ())) for day in days},
            )
            for desk in house.desks
        ),
        request=Request(
            legs=query.legs,
            language=_planned_language(house, query),
            first=first,
            last=max(query.last, first),
            not_before=query.not_before,
            not_after=query.not_after,
            prefer=query.prefer,
            options=query.options,
        ),
    )


def _planned(service: Service, opened: dict[date, tuple[tuple[int, int], ...]]) -> PlannedService:
    return PlannedService(
        id=service.id,
        agency=service.agency,
        mode="desk" if service.is_bookable else "walk_in",
        base_min=service.base_min,
        per_extra_person_min=service.per_extra_person_min,
        wait_min=0 if service.is_bookable else service.wait_min,
        after=service.after,
        open={} if service.is_bookable else opened,
    )


def _planned_language(house: House, query: Query) -> str:
    """The visitor's language where desks of every booked service have it, else the house's first.

    Every desk speaks one of the house's languages; see `ihh.domain.house.desk_serves`.
    """
    for leg in query.legs:
        if not house.service[leg.service].is_bookable:
            continue
        if not any(leg.service in desk.services and query.language in desk.languages for desk in house.desks):
            return house.languages[0]
    return query.language


def _from(spans: Sequence[Span], begins: int) -> tuple[tuple[int, int], ...]:
    return tuple((max(span.start, begins), span.end) for span in spans if span.end > begins)


def _busy(house: House, first: date, last: date, *, now: datetime, ignoring: str | None) -> Busy:
    """Occupied grid steps by desk and day; slots of holds that ran out are free again."""
    begin = instant(first, 0, timezone=house.timezone)
    end = instant(last + timedelta(days=1), 0, timezone=house.timezone)
    expired = and_(Visit.state == VisitState.HELD, Visit.hold_expires_at <= now)
    query = (
        select(Slot.desk_id, Slot.starts_at)
        .join(Leg, Slot.leg_id == Leg.id)
        .join(Visit, Leg.visit_id == Visit.id)
        .where(Slot.starts_at >= begin, Slot.starts_at < end, not_(expired))
    )
    if ignoring is not None:
        query = query.where(Visit.id != ignoring)
    busy: Busy = {}
    for desk_id, starts_at in db.session.execute(query):
        day = local_day(starts_at, timezone=house.timezone)
        minute = local_minute(starts_at, timezone=house.timezone)
        busy.setdefault((desk_id, day), []).append((minute, minute + house.grid_min))
    return busy
