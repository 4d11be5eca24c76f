"""One day's visits exactly: the earliest end of a visit that starts at a given slot.

Branch and bound over the order in which legs start. Among the best visits take one whose starts sum
least and read its legs by (start, index): each leg then stands at the first place of its desk that is
not before the leg read before it, since moving it there would lower the sum and disturb nothing that
comes later. So it is enough to try, at every step, each leg that may come next at its earliest place, on
every desk that matters, and no such visit is missed. Slots throughout; sets of legs are bitmasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import islice

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.legs import Legs, members
from ihh.domain.planner.seats import (
    NOT_CONTESTED,
    Pool,
    Seat,
    Seats,
    pools_of,
    seats_always_free,
    seats_of,
)


@dataclass(frozen=True, slots=True)
class _State:
    """What is placed so far, as far as the legs to come can tell."""

    left: int
    ready: tuple[int, ...]
    """For each leg, the first slot at which it may start."""
    free: tuple[int, ...]
    """For each contested desk, when its last leg ends."""
    end: int
    """When the last of the legs placed so far ends."""
    placed: tuple[tuple[int, int], ...]
    """(leg, start) in the order of starts."""


@dataclass
class DaySearch:
    """Remembers dead ends, so that later questions about the same day are cheap."""

    legs: Legs
    seats: Seats
    dead: dict[tuple[object, ...], int] = field(default_factory=dict)
    """What a dead end looks like → the latest end for which it is known to be dead."""
    best: tuple[int, ...] | None = None
    latest: int = 0
    """The latest end that is still worth finding."""
    enough: int = 0

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        return pools_of(self.legs, self.seats)

    def place(self, first: int, *, lower: int, upper: int) -> tuple[int, ...] | None:
        """The legs' starts in a visit from `first` that ends soonest, none where it would end after `upper`.

        `lower` is an end that no such visit can undercut.
        """
        self.best, self.latest, self.enough = None, upper, lower
        desks = 1 + max(seat.desk for seats in self.seats for seat in seats)
        begin = _State(self.legs.all, (first,) * len(self.seats), (0,) * desks, first, ())
        soonest = self._soonest(begin)
        for start, leg, desk in self._moves(begin, soonest) if soonest else ():
            if start == first and self.latest >= lower:
                self._extend(self._after(begin, leg, start, desk))
        return self.best

    def _extend(self, state: _State) -> None:
        """Try every leg that may come next.

        A dead end is one for what comes after it, so it counts only while what came before fits.
        """
        if state.end > self.latest:
            return
        if not state.left:
            self._keep(state)
            return
        soonest = self._soonest(state)
        if soonest is None:
            return
        key = self._signature(state, soonest)
        if self.dead.get(key, -1) >= self.latest:
            return
        for start, leg, desk in self._moves(state, soonest):
            self._extend(self._after(state, leg, start, desk))
            if self.latest < max(self.enough, state.end):
                return
        self.dead[key] = self.latest

    def _keep(self, state: _State) -> None:
        starts = dict(state.placed)
        self.best = tuple(starts[leg] for leg in range(len(self.seats)))
        self.latest = state.end - 1

    def _soonest(self, state: _State) -> dict[int, int] | None:
        """Each leg's earliest start, or none where the legs left can't all end in time."""
        durations = self.legs.durations
        soonest: dict[int, int] = {}
        for leg in members(state.left):
            start = self._first_place(state, leg)
            if start is None or start + durations[leg] > self.latest:
                return None
            soonest[leg] = start
        for clique in self.legs.cliques:
            left = [leg for leg in soonest if clique >> leg & 1]
            if (
                left
                and min(map(soonest.__getitem__, left)) + sum(durations[leg] for leg in left) > self.latest
            ):
                return None
        if not all(self._can_serve(pool, state) for pool in self.pools):
            return None
        return soonest

    def _can_serve(self, pool: Pool, state: _State) -> bool:
        """Whether the pool's desks could end as many legs in time if all were as the shortest."""
        left = pool.legs & state.left
        count = left.bit_count()
        if count < 2:
            return True
        ready = min(state.ready[leg] for leg in members(left))
        runs = (self._run(seat, max(ready, state.free[seat.desk]), pool.duration) for seat in pool.seats)
        return next(islice(merge(*runs), count - 1, None), None) is not None

    def _run(self, seat: Seat, ready: int, duration: int) -> Iterator[int]:
        """The ends in time of legs served one after another at a desk."""
        while later := seat.starts >> ready:
            ready += (later & -later).bit_length() - 1 + duration
            if ready > self.latest:
                return
            yield ready

    def _first_place(self, state: _State, leg: int) -> int | None:
        seats, ready = self.seats[leg], state.ready[leg]
        if len(seats) == 1 and seats[0].desk == NOT_CONTESTED:
            later = seats[0].starts >> ready
            return ready + (later & -later).bit_length() - 1 if later else None
        return min((at for at, _ in self._places(state, leg)), default=None)

    def _places(self, state: _State, leg: int) -> Iterator[tuple[int, Seat]]:
        """(start, seat): the first place at each of the leg's desks."""
        ready = state.ready[leg]
        for seat in self.seats[leg]:
            from_slot = ready if seat.desk == NOT_CONTESTED else max(ready, state.free[seat.desk])
            later = seat.starts >> from_slot
            if later:
                yield from_slot + (later & -later).bit_length() - 1, seat

    def _moves(self, state: _State, soonest: dict[int, int]) -> list[tuple[int, int, int]]:
        """(start, leg, desk) of each leg that may come next, soonest first.

        A leg that starts only after another could have been served and walked on is no next leg: serving
        the other first costs nothing.
        """
        legs = self.legs
        able = [leg for leg in soonest if not (legs.before[leg] | legs.twins_first[leg]) & state.left]
        limit = min(soonest[leg] + legs.durations[leg] + max(legs.gaps[leg]) for leg in able)
        return sorted(
            (start, leg, desk) for leg in able for start, desk in self._choices(state, leg) if start < limit
        )

    def _choices(self, state: _State, leg: int) -> list[tuple[int, int]]:
        """(start, desk) of the places worth trying.

        A contested desk is only where it serves sooner than those nobody else wants; of
        like desks that are free at the same slot one is enough.
        """
        places = list(self._places(state, leg))
        alone = min((start for start, seat in places if seat.desk == NOT_CONTESTED), default=None)
        if alone is not None:
            places = [place for place in places if place[0] < alone or place[1].desk == NOT_CONTESTED]
        kinds = {(start, seat.like): (start, seat.desk) for start, seat in reversed(places)}
        return list(kinds.values())

    def _after(self, state: _State, leg: int, start: int, desk: int) -> _State:
        end = start + self.legs.durations[leg]
        gaps, apart = self.legs.gaps[leg], self.legs.apart[leg]
        ready = tuple(
            max(slot, end + gaps[other] if apart >> other & 1 else start + (other < leg))
            for other, slot in enumerate(state.ready)
        )
        free = state.free
        if desk != NOT_CONTESTED:
            free = (*free[:desk], end, *free[desk + 1 :])
        return _State(state.left ^ 1 << leg, ready, free, max(state.end, end), (*state.placed, (leg, start)))

    def _signature(self, state: _State, soonest: dict[int, int]) -> tuple[object, ...]:
        """All that decides how the legs left go on; a desk free before any of them starts is just free."""
        horizon = min(soonest.values())
        return (state.left, *soonest.values(), *(max(end, horizon) for end in state.free))


def day_search(legs: Legs, calendar: Calendar, day: int) -> DaySearch:
    return DaySearch(legs, seats_of(legs, calendar, day))


def shortest_anywhere(legs: Legs, *, lower: int) -> int:
    """How long a visit lasts at least, whatever the day; `lower` is known to hold on the days asked about.

    Found on a day on which everything is always free; more than a day where even that is too short.
    """
    starts = DaySearch(legs, seats_always_free(legs)).place(0, lower=lower, upper=legs.slots)
    return legs.end(starts) if starts else legs.slots + 1
