"""Visits on offer over the live calendars: the best by each preference, and what else a party could do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ihh.db import db
from ihh.domain.closed_days import open_days
from ihh.domain.daytime import local_day
from ihh.domain.house import Channel, House
from ihh.domain.planner import VisitOption, plan
from ihh.domain.planner.problem import LegRequest, Prefer, Problem
from ihh.domain.two_visits import TwoVisits, two_visits
from ihh.domain.visit import VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit
from ihh.services import calendars
from ihh.services.calendars import LATEST, Audience, Query
from ihh.services.house import current_house
from ihh.services.new_visits import allowed_days, booked_with

OFFERED = 6
"""Visits looked up besides the soonest and the shortest."""

REMOTE = frozenset({Channel.REMOTE_PHONE, Channel.REMOTE_ONLINE})


@dataclass(frozen=True)
class Proposals:
    """Visits to choose from: the best by each preference, further days, and what stands in the way."""

    earliest: VisitOption | None
    balanced: VisitOption | None
    shortest: VisitOption | None
    others: tuple[VisitOption, ...]
    blocked: tuple[int, ...]
    """Indexes of legs that have no place in the range even alone."""
    mixed: VisitOption | None = None
    """The soonest visit that takes what has a walk-in line from that line, where it beats `earliest`."""
    two: TwoVisits | None = None
    """Two visits, where the second of them is on an earlier date than `earliest`."""
    pairs: tuple[TwoVisits, ...] = ()
    """Of a wish with later legs: the best first visits, each with the soonest second one after it."""
    alone: tuple[VisitOption, ...] = ()
    """Those of the best first visits after which no second one is free in its horizon."""
    remote: tuple[str, ...] = ()
    """Where there is no visit: services by phone or online that may serve what is in the way."""
    can_wait: bool = False
    """Where there is no visit: whether one would be free if nothing were booked, so that waiting may help."""

    @property
    def best(self) -> tuple[VisitOption, ...]:
        """The different best visits: soonest, balanced, shortest."""
        return tuple(
            dict.fromkeys(
                option for option in (self.earliest, self.balanced, self.shortest) if option is not None
            )
        )

    @property
    def all(self) -> tuple[VisitOption, ...]:
        """Every different visit, soonest first."""
        found = {(option.date, option.start, option.legs): option for option in (*self.best, *self.others)}
        return tuple(sorted(found.values(), key=lambda option: (option.date, option.start)))


@dataclass(frozen=True)
class _Search:
    """What proposals are looked for, and on which calendars."""

    house: House
    wish: Wish
    query: Query
    now: datetime
    ignoring: Collection[str]


def propose(
    wish: Wish,
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    not_before: int = 0,
    not_after: int = LATEST,
    moving: str | None = None,
    audience: Audience = Audience.PUBLIC,
) -> Proposals:
    """The visits on offer from `first` (today) to `last` (the horizon).

    `moving` is a visit that is to be chosen anew: its slots count as free, and while it is held also those
    of the visit held with it. A booked one stays on its side of the visit it was booked with, and is not
    split in two.
    """
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    visit = db.session.get(Visit, moving) if moving is not None else None
    is_booked = visit is not None and visit.state != VisitState.HELD
    earliest, latest = allowed_days(visit) if visit is not None and is_booked else (date.min, date.max)
    query = Query(
        legs=_requests(wish.legs),
        language=wish.language,
        first=max(first or today, today, earliest),
        last=min(last or today + timedelta(days=house.limits.horizon_days), latest),
        not_before=not_before,
        not_after=not_after,
        audience=audience,
        waived=wish.waived,
    )
    return _found(_Search(house, wish, query, now, _freed(visit)), may_split=not is_booked)


def _found(search: _Search, *, may_split: bool) -> Proposals:
    asked = _problem(search, search.query)
    found = _best_visits(asked)
    soonest = found.earliest
    found = replace(found, mixed=_mixed(search, soonest))
    if search.wish.later:
        found = _with_second_visits(search, found)
    elif may_split and not found.blocked:
        found = replace(found, two=two_visits(asked, before=soonest.date if soonest else None))
    return found if soonest else _with_ways_out(search, asked, found)


def _problem(search: _Search, query: Query) -> Problem:
    return calendars.problem(search.house, query, now=search.now, ignoring=search.ignoring)


def _best_visits(asked: Problem) -> Proposals:
    """The best visit by each preference and the best of other days, from one problem."""
    balanced = plan(replace(asked, request=replace(asked.request, prefer="balanced", options=OFFERED)))
    if not balanced.options:
        return Proposals(None, None, None, (), balanced.blocked)
    return Proposals(
        earliest=_best(asked, "earliest"),
        balanced=balanced.options[0],
        shortest=_best(asked, "shortest"),
        others=balanced.options[1:],
        blocked=(),
    )


def _best(
    asked: Problem, prefer: Prefer, *, first: date | None = None, last: date | None = None
) -> VisitOption | None:
    request = replace(
        asked.request,
        prefer=prefer,
        options=1,
        first=first or asked.request.first,
        last=last or asked.request.last,
    )
    return next(iter(plan(replace(asked, request=request)).options), None)


def _mixed(search: _Search, soonest: VisitOption | None) -> VisitOption | None:
    """Appointments for what has no line, walk-in numbers for the rest: sooner, or then and shorter."""
    services = [search.house.service[leg.service] for leg in search.wish.legs]
    lines = frozenset(each.id for each in services if each.is_bookable and each.takes_walk_ins)
    if not lines or not any(each.is_bookable and each.id not in lines for each in services):
        return None
    last = min(search.query.last, soonest.date) if soonest else search.query.last
    mixed = _best(_problem(search, replace(search.query, walk_in=lines, last=last)), "earliest")
    if mixed is None or soonest is None:
        return mixed
    is_better = (mixed.date, mixed.end - mixed.start) < (soonest.date, soonest.end - soonest.start)
    return mixed if is_better else None


def _with_second_visits(search: _Search, found: Proposals) -> Proposals:
    """For each of the best first visits the soonest second one; its horizon begins with its own first day."""
    if not found.best:
        return found
    wish, horizon = search.wish, timedelta(days=search.house.limits.horizon_days)
    gap = timedelta(days=max(wish.later_after_days, 1))
    days = [option.date + gap for option in found.best]
    query = replace(search.query, legs=_requests(wish.later), first=min(days), last=max(days) + horizon)
    asked = _problem(search, query)
    seconds = [_best(asked, "earliest", first=day, last=day + horizon) for day in days]
    legs, later = tuple(range(len(wish.legs))), tuple(range(len(wish.later)))
    chosen = list(zip(found.best, seconds, strict=True))
    return replace(
        found,
        pairs=tuple(TwoVisits(first, legs, second, later) for first, second in chosen if second),
        alone=tuple(first for first, second in chosen if not second),
    )


def _with_ways_out(search: _Search, asked: Problem, found: Proposals) -> Proposals:
    """What to do where there is no visit: by phone or online, or wait for time that is given back."""
    house, legs = search.house, search.wish.legs
    stuck = [legs[index].service for index in found.blocked] or [leg.service for leg in legs]
    agencies = {house.service[service_id].agency for service_id in stuck}
    remote = [each.id for each in house.services if each.agency in agencies and REMOTE & set(each.channels)]
    tomorrow = local_day(search.now, timezone=house.timezone) + timedelta(days=1)
    is_possible = _best(_unbooked(house, asked), "earliest", first=max(asked.request.first, tomorrow))
    return replace(found, remote=tuple(remote), can_wait=is_possible is not None)


def _unbooked(house: House, asked: Problem) -> Problem:
    """The problem as if nothing were booked, kept or absent."""
    days = list(open_days(house, asked.request.first, asked.request.last))
    opened = {desk.id: {day: desk.hours[day.weekday()] for day in days} for desk in house.desks}
    desks = tuple(replace(desk, free=None, kept={}, open=opened[desk.id]) for desk in asked.desks)
    return replace(asked, desks=desks)


def _requests(legs: tuple[LegWish, ...]) -> tuple[LegRequest, ...]:
    return tuple(LegRequest(leg.service, leg.people) for leg in legs)


def _freed(visit: Visit | None) -> tuple[str, ...]:
    """Visits whose slots count as free."""
    if visit is None:
        return ()
    other = booked_with(visit) if visit.state == VisitState.HELD else None
    return (visit.id,) if other is None else (visit.id, other.id)
