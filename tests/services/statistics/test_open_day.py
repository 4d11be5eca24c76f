"""The open day, looked at after every single service: what changes is about k people or more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from flask import Flask

from ihh.domain.statistics.batches import in_full_batches
from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.services.house import current_house
from tests.services.statistics import made_up_facts

K = 5
Served = tuple[str, ServiceFact]


def served(visits: Sequence[VisitFact]) -> list[Served]:
    found = [(visit.key, s) for visit in visits for s in visit.services if s.state == "completed"]
    return sorted(found, key=lambda one: one[1].ended_at)  # type: ignore[arg-type, return-value]


def people(services: Sequence[Served]) -> int:
    """How many different people: bits are people of a visit."""
    of: dict[str, int] = defaultdict(int)
    for key, service in services:
        of[key] |= service.people
    return sum(bin(bits).count("1") for bits in of.values())


def until(visits: Sequence[VisitFact], last: ServiceFact) -> list[VisitFact]:
    """As the day stood when that service ended: later ones are not over."""
    return [
        replace(
            visit,
            services=tuple(
                s
                if s.state != "completed" or s.ended_at <= last.ended_at  # type: ignore[operator]
                else replace(s, state="waiting", ended_at=None)
                for s in visit.services
            ),
        )
        for visit in visits
    ]


@pytest.mark.parametrize("seed", range(3))
def test_two_looks_differ_by_k_people_or_by_nothing(sqlite_app: Flask, seed: int) -> None:
    day = made_up_facts.days(current_house(), date(2026, 11, 30), 1, seed=seed, visits=60)
    looks = [served(in_full_batches(until(day, last), k=K)) for _, last in served(day)]
    assert len(looks) > 40
    changes = 0
    for before, after in pairwise(looks):
        assert all(one in after for one in before), "what was told stays told"
        new = [one for one in after if one not in before]
        assert not new or people(new) >= K
        assert len({service.agency for _, service in new}) <= 1
        changes += bool(new)
    assert changes > 5
    agencies = {service.agency for _, service in served(day)}
    for agency in agencies:
        of_all = [one for one in served(day) if one[1].agency == agency]
        told = [one for one in looks[-1] if one[1].agency == agency]
        assert told == of_all[: len(told)], "in the order in which they ended"
        assert people(of_all[len(told) :]) < K, "no full batch is kept back"
