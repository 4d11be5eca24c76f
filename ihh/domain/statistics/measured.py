"""What is measured of each service and each visit before anything is added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from ihh.domain.house import Service
from ihh.domain.statistics.columns import (
    NEVER,
    Bools,
    Columns,
    Ints,
    in_house,
    instant,
    is_finished,
    is_known,
    is_open,
    is_served,
    is_ticket,
)
from ihh.domain.ticket import TicketState

MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
LOST = frozenset({TicketState.LEFT, TicketState.NO_SHOW})

EMPLOYER, SPOUSE = "employer", "spouse"
"""Customer types with programmes of their own."""

Times = Mapping[str, tuple[Bools, Ints]]
"""By name: which ones have a time, and how long it was in microseconds."""


@dataclass(frozen=True)
class Measured:
    came: Bools
    party: Ints
    channel: npt.NDArray[np.str_]
    has_ended: Bools
    is_finished: Bools
    of_visits: Mapping[str, Ints]
    visit_times: Times

    is_ticket: Bools
    people: Ints
    """Bit masks."""
    flags: Mapping[str, Bools]
    """Services to be counted."""
    groups: Mapping[str, Bools]
    """Services whose people are to be counted, each person once a visit."""
    sums: Mapping[str, Ints]
    """Services' numbers to be added up."""
    times: Times


def measured(
    found: Columns,
    *,
    grace: timedelta,
    service_level: timedelta,
    way_target: timedelta,
    services: Mapping[str, Service],
    now: int | None,
) -> Measured:
    """`now`: see `ihh.domain.statistics.counting.count`; `services` are the house's."""
    visits = _Visits(found, now=now)
    measures = _Services(found, visits, grace=grace // MICROSECOND, known=services, now=now)
    level, target = service_level // MICROSECOND, way_target // MICROSECOND
    return Measured(
        came=visits.came,
        party=visits.party,
        channel=np.array([visit.channel for visit in found.visits], dtype=np.str_),
        has_ended=visits.has_ended,
        is_finished=found.of_visits(is_finished).astype(np.bool_),
        of_visits=visits.counts(measures),
        visit_times=visits.times(measures),
        is_ticket=measures.is_ticket,
        people=measures.people,
        flags=measures.flags(level, target),
        groups=measures.groups(),
        sums=measures.sums(),
        times=measures.times(),
    )


class _Visits:
    def __init__(self, found: Columns, *, now: int | None) -> None:
        self.found = found
        self.checked_in = found.of_visits(lambda visit: instant(visit.checked_in_at))
        self.came = self.checked_in != NEVER
        self.party = found.of_visits(lambda visit: visit.party_size)
        ended = found.of_visits(lambda visit: visit.ended_at is not None).astype(np.bool_)
        self.has_ended = ended if now is not None else np.ones_like(ended)
        stays = [in_house(visit) for visit in found.visits]
        self.was_served = np.array([stay is not None for stay in stays], dtype=np.bool_)
        self.stay = np.array([stay[0] if stay else 0 for stay in stays], dtype=np.int64)
        self.at_desk = np.array([stay[1] if stay else 0 for stay in stays], dtype=np.int64)

    def counts(self, services: _Services) -> dict[str, Ints]:
        found, came = self.found, self.came.astype(np.int64)
        agencies = found.of_visits(
            lambda visit: len({service.agency for service in visit.services if is_served(service)})
        )
        booked, late = services.first_booked(self)
        types = [visit.customer_type for visit in found.visits]
        counts = {
            "agencies": agencies,
            "visited": (agencies > 0).astype(np.int64),
            "visited_people": np.where(agencies > 0, self.party, 0),
            "in_house_s": self.stay // 1_000_000,
            "idle_s": (self.stay - self.at_desk) // 1_000_000,
            "in_house_people": np.where(self.was_served, self.party, 0),
            "came_booked": booked.astype(np.int64),
            "came_booked_people": np.where(booked, self.party, 0),
            "late": (booked & (late > 0)).astype(np.int64),
            "moves": found.of_visits(lambda visit: visit.moves),
            "asked": came,
        }
        for customer_type in (EMPLOYER, SPOUSE):
            of_type = came * np.array([one == customer_type for one in types], dtype=np.int64)
            counts[f"{customer_type}_visits"] = of_type
            counts[f"{customer_type}_customers"] = of_type * self.party
        return counts | _answers(found.of_visits, with_nps=True)

    def times(self, services: _Services) -> Times:
        booked, late = services.first_booked(self)
        return {"in_house": (self.was_served, self.stay), "lateness": (booked, np.maximum(late, 0))}


class _Services:
    def __init__(
        self, found: Columns, visits: _Visits, *, grace: int, known: Mapping[str, Service], now: int | None
    ) -> None:
        self.found = found
        self.people = found.of_services(lambda one: one.people)
        self.is_ticket = found.of_services(is_ticket).astype(np.bool_)
        self.is_served = found.of_services(is_served).astype(np.bool_)
        self.is_known = found.of_services(is_known).astype(np.bool_)
        self.is_lost = found.of_services(lambda one: one.state in LOST).astype(np.bool_)
        self.is_open = found.of_services(is_open).astype(np.bool_)
        self.booked = found.of_services(lambda one: instant(one.booked_at))
        self.joined = found.of_services(lambda one: instant(one.joined_at))
        self.called = found.of_services(lambda one: instant(one.called_at))
        self.started = found.of_services(lambda one: instant(one.started_at))
        self.is_booked = self.booked != NEVER
        checked_in = visits.checked_in[found.visit]
        since = np.where(
            self.is_booked & (checked_in != NEVER), np.maximum(checked_in, self.booked), self.joined
        )
        self.wait = np.maximum(self.called - since, 0)
        self.has_wait = self.is_served & (self.called != NEVER) & (since != NEVER)
        is_cancelled = found.of_services(lambda one: one.state == TicketState.CANCELLED).astype(np.bool_)
        is_due = self.is_booked & ~is_cancelled
        self.is_due = is_due if now is None else is_due & (self.booked + grace <= now)
        self.is_missed = self.is_due & ((checked_in == NEVER) | (checked_in > self.booked + grace))
        self.is_settled = self.is_ticket if now is None else self.is_ticket & ~self.is_open
        self.way = np.maximum(self.started - self.called, 0)
        self.has_way = self.is_served & (self.started != NEVER) & (self.called != NEVER)
        self.time = found.of_services(lambda one: one.served_s) * 1_000_000
        planned = found.of_services(lambda one: _planned_min(known.get(one.service), one.people)) * MINUTE
        self.is_planned = self.is_known & (planned > 0)
        self.is_in_plan = self.is_planned & (self.time <= planned)
        self._estimate()

    def _estimate(self) -> None:
        """Walk-ins that were told a range and were served; errors in whole seconds."""
        read = self.found.services
        told = np.array([one.estimate_middle is not None for one in read], dtype=np.bool_)
        self.is_told = told & self.has_wait & ~self.is_booked
        wait = self.wait / MINUTE

        def of(name: str) -> Any:
            return np.array([getattr(one, name) or 0.0 for one in read], dtype=np.float64)

        middle, naive = of("estimate_middle"), of("estimate_naive")
        self.error = np.rint(60 * np.abs(middle - wait)).astype(np.int64)
        self.naive_error = np.rint(60 * np.abs(naive - wait)).astype(np.int64)
        self.bias = np.rint(60 * (middle - wait)).astype(np.int64)
        self.is_inside = self.is_told & (of("estimate_low") <= wait) & (wait <= of("estimate_high"))

    def first_booked(self, visits: _Visits) -> tuple[Bools, Ints]:
        """Visits that had an appointment and came, and how late; microseconds, negative if early."""
        first = np.full(len(visits.came), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(first, self.found.visit[self.is_booked], self.booked[self.is_booked])
        booked = visits.came & (first != np.iinfo(np.int64).max)
        return booked, np.where(booked, visits.checked_in - first, 0)

    def flags(self, level: int, way_target: int) -> dict[str, Bools]:
        has_wait, is_booked = self.has_wait, self.is_booked
        within = has_wait & (self.wait <= level)
        return {
            "service_events": self.is_served,
            "wait_n": has_wait,
            "walk_in_n": has_wait & ~is_booked,
            "booked_n": has_wait & is_booked,
            "within": within,
            "walk_in_within": within & ~is_booked,
            "booked_within": within & is_booked,
            "way_n": self.has_way,
            "way_within": self.has_way & (self.way <= way_target),
            "planned_n": self.is_planned,
            "service_within": self.is_in_plan,
            "due": self.is_due,
            "missed": self.is_missed,
            "settled": self.is_settled,
            "lost": self.is_settled & self.is_lost,
            "estimates": self.is_told,
            "estimate_inside": self.is_inside,
        }

    def groups(self) -> dict[str, Bools]:
        return {
            "served_people": self.is_served,
            "walk_in_people": self.has_wait & ~self.is_booked,
            "booked_people": self.has_wait & self.is_booked,
            "way_people": self.has_way,
            "planned_people": self.is_planned,
            "due_people": self.is_due,
            "settled_people": self.is_settled,
            "estimate_people": self.is_told,
        }

    def sums(self) -> dict[str, Ints]:
        told = self.is_told
        return {
            "estimate_error": np.where(told, self.error, 0),
            "estimate_naive_error": np.where(told, self.naive_error, 0),
            "estimate_bias": np.where(told, self.bias, 0),
        } | _answers(self.found.of_services, with_nps=False)

    def times(self) -> Times:
        return {
            "wait": (self.has_wait, self.wait),
            "walk_in_wait": (self.has_wait & ~self.is_booked, self.wait),
            "booked_wait": (self.has_wait & self.is_booked, self.wait),
            "way": (self.has_way, self.way),
            "service": (self.is_known, self.time),
        }


def _planned_min(service: Service | None, people: int) -> int:
    """What the house file plans for so many people; 0: it does not know the service."""
    return service.planned_min(people.bit_count()) if service else 0


def _answers(read: Any, *, with_nps: bool) -> dict[str, Ints]:
    """Of visits or of services: what was answered."""

    def of(ask: Any) -> Ints:
        found: Ints = read(ask)
        return found

    counts = {
        "answers": of(lambda one: one.csat is not None or one.effort is not None),
        "csat_n": of(lambda one: one.csat is not None),
        "csat_good": of(lambda one: (one.csat or 0) >= 4),
        "csat_sum": of(lambda one: one.csat or 0),
        "effort_n": of(lambda one: one.effort is not None),
        "effort_sum": of(lambda one: one.effort or 0),
    }
    if with_nps:
        counts["answers"] = of(lambda one: any(x is not None for x in (one.csat, one.effort, one.nps)))
        counts["nps_n"] = of(lambda one: one.nps is not None)
        counts["promoters"] = of(lambda one: one.nps is not None and one.nps >= 9)
        counts["detractors"] = of(lambda one: one.nps is not None and one.nps <= 6)
    return counts
