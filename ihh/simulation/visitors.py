"""The people of a scenario's day: when they come, how they walk, and how long each service takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain import visit as visits
from ihh.domain.house import Channel, Desk, House, desk_serves
from ihh.domain.party import Party, mask_of
from ihh.domain.ticket import AT_DESK
from ihh.domain.visit import Origin, VisitAction, VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Leg, QueueEvent, Visit
from ihh.services import check_in
from ihh.services.events import record_visit
from ihh.services.new_visits import new_visit
from ihh.simulation.hall import Standing
from ihh.simulation.play import Play, Turn
from ihh.simulation.scenario import Scenario, ScenarioDay, Visitor, VisitorLeg, instant

BY = "simulation"


class Visitors:
    def __init__(self, scenario: Scenario, day: ScenarioDay) -> None:
        self.scenario, self.day = scenario, day
        self.by_visit: dict[str, Visitor] = {}
        self._place: dict[str, tuple[str, datetime]] = {}
        """Visit → the agency it was last at, and until when."""

    def expect(self, play: Play, booked: Mapping[str, Booking]) -> None:
        """Let everybody arrive at their time; `booked` has what those who booked have, by visitor."""
        for visitor in self.day.visitors:
            if visitor.arrives is None:
                continue
            come = partial(self._check_in, visitor, booked[visitor.id]) if visitor.is_booked else None
            act: Callable[[datetime], object] = come or partial(self._take_number, visitor)
            play.schedule(instant(self.day.date, visitor.arrives), Turn.ARRIVE, act)

    def walk(self, standing: Standing, *, at: datetime) -> timedelta | None:
        if not self.by_visit[standing.visit_id].answers_calls:
            return None
        start = self._stands(standing.visit_id, at) or standing.agency
        return timedelta(seconds=self.scenario.walk(start, standing.agency))

    def service(self, standing: Standing) -> timedelta:
        return timedelta(seconds=self.by_visit[standing.visit_id].leg(standing.service).length)

    def patience(self, visit_id: str) -> timedelta | None:
        seconds = self.by_visit[visit_id].gives_up_after
        return None if seconds is None else timedelta(seconds=seconds)

    def note(self, event: QueueEvent, standing: Standing | None) -> None:
        if standing is not None and event.before in AT_DESK and event.after not in AT_DESK:
            self._place[standing.visit_id] = (standing.agency, event.at)

    def _stands(self, visit_id: str, at: datetime) -> str | None:
        """Where the visitor is: guidance moves the free at once, but not at the instant a service ends."""
        last = self._place.get(visit_id)
        if last is not None and last[1] == at:
            return last[0]
        guided_to = db.session.scalar(select(Visit.guided_to).where(Visit.id == visit_id))
        return guided_to or (last[0] if last else None)

    def _check_in(self, visitor: Visitor, booking: Booking, now: datetime) -> None:
        self.by_visit[booking.visit_id] = visitor
        check_in.check_in(booking.check_in_token, now=now, by=BY)

    def _take_number(self, visitor: Visitor, now: datetime) -> None:
        done = check_in.take_number(_wish(visitor), now=now, by=BY)
        self.by_visit[done.visit_id] = visitor


class Booking(NamedTuple):
    visit_id: str
    check_in_token: str


def book(house: House, day: ScenarioDay, *, now: datetime) -> dict[str, Booking]:
    """Make the visits of those who booked: without slots, for a scenario may book a desk twice."""
    booked: dict[str, Booking] = {}
    with transaction() as tx:
        for visitor in day.visitors:
            if visitor.is_booked:
                visit = new_visit(_wish(visitor), VisitAction.HOLD, Origin.ONLINE, day=day.date, now=now)
                visit.legs = [_leg(house, day, visitor, index, leg) for index, leg in enumerate(visitor.legs)]
                db.session.add(visit)
                db.session.flush()
                record_visit(tx, visit, VisitAction.HOLD, before=None, at=now, by=BY)
                visit.state, visit.confirmed_at = visits.after(VisitState.HELD, VisitAction.CONFIRM), now
                record_visit(tx, visit, VisitAction.CONFIRM, before=VisitState.HELD, at=now, by=BY)
                booked[visitor.id] = Booking(visit.id, visit.check_in_token)
    db.session.expunge_all()  # a visit kept in the session would be read again after every step of the day
    return booked


def _leg(house: House, day: ScenarioDay, visitor: Visitor, position: int, leg: VisitorLeg) -> Leg:
    mask = mask_of(_party(visitor).people)
    if leg.at is None:
        return Leg(position=position, service_id=leg.service, mode=Channel.WALK_IN, people=mask)
    starts_at = instant(day.date, leg.at)
    return Leg(
        position=position,
        service_id=leg.service,
        mode=Channel.DESK,
        people=mask,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=house.service[leg.service].base_min),
        desk_id=_some_desk(house, leg.service, visitor.language).id,
    )


def _some_desk(house: House, service_id: str, language: str) -> Desk:
    """The desk that stands in the booking: one that can serve it, else the nearest thing there is."""

    def fit(desk: Desk) -> tuple[bool, bool]:
        return desk_serves(house, desk, service_id, language), service_id in desk.services

    return max(house.desks, key=fit)


def _wish(visitor: Visitor) -> Wish:
    party = _party(visitor)
    return Wish(party, tuple(LegWish(leg.service, party.people) for leg in visitor.legs), visitor.language)


def _party(visitor: Visitor) -> Party:
    return Party(visitor.people)
