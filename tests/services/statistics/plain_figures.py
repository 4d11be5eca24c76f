"""Every figure a second time, in plain Python over raw facts, a row at a time. Shares nothing with the product
but the facts' columns: formulas are those of docs/data-dictionary.md, read anew."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.layout import HOUSES

ZONE = ZoneInfo("Europe/Helsinki")
GRACE = timedelta(minutes=15)
LEVEL = timedelta(minutes=15)
WAY = timedelta(minutes=3)
PLANNED = {
    one["id"]: (one["base_min"], one.get("per_extra_person_min", 0))
    for one in tomllib.loads((HOUSES / "helsinki.toml").read_text("utf-8"))["service"]
    if "base_min" in one
}
"""Minutes of a service for one, and for each person more."""
OPENS, CLOSES = 9, 16
"""Hours of the house's week in its file."""
Pair = tuple[VisitFact, list[ServiceFact]]


def value_of(dimension: str, visit: VisitFact, service: ServiceFact) -> str | None:
    if dimension == "agency":
        return service.agency
    if dimension == "service":
        return service.service
    if dimension == "hour":
        moment = service.booked_at if service.booked_at is not None else service.joined_at
        if moment is None:
            return None
        hour = moment.astimezone(ZONE).hour
        return "09" if hour < OPENS else "15" if hour >= CLOSES else f"{hour:02d}"
    return visit_value(dimension, visit)


def visit_value(dimension: str, visit: VisitFact) -> str:
    return {
        "weekday": str(visit.day.weekday() + 1),
        "language": visit.language,
        "channel": visit.channel,
        "customer_type": visit.customer_type,
        "party_size": str(visit.party_size),
        "municipality": visit.municipality or "not_told",
    }[dimension]


def row(visits: Sequence[VisitFact], dimensions: Sequence[str], values: Sequence[str]) -> dict[str, Any]:
    """All figures of one row; a figure without anything to count is None."""
    is_whole = not {"agency", "service", "hour"} & set(dimensions)
    pairs: list[Pair] = []
    for visit in visits:
        if is_whole:
            if all(visit_value(d, visit) == v for d, v in zip(dimensions, values, strict=True)):
                pairs.append((visit, list(visit.services)))
        else:
            chosen = [
                s
                for s in visit.services
                if all(value_of(d, visit, s) == v for d, v in zip(dimensions, values, strict=True))
            ]
            if chosen:
                pairs.append((visit, chosen))
    found = (
        _channels(_here(pairs, is_whole), tuple(dimensions))
        | _counts(pairs, is_whole)
        | _times(pairs, is_whole)
        | _shares(pairs, is_whole)
        | _feedback(pairs, is_whole)
    )
    if len(dimensions) > 1:  # walk-ins and appointments apart: by one thing at a time
        found |= {name: None for name in found if name.startswith(("walk_in_w", "booked_w"))}
    return found | _behind(pairs, is_whole, is_single=len(dimensions) <= 1)


def _behind(pairs: list[Pair], is_whole: bool, *, is_single: bool) -> dict[str, int]:
    """How many stand behind answers, and behind waits told apart."""
    given: list[Any] = [v for v, _ in pairs] if is_whole else [s for _, services in pairs for s in services]
    found = {f"{name}_n": sum(getattr(one, name) is not None for one in given) for name in ("csat", "effort")}
    if is_whole:
        found["nps_n"] = sum(visit.nps is not None for visit, _ in pairs)
    if is_single:
        served = [s for v, services in pairs for s in _served(services) if wait(v, s) is not None]
        found["walk_in_n"] = sum(s.booked_at is None for s in served)
        found["booked_n"] = len(served) - found["walk_in_n"]
    return found


def _channels(here: list[Pair], dimensions: tuple[str, ...]) -> dict[str, Any]:
    """Where the catalogue has a finer table by channel, and in the total by purpose."""
    figures: dict[str, Any] = {}
    if dimensions in ((), ("agency",), ("language",)):
        for name, channel in (("online", "online"), ("on_site", "staff"), ("walk_in", "walk_in")):
            figures[f"{name}_pct"] = tenth(100 * sum(v.channel == channel for v, _ in here), len(here))
    if not dimensions:
        for kind in ("employer", "spouse"):
            figures[f"{kind}_visits"] = sum(v.customer_type == kind for v, _ in here)
    return figures


def _tickets(services: Iterable[ServiceFact]) -> list[ServiceFact]:
    return [s for s in services if s.state not in ("absent", "cancelled")]


def _served(services: Iterable[ServiceFact]) -> list[ServiceFact]:
    return [s for s in services if s.state == "completed"]


def _heads(services: Iterable[ServiceFact]) -> int:
    people: set[int] = set()
    for s in services:
        people |= {bit for bit in range(6) if s.people >> bit & 1}
    return len(people)


def _here(pairs: list[Pair], is_whole: bool) -> list[Pair]:
    return [(v, s) for v, s in pairs if v.checked_in_at is not None and (is_whole or _tickets(s))]


def _customers(visit: VisitFact, services: list[ServiceFact], is_whole: bool) -> int:
    return visit.party_size if is_whole else _heads(_tickets(services))


def _counts(pairs: list[Pair], is_whole: bool) -> dict[str, Any]:
    here = _here(pairs, is_whole)
    found: dict[str, Any] = {
        "visits": len(here),
        "customers": sum(_customers(v, s, is_whole) for v, s in here),
        "service_events": sum(len(_served(s)) for _, s in pairs),
    }
    if is_whole:
        found["self_service_moves"] = sum(v.moves for v, _ in pairs)
        visited = [len({one.agency for one in _served(s)}) for _, s in pairs]
        found["agencies_per_visit"] = tenth(sum(visited), sum(n > 0 for n in visited))
    return found


def wait(visit: VisitFact, service: ServiceFact) -> timedelta | None:
    since = service.joined_at
    if service.booked_at is not None and visit.checked_in_at is not None:
        since = max(visit.checked_in_at, service.booked_at)
    if service.called_at is None or since is None:
        return None
    return max(service.called_at - since, timedelta(0))


def _times(pairs: list[Pair], is_whole: bool) -> dict[str, Any]:
    waits: dict[str, list[timedelta]] = {"": [], "walk_in_": [], "booked_": []}
    way, service_times, in_plan = [], [], []
    told: list[tuple[ServiceFact, timedelta]] = []
    for visit, services in pairs:
        for s in _served(services):
            found = wait(visit, s)
            if found is not None:
                waits[""].append(found)
                waits["walk_in_" if s.booked_at is None else "booked_"].append(found)
                if s.estimate_middle is not None and s.booked_at is None:
                    told.append((s, found))
            if s.started_at is not None and s.called_at is not None:
                way.append(max(s.started_at - s.called_at, timedelta(0)))
            if s.outcome != "unknown":
                service_times.append(timedelta(seconds=s.served_s))
                if s.service in PLANNED:
                    in_plan.append(s.served_s <= 60 * planned_min(s.service, _heads([s])))
    figures: dict[str, Any] = {}
    for prefix, times in waits.items():
        figures |= _three(f"{prefix}wait", times)
        within = sum(t <= LEVEL for t in times)
        figures[f"{prefix}within_service_level_pct"] = tenth(100 * within, len(times))
    figures |= _three("way", way) | _three("service", service_times) | _estimates(told)
    figures["way_within_target_pct"] = tenth(100 * sum(t <= WAY for t in way), len(way))
    figures["service_within_planned_pct"] = tenth(100 * sum(in_plan), len(in_plan))
    if is_whole:
        figures |= _stay(pairs)
    return figures


def _stay(pairs: list[Pair]) -> dict[str, Any]:
    stays, idle = [], timedelta(0)
    for visit, services in pairs:
        served = _served(services)
        if visit.checked_in_at is None or not served or any(s.outcome == "unknown" for s in served):
            continue
        end = max(s.ended_at for s in served if s.ended_at is not None)
        length = int(max(end - visit.checked_in_at, timedelta(0)).total_seconds())
        busy: set[int] = set()
        start = visit.checked_in_at
        for s in served:
            if s.called_at is not None and s.ended_at is not None:
                busy |= set(
                    range(
                        max(0, int((s.called_at - start).total_seconds())),
                        int((s.ended_at - start).total_seconds()),
                    )
                )
        stays.append(max(end - visit.checked_in_at, timedelta(0)))
        idle += timedelta(seconds=length - len(busy))
    figures = _three("in_house", stays)
    whole = sum(stays, timedelta(0))
    figures["idle_pct"] = tenth(100 * int(idle.total_seconds()), int(whole.total_seconds()))
    return figures


def _estimates(told: list[tuple[ServiceFact, timedelta]]) -> dict[str, Any]:
    n = len(told)

    def mean(error: Callable[[ServiceFact, float], float]) -> Any:
        seconds = [round(60 * error(s, w / timedelta(minutes=1))) for s, w in told]
        return tenth(sum(seconds), 60 * n)

    inside = sum(s.estimate_low <= w / timedelta(minutes=1) <= s.estimate_high for s, w in told)  # type: ignore[operator]
    return {
        "estimate_error_min": mean(lambda s, w: abs(s.estimate_middle - w)),  # type: ignore[operator]
        "estimate_yardstick_error_min": mean(lambda s, w: abs(s.estimate_naive - w)),  # type: ignore[operator]
        "estimate_bias_min": mean(lambda s, w: s.estimate_middle - w),  # type: ignore[operator]
        "estimate_inside_pct": tenth(100 * inside, n),
    }


def _shares(pairs: list[Pair], is_whole: bool) -> dict[str, Any]:
    due = missed = settled = lost = ended = finished = 0
    late: list[timedelta] = []
    for visit, services in pairs:
        for s in services:
            if s.booked_at is not None and s.state != "cancelled":
                due += 1
                missed += visit.checked_in_at is None or visit.checked_in_at > s.booked_at + GRACE
        tickets = _tickets(services)
        settled += len(tickets)
        lost += sum(s.state in ("left", "no_show") for s in tickets)
        if tickets and visit.checked_in_at is not None:
            ended += 1
            finished += all(
                s.state == "completed" and s.outcome in ("done", "transferred")
                for s in _tickets(visit.services)
            )
        booked = [s.booked_at for s in services if s.booked_at is not None]
        if booked and visit.checked_in_at is not None:
            late.append(max(visit.checked_in_at - min(booked), timedelta(0)))
    figures: dict[str, Any] = {
        "no_show_pct": tenth(100 * missed, due),
        "abandoned_pct": tenth(100 * lost, settled),
        "one_visit_pct": tenth(100 * finished, ended),
    }
    if is_whole:
        figures["late_pct"] = tenth(100 * sum(t > timedelta(0) for t in late), len(late))
        figures |= _three("lateness", late)
    return figures


def _feedback(pairs: list[Pair], is_whole: bool) -> dict[str, Any]:
    given: list[Any] = [v for v, _ in pairs] if is_whole else [s for _, services in pairs for s in services]
    asked = len(_here(pairs, is_whole)) if is_whole else sum(len(_served(s)) for _, s in pairs)
    csat = [one.csat for one in given if one.csat is not None]
    effort = [one.effort for one in given if one.effort is not None]
    nps = [one.nps for one in given if one.nps is not None] if is_whole else []
    answers = sum(
        one.csat is not None or one.effort is not None or (is_whole and one.nps is not None) for one in given
    )
    figures = {
        "answers": answers,
        "response_pct": tenth(100 * answers, asked),
        "csat_pct": tenth(100 * sum(c >= 4 for c in csat), len(csat)),
        "csat_mean": tenth(sum(csat), len(csat)),
        "effort_mean": tenth(sum(effort), len(effort)),
    }
    if is_whole:
        score = sum(n >= 9 for n in nps) - sum(n <= 6 for n in nps)
        figures["nps"] = tenth(100 * score, len(nps))
    return figures


def planned_min(service: str, people: int) -> int:
    base, per_extra = PLANNED[service]
    return int(base + per_extra * (people - 1))


def _three(name: str, times: list[timedelta]) -> dict[str, Any]:
    whole = sum((t // timedelta(microseconds=1) for t in times), 0) // 1_000_000
    return {
        f"{name}_median_min": rank(times, 50),
        f"{name}_p90_min": rank(times, 90),
        f"{name}_mean_min": tenth(whole, 60 * len(times)),
    }


def rank(times: list[timedelta], percent: int) -> Fraction | None:
    """Nearest rank, in minutes with one decimal, halves up."""
    if not times:
        return None
    chosen = sorted(times)[math.ceil(Fraction(percent * len(times), 100)) - 1]
    return Fraction(math.floor(Fraction(chosen // timedelta(microseconds=1), 6_000_000) + Fraction(1, 2)), 10)


def tenth(part: int, whole: int) -> Fraction | None:
    """With one decimal, halves away from zero."""
    if not whole:
        return None
    exact = Fraction(part, whole) * 10
    rounded = math.floor(abs(exact) + Fraction(1, 2))
    return Fraction(rounded if exact >= 0 else -rounded, 10)
