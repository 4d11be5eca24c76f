"""The demonstration day: a synthetic crowd, and desks that work by themselves until a clerk takes one.

The day is played as a scenario's is (`ihh.simulation.play`), but in the house's own database and beside
real clerks. The driver keeps no state of its own that matters: what has happened is told by the queue
events, so a restart goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.closed_days import is_open, open_days
from ihh.domain.daytime import instant, local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Desk, House
from ihh.domain.party import people_of
from ihh.domain.visit import VisitState
from ihh.models import AnsweredRequest, DeskSession, QueueEvent, Visit
from ihh.services import booking, check_in, day_end, demonstration, desks, proposals
from ihh.services.house import current_house
from ihh.simulation import demo_history
from ihh.simulation.crowd import (
    WalkIn,
    booker_wish,
    minutes_early,
    service_factor,
    walk_ins,
    walk_seconds,
)
from ihh.simulation.hall import Standing
from ihh.simulation.play import Play, Turn

log = logging.getLogger(__name__)

BY = "demo"
BOOKED_TODAY = 60
BOOKED_LATER = 30
"""Booked visits of the demonstration day, and of each of the ten days after it (fewer with each)."""
FILLED_DAYS = 10
GIVE_BACK = timedelta(minutes=2)
"""After a clerk closes a desk, this long until the demonstration works there again."""


def prepare(*, real_now: datetime, past_months: int = 0) -> None:
    """Make the demonstration's accounts, and a morning in progress unless one goes on.

    The first one has so many months of synthetic past.
    """
    house = current_house()
    demonstration.ensure_accounts(now=real_now)
    today = local_day(real_now, timezone=house.timezone)
    if demonstration.unfinished(house, today=today) is not None:
        return
    day = demonstration.next_day(house, today=today)
    before = _open_day_before(house, day)
    demo_history.fill(house, before, months=past_months, now=real_now)
    _play_day_before(house, day, before)
    book_day(house, day, BOOKED_TODAY, seed=day.toordinal())
    play(house, day, until_min=demonstration.BEGINS_MIN)
    demonstration.begin(house, day)


def play(house: House, day: date, *, until_min: int) -> None:
    """Let a day go by from its beginning to a minute of it."""
    end = instant(day, until_min, timezone=house.timezone)
    Driver(house, day, day.toordinal()).run(until=end)


def _open_day_before(house: House, day: date) -> date:
    before = day - timedelta(days=1)
    while not is_open(house, before):
        before -= timedelta(days=1)
    return before


def _play_day_before(house: House, day: date, before: date) -> None:
    """A whole synthetic day, so that the statistics have one to show."""
    known = select(Visit.id).where(Visit.service_date == before, Visit.checked_in_at.is_not(None))
    if db.session.execute(known.limit(1)).first() is not None:
        return
    book_day(house, before, BOOKED_TODAY, seed=before.toordinal())
    closing = house.hours[before.weekday()][-1].end
    play(house, before, until_min=closing)
    day_end.tidy(now=instant(day, 0, timezone=house.timezone), is_demo=True)


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
        offers = proposals.propose(wish, now=now, first=day, last=day, not_before=earliest)
        if offers.earliest is not None:
            visit = booking.hold(wish, offers.earliest, source=None, now=now, by=BY, is_synthetic=True)
            booking.confirm(visit.id, None, now=now, by=BY)
            return


class Driver:
    """Moves the synthetic people and desks of one day along, beside whoever else acts in the house."""

    def __init__(self, house: House, day: date, seed: int) -> None:
        self.house, self.day, self.seed = house, day, seed
        self.fill = list(open_days(house, day + timedelta(days=1), day + timedelta(days=30)))[:FILLED_DAYS]
        self._heard = 0
        self._staff = Staff(house, day)
        self._play = Play(
            house, day, People(house, seed), self._staff, by=BY, news=self._news, refused=_note_refusal
        )
        self._staff.expect(self._play)
        self._expect_people()

    def run(self, *, until: datetime) -> None:
        """Play what happens before `until`, each thing at its time."""
        self._play.run(until=until)

    def step(self, *, now: datetime) -> None:
        """All that is due at `now`. A refusal means a person was faster: the next step sees it."""
        self._play.step(now=now)

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

    def _news(self) -> Sequence[QueueEvent]:
        query = (
            select(QueueEvent)
            .where(QueueEvent.service_date == self.day, QueueEvent.revision > self._heard)
            .order_by(QueueEvent.revision)
        )
        events = db.session.scalars(query).all()
        self._heard = events[-1].revision if events else self._heard
        return events

    def _expect_people(self) -> None:
        """Whoever has not come yet: those without a booking once, by their key, and those who booked."""
        keys = select(AnsweredRequest.id).where(AnsweredRequest.id.like(f"demo-{self.day}-%"))
        come = set(db.session.scalars(keys))
        for person in walk_ins(self.house, self.day, self.seed):
            if person.key not in come:
                at = instant(self.day, 0, timezone=self.house.timezone) + timedelta(minutes=person.minute)
                self._play.schedule(at, Turn.ARRIVE, partial(self._take_number, person))
        booked = select(Visit).where(
            Visit.service_date == self.day, Visit.state == VisitState.BOOKED, Visit.is_synthetic
        )
        for visit in db.session.scalars(booked).all():
            self._expect_booked(visit)

    def _expect_booked(self, visit: Visit) -> None:
        if (at := self._arrives(visit)) is not None:
            self._play.schedule(at, Turn.ARRIVE, partial(self._check_in, visit.id))

    def _arrives(self, visit: Visit) -> datetime | None:
        """When a booked visitor comes; None for one who never does."""
        early = minutes_early(self.seed, visit.legs[0].id)
        first = min(leg.starts_at for leg in visit.legs if leg.starts_at is not None)
        return None if early is None else first - timedelta(minutes=early)

    def _take_number(self, person: WalkIn, now: datetime) -> None:
        check_in.take_number(person.wish, now=now, by=BY, request_id=person.key, is_synthetic=True)

    def _check_in(self, visit_id: str, now: datetime) -> None:
        """Unless the visit was moved or cancelled meanwhile."""
        visit = db.session.get_one(Visit, visit_id, populate_existing=True)
        if visit.state != VisitState.BOOKED or visit.service_date != self.day:
            return
        arrives = self._arrives(visit)
        if arrives is not None and arrives > now:
            self._expect_booked(visit)
        else:
            check_in.check_in(visit.check_in_token, now=now, by=BY)


class People:
    """How the synthetic people walk and how long they take: the same after a restart."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.seed = house, seed

    def walk(self, standing: Standing, *, at: datetime) -> timedelta | None:
        seconds = walk_seconds(self.seed, standing.id)
        return None if seconds is None else timedelta(seconds=seconds)

    def service(self, standing: Standing) -> timedelta:
        planned = self.house.service[standing.service].planned_min(len(people_of(standing.people)))
        return timedelta(minutes=planned * service_factor(self.seed, standing.id))

    def patience(self, visit_id: str) -> timedelta | None:
        return None

    def note(self, event: QueueEvent, standing: Standing | None) -> None:
        """What happens changes nobody's mind."""


class Staff:
    """The desks that work by themselves: those in whose hours no clerk has them."""

    def __init__(self, house: House, day: date) -> None:
        self.house, self.day = house, day
        self._own: set[str] = set()

    def expect(self, play: Play) -> None:
        """Look up whenever a desk's hours begin or end."""
        for desk in self.house.desks:
            for minute in {minute for span in desk.hours[self.day.weekday()] for minute in span}:
                play.schedule(
                    instant(self.day, minute, timezone=self.house.timezone), Turn.CLOCK, lambda now: None
                )

    def runs(self, desk_id: str) -> bool:
        return desk_id in self._own

    def calling(self, play: Play, *, now: datetime) -> set[str]:
        """Open the desks whose hours have begun; close those on a break or done with."""
        minute = local_minute(now, timezone=self.house.timezone)
        sessions = desks.open_sessions()
        due = {desk.id for desk in self.house.desks if is_at_work(desk, self.day, minute)}
        if unmanned := due - set(sessions):
            for desk_id in sorted(unmanned - _closed_lately(now)):
                play.attempt(partial(desks.open_desk, desk_id, None, now=now))
                play.hall.touched.add(self.house.desk[desk_id].agency)
            sessions = desks.open_sessions()
        self._own = {desk_id for desk_id, session in sessions.items() if session.user_id is None}
        for desk_id in sorted(self._own - due - set(play.hall.at_desk)):
            play.attempt(partial(desks.close_desk, desk_id, now=now))
            self._own.discard(desk_id)
        return self._own & due


def is_at_work(desk: Desk, day: date, minute: int) -> bool:
    return any(span.start <= minute < span.end for span in desk.hours[day.weekday()])


def _note_refusal(refusal: Refusal) -> None:
    if refusal.code not in EXPECTED:
        log.warning("demonstration: refused: %s", refusal.code)


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
