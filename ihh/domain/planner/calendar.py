"""Where each leg may start: days as bitmasks, all days of the range side by side in one integer.

Bit `s` of a day's lane is slot `s` of the grid from 00:00. Every lane is whole bytes and keeps at
least one spare bit at its top that is never set, so a run of free slots never crosses into the next day
and one shift moves every day at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ihh.domain.planner.legs import Legs, slots_for
from ihh.domain.planner.problem import Lane, PlannedDesk, PlannedService, Problem, Spans

CACHED_LANES = 1 << 15
"""Desk-days kept by value: a day whose open and busy spans did not change is not computed again."""


@dataclass(frozen=True)
class Calendar:
    """The range's dates on which anything a leg needs is open, and the possible starts on them."""

    dates: tuple[date, ...]
    lane_bytes: int
    starts: tuple[int, ...]
    """For each leg, its starts on all dates, whichever desk serves."""
    desk_starts: tuple[tuple[int, ...], ...]
    """For each leg and each of its desks (in `Legs.desks` order), the starts on all dates."""

    def lane(self, packed: int, day: int) -> int:
        """One day's bits."""
        width = 8 * self.lane_bytes
        return packed >> (day * width) & ((1 << width) - 1)


def calendar_of(problem: Problem, legs: Legs) -> Calendar:
    services = [problem.services[leg.service] for leg in problem.request.legs]
    dates = _dates(problem, legs, services)
    lane_bytes = legs.slots // 8 + 1
    window = _window(problem, len(dates), lane_bytes)
    packs: dict[str, int] = {}
    starts: list[int] = []
    desk_starts: list[tuple[int, ...]] = []
    for leg, service in enumerate(services):
        duration = legs.durations[leg]
        if service.mode == "walk_in":
            free = _pack((service.open.get(day, ()) for day in dates), lane_bytes, problem.grid_min)
            starts.append(_erode(free & window, duration))
            desk_starts.append(())
            continue
        for desk in legs.desks[leg]:
            if desk.id not in packs:
                packs[desk.id] = window & _pack_desk(desk, dates, lane_bytes, problem.grid_min)
        of_desks = tuple(
            _erode(packs[desk.id] & ~_pack_lanes(desk.kept.get(service.id), dates, lane_bytes), duration)
            for desk in legs.desks[leg]
        )
        desk_starts.append(of_desks)
        starts.append(_union(of_desks))
    return Calendar(dates, lane_bytes, tuple(starts), tuple(desk_starts))


def _dates(problem: Problem, legs: Legs, services: list[PlannedService]) -> tuple[date, ...]:
    request = problem.request
    found: set[date] = set()
    for service, desks in zip(services, legs.desks, strict=True):
        if service.mode == "walk_in":
            found.update(service.open)
        for desk in desks:
            found.update(desk.open if desk.free is None else desk.free)
    return tuple(sorted(day for day in found if request.first <= day <= request.last))


def _window(problem: Problem, days: int, lane_bytes: int) -> int:
    request = problem.request
    lane = _octets(((request.not_before, request.not_after),), (), problem.grid_min, lane_bytes)
    return int.from_bytes(lane * days, "little")


def _pack(spans_by_day: Iterable[Spans], lane_bytes: int, grid_min: int) -> int:
    lanes = [_octets(spans, (), grid_min, lane_bytes) for spans in spans_by_day]
    return int.from_bytes(b"".join(lanes), "little")


def _pack_desk(desk: PlannedDesk, dates: tuple[date, ...], lane_bytes: int, grid_min: int) -> int:
    if desk.free is not None:
        return _pack_lanes(desk.free, dates, lane_bytes)
    open_on, busy_on = desk.open.get, desk.busy.get
    lanes = [_octets(open_on(day, ()), busy_on(day, ()), grid_min, lane_bytes) for day in dates]
    return int.from_bytes(b"".join(lanes), "little")


def _pack_lanes(lanes: Mapping[date, Lane] | None, dates: tuple[date, ...], lane_bytes: int) -> int:
    if not lanes:
        return 0
    octets = [lanes.get(day, 0).to_bytes(lane_bytes, "little") for day in dates]
    return int.from_bytes(b"".join(octets), "little")


@lru_cache(maxsize=CACHED_LANES)
def _octets(open_spans: Spans, busy_spans: Spans, grid_min: int, lane_bytes: int) -> bytes:
    return free_lane(open_spans, busy_spans, grid_min).to_bytes(lane_bytes, "little")


def free_lane(open_spans: Spans, busy_spans: Spans, grid_min: int) -> Lane:
    """The slots of a day that lie whole in the open spans and touch no busy one."""
    lane = 0
    for start, end in _joined(open_spans):
        lane |= _run(slots_for(start, grid_min), end // grid_min)
    for start, end in busy_spans:
        if start < end:
            lane &= ~_run(start // grid_min, slots_for(end, grid_min))
    return lane


def _joined(spans: Spans) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _run(first: int, end: int) -> int:
    return (1 << end) - (1 << first) if first < end else 0


def _erode(free: int, slots: int) -> int:
    """The starts from which so many slots in a row are free."""
    reached = 1
    while reached < slots and free:
        step = min(reached, slots - reached)
        free &= free >> step
        reached += step
    return free


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
