"""A short busy day through the real services: families, transfers, holds, no-shows, people who leave."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import FeedbackChannel, read_answer
from ihh.domain.party import Party
from ihh.domain.ticket import TicketState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit
from ihh.services import booking, check_in, day_end, desks, proposals, serving
from ihh.services.feedback import give_feedback
from ihh.services.house import current_house
from ihh.services.kiosk_use import KioskAction, note
from ihh.services.tickets import tickets_of

ZONE = ZoneInfo("Europe/Helsinki")
DAY = datetime(2026, 12, 1, tzinfo=ZONE)
OPENS, CLOSES = DAY.replace(hour=9), DAY.replace(hour=11, minute=20)
WALK_INS = 60
BOOKED = 9

WALK_IN_SERVICES = ("vero.tax_card", "kela.social_security", "kela.advice", "city.guidance")
RARE, RARE_AT = "employment.jobseeker", (7, 31)
"""A service so few come for that its figures must be hidden; which of the walk-ins do."""

AT_WORK = {"dvv", "vero", "kela", "city", "employment"}
TRANSFER_TO = "city.guidance"


def play() -> datetime:
    """Play it on 1 December 2026; returns the time at which it was left, some visitors still in the house."""
    rng = random.Random(20261201)
    arrivals = _book(rng) + _walk_ins(rng)
    clerks = {desk.id: Clerk(desk.id, rng) for desk in current_house().desks if desk.agency in AT_WORK}
    for desk_id in clerks:
        desks.open_desk(desk_id, None, now=OPENS)
    at = OPENS
    while at < CLOSES:
        for when, arrive in arrivals:
            if at <= when < at + timedelta(minutes=1):
                arrive(when)
        for clerk in clerks.values():
            clerk.work(at + timedelta(seconds=rng.randrange(60)))
        at += timedelta(minutes=1)
    return CLOSES


def afterwards() -> None:
    """What visitors answered about their visits and services, the morning after, and what the kiosks counted."""
    rng = random.Random(1)
    morning = DAY + timedelta(hours=33)
    day_end.tidy(now=DAY + timedelta(hours=27))
    for visit in db.session.scalars(select(Visit).where(Visit.state == "ended").order_by(Visit.created_at)):
        served = [ticket for ticket in tickets_of(visit.id) if ticket.state == TicketState.COMPLETED]
        for ticket_id in (None, *(ticket.id for ticket in served)):
            if rng.random() < 0.4:
                effort = rng.choice((None, rng.randint(1, 7)))
                answer = read_answer(rng.randint(1, 5), effort, None, None)
                give_feedback(
                    visit.id,
                    answer,
                    ticket_id=ticket_id,
                    channel=FeedbackChannel.MY_VISIT,
                    language="en",
                    now=morning,
                )
    for number in range(80):
        action = rng.choice(list(KioskAction))
        failure = rng.choice((None, None, None, *KIOSK_FAILURES))
        note(action, failure, device_id=None, now=OPENS + timedelta(minutes=number))


KIOSK_FAILURES = ("unknown_code", "too_early", "already_checked_in", "no_walk_in_now", "error")


class Clerk:
    """Calls, starts after a moment, finishes after a while; sometimes something else happens."""

    def __init__(self, desk: str, rng: random.Random) -> None:
        self.desk, self.rng = desk, rng
        self.next_at = OPENS
        self.held: list[tuple[datetime, int]] = []

    def work(self, now: datetime) -> None:
        for back_at, ticket_id in list(self.held):
            if back_at <= now:
                self.held.remove((back_at, ticket_id))
                serving.release(ticket_id, agency_id=None, now=now, by="clerk:1")
        if now < self.next_at:
            return
        ticket = serving.at_desk(self.desk)
        if ticket is None:
            self._call(now)
        elif ticket.state == TicketState.CALLED:
            self._after_call(now)
        else:
            self._after_service(now)

    def _call(self, now: datetime) -> None:
        try:
            serving.call_next(self.desk, now=now, by="clerk:1")
        except Refusal as refused:
            if refused.code is not Code.NOBODY_TO_CALL:
                raise
            self.next_at = now + timedelta(minutes=4)
            return
        self.next_at = now + timedelta(seconds=self.rng.randrange(20, 150))

    def _after_call(self, now: datetime) -> None:
        luck = self.rng.random()
        if luck < 0.06:
            serving.mark_no_show(self.desk, now=now, by="clerk:1")
        elif luck < 0.10:
            self._hold(now)
        elif luck < 0.14:
            serving.requeue(self.desk, now=now, by="clerk:1")
        else:
            serving.start(self.desk, now=now, by="clerk:1")
            self.next_at = now + timedelta(minutes=self.rng.randrange(4, 16))

    def _after_service(self, now: datetime) -> None:
        luck = self.rng.random()
        if luck < 0.15:
            self._hold(now)
        elif luck < 0.30:
            try:
                serving.transfer(self.desk, TRANSFER_TO, now=now, by="clerk:1")
            except Refusal as refused:
                if refused.code is not Code.ALREADY_IN_VISIT:
                    raise
                serving.complete(self.desk, now=now, by="clerk:1")
        else:
            outcome = self.rng.choice(("done", "done", "done", "must_return"))
            serving.complete(self.desk, now=now, by="clerk:1", outcome=outcome)

    def _hold(self, now: datetime) -> None:
        ticket = serving.hold(self.desk, now=now, by="clerk:1")
        self.held.append((now + timedelta(minutes=7), ticket.id))


def _book(rng: random.Random) -> list:
    """Booked visits: on time, early, late beyond the grace, never, and one cancelled."""
    before = DAY - timedelta(days=1) + timedelta(hours=10)
    arrivals = []
    for number in range(BOOKED):
        party = Party(2, 2) if number % 3 == 0 else Party(1)
        legs = (LegWish("dvv.register", party.people), LegWish("kela.social_security", party.adult_ids))
        wish = Wish(party, legs[: 1 + number % 2], ("en", "fi", "sv")[number % 3])
        found = proposals.propose(wish, now=before, first=DAY.date())
        option = rng.choice([option for option in found.all if option.date == DAY.date()])
        visit = booking.confirm(booking.hold(wish, option, source=None, now=before).id, None, now=before)
        if number == 4:
            booking.cancel(visit.id, now=before)
            continue
        first = min(leg.starts_at for leg in visit.legs if leg.starts_at)
        late = {0: -12, 1: -3, 2: 4, 3: 21, 6: -40, 7: 16}.get(number)
        if late is not None:
            arrivals.append((first + timedelta(minutes=late), _checks_in(visit.booking_code)))
    return arrivals


def _walk_ins(rng: random.Random) -> list:
    arrivals = []
    for number in range(WALK_INS):
        party = rng.choice((Party(1), Party(1), Party(2), Party(2, 1), Party(1, 3)))
        chosen = rng.sample(WALK_IN_SERVICES, rng.choice((1, 1, 1, 2)))
        if number in RARE_AT:
            party, chosen = Party(1), [RARE]
        people = rng.choice((party.people, party.adult_ids))
        language = rng.choice(("en", "en", "en", "fi", "ar"))
        wish = Wish(party, tuple(LegWish(service, people) for service in chosen), language)
        at = OPENS + timedelta(seconds=rng.randrange(2 * 3600))
        leaves = rng.random() < 0.1
        arrivals.append((at, _walks_in(wish, leaves)))
    return arrivals


def _checks_in(code: str):
    def arrive(now: datetime) -> None:
        check_in.check_in(code, now=now, by="kiosk:hall")

    return arrive


def _walks_in(wish: Wish, leaves: bool):
    def arrive(now: datetime) -> None:
        visit = check_in.take_number(wish, now=now, by="kiosk:hall")
        if leaves:
            serving.leave(visit.visit_id, now=now + timedelta(minutes=1))

    return arrive
