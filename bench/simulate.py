"""Days played through the services: how long one takes, how good the estimates are, what the rules bring.

Every figure is of `REPORT_SEEDS`, days on which nothing was tuned; the estimates' constants were chosen on
`TUNE_SEEDS`. The compared rules play the same people with the same service times.

The first-come baseline is the same days with every appointment's visitor turned into a walk-in, arriving
as they did: with no appointment left the calling rule is first come, first served. Whoever booked is then
judged by the time that was booked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import replace
from multiprocessing import get_context
from statistics import fmean
from typing import Any

from ihh.simulation.kpi import accuracy, at_issue, kpi, while_waiting
from ihh.simulation.reading import parse_scenario
from ihh.simulation.replay import play_days
from ihh.simulation.rows import DayRows
from ihh.simulation.scenario import Scenario, instant
from ihh.simulation.scenarios import scenario

TUNE_SEEDS = range(1, 100)
REPORT_SEEDS = (901, 902, 903)
DAYS = 3
LOAD = 0.8
VISITS = 250

Json = dict[str, Any]
Played = tuple[Scenario, list[DayRows]]


def main() -> None:
    print(
        f"a day replayed: {VISITS} visits a day, load {LOAD}; {DAYS} days of each of the seeds {REPORT_SEEDS}"
    )
    began, spent = time.perf_counter(), time.process_time()
    _play(scenario(REPORT_SEEDS[0], visits_per_day=VISITS, load=LOAD))
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    print(f"one day takes {wall:.1f} s ({cpu:.1f} s of processor time)\n")
    chosen = [
        make(scenario(seed, days=DAYS, visits_per_day=VISITS, load=LOAD))
        for make in RULES.values()
        for seed in REPORT_SEEDS
    ]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        played = list(pool.map(_play, chosen))
    by_rule = {
        name: played[index * len(REPORT_SEEDS) : (index + 1) * len(REPORT_SEEDS)]
        for index, name in enumerate(RULES)
    }
    _estimates(by_rule["guarded"])
    _calling(by_rule["guarded"], by_rule["first come"])
    _time_in_house(by_rule["guarded"], by_rule["one at a time"])


def one_at_a_time(data: Json) -> Json:
    return data | {"policy": data["policy"] | {"lines": "one_at_a_time"}}


def first_come(data: Json) -> Json:
    """The same people without appointments; who never came does not come."""
    changed = deepcopy(data)
    for day in changed["days"]:
        day["visitors"] = [visitor for visitor in day["visitors"] if visitor["arrives"] is not None]
        for visitor in day["visitors"]:
            visitor["kind"] = "walk_in"
            for leg in visitor["legs"]:
                leg.pop("at", None)
    return changed


RULES: Mapping[str, Callable[[Json], Json]] = {
    "guarded": lambda data: data,
    "one at a time": one_at_a_time,
    "first come": first_come,
}


def _play(data: Json) -> Played:
    parsed = parse_scenario(data)
    return parsed, play_days(parsed)


def _estimates(played: list[Played]) -> None:
    columns = (
        ("n", 7),
        ("error", 8),
        ("naive", 8),
        ("ratio", 8),
        ("bias", 8),
        ("covers", 8),
        ("by agency", 13),
    )
    print(f"{'estimates':<14}" + "".join(f"{name:>{width}}" for name, width in columns))
    for name, pairs_of in (("at issue", at_issue), ("live", while_waiting)):
        tickets = [ticket for _, days in played for day in days for ticket in day.tickets]
        pairs = pairs_of(tickets)
        found = accuracy(pairs)
        if not pairs or found["naive_mae"] is None:
            print(f"{name:<14}{len(pairs):>7}")
            continue
        covers = [
            accuracy(pairs_of([ticket for ticket in tickets if ticket.agency == agency]))["coverage"]
            for agency in played[0][0].agencies
        ]
        known = [share for share in covers if share is not None]
        ratio = found["estimate_mae"] / found["naive_mae"]
        print(
            f"{name:<14}{len(pairs):>7}{found['estimate_mae']:>8.1f}{found['naive_mae']:>8.1f}{ratio:>8.2f}"
            f"{found['bias']:>8.1f}{found['coverage']:>8.2f}{min(known):>7.2f}–{max(known):.2f}"
        )
    print()


def _calling(guarded: list[Played], first: list[Played]) -> None:
    print(f"{'calling':<14}{'appointments within 10 min':>28}{'walk-in P90, min':>18}")
    booked = {
        (parsed.seed, visitor.id, leg.service): instant(day.date, leg.at)
        for parsed, _ in guarded
        for day in parsed.days
        for visitor in day.visitors
        for leg in visitor.legs
        if leg.at is not None
    }
    as_booked = [
        (
            parsed,
            [
                replace(
                    day,
                    tickets=tuple(
                        replace(row, booked_at=booked.get((parsed.seed, row.visitor, row.service)))
                        for row in day.tickets
                    ),
                )
                for day in days
            ],
        )
        for parsed, days in first
    ]
    for name, played in (("guarded", guarded), ("first come", as_booked)):
        found = [kpi(days, parsed.agencies) for parsed, days in played]
        within = fmean(each["appointments_within_10"] for each in found)
        p90 = fmean(each["wait_p90"]["walk_in"] for each in found)
        print(f"{name:<14}{within:>28.2f}{p90:>18.0f}")
    print()


def _time_in_house(together: list[Played], alone: list[Played]) -> None:
    print(f"{'time in house, min':<22}{'one service':>12}{'two or more':>12}{'left':>8}")
    means = []
    for name, played in (("all lines at once", together), ("one at a time", alone)):
        found = [kpi(days, parsed.agencies) for parsed, days in played]
        one, more = (
            fmean(each["time_in_house_mean"][legs] for each in found) for legs in ("one_leg", "two_or_more")
        )
        means.append((one, more))
        print(f"{name:<22}{one:>12.1f}{more:>12.1f}{sum(each['left'] for each in found):>8}")
    gains = [100 * (ours / theirs - 1) for ours, theirs in zip(*means, strict=True)]
    print(f"{'difference':<22}{gains[0]:>11.1f}%{gains[1]:>11.1f}%")


if __name__ == "__main__":
    main()
