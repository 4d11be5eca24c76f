"""A bucket of visits: one date, and the half of it in which the visit starts.

It knows for every start how long a visit from there lasts at least, and learns the truth step by step. A
search looks for any visit that begins at a start or later, so what it tells about the soonest end holds for
all later starts of the bucket, too.
"""

from __future__ import annotations

from typing import NamedTuple

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs
from ihh.domain.planner.placing import DaySearch, day_search
from ihh.domain.planner.steps import Steps


class Visit(NamedTuple):
    """Slots; ordered as `shortest` ranks."""

    lasting: int
    day: int
    start: int


class Days:
    """The searches of single days, made when a day is first looked into."""

    def __init__(self, legs: Legs, calendar: Calendar) -> None:
        self.steps = Steps(legs)
        self._calendar = calendar
        self._searches: dict[int, DaySearch] = {}

    def search(self, day: int) -> DaySearch:
        if day not in self._searches:
            self._searches[day] = day_search(self.steps, self._calendar, day)
        return self._searches[day]


class Bucket:
    def __init__(
        self, days: Days, day: int, starts: list[int], lasting: list[int], *, before: int, is_exact: bool
    ) -> None:
        """`starts` rise and lie before `before`; `lasting` is exact or a lower bound for each of them."""
        self.day = day
        self._days = days
        self._legs = days.steps.legs
        self._starts = starts
        self._lasting = lasting
        self._before = before
        self._is_settled = [is_exact] * len(starts)
        self._further = [0] * len(starts)
        """How far beyond the least end the next search from a start looks."""
        self._front = self._find_front()

    @property
    def front(self) -> Visit | None:
        """The best visit the bucket may have, none where it is certain to have none."""
        lasting = self._lasting[self._front]
        return None if lasting > self._legs.slots else Visit(lasting, self.day, self._starts[self._front])

    @property
    def is_settled(self) -> bool:
        """Whether the front is a visit that exists."""
        return self._is_settled[self._front]

    def settle_further(self) -> None:
        """Learn more about the front: its true length, or that it lasts longer than thought."""
        front, slots = self._front, self._legs.slots
        start = self._starts[front]
        lower = start + self._lasting[front]
        upper = min(lower + self._further[front], slots)
        found = self._days.search(self.day).place(start, self._before, lower=lower, upper=upper)
        if found is None:
            self._further[front] = 4 * self._further[front] + 3
            self._learn(front, upper + 1)
        else:
            begins = self._starts.index(min(found))
            self._forget(front, begins)
            self._learn(begins, self._legs.end(found))
            self._is_settled[begins] = True
        self._front = self._find_front()

    def _learn(self, place: int, end: int) -> None:
        """No visit from that start or a later one ends sooner."""
        for later in range(place, len(self._starts)):
            self._lasting[later] = max(self._lasting[later], end - self._starts[later])
        if end > self._legs.slots:
            self._forget(place, len(self._starts))

    def _forget(self, first: int, end: int) -> None:
        """Starts that no visit has, or only one that ends no sooner than a visit from a later start."""
        self._lasting[first:end] = [self._legs.slots + 1] * (end - first)

    def _find_front(self) -> int:
        return self._lasting.index(min(self._lasting))
