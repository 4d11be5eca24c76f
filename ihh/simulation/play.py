"""A day played through the services that desks and kiosks call: what happens when, in which order.

At one instant: services end (which unlocks what waited for them), called people reach the desk, people
give up, arrive, the house's clock acts and desks open and close; then idle desks call, in the order of
their ids. What the people and the desks do is told by a cast and a staff; what it leads to is heard from
the queue events, so that whoever else acts in the house (a clerk who has taken a desk of the
demonstration) is reckoned with.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import partial
from typing import Protocol

from ihh.domain.errors import Refusal
from ihh.domain.house import House
from ihh.domain.ticket import TicketAction, TicketState
from ihh.domain.visit import VisitAction
from ihh.models import QueueEvent
from ihh.services import day_clock, serving
from ihh.simulation.hall import Hall, Standing

Act = Callable[[datetime], object]


class Turn(IntEnum):
    """Order of what is due at one instant."""

    COMPLETE = 0
    START = 1
    GIVE_UP = 2
    ARRIVE = 3
    CLOCK = 4
    AFTER_CALLS = 5


class Cast(Protocol):
    """The people: what the house can't know of them beforehand."""

    def walk(self, standing: Standing, *, at: datetime) -> timedelta | None:
        """From the call to the desk; None for one who does not come."""

    def service(self, standing: Standing) -> timedelta:
        """How long the service takes."""

    def patience(self, visit_id: str) -> timedelta | None:
        """From the arrival until the party leaves if nothing has begun; None for one who stays."""

    def note(self, event: QueueEvent, standing: Standing | None) -> None:
        """Something happened."""


class Staff(Protocol):
    """The desks: who works when."""

    def calling(self, play: Play, *, now: datetime) -> Iterable[str]:
        """The desks that may call at this instant, occupied ones included."""

    def runs(self, desk_id: str) -> bool:
        """Whether the play acts at the desk, and not a clerk."""


class Play:
    """One day; `news` gives the queue events that have not been heard yet, in their order."""

    def __init__(
        self,
        house: House,
        day: date,
        cast: Cast,
        staff: Staff,
        *,
        by: str,
        news: Callable[[], Iterable[QueueEvent]],
        refused: Callable[[Refusal], None],
    ) -> None:
        self.house, self.day, self.cast, self.staff, self.by = house, day, cast, staff, by
        self.hall = Hall(house)
        self._news, self._refused = news, refused
        self._due: list[tuple[datetime, Turn, int, Act]] = []
        self._count = itertools.count()
        self._wants_to_leave: set[str] = set()
        self._is_clock_stale = True
        self._clock_due: datetime | None = None
        self._ticked_at: datetime | None = None

    def schedule(self, at: datetime, turn: Turn, act: Act) -> None:
        """Have `act` called with the time when it is due; in the order of scheduling within one turn."""
        heapq.heappush(self._due, (at, turn, next(self._count), act))

    def run(self, *, until: datetime | None = None) -> None:
        """Play what is due before `until`, each at its time; to the end where it is None."""
        self.listen()
        while self._due and (until is None or self._due[0][0] < until):
            self.step(now=self._due[0][0])

    def step(self, *, now: datetime) -> None:
        """Play what is due by `now`, at `now`."""
        self.listen()
        while self._play_due(now, Turn.CLOCK) or self._set_clock(now) or self._call(now):
            pass
        self._play_due(now, Turn.AFTER_CALLS)

    def attempt(self, act: Callable[[], object]) -> None:
        """Do something in the house, and hear what came of it."""
        try:
            act()
        except Refusal as refusal:
            self._refused(refusal)
        self.listen()

    def listen(self) -> None:
        for event in self._news():
            standing = self.hall.hear(event)
            self.cast.note(event, standing)
            self._is_clock_stale = self._is_clock_stale or event.action in CLOCK_SETTING
            if standing is None:
                self._expect_patience(event)
            else:
                self._follow(event, standing)

    def _play_due(self, now: datetime, last: Turn) -> bool:
        """Whether anything was due, up to the turn `last`."""
        found = False
        while self._due and self._due[0][0] <= now and self._due[0][1] <= last:
            act = heapq.heappop(self._due)[3]
            self.attempt(partial(act, now))
            found = True
        return found

    def _call(self, now: datetime) -> bool:
        """Let idle desks call; whether somebody was called."""
        desks = sorted(self.staff.calling(self, now=now))
        touched, self.hall.touched = self.hall.touched, set()
        found = False
        for desk_id in desks:
            desk = self.house.desk[desk_id]
            if desk.agency in touched and desk_id not in self.hall.at_desk and self.hall.can_call(desk):
                self.attempt(partial(serving.call_next, desk_id, now=now, by=self.by))
                found = found or desk_id in self.hall.at_desk
        return found

    def _set_clock(self, now: datetime) -> bool:
        """Know when the house acts by itself next; whether that is at once."""
        if not self._is_clock_stale:
            return False
        self._is_clock_stale = False
        self._clock_due = day_clock.next_due(self.day) if self.hall.is_anyone_out else None
        if self._clock_due is None or self._ticked_at == now >= self._clock_due:
            return False
        self.schedule(max(self._clock_due, now), Turn.CLOCK, partial(self._tick, self._clock_due))
        return self._clock_due <= now

    def _tick(self, due: datetime, now: datetime) -> None:
        if due == self._clock_due:
            self._is_clock_stale, self._ticked_at = True, now
            day_clock.tick(now=now)

    def _expect_patience(self, event: QueueEvent) -> None:
        if event.action in (VisitAction.CHECK_IN, VisitAction.TAKE_NUMBER) and event.visit_id is not None:
            patience = self.cast.patience(event.visit_id)
            if patience is not None:
                self.schedule(event.at + patience, Turn.GIVE_UP, partial(self._give_up, event.visit_id))

    def _follow(self, event: QueueEvent, standing: Standing) -> None:
        """What a called, served or impatient visitor does next."""
        if event.action == TicketAction.CALL:
            walk = self.cast.walk(standing, at=event.at)
            if walk is not None:
                self.schedule(event.at + walk, Turn.START, partial(self._start, standing, standing.calls))
        elif event.action == TicketAction.START:
            ends = event.at + self.cast.service(standing)
            self.schedule(ends, Turn.COMPLETE, partial(self._complete, standing, standing.calls))
        elif event.before == TicketState.CALLED and standing.visit_id in self._wants_to_leave:
            self.schedule(event.at, Turn.GIVE_UP, partial(self._give_up, standing.visit_id))

    def _start(self, standing: Standing, call: int, now: datetime) -> None:
        if self._has(standing, call, TicketState.CALLED):
            serving.start(standing.desk or "", now=now, by=self.by)

    def _complete(self, standing: Standing, call: int, now: datetime) -> None:
        if self._has(standing, call, TicketState.SERVING):
            serving.complete(standing.desk or "", now=now, by=self.by)

    def _has(self, standing: Standing, call: int, state: TicketState) -> bool:
        """Whether the visitor still is where this call brought them, and the desk is ours."""
        return (standing.state, standing.calls) == (state, call) and self.staff.runs(standing.desk or "")

    def _give_up(self, visit_id: str, now: datetime) -> None:
        guest = self.hall.guests.get(visit_id)
        if guest is None or guest.has_started:
            return
        if guest.busy:
            self._wants_to_leave.add(visit_id)
            return
        serving.leave(visit_id, now=now)


CLOCK_SETTING = frozenset(
    {
        TicketAction.CALL,
        TicketAction.RECALL,
        TicketAction.START,
        TicketAction.HOLD,
        TicketAction.RELEASE,
        TicketAction.REQUEUE,
    }
)
"""Actions that change when the house's clock acts next."""
