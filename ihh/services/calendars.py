"""The live calendars as problems for the visit planner."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ihh.domain.closed_days import open_days
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.house import Desk, House, Service, Week
from ihh.domain.kept_time import kept_week, released_until, still_kept
from ihh.domain.planner.problem import (
    Lane,
    LegRequest,
    PlannedDesk,
    PlannedService,
    Prefer,
    Problem,
    Request,
    Spans,
)
from ihh.services.durations import PlannedDuration, planned
from ihh.services.free_time import free_time, open_lane

LATEST = 24 * 60

Durations = Mapping[str, PlannedDuration]


class Audience(StrEnum):
    """For whom a visit is looked up."""

    PUBLIC = "public"
    HOUSE = "house"
    """Also what is kept from the public."""


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
    audience: Audience = Audience.PUBLIC
    walk_in: frozenset[str] = frozenset()
    """Bookable services to be taken from their walk-in line instead; they must have one."""
    waived: frozenset[str] = frozenset()
    """Services that need not wait for any other."""
    ahead_min: int | None = None
    """A visit starts at least so many minutes from now; None: as the house says."""


@dataclass(frozen=True)
class _Live:
    """What a query is answered from."""

    house: House
    query: Query
    now: datetime
    days: list[date]
    """Those of its range on which the house is open."""
    durations: Durations
    today: date
    begins: int
    """The first day and minute of it on which a visit may start."""


def problem(house: House, query: Query, *, now: datetime, ignoring: Collection[str] = ()) -> Problem:
    """The planner's problem for the live calendars; `ignoring` frees the slots of visits to move."""
    ahead_min = house.limits.book_ahead_min if query.ahead_min is None else query.ahead_min
    earliest = now + timedelta(minutes=ahead_min)
    today = local_day(earliest, timezone=house.timezone)
    first = max(query.first, today)
    live = _Live(
        house=house,
        query=query,
        now=now,
        days=list(open_days(house, first, query.last)),
        durations=planned(house),
        today=today,
        begins=local_minute(earliest, timezone=house.timezone),
    )
    free = free_time(house, live.days, now=now, ignoring=ignoring)
    return Problem(
        id=house.id,
        grid_min=house.grid_min,
        walk_same=house.walk.same_zone,
        walk_other=house.walk.other_zone,
        agencies={agency.id: agency.zone or "" for agency in house.agencies},
        services={service.id: _service(live, service) for service in house.services},
        desks=tuple(_desk(live, desk, free[desk.id]) for desk in house.desks),
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


def is_public(
    house: House, service_id: str, desk_id: str, starts_at: datetime, ends_at: datetime, *, now: datetime
) -> bool:
    """Whether the public may book the service into this stretch of the desk, as far as kept time goes.

    The stretch lies on one local day.
    """
    service = house.service[service_id]
    if not service.kept_pct:
        return True
    day = local_day(starts_at, timezone=house.timezone)
    begin = local_minute(starts_at, timezone=house.timezone)
    end = begin + (ends_at - starts_at) // timedelta(minutes=1)
    pieces = _kept_week(house, house.desk[desk_id], service, planned(house))[day.weekday()]
    kept = still_kept(house, day, pieces, now=now)
    return not any(piece.start < end and begin < piece.end for piece in kept)


def _service(live: _Live, service: Service) -> PlannedService:
    house, query = live.house, live.query
    is_line = not _takes_desk(house, query, service.id)
    measured = live.durations.get(service.id)
    return PlannedService(
        id=service.id,
        agency=service.agency,
        mode="walk_in" if is_line else "desk",
        base_min=measured.used if measured else service.base_min,
        per_extra_person_min=service.per_extra_person_min,
        wait_min=service.wait_min if is_line else 0,
        after=() if service.id in query.waived else tuple(sorted(house.prerequisites[service.id])),
        open=_opened(live, service.hours or house.hours) if is_line else {},
    )


def _opened(live: _Live, week: Week) -> dict[date, Spans]:
    opened: dict[date, Spans] = {day: week[day.weekday()] for day in live.days}
    if live.today in opened:
        spans = week[live.today.weekday()]
        opened[live.today] = tuple(
            (max(span.start, live.begins), span.end) for span in spans if span.end > live.begins
        )
    return opened


def _desk(live: _Live, desk: Desk, free: dict[date, Lane]) -> PlannedDesk:
    if live.today in free:
        gone = -(-live.begins // live.house.grid_min)
        free[live.today] = free[live.today] >> gone << gone
    kept_for = desk.services if live.query.audience is Audience.PUBLIC else ()
    services = (live.house.service[service_id] for service_id in kept_for)
    return PlannedDesk(
        id=desk.id,
        agency=desk.agency,
        services=tuple(desk.services),
        languages=tuple(desk.languages),
        free=free,
        kept={service.id: _kept(live, desk, service) for service in services if service.kept_pct},
    )


def _kept(live: _Live, desk: Desk, service: Service) -> dict[date, Lane]:
    house, now = live.house, live.now
    week = _kept_week(house, desk, service, live.durations)
    whole = [open_lane(pieces, house.grid_min) for pieces in week]
    turning = local_day(released_until(house, now=now), timezone=house.timezone)
    kept = {day: whole[day.weekday()] for day in live.days if day > turning}
    if turning in live.days:
        pieces = still_kept(house, turning, week[turning.weekday()], now=now)
        kept[turning] = open_lane(pieces, house.grid_min)
    return kept


def _kept_week(house: House, desk: Desk, service: Service, durations: Durations) -> Week:
    return kept_week(
        desk.id,
        desk.hours,
        share_pct=service.kept_pct,
        piece_min=durations[service.id].used,
        grid_min=house.grid_min,
    )


def _takes_desk(house: House, query: Query, service_id: str) -> bool:
    return house.service[service_id].is_bookable and service_id not in query.walk_in


def _planned_language(house: House, query: Query) -> str:
    """The visitor's language where desks of every booked service have it, else the house's first.

    Every desk speaks one of the house's languages; see `ihh.domain.house.desk_serves`.
    """
    for leg in query.legs:
        if not _takes_desk(house, query, leg.service):
            continue
        if not any(leg.service in desk.services and query.language in desk.languages for desk in house.desks):
            return house.languages[0]
    return query.language
