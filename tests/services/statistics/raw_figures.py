"""Every figure worked out once more from the raw rows, in plain Python, sharing no code with the product.

Written from the sentences of docs/data-dictionary.md. `Raw.row` gives the figures that exist in a row of a
table; of nothing it is None, a count 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.services.statistics.raw_days import MINUTE, ZONE, capacity, kiosks
from tests.services.statistics.raw_rounding import share, tenth, three
from tests.services.statistics.raw_rows import RawService, RawVisit, visits_of

PARTIAL = {"agency", "service", "hour"}


Items = list[tuple[RawVisit, list[RawService]]]
"""Visits of a row, each with those of its services that stand in it."""


class Raw:
    """The days from `first` to `last` of a house whose file says `document`.

    `closed` are days on which it is closed though the week's hours say otherwise; before `since` it was
    not there. `now` is given for a day that goes on: what has not ended yet is left out of shares.
    """

    def __init__(
        self,
        document: dict[str, Any],
        first: date,
        last: date,
        *,
        now: datetime | None = None,
        closed: frozenset[date] = frozenset(),
        since: date = date.min,
    ) -> None:
        self.document, self.now = document, now
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.days = [day for day in self.days if day >= since]
        self.open_days = [day for day in self.days if day not in closed]
        self.visits = visits_of(first, last)
        self.level = document["figures"]["service_level_min"] * MINUTE
        self.way_target = document["figures"]["way_target_min"] * MINUTE
        self.grace = document["policy"]["no_show_grace_min"] * MINUTE
        spans = [span for spans in document["hours"].values() for span in spans]
        self.opens = min(int(begin[:2]) for begin, _ in spans)
        self.closes = max(int(end[:2]) + (end[3:] != "00") for _, end in spans)
        self.planned = {
            service["id"]: (service["base_min"], service.get("per_extra_person_min", 0))
            for service in document["service"]
            if "base_min" in service
        }

    def keys(self, dimensions: Sequence[str]) -> set[tuple[str, ...]]:
        """The rows in which somebody or something stands."""
        found = set()
        for visit in self.visits:
            services = visit.services if PARTIAL & set(dimensions) else [None]
            for service in services:
                values = [self._value(name, visit, service) for name in dimensions]
                if None not in values:
                    found.add(tuple(str(value) for value in values))
        return found

    def row(self, dimensions: Sequence[str], values: Sequence[str]) -> dict[str, Any]:
        is_whole = not PARTIAL & set(dimensions)
        items: Items = []
        for visit in self.visits:
            chosen = [one for one in visit.services if self._is_in(dimensions, values, visit, one)]
            if is_whole and self._is_in(dimensions, values, visit, None):
                items.append((visit, visit.services))
            elif not is_whole and chosen:
                items.append((visit, chosen))
        here = [
            (visit, services)
            for visit, services in items
            if visit.came is not None and (is_whole or any(one.is_ticket for one in services))
        ]
        found = (
            self._counts(items, here, is_whole)
            | self._times(items, len(dimensions) <= 1)
            | self._coming(items, here)
        )
        found |= _answers(items, here, is_whole) | _channels(tuple(dimensions), here)
        if is_whole:
            found |= _whole(items)
        if self.now is None:
            found |= self._of_days(tuple(dimensions), tuple(values))
        return found

    def _counts(self, items: Items, here: Items, is_whole: bool) -> dict[str, Any]:
        people = [visit.size if is_whole else len(_heads(services)) for visit, services in here]
        return {
            "visits": len(here),
            "customers": sum(people),
            "service_events": sum(one.is_served for _, services in items for one in services),
        }

    def _times(self, items: Items, is_told_apart: bool) -> dict[str, Any]:
        """Walk-ins and appointments are told apart by one thing at a time only."""
        served = [(visit, one) for visit, services in items for one in services if one.is_served]
        booked = [_wait(visit, one) for visit, one in served if one.booked is not None]
        walked_in = [_wait(visit, one) for visit, one in served if one.booked is None]
        ways = [_passed(one.called, one.started) for _, one in served]
        known = [one for _, one in served if one.outcome != "unknown"]
        in_plan = [one.at_desk <= self._planned_time(one) for one in known if self.planned.get(one.service)]
        figures = three("way", ways) | three("service", [one.at_desk for one in known])
        figures["way_within_target_pct"] = share(sum(way <= self.way_target for way in ways), len(ways))
        figures["service_within_planned_pct"] = share(sum(in_plan), len(in_plan))
        apart = (("walk_in_", walked_in), ("booked_", booked)) if is_told_apart else ()
        for prefix, waits in (("", booked + walked_in), *apart):
            figures |= three(f"{prefix}wait", waits)
            within = sum(wait <= self.level for wait in waits)
            figures[f"{prefix}within_service_level_pct"] = share(within, len(waits))
        return figures | _estimates(served)

    def _planned_time(self, service: RawService) -> timedelta:
        base, per_extra = self.planned[service.service]
        return (base + per_extra * (len(service.heads) - 1)) * MINUTE

    def _coming(self, items: Items, here: Items) -> dict[str, Any]:
        due = [
            (visit, one.booked)
            for visit, services in items
            for one in services
            if one.booked is not None and (self.now is None or one.booked + self.grace <= self.now)
        ]
        missed = [None for visit, at in due if visit.came is None or visit.came > at + self.grace]
        tickets = [one for _, services in items for one in services if one.is_ticket]
        over = [one for one in tickets if one.state in ("completed", "left", "no_show")]
        ended = [
            visit for visit, services in here if visit.has_ended and any(one.is_ticket for one in services)
        ]
        done = [
            visit
            for visit in ended
            if all(one.is_served and one.outcome in ("done", "transferred") for one in visit.tickets)
        ]
        return {
            "no_show_pct": share(len(missed), len(due)),
            "abandoned_pct": share(sum(not one.is_served for one in over), len(over)),
            "one_visit_pct": share(len(done), len(ended)),
        }

    def _of_days(self, dimensions: tuple[str, ...], values: tuple[str, ...]) -> dict[str, Any]:
        """What is told of ended days only: the kiosks' use, and what the desks could do and did."""
        figures = {} if dimensions else kiosks(self.days)
        if dimensions in ((), ("agency",)):
            figures |= capacity(self.document, self.open_days, self.visits, values[0] if values else None)
        return figures

    def _value(self, name: str, visit: RawVisit, service: RawService | None) -> str | None:
        if service is not None and name in PARTIAL:
            at = service.booked or service.joined
            hour = None if at is None else min(max(at.astimezone(ZONE).hour, self.opens), self.closes - 1)
            return {
                "agency": service.agency,
                "service": service.service,
                "hour": None if hour is None else f"{hour:02d}",
            }[name]
        return {
            "weekday": str(visit.day.isoweekday()),
            "language": visit.language,
            "channel": visit.origin,
            "customer_type": visit.customer_type,
            "party_size": str(visit.size),
            "municipality": visit.municipality or "not_told",
        }[name]

    def _is_in(
        self, dimensions: Sequence[str], values: Sequence[str], visit: RawVisit, service: RawService | None
    ) -> bool:
        return all(
            self._value(name, visit, service) == value
            for name, value in zip(dimensions, values, strict=True)
            if service is not None or name not in PARTIAL
        )


def _heads(services: Sequence[RawService]) -> set[int]:
    return {head for one in services if one.is_ticket for head in one.heads}


def _passed(since: datetime | None, until: datetime | None) -> timedelta:
    assert since is not None
    assert until is not None
    return max(until - since, timedelta(0))


def _wait(visit: RawVisit, service: RawService) -> timedelta:
    if service.booked is None:
        return _passed(service.joined, service.called)
    assert visit.came is not None
    return _passed(max(visit.came, service.booked), service.called)


def _estimates(served: Sequence[tuple[RawVisit, RawService]]) -> dict[str, Any]:
    told = [(one.told, _wait(visit, one) / MINUTE) for visit, one in served if one.told and not one.booked]
    n = len(told)

    def mean(errors: Sequence[float]) -> Fraction | None:
        return tenth(Fraction(sum(round(60 * error) for error in errors), 60 * n)) if n else None

    return {
        "estimate_error_min": mean([abs(middle - wait) for (_, middle, _, _), wait in told]),
        "estimate_yardstick_error_min": mean([abs(naive - wait) for (_, _, _, naive), wait in told]),
        "estimate_bias_min": mean([middle - wait for (_, middle, _, _), wait in told]),
        "estimate_inside_pct": share(sum(low <= wait <= high for (low, _, high, _), wait in told), n),
    }


def _answers(items: Items, here: Items, is_whole: bool) -> dict[str, Any]:
    given: list[Any] = [visit for visit, _ in items]
    asked = len(here)
    if not is_whole:
        given = [one for _, services in items for one in services]
        asked = sum(one.is_served for one in given)
    csat = [one.csat for one in given if one.csat is not None]
    effort = [one.effort for one in given if one.effort is not None]
    nps = [one.nps for one in given if one.nps is not None]
    answers = [one for one in given if (one.csat, one.effort, one.nps) != (None, None, None)]
    found = {
        "answers": len(answers),
        "response_pct": share(len(answers), asked),
        "csat_pct": share(sum(score >= 4 for score in csat), len(csat)),
        "csat_mean": tenth(Fraction(sum(csat), len(csat))) if csat else None,
        "effort_mean": tenth(Fraction(sum(effort), len(effort))) if effort else None,
    }
    if is_whole:
        found["nps"] = share(sum(score >= 9 for score in nps) - sum(score <= 6 for score in nps), len(nps))
    return found


def _channels(dimensions: tuple[str, ...], here: Items) -> dict[str, Any]:
    """Where the catalogue has a finer table by channel; by purpose only in the total."""
    found: dict[str, Any] = {}
    if dimensions in ((), ("agency",), ("language",)):
        for name, origin in (("online", "online"), ("on_site", "staff"), ("walk_in", "walk_in")):
            found[f"{name}_pct"] = share(sum(visit.origin == origin for visit, _ in here), len(here))
    if not dimensions:
        for kind in ("employer", "spouse"):
            found[f"{kind}_visits"] = sum(visit.customer_type == kind for visit, _ in here)
    return found


def _whole(items: Items) -> dict[str, Any]:
    """Figures that only a whole visit has."""
    visits = [visit for visit, _ in items]
    agencies = [len({one.agency for one in visit.served}) for visit in visits if visit.served]
    late = []
    for visit in visits:
        booked = [one.booked for one in visit.services if one.booked is not None]
        if booked and visit.came is not None:
            late.append(_passed(min(booked), visit.came))
    found = three("lateness", late)
    return (
        found
        | _stays(visits)
        | {
            "self_service_moves": sum(visit.moves for visit in visits),
            "agencies_per_visit": tenth(Fraction(sum(agencies), len(agencies))) if agencies else None,
            "late_pct": share(sum(time > timedelta(0) for time in late), len(late)),
        }
    )


def _stays(visits: Sequence[RawVisit]) -> dict[str, Any]:
    stays, idle = [], 0
    for visit in visits:
        if not visit.served or any(one.outcome == "unknown" for one in visit.served):
            continue
        end = max(one.ended for one in visit.served if one.ended is not None)
        stay = _passed(visit.came, end)
        busy: set[int] = set()
        for one in visit.served:
            first = _passed(visit.came, one.called) // timedelta(seconds=1)
            busy |= set(range(first, _passed(visit.came, one.ended) // timedelta(seconds=1)))
        stays.append(stay)
        idle += stay // timedelta(seconds=1) - len(busy)
    whole = sum(stays, timedelta(0)) // timedelta(seconds=1)
    return three("in_house", stays) | {"idle_pct": share(idle, whole)}
