"""The rest of a visit on its day, exactly: as few appointments moved as can be, then the soonest end.

The search places leg after leg in the order of starts, as `placing` does and for the same reason. A leg with
an appointment may stand where it is booked, which is free of charge, or at the first place of a desk, which
moves it. First some rest is found at all, then the best one, with one more move allowed until there is any.
A state is given up where it can't beat the best, or where the same was reached before at no higher
price. Slots throughout; sets of legs are bitmasks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ihh.domain.planner.capacity import Capacity
from ihh.domain.planner.chains import Chains
from ihh.domain.planner.legs import members
from ihh.domain.planner.seats import NOT_CONTESTED, Seats, offers_of
from ihh.domain.planner.steps import Steps


class Place(NamedTuple):
    start: int
    moves: int
    """1 where an appointment stands elsewhere."""
    desk: int
    """Index among the contested desks, or `NOT_CONTESTED`."""


class Price(NamedTuple):
    """What a rest costs; the least is the best."""

    moved: int
    end: int
    sum_of_starts: int


class Found(NamedTuple):
    price: Price
    starts: dict[int, int]
    moved: int
    """The set of legs that leave their appointment."""


class _State(NamedTuple):
    left: int
    ready: tuple[int, ...]
    """For each leg, the first slot at which it may start."""
    free: tuple[int, ...]
    """For each contested desk, when its last leg ends."""
    price: Price
    placed: tuple[tuple[int, Place], ...]
    """(leg, place) in the order of starts."""


class RestSearch:
    def __init__(self, steps: Steps, seats: Seats, stands: Mapping[int, tuple[int, int]]) -> None:
        """`stands` tells where legs are booked and could stay, as (start, desk)."""
        self._steps = steps
        self._seats = seats
        self._stands = stands
        self._chains = Chains(steps.legs, seats)
        self._capacity = Capacity(steps.legs, seats)
        self._kind = _kinds(seats, {desk for _, desk in stands.values()})
        self._desks = len(self._kind) - 1
        self._booked = 0
        self._moves_max = 0
        self._best: Found | None = None
        self._is_any_enough = False
        self._reached: dict[tuple[int, ...], list[Price]] = defaultdict(list)

    def best(self, kept: int, booked: int) -> Found | None:
        """The best rest of the `kept` legs, if they have any; `booked` have an appointment to lose."""
        most = (kept & booked).bit_count()
        if not self._can_be(kept) or self._run(kept, booked, most, is_any_enough=True) is None:
            return None
        lost = sum(leg not in self._stands for leg in members(kept & booked))
        for moves_max in range(lost, most + 1):
            if found := self._run(kept, booked, moves_max):
                return found
        raise AssertionError("what exists is found when every appointment may move")

    def _can_be(self, kept: int) -> bool:
        """Whether the legs of every clique have places one after another."""
        return all(
            any(self._chains.end(chain, leg, 0) <= self._steps.legs.slots for leg in members(chain))
            for clique in self._steps.legs.cliques
            if (chain := clique & kept)
        )

    def _run(self, kept: int, booked: int, moves_max: int, *, is_any_enough: bool = False) -> Found | None:
        self._booked, self._moves_max = booked, moves_max
        self._best, self._is_any_enough = None, is_any_enough
        self._reached.clear()
        count = len(self._seats)
        self._extend(_State(kept, (0,) * count, (0,) * self._desks, Price(0, 0, 0), ()))
        return self._best

    def _extend(self, state: _State) -> None:
        if self._best and self._is_any_enough:
            return
        if not state.left:
            self._keep(state)
            return
        places = self._places(state)
        if places is None or not self._is_promising(state, places):
            return
        look = self._look(state, places)
        if any(_is_no_higher(other, state.price) for other in self._reached[look]):
            return
        self._reached[look].append(state.price)
        for place, leg in self._moves(state, places):
            self._extend(self._after(state, leg, place))

    def _keep(self, state: _State) -> None:
        if self._best is None or state.price < self._best.price:
            starts = {leg: place.start for leg, place in state.placed}
            moved = sum(1 << leg for leg, place in state.placed if place.moves)
            self._best = Found(state.price, starts, moved)

    def _places(self, state: _State) -> dict[int, list[Place]] | None:
        """Where the legs left may stand, soonest first; None where one has no place."""
        places: dict[int, list[Place]] = {}
        for leg in self._steps.order:
            if not state.left >> leg & 1:
                continue
            ready = state.ready[leg]
            for other, slots in self._steps.waits[leg]:
                if other in places:
                    ready = max(ready, places[other][0].start + slots)
            places[leg] = sorted(self._own_places(state, leg, ready))
            if not places[leg]:
                return None
        return places

    def _own_places(self, state: _State, leg: int, ready: int) -> list[Place]:
        """Where the leg is booked, and the first place at each of its desks, as far as worth trying.

        A desk that others want is only where it serves sooner than the rest; of desks of one kind
        that are free at the same slot one is enough.
        """
        free, moves = state.free, self._booked >> leg & 1
        found: dict[tuple[int, int], Place] = {}
        stand = self._stands.get(leg)
        if stand is not None:
            start, desk = stand
            if start >= ready and (desk == NOT_CONTESTED or start >= free[desk]):
                found[start, self._kind[desk]] = Place(start, 0, desk)
        alone = self._steps.legs.slots
        for desk, starts in reversed(self._seats[leg]):  # the rest of the desks stand last
            begin = ready if desk == NOT_CONTESTED or free[desk] < ready else free[desk]
            later = starts >> begin
            if later:
                start = begin + (later & -later).bit_length() - 1
                if start < alone:
                    found.setdefault((start, self._kind[desk]), Place(start, moves, desk))
                alone = start if desk == NOT_CONTESTED else alone
        return list(found.values())

    def _is_promising(self, state: _State, places: dict[int, list[Place]]) -> bool:
        """Whether the legs left can end, and cost less than the best rest found."""
        least = self._least(state, places)
        if least.moved > self._moves_max or (self._best is not None and least >= self._best.price):
            return False
        soonest = {leg: own[0].start for leg, own in places.items()}
        return self._can_end(state, soonest, self._best.price.end if self._best else self._steps.legs.slots)

    def _least(self, state: _State, places: dict[int, list[Place]]) -> Price:
        """What a rest from here costs at least.

        No more appointments may move than are left of the moves allowed: at best the latest ones, or those
        that come forward most.
        """
        moved, end, sum_of_starts = state.price
        durations = self._steps.legs.durations
        stays: list[int] = []
        gains: list[int] = []
        for leg, own in places.items():
            stand = next((place.start for place in own if not place.moves), None)
            start = own[0].start
            end = max(end, start + durations[leg])
            if stand is None:
                moved += 1
            elif leg in self._stands:
                stays.append(stand + durations[leg])
                gains.append(stand - start)
                start = stand
            sum_of_starts += start
        may_move = max(self._moves_max - moved, 0)
        end = max([end, *sorted(stays, reverse=True)[may_move:]])
        return Price(moved, end, sum_of_starts - sum(sorted(gains, reverse=True)[:may_move]))

    def _can_end(self, state: _State, soonest: dict[int, int], latest: int) -> bool:
        for clique in self._steps.cliques:
            chain = clique & state.left
            ends = [self._chains.end(chain, leg, soonest[leg]) for leg in members(chain)]
            if ends and min(ends) > latest:
                return False
        return self._capacity.holds(state.left, soonest, state.free, 0, latest)

    def _look(self, state: _State, places: dict[int, list[Place]]) -> tuple[int, ...]:
        """All that decides how the legs left go on: their first places and whether they may still stay."""
        when = [-1] * len(state.ready)
        stays = 0
        for leg, own in places.items():
            when[leg] = own[0].start
            stays |= 1 << leg if leg in self._stands and not _least_moves(own) else 0
        horizon = min([own[0].start for own in places.values()])
        return (stays, *when, *[max(end, horizon) for end in state.free])

    def _moves(self, state: _State, places: dict[int, list[Place]]) -> list[tuple[Place, int]]:
        """(place, leg) that may come next.

        A leg that starts only after another could have been served and walked on is no next leg, if
        the other loses no appointment that it could keep: serving it first costs nothing.
        """
        steps = self._steps
        able = [leg for leg in places if not steps.legs.before[leg] & state.left]
        limit = min(
            [
                places[leg][0].start + steps.reach[leg]
                for leg in able
                if places[leg][0].moves == _least_moves(places[leg])
            ],
            default=steps.legs.slots,
        )
        moves = [(place, leg) for leg in able for place in places[leg] if place.start < limit]
        return sorted(moves, key=lambda move: (move[0].moves, move[0].start, move[1]))

    def _after(self, state: _State, leg: int, place: Place) -> _State:
        start, moves, desk = place
        end = start + self._steps.legs.durations[leg]
        then = self._steps.then[leg]
        ready = tuple([max(slot, start + slots) for slot, slots in zip(state.ready, then, strict=True)])
        free = state.free
        if desk != NOT_CONTESTED:
            free = (*free[:desk], end, *free[desk + 1 :])
        price = Price(state.price.moved + moves, max(state.price.end, end), state.price.sum_of_starts + start)
        return _State(state.left ^ 1 << leg, ready, free, price, (*state.placed, (leg, place)))


def _kinds(seats: Seats, booked: set[int]) -> dict[int, int]:
    """Contested desk → the first that offers all legs the same; where a leg is booked it is like no other."""
    offers = offers_of(seats)
    like = {
        desk: desk
        if desk in booked
        else min(other for other, same in enumerate(offers) if same == own and other not in booked)
        for desk, own in enumerate(offers)
    }
    return {**like, NOT_CONTESTED: NOT_CONTESTED}


def _least_moves(places: list[Place]) -> int:
    return min([place.moves for place in places])


def _is_no_higher(one: Price, other: Price) -> bool:
    return one.moved <= other.moved and one.end <= other.end and one.sum_of_starts <= other.sum_of_starts
