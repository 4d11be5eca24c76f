"""A day of random actions through the services, held against a small model of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.errors import Refusal
from ihh.domain.party import Party, people_of
from ihh.domain.ticket import AT_DESK, TICKET_TABLE, TicketAction, TicketState
from ihh.domain.visit import VISIT_TABLE, VisitAction, VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Engagement, QueueEvent, Ticket, Visit
from ihh.services import check_in, day_clock, desks, serving, tickets, waits
from ihh.services.house import current_house, in_force
from ihh.services.lines import line_of_desk
from tests.services.day_model import Day
from tests.services.day_model import Ticket as ModelTicket
from tests.situations import at, opened

DESKS = ("kela-1", "kela-2", "city-1", "employment-1")
FIRST = "city.guidance"
LATER = ("kela.advice", "employment.consultation")
SERVICES = (FIRST, *LATER, "kela.social_security")
PEOPLE = (("p1",), ("p2",), ("p1", "p2"))

party = st.dictionaries(st.sampled_from(SERVICES), st.sampled_from(PEOPLE), min_size=1, max_size=4)
"""Service → for whom."""
some_desk = st.sampled_from(DESKS)
some = st.integers(0, 999)
"""Picks one of what there is: nine times in ten one that can do what is asked, where there is one."""


def house_with_an_order():
    """The default house, where one walk-in service must come before two others."""
    house = current_house()
    services = (replace(item, after=(FIRST,)) if item.id in LATER else item for item in house.services)
    return replace(house, services=tuple(services))


class DayMachine(RuleBasedStateMachine):
    def __init__(self, site) -> None:
        super().__init__()
        site.restore()
        self.context = site.app.app_context()
        self.context.push()
        self.force = in_force(house_with_an_order())
        self.force.__enter__()
        self.house = current_house()
        self.minute, self.paused, self.visits = 0.0, set(), []
        self.day = Day(
            {name: self.house.service[name].agency for name in SERVICES},
            {name: set(self.house.desk[name].services) for name in DESKS},
            {name: set(self.house.prerequisites[name]) for name in SERVICES},
        )
        opened(*DESKS, now=self.now)

    def teardown(self) -> None:
        self.force.__exit__(None, None, None)
        self.context.pop()

    @property
    def now(self):
        return at("09:30") + timedelta(minutes=self.minute)

    @property
    def by(self):
        return {"now": self.now, "by": "clerk:1"}

    def act(self, do, *, refused: bool):
        """Do it; a refusal writes nothing at all, an accepted action one event for each change."""
        before, events = snapshot(), count_events()
        try:
            found = do()
        except Refusal:
            assert refused, "refused though the model accepts"
            assert (snapshot(), count_events()) == (before, events)
            return None, []
        assert not refused, "accepted though the model refuses"
        query = select(QueueEvent.action).order_by(QueueEvent.revision).offset(events)
        return found, list(db.session.scalars(query))

    def pick(self, index, *states):
        """A ticket, most often in one of the states."""
        fit = [ticket for ticket in self.day.tickets.values() if ticket.state in states]
        found = fit if fit and index % 10 else list(self.day.tickets.values())
        return found[index % len(found)]

    def at_some_desk(self, index, state):
        """A desk, most often one whose visitor is in the state, and that visitor's ticket if so."""
        fit = [desk for desk in DESKS if (ticket := self.day.at(desk)) and ticket.state == state]
        found = fit if fit and index % 10 else DESKS
        desk = found[index % len(found)]
        ticket = self.day.at(desk)
        return desk, ticket if ticket is not None and ticket.state == state else None

    def settle(self, visit, happened, *first):
        assert happened == [*first, *self.day.settle(visit)]

    # what people, desks and the clock do

    @rule(minutes=st.sampled_from((0, 0.5, 1, 1.5, 3, 10)), is_looked_at=st.sampled_from((True, True, False)))
    def time_passes(self, minutes, is_looked_at):
        self.minute += minutes
        if is_looked_at:
            _, happened = self.act(lambda: day_clock.tick(now=self.now), refused=False)
            assert Counter(happened) == Counter(self.day.tick(self.minute))
            due = day_clock.next_due(self.now.date())
            assert due is None or due > self.now

    @initialize(parties=st.lists(party, min_size=3, max_size=6))
    def the_morning(self, parties):
        for legs in parties:
            self.someone_comes(legs)

    @rule(legs=party)
    def someone_comes(self, legs):
        wish = Wish(Party(2), tuple(LegWish(name, people) for name, people in legs.items()), "en")
        done, happened = self.act(lambda: check_in.take_number(wish, now=self.now, by="k"), refused=False)
        self.visits.append(done.visit_id)
        for ticket in tickets.tickets_of(done.visit_id):
            people = frozenset(legs[ticket.service_id])
            self.day.tickets[ticket.id] = ModelTicket(
                ticket.id, done.visit_id, ticket.service_id, people, "waiting"
            )
        for ticket in self.day.of(done.visit_id):
            if self.day.blocked(ticket.service, ticket.people, done.visit_id):
                ticket.state = "locked"
        states = [ticket.state for ticket in self.day.of(done.visit_id)]
        issued = ["issue" if state == "waiting" else "issue_locked" for state in states]
        assert happened == ["take_number", *issued]

    @rule()
    def all_idle_desks_call(self):
        for desk in DESKS:
            if self.day.at(desk) is None and self.day.callable(desk):
                self.call_next(desk)

    @rule()
    def all_who_were_called_come(self):
        for desk in DESKS:
            if self.day.at(desk) is not None and self.day.at(desk).state == "called":
                self._start(desk, self.day.at(desk))

    @rule(desk=some_desk)
    def call_next(self, desk):
        line = self.day.callable(desk)
        refused = desk in self.paused or self.day.at(desk) is not None or not line
        call, happened = self.act(lambda: serving.call_next(desk, **self.by), refused=refused)
        if call is not None:
            assert (call.ticket_id in line, happened) == (True, ["call"])
            self.day.call(self.day.tickets[call.ticket_id], desk, self.minute)

    @precondition(lambda self: self.day.tickets)
    @rule(desk=some_desk, index=some)
    def call_someone(self, desk, index):
        ticket = self.pick(index, "waiting")
        is_there = ticket.id in self.day.callable(desk)
        refused = desk in self.paused or self.day.at(desk) is not None or not is_there
        call, _ = self.act(lambda: serving.call_ticket(desk, ticket.id, **self.by, why="x"), refused=refused)
        if call is not None:
            self.day.call(ticket, desk, self.minute)

    @rule(index=some)
    def recall(self, index):
        desk, ticket = self.at_some_desk(index, "called")
        found, happened = self.act(lambda: serving.recall(desk, **self.by), refused=ticket is None)
        if found is not None:
            assert happened == ["recall"]
            ticket.since = ticket.last_called = self.minute

    @rule(index=some)
    def start(self, index):
        self._start(*self.at_some_desk(index, "called"))

    def _start(self, desk, ticket):
        found, happened = self.act(lambda: serving.start(desk, **self.by), refused=ticket is None)
        if found is not None:
            assert happened == ["start"]
            ticket.state, ticket.unanswered = "serving", 0

    @rule()
    def all_services_end(self):
        for desk in DESKS:
            if self.day.at(desk) is not None and self.day.at(desk).state == "serving":
                self._complete(desk, self.day.at(desk))

    @rule(index=some)
    def complete(self, index):
        self._complete(*self.at_some_desk(index, "serving"))

    def _complete(self, desk, ticket):
        found, happened = self.act(lambda: serving.complete(desk, **self.by), refused=ticket is None)
        if found is not None:
            ticket.state = "completed"
            self.settle(ticket.visit, happened, "complete")

    @rule(index=some)
    def complete_and_call_next(self, index):
        desk, ticket = self.at_some_desk(index, "serving")
        refused = ticket is None
        call, happened = self.act(lambda: serving.complete_and_call_next(desk, **self.by), refused=refused)
        if refused:
            return
        ticket.state = "completed"
        expected = ["complete", *self.day.settle(ticket.visit)]
        line = set() if desk in self.paused else self.day.callable(desk)
        assert happened == [*expected, *(["call"] if line else [])]
        if line:
            assert call.ticket_id in line
            self.day.call(self.day.tickets[call.ticket_id], desk, self.minute)

    @rule(index=some, state=st.sampled_from(("called", "serving")))
    def hold(self, index, state):
        desk, _ = self.at_some_desk(index, state)
        ticket = self.day.at(desk)
        found, happened = self.act(lambda: serving.hold(desk, **self.by), refused=ticket is None)
        if found is not None:
            assert happened == ["hold"]
            self.day.park(ticket, "clerk")

    @rule(index=some)
    def requeue(self, index):
        desk, ticket = self.at_some_desk(index, "called")
        found, happened = self.act(lambda: serving.requeue(desk, **self.by), refused=ticket is None)
        if found is not None:
            assert happened == ["requeue"]
            ticket.state = "waiting"

    @rule(index=some)
    def no_show(self, index):
        desk, ticket = self.at_some_desk(index, "called")
        found, happened = self.act(lambda: serving.mark_no_show(desk, **self.by), refused=ticket is None)
        if found is not None:
            assert happened == self.day.no_show(ticket)

    @rule(index=some, service=st.sampled_from(SERVICES))
    def transfer(self, index, service):
        desk, ticket = self.at_some_desk(index, "serving")
        refused = ticket is None or any(
            other.service == service and other.state not in ("completed", "no_show", "left")
            for other in self.day.of(ticket.visit)
            if other.people & ticket.people
        )
        found, happened = self.act(lambda: serving.transfer(desk, service, **self.by), refused=refused)
        if found is None:
            return
        new = max(known.id for known in tickets.tickets_of(ticket.visit))
        self.day.tickets[new] = ModelTicket(new, ticket.visit, service, ticket.people, "waiting")
        ticket.state = "completed"
        self.settle(ticket.visit, happened, "transfer", "complete")

    @precondition(lambda self: self.day.tickets)
    @rule(index=some)
    def release(self, index):
        ticket = self.pick(index, "held")
        refused = ticket.state != "held"
        found, happened = self.act(
            lambda: serving.release(ticket.id, agency_id=None, **self.by), refused=refused
        )
        if found is not None:
            assert happened == ["release"]
            self.day.release(ticket)

    @precondition(lambda self: self.day.tickets)
    @rule(index=some)
    def mark_need(self, index):
        ticket = self.pick(index, "waiting")
        refused = ticket.state != "waiting"
        _, happened = self.act(
            lambda: serving.mark_need(ticket.id, "cannot wait", agency_id=None, **self.by), refused=refused
        )
        assert happened == ([] if refused else ["mark_need"])

    @precondition(lambda self: len(self.visits) > 5)
    @rule(index=some)
    def leave(self, index):
        visit = self.visits[index % len(self.visits)]
        _, happened = self.act(lambda: serving.leave(visit, now=self.now), refused=False)
        assert happened == self.day.leave(visit)

    @precondition(lambda self: self.day.tickets)
    @rule(index=some, minutes=st.integers(-30, 60))
    def move_time(self, index, minutes):
        ticket = self.pick(index, "waiting", "locked", "held")
        refused = ticket.state not in ("waiting", "locked", "held")

        def move():
            with transaction() as tx:
                booked_at = self.now + timedelta(minutes=minutes)
                tickets.move_time(tx, db.session.get_one(Ticket, ticket.id), booked_at, **self.by)

        _, happened = self.act(move, refused=refused)
        assert happened == ([] if refused else ["move_time"])
        ticket.is_booked |= not refused

    @precondition(lambda self: any(ticket.is_booked for ticket in self.day.tickets.values()))
    @rule(index=some)
    def lose_time(self, index):
        ticket = self.pick(index, "waiting", "locked", "held")
        refused = not ticket.is_booked or ticket.state not in ("waiting", "locked", "held")

        def lose():
            with transaction() as tx:
                tickets.lose_time(tx, db.session.get_one(Ticket, ticket.id), **self.by)

        _, happened = self.act(lose, refused=refused)
        assert happened == ([] if refused else ["lose_time"])
        if not refused:
            ticket.is_booked = False
            if ticket.state == "waiting":
                self.day.park(ticket, "lost_time")

    @rule(desk=some_desk)
    def take_a_break_or_come_back(self, desk):
        if desk in self.paused:
            desks.resume_desk(desk)
        else:
            desks.pause_desk(desk, now=self.now)
        self.paused ^= {desk}

    @rule(desk=some_desk)
    def the_line_is_the_same_for_desks_and_estimates(self, desk):
        agency = self.house.desk[desk].agency
        places = waits.agency_lines(self.house, now=self.now, agencies=[agency]).get(agency, [])
        told = {place.choice.ticket.ticket_id: place.choice.ticket for place in places}
        for choice in line_of_desk(self.house, self.house.desk[desk], now=self.now):
            assert told[choice.ticket.ticket_id] == choice.ticket

    # what always holds

    @invariant()
    def the_stored_tickets_are_the_models(self):
        rows = db.session.execute(select(Ticket.id, Ticket.state, Ticket.held_for)).all()
        assert {id: (state, held_for) for id, state, held_for in rows} == {
            ticket.id: (ticket.state, ticket.held_for if ticket.state == "held" else None)
            for ticket in self.day.tickets.values()
        }

    @invariant()
    def nobody_is_at_two_desks(self):
        at_desks = db.session.execute(
            select(Ticket.visit_id, Ticket.people, Ticket.desk_id).where(Ticket.state.in_(AT_DESK))
        ).all()
        people = [(visit, person) for visit, mask, _ in at_desks for person in people_of(mask)]
        engaged = db.session.execute(select(Engagement.visit_id, Engagement.person)).all()
        assert sorted(people) == sorted(tuple(row) for row in engaged)
        assert len(set(people)) == len(people)
        assert len({desk for *_, desk in at_desks}) == len(at_desks)

    @invariant()
    def folding_the_events_gives_the_stored_state(self):
        folded, visits = {}, {}
        for event in db.session.scalars(select(QueueEvent).order_by(QueueEvent.revision)):
            if event.ticket_id is None:
                assert event.before == visits.get(event.visit_id)
                before = VisitState(event.before) if event.before else None
                visits[event.visit_id] = VISIT_TABLE[before, VisitAction(event.action)]
                assert visits[event.visit_id] == event.after
            else:
                assert event.before == folded.get(event.ticket_id)
                before = TicketState(event.before) if event.before else None
                folded[event.ticket_id] = TICKET_TABLE[before, TicketAction(event.action)]
                assert folded[event.ticket_id] == event.after
        assert folded == dict(db.session.execute(select(Ticket.id, Ticket.state)).all())
        assert visits == dict(db.session.execute(select(Visit.id, Visit.state)).all())

    @invariant()
    def numbers_and_revisions_are_unique(self):
        numbers = list(db.session.scalars(select(Visit.queue_number)))
        assert None not in numbers
        assert len(set(numbers)) == len(numbers)
        revisions = list(db.session.scalars(select(QueueEvent.revision).order_by(QueueEvent.revision)))
        assert revisions == list(range(1, len(revisions) + 1))


def count_events():
    return db.session.scalar(select(func.count()).select_from(QueueEvent))


def snapshot():
    """All that actions could change, row by row."""
    db.session.rollback()
    return [
        sorted(tuple(row) for row in db.session.execute(select(*model.__table__.c)))
        for model in (Ticket, Visit, Engagement)
    ]


SETTINGS = settings(
    deadline=None,
    max_examples=15,
    stateful_step_count=50,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_any_day_on_sqlite(sqlite_site):
    run_state_machine_as_test(lambda: DayMachine(sqlite_site), settings=SETTINGS)


def test_some_days_on_postgresql(postgres_site):
    run_state_machine_as_test(lambda: DayMachine(postgres_site), settings=settings(SETTINGS, max_examples=3))
