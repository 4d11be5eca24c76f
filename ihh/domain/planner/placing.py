"""One day's visits exactly: the soonest end of a visit that begins in a given time.

Branch and bound over the order in which legs start. Among the best visits take one whose starts sum
least and read its legs by (start, index): each leg then stands at the first place of its desk that is
not before the leg read before it, since moving it there would lower the sum and disturb nothing that
comes later. So it is enough to try, at every step, each leg that may come next at its earliest place, on
every desk that matters, and no such visit is missed.

A state is given up where a leg has no place left in time, where legs that stand one after another can't all
end in time (`chains`), where desks have too little time for those who need them (`capacity`), or where it
looks like one that led nowhere. Desks that offer the same look alike, and so do people who may change places:
of legs in the same situation the first by index is tried. Slots throughout; sets of legs are bitmasks.
"""

from __future__ import annotations

from typing import NamedTuple

from ihh.domain.planner.calendar import Calendar
from ihh.domain.planner.capacity import Capacity
from ihh.domain.planner.chains import Chains
from ihh.domain.planner.legs import members
from ihh.domain.planner.seats import NOT_CONTESTED, Seats, offers_of, seats_always_free, seats_of
from ihh.domain.planner.steps import Steps

Place = tuple[int, int]
"""(start, desk)."""


class _State(NamedTuple):
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


class _Open(NamedTuple):
    """Where the legs left may stand: at each desk the first place in time."""

    places: dict[int, list[Place]]
    soonest: dict[int, int]
    """Leg → the first start of its places."""


class DaySearch:
    """Remembers dead ends, so that later questions about the same day are cheap."""

    def __init__(self, steps: Steps, seats: Seats) -> None:
        self._steps = steps
        self._seats = seats
        self._chains = Chains(steps.legs, seats)
        self._capacity = Capacity(steps.legs, seats)
        self._offers = offers_of(seats)
        self._dead: dict[tuple[int, ...], int] = {}
        """What a dead end looks like → the latest end for which it is known to be dead."""
        self._best: tuple[int, ...] | None = None
        self._first = self._before = 0
        self._latest = 0
        """The latest end that is still worth finding."""
        self._enough = 0
        self._alike: list[list[int]] = []
        self._kind: dict[int, int] = {}

    def place(self, first: int, before: int, *, lower: int, upper: int) -> tuple[int, ...] | None:
        """The legs' starts in a visit that begins in [first, before) and ends soonest.

        None where it would end after `upper`. `lower` is an end that no such visit can undercut.
        """
        self._best, self._latest, self._enough = None, upper, lower
        self._first, self._before = first, before
        self._tell_desks_apart(first, upper)
        legs = self._steps.legs
        self._extend(_State(legs.all, (first,) * len(self._seats), (0,) * len(self._offers), first, ()))
        return self._best

    def _tell_desks_apart(self, first: int, upper: int) -> None:
        """Contested desks are of one kind where they offer every leg the same starts in that time."""
        window = (1 << upper) - (1 << first) if first < upper else 0
        kinds: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for desk, offers in enumerate(self._offers):
            kinds.setdefault(tuple([(leg, starts & window) for leg, starts in offers]), []).append(desk)
        self._kind = {desk: kind for kind, desks in enumerate(kinds.values()) for desk in desks}
        self._kind[NOT_CONTESTED] = NOT_CONTESTED
        self._alike = [desks for desks in kinds.values() if len(desks) > 1]

    def _extend(self, state: _State) -> None:
        """Try every leg that may come next.

        A dead end is one for what comes after it, so it counts only while what came before fits.
        """
        if state.end > self._latest:
            return
        if not state.left:
            self._keep(state)
            return
        found = self._find_open(state)
        if found is None or not self._fits(state.left, found.soonest):
            return
        look = self._look(state, found.soonest)
        if self._dead.get(look, -1) >= self._latest:
            return
        if not self._capacity.holds(state.left, found.soonest, state.free, self._first, self._latest):
            return
        for start, leg, desk in self._moves(state, found):
            if self._can_follow(state.left, leg, start):
                self._extend(self._after(state, leg, start, desk))
            if self._latest < max(self._enough, state.end):
                return
        if state.placed:  # what comes first may depend on `before`
            self._dead[look] = self._latest

    def _keep(self, state: _State) -> None:
        starts = dict(state.placed)
        self._best = tuple(starts[leg] for leg in range(len(self._seats)))
        self._latest = state.end - 1

    def _find_open(self, state: _State) -> _Open | None:
        """None where some leg has no place left."""
        left, _, free, _, _ = state
        durations = self._steps.legs.durations
        found = _Open({}, {})
        for leg in self._steps.order:
            if not left >> leg & 1:
                continue
            ready = self._ready(state, leg, found.soonest)
            last = self._latest - durations[leg]
            places: list[Place] = []
            for desk, starts in self._seats[leg]:
                start = ready if desk == NOT_CONTESTED or free[desk] < ready else free[desk]
                later = starts >> start
                if later:
                    start += (later & -later).bit_length() - 1
                    if start <= last:
                        places.append((start, desk))
            if not places:
                return None
            found.places[leg] = places
            found.soonest[leg] = min(places)[0]
        return found

    def _ready(self, state: _State, leg: int, soonest: dict[int, int]) -> int:
        """Legs that come before it and are still to come hold a leg back, too."""
        ready = state.ready[leg]
        for other, slots in self._steps.waits[leg]:
            if other in soonest and soonest[other] + slots > ready:
                ready = soonest[other] + slots
        return ready

    def _fits(self, left: int, soonest: dict[int, int]) -> bool:
        """Whether the legs left of every clique can end in time one after another."""
        end, latest = self._chains.end, self._latest
        for clique in self._steps.cliques:
            chain = clique & left
            if chain:
                for leg in members(chain):
                    if end(chain, leg, soonest[leg]) <= latest:
                        break
                else:
                    return False
        return True

    def _can_follow(self, left: int, leg: int, start: int) -> bool:
        """Whether the others that never run beside the leg can come after it in time."""
        for clique in self._steps.cliques_of[leg]:
            if self._chains.end(clique & left, leg, start) > self._latest:
                return False
        return True

    def _look(self, state: _State, soonest: dict[int, int]) -> tuple[int, ...]:
        """All that decides how the legs left go on; a desk free before any of them starts is just free."""
        when = [-1] * len(state.ready)
        for leg, start in soonest.items():
            when[leg] = start
        for twins in self._steps.legs.twins:
            rows = sorted([[when[leg] for leg in row] for row in twins])
            for row, starts in zip(twins, rows, strict=True):
                for leg, start in zip(row, starts, strict=True):
                    when[leg] = start
        horizon = min(soonest.values())
        free = [end if end > horizon else horizon for end in state.free]
        for desks in self._alike:
            ends = sorted([free[desk] for desk in desks])
            for desk, end in zip(desks, ends, strict=True):
                free[desk] = end
        return (*when, *free)

    def _moves(self, state: _State, found: _Open) -> list[tuple[int, int, int]]:
        """(start, leg, desk) of each leg that may come next, soonest first.

        A leg that starts only after another could have been served and walked on is no next leg: serving
        the other first costs nothing.
        """
        steps, left = self._steps, state.left
        able = [leg for leg in members(left) if not steps.legs.before[leg] & left]
        limit = min([found.soonest[leg] + steps.reach[leg] for leg in able])
        if not state.placed:
            limit = min(limit, self._before)
        met: set[tuple[int, ...]] = set()
        moves: list[tuple[int, int, int]] = []
        for leg in able:
            if leg in steps.twin_rows:
                twins, place, row = steps.twin_rows[leg]
                situation = (twins, place, *[found.soonest.get(other, -1) for other in row])
                if situation in met:
                    continue
                met.add(situation)
            moves += [(start, leg, desk) for start, desk in self._choices(found.places[leg], limit)]
        moves.sort()
        return moves

    def _choices(self, places: list[Place], limit: int) -> list[Place]:
        """The places before the limit that are worth trying.

        A contested desk is only where it serves sooner than those nobody else wants; of
        desks of one kind that are free at the same slot one is enough.
        """
        if len(places) == 1:
            return places if places[0][0] < limit else []
        alone = min([limit, *[start for start, desk in places if desk == NOT_CONTESTED]])
        kinds: dict[Place, Place] = {}
        for start, desk in places:
            if start < alone or (desk == NOT_CONTESTED and start < limit):
                kinds.setdefault((start, self._kind[desk]), (start, desk))
        return list(kinds.values())

    def _after(self, state: _State, leg: int, start: int, desk: int) -> _State:
        left, ready, free, last, placed = state
        end = start + self._steps.legs.durations[leg]
        ready = tuple(
            [
                slot if slot > start + slots else start + slots
                for slot, slots in zip(ready, self._steps.then[leg], strict=True)
            ]
        )
        if desk != NOT_CONTESTED:
            free = (*free[:desk], end, *free[desk + 1 :])
        return _State(left ^ 1 << leg, ready, free, max(last, end), (*placed, (leg, start)))


def day_search(steps: Steps, calendar: Calendar, day: int) -> DaySearch:
    return DaySearch(steps, seats_of(steps.legs, calendar, day))


def shortest_anywhere(steps: Steps, *, lower: int) -> int:
    """How long a visit lasts at least, whatever the day; `lower` is known to hold on the days asked about.

    Found on a day on which everything is always free; more than a day where even that is too short.
    """
    legs = steps.legs
    starts = DaySearch(steps, seats_always_free(legs)).place(0, 1, lower=lower, upper=legs.slots)
    return legs.end(starts) if starts else legs.slots + 1
