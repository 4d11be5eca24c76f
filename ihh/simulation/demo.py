"""The demonstration day: a synthetic crowd, and desks that work by themselves until a clerk takes one.

Everything goes through the services that kiosks and desks call. The driver keeps no state of its
own that matters: what has happened is read from the database, so a restart goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import ParamSpec

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import is_open, open_days
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.party import people_of
from ihh.domain.ticket import TicketState
from ihh.domain.visit import VisitState
from ihh.models import AnsweredRequest, DeskSession, Ticket, Visit
from ihh.services import booking, check_in, day_end, demonstration, desks, serving
from ihh.services.house import current_house
from ihh.simulation.crowd import WalkIn, booker_wish, walk_ins

log = logging.getLogger(__name__)

P = ParamSpec("P")

BY = "demo"
BOOKED_TODAY = 60
BOOKED_LATER = 30
"""Booked visits of the demonstration day, and of each of the ten days after it (fewer with each)."""
FILLED_DAYS = 10
NO_SHOW_SHARE = 0.08
DEAF_SHARE = 0.04
STEP = timedelta(seconds=15)
"""Grain in which the morning before the beginning is played."""
COARSE_STEP = timedelta(seconds=75)
"""Grain of the day before it."""
GIVE_BACK = timedelta(minutes=2)
"""After a clerk closes a desk, this long until the demonstration works there again."""


def prepare(*, real_now: datetime) -> None:
    """Make the demonstration's accounts, and a morning in progress unless one goes on."""
    house = current_house()
    demonstration.ensure_accounts(now=real_now)
    today = local_day(real_now, timezone=house.timezone)
    if demonstration.unfinished(house, today=today) is not None:
        return
    day = demonstration.next_day(house, today=today)
    _play_day_before(house, day)
    book_day(house, day, BOOKED_TODAY, seed=day.toordinal())
    play(house, day, until_min=demonstration.BEGINS_MIN, step=STEP)
    demonstration.begin(house, day)


def play(house: House, day: date, *, until_min: int, step: timedelta) -> None:
    """Let a day go by from the opening to a minute of it."""
    driver = Driver(house, day, day.toordinal())
    at = instant(day, house.hours[day.weekday()][0].start, timezone=house.timezone)
    end = instant(day, until_min, timezone=house.timezone)
    while at < end:
        driver.step(now=at)
        at += step


def _play_day_before(house: House, day: date) -> None:
    """A whole synthetic day, so that the statistics have one to show."""
    before = day - timedelta(days=1)
    while not is_open(house, before):
        before -= timedelta(days=1)
    known = select(Visit.id).where(Visit.service_date == before, Visit.checked_in_at.is_not(None))
    if db.session.execute(known.limit(1)).first() is not None:
        return
    book_day(house, before, BOOKED_TODAY, seed=before.toordinal())
    closing = house.hours[before.weekday()][-1].end
    play(house, before, until_min=closing, step=COARSE_STEP)
    day_end.tidy(now=instant(day, 0, timezone=house.timezone))


def book_day(house: House, day: date, count: int, *, seed: int) -> None:
    """Book synthetic visits on a day, as many as find room, as if over the days before it."""
    random = Random(f"bookings {seed}")
    for index in range(count):
        booked_on = instant(day - timedelta(days=1 + index % 9), 12 * 60 + index, timezone=house.timezone)
        book_one(house, random, day, now=booked_on)


def book_one(house: House, random: Random, day: date, *, now: datetime) -> None:
    wish = booker_wish(house, random)
    not_before = 9 * 60 + 30 * random.randrange(10)
    for earliest in (not_before, 0):
        offers = booking.propose(wish, now=now, first=day, last=day, not_before=earliest)
        if offers.earliest is not None:
            visit = booking.hold(wish, offers.earliest, source=None, now=now, by=BY, is_synthetic=True)
            booking.confirm(visit.id, None, now=now, by=BY)
            return


class Driver:
    """Moves the synthetic people and desks of one day along."""

    def __init__(self, house: House, day: date, seed: int) -> None:
        self.house, self.day, self.seed = house, day, seed
        self.arrivals: dict[str, datetime | None] = {}
        self.coming = self._not_yet_come(walk_ins(house, day, seed))
        self.fill = list(open_days(house, day + timedelta(days=1), day + timedelta(days=30)))[:FILLED_DAYS]

    def step(self, *, now: datetime) -> None:
        """All that is due at `now`. A refusal means a person was faster: the next step sees it."""
        self._man_desks(now)
        in_use = serving.at_desks(self.day)
        waited_for = self._services_waited_for()
        for desk_id in self._own_desks():
            self._work(desk_id, in_use.get(desk_id), waited_for, now)
        self._let_in(now)

    def book_ahead(self, *, now: datetime) -> bool:
        """Book one more synthetic visit on the days to come; False when they are as full as wanted."""
        for index, later in enumerate(self.fill):
            wanted = round(BOOKED_LATER * (1 - index / (FILLED_DAYS + 2)))
            query = select(func.count()).where(Visit.service_date == later, Visit.is_synthetic)
            have = db.session.execute(query).scalar() or 0
            if have < wanted:
                book_one(self.house, Random(f"later {self.seed} {later} {have}"), later, now=now)
                return True
        return False

    def _not_yet_come(self, everyone: list[WalkIn]) -> list[WalkIn]:
        come = set(
            db.session.scalars(
                select(AnsweredRequest.id).where(AnsweredRequest.id.like(f"demo-{self.day}-%"))
            )
        )
        return [person for person in everyone if person.key not in come]

    def _man_desks(self, now: datetime) -> None:
        """Open the desks whose hours have begun; close those on a break or done with."""
        minute = local_minute(now, timezone=self.house.timezone)
        sessions = desks.open_sessions()
        lately = _closed_lately(now)
        for desk in self.house.desks:
            session = sessions.get(desk.id)
            is_due = any(span.start <= minute < span.end for span in desk.hours[self.day.weekday()])
            if session is None and is_due and desk.id not in lately:
                self._try(desks.open_desk, desk.id, None, now=now)
            elif session is not None and session.user_id is None and not is_due:
                self._try(desks.close_desk, desk.id, now=now)

    def _own_desks(self) -> list[str]:
        return sorted(d for d, session in desks.open_sessions().items() if session.user_id is None)

    def _work(self, desk_id: str, ticket: Ticket | None, waited_for: set[str], now: datetime) -> None:
        if ticket is None:
            if waited_for & set(self.house.desk[desk_id].services):
                self._try(serving.call_next, desk_id, now=now, by=BY)
        elif ticket.state == TicketState.SERVING:
            if now >= (ticket.resumed_at or now) + self._service_time(ticket):
                self._try(serving.complete, desk_id, now=now, by=BY)
        else:
            self._await(desk_id, ticket, now)

    def _await(self, desk_id: str, ticket: Ticket, now: datetime) -> None:
        """Someone was called: they walk over, or do not answer."""
        waited = now - (ticket.called_at or now)
        random = Random(f"{self.seed} walk {ticket.id}")
        if random.random() >= DEAF_SHARE:
            if now >= (ticket.last_called_at or now) + timedelta(seconds=random.uniform(20, 80)):
                self._try(serving.start, desk_id, now=now, by=BY)
        elif waited >= timedelta(minutes=3):
            self._try(serving.mark_no_show, desk_id, now=now, by=BY)
        elif waited >= timedelta(minutes=1.5) and ticket.calls == 1:
            self._try(serving.recall, desk_id, now=now, by=BY)

    def _service_time(self, ticket: Ticket) -> timedelta:
        planned = self.house.service[ticket.service_id].planned_min(len(people_of(ticket.people)))
        spread = Random(f"{self.seed} service {ticket.id}").lognormvariate(-0.1, 0.35)
        return timedelta(minutes=planned * spread)

    def _services_waited_for(self) -> set[str]:
        query = select(Ticket.service_id).where(
            Ticket.service_date == self.day, Ticket.state == TicketState.WAITING
        )
        return set(db.session.scalars(query))

    def _let_in(self, now: datetime) -> None:
        minute = local_minute(now, timezone=self.house.timezone)
        while self.coming and self.coming[0].minute <= minute:
            person = self.coming.pop(0)
            self._try(
                check_in.take_number, person.wish, now=now, by=BY, request_id=person.key, is_synthetic=True
            )
        booked = select(Visit).where(
            Visit.service_date == self.day, Visit.state == VisitState.BOOKED, Visit.is_synthetic
        )
        for visit in list(db.session.scalars(booked)):
            arrives = self._arrives(visit)
            if arrives is not None and now >= arrives:
                self._try(check_in.check_in, visit.check_in_token, now=now, by=BY)

    def _arrives(self, visit: Visit) -> datetime | None:
        """When a booked visitor comes; None for one who never does."""
        if visit.id not in self.arrivals:
            self.arrivals[visit.id] = self._draw_arrival(visit)
        return self.arrivals[visit.id]

    def _draw_arrival(self, visit: Visit) -> datetime | None:
        random = Random(f"{self.seed} arrival {visit.legs[0].id}")
        if random.random() < NO_SHOW_SHARE:
            return None
        first = min(leg.starts_at for leg in visit.legs if leg.starts_at is not None)
        return first - timedelta(minutes=random.triangular(-14, 35, 9))

    def _try(self, act: Callable[P, object], *args: P.args, **named: P.kwargs) -> None:
        try:
            act(*args, **named)
        except Refusal as refusal:
            if refusal.code not in EXPECTED:
                log.warning("demonstration: %s refused: %s", getattr(act, "__name__", act), refusal.code)


EXPECTED = frozenset(
    {
        Code.NOBODY_TO_CALL,
        Code.DESK_BUSY,
        Code.DESK_CLOSED,
        Code.DESK_TAKEN,
        Code.WRONG_STATE,
        Code.TOO_EARLY,
        Code.NO_WALK_IN_NOW,
        Code.SLOT_TAKEN,
        Code.ALREADY_CHECKED_IN,
    }
)
"""Refusals that only say a person did something first, or that it is too early in the day."""


def _closed_lately(now: datetime) -> set[str]:
    query = select(DeskSession.desk_id).where(
        DeskSession.user_id.is_not(None), DeskSession.closed_at > now - GIVE_BACK
    )
    return set(db.session.scalars(query))
