"""Nobody can work a hidden count out of all that is published together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from ihh.domain.house import House
from ihh.domain.statistics.facts import HOUSE, VisitFact
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import PeriodKind, Span
from ihh.domain.statistics.tables import PUBLISHED
from ihh.services.house import current_house
from ihh.services.statistics.published import released, series
from ihh.services.statistics.releasing import release_closed
from tests.services.statistics import made_up_facts, plain_figures
from tests.services.statistics.attacker import COUNTS, Attacker, Count

NOW = datetime(2026, 1, 10, 3, tzinfo=ZoneInfo("Europe/Helsinki"))


def truth_of(facts: Sequence[VisitFact]) -> dict[Count, int]:
    """What every published cell really is, by a calculation that shares nothing with the product."""
    found: dict[Count, int] = {}
    for kind in PeriodKind:
        periods = released(kind)
        for table in PUBLISHED[kind] if periods else ():
            for period, rows in series(Span(periods[0], periods[-1]), table.code).items():
                these = [visit for visit in facts if period.start <= visit.day <= period.last]
                for row in rows:
                    cell = (kind, period.start, tuple(table.dimensions), row.values)
                    figures = plain_figures.row(these, table.dimensions, row.values)
                    found |= {(cell, count): figures[count] for count in COUNTS if count in figures}
    return found


def attack(house: House, facts: list[VisitFact], *, now: datetime, tried: int | None, seed: int = 0) -> int:
    """Release everything and try to bound hidden counts; how many were tried."""
    made_up_facts.record(house, facts, now=now)
    release_closed(now=now)
    agency_of = {service.id: service.agency for service in house.services}
    attacker = Attacker(agency_of, truth_of(facts), k=house.figures.small_cell)
    targets = attacker.targets()
    chosen = targets if tried is None else random.Random(seed).sample(targets, min(tried, len(targets)))
    for target in chosen:
        low, high = attacker.bounds(target)
        assert low <= 1 + 1e-6, (target, low, high)
        assert high >= attacker.reach(target) - 1e-6, (target, low, high)
    return len(chosen)


@pytest.mark.parametrize(
    ("seed", "visits", "now", "tried"),
    [(1, 5, NOW, 40), (2, 25, datetime(2025, 12, 10, 3, tzinfo=NOW.tzinfo), 150)],
)
def test_no_hidden_count_can_be_bounded(
    sqlite_app: Flask, seed: int, visits: int, now: datetime, tried: int
) -> None:
    """Every release so far, of every kind: two months and their year, or one busy month. All takes minutes."""
    house = current_house()
    facts = made_up_facts.days(house, date(2025, 11, 17), 36, seed=seed, visits=visits, source=HOUSE)
    assert attack(house, facts, now=now, tried=tried, seed=seed) == tried


def test_zeros_are_shown_as_zeros(sqlite_app: Flask) -> None:
    house = current_house()
    facts = made_up_facts.days(house, date(2025, 11, 3), 25, seed=3, visits=25, source=HOUSE)
    december = datetime(2025, 12, 10, 3, tzinfo=NOW.tzinfo)
    made_up_facts.record(house, facts, now=december)
    release_closed(now=december)
    truth = truth_of(facts)
    shown = {True: 0, False: 0}
    for table in PUBLISHED[PeriodKind.MONTH]:
        month = released(PeriodKind.MONTH)[0]
        for row in series(Span(month, month), table.code)[month]:
            cell = (PeriodKind.MONTH, month.start, tuple(table.dimensions), row.values)
            if truth[cell, "customers"] == 0:
                shown[row.cells[Measure.CUSTOMERS].amount == 0] += 1
    assert shown[True] > 20
    assert shown[False] == 0
