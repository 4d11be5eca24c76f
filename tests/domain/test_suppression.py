"""Small cells stay hidden, also from a reader who subtracts, knows the rule and has a solver."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from ihh.domain.figure_facts import TicketFact, VisitFact
from ihh.domain.house import House
from ihh.domain.house_file import read_house
from ihh.domain.kpi import Measure, moment_of
from ihh.domain.report import Dimension, tabulate
from ihh.domain.suppression import Counts, Flag, hide, hide_within
from ihh.layout import HOUSES
from tests.domain.attack import Attacker

DAY = date(2026, 12, 1)
NINE = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
K = 5


@pytest.fixture(scope="module")
def house() -> House:
    return read_house(HOUSES / "helsinki.toml")


def counts(number: int) -> Counts:
    """A row in which so many people came alone, once, and were served."""
    return Counts(people=(number, number), sums=(number, number, number))


def flags(*numbers: int, k: int = K) -> list[Flag]:
    return hide([counts(number) for number in numbers], total=counts(sum(numbers)), k=k)


def test_nothing_small_nothing_hidden() -> None:
    assert flags(5, 0, 40) == [Flag.NONE] * 3


def test_a_small_row_takes_another_with_it_from_the_end() -> None:
    assert flags(40, 3, 0, 30) == [Flag.NONE, Flag.SUPPRESSED, Flag.NONE, Flag.NOT_SHOWN]


def test_one_companion_may_not_be_enough() -> None:
    """1 + 5 are six: a reader who knows that the companion has at least five would know the one."""
    assert flags(40, 30, 1, 5) == [Flag.NONE, Flag.NOT_SHOWN, Flag.SUPPRESSED, Flag.NOT_SHOWN]


def test_a_table_without_companions_is_withheld_with_its_empty_rows() -> None:
    assert flags(3, 0, 5) == [Flag.NOT_SHOWN] * 3
    assert flags(3, 4) == [Flag.NOT_SHOWN] * 2
    assert flags(2, 0) == [Flag.NOT_SHOWN] * 2


def test_few_served_among_many_are_hidden_too() -> None:
    few_served = Counts(people=(40, 2), sums=(40, 40, 2))
    rows = [counts(50), few_served, counts(30)]
    assert hide(rows, total=counts(120), k=K) == [Flag.NONE, Flag.SUPPRESSED, Flag.NOT_SHOWN]


def test_what_adds_up_to_a_hidden_row_is_hidden() -> None:
    parents = {
        "a": (Flag.NOT_SHOWN, counts(50)),
        "b": (Flag.SUPPRESSED, counts(3)),
        "c": (Flag.NONE, counts(60)),
    }
    children = [("a", counts(50)), ("a", counts(0)), ("b", counts(3)), ("b", counts(0)), ("c", counts(60))]
    assert hide_within(parents, children, k=K) == [
        Flag.NOT_SHOWN,
        Flag.NOT_SHOWN,
        Flag.SUPPRESSED,
        Flag.NOT_SHOWN,
        Flag.NONE,
    ]


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_no_published_table_tells_a_small_count(rows: int) -> None:
    """Every table of up to four rows: whatever is published, a small count can be any from 1 to k − 1.

    This reader knows the rule itself, and tries it on every table there could be.
    """
    k, largest = 3, {2: 24, 3: 14, 4: 9}[rows]
    possible: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(largest + 1), repeat=rows):
        marks = flags(*table, k=k)
        total = sum(table)
        shown = tuple(
            number if mark is Flag.NONE else mark for number, mark in zip(table, marks, strict=True)
        )
        possible[shown, total if not 1 <= total < k else None].append(table)
    checked = 0
    for (shown, total), tables in possible.items():
        if total is not None and total > largest:
            continue  # tables with larger numbers could look the same, and are not all here
        for place, mark in enumerate(shown):
            seen = {table[place] for table in tables}
            if mark is Flag.SUPPRESSED:
                checked += 1
                assert seen == set(range(1, k)), (shown, total)
            elif mark is Flag.NOT_SHOWN and total is not None and seen & set(range(1, k)):
                checked += 1
                assert seen >= set(range(1, k)), (shown, total)
    assert checked > rows


def people_mask(rng: random.Random, size: int) -> int:
    return rng.randrange(1, 1 << size)


def some_visits(rng: random.Random, house: House, how_many: int) -> list[VisitFact]:
    """A day with many and few: agencies, languages and hours of very different size."""
    services = [service for service in house.services if service.is_in_house]
    weights = [rng.choice((1, 2, 8, 30)) for _ in services]
    visits = []
    for _ in range(how_many):
        size = rng.choice((1, 1, 1, 2, 4))
        tickets = []
        chosen = rng.choices(range(len(services)), weights, k=rng.choice((1, 1, 2, 3)))
        for service in (services[number] for number in dict.fromkeys(chosen)):
            joined = NINE + timedelta(minutes=rng.randrange(420))
            is_served = rng.random() < 0.85
            tickets.append(
                TicketFact(
                    service=service.id,
                    agency=service.agency,
                    people=people_mask(rng, size),
                    state="completed" if is_served else "left",
                    outcome="done" if is_served else None,
                    booked_at=None,
                    joined_at=joined,
                    called_at=joined + timedelta(minutes=9) if is_served else None,
                    started_at=joined + timedelta(minutes=10) if is_served else None,
                    served_seconds=600,
                )
            )
        visits.append(
            VisitFact(
                day=DAY,
                channel=rng.choices(("online", "walk_in", "staff"), (50, 40, 3))[0],
                language=rng.choices(("en", "fi", "sv", "ar", "so", "ru"), (60, 20, 2, 8, 2, 6))[0],
                party_size=size,
                state="ended",
                checked_in_at=NINE,
                tickets=tuple(sorted(tickets, key=lambda ticket: ticket.service)),
            )
        )
    return visits


def attacker(house: House, visits: list[VisitFact]) -> Attacker:
    later = NINE + timedelta(hours=12)
    total, tables = tabulate(house, visits, moment_of(house, today=DAY, now=later))
    return Attacker(total, tables, {service.id: service.agency for service in house.services}, k=K)


@pytest.mark.parametrize("seed", range(12))
def test_no_report_tells_a_small_count(house: House, seed: int) -> None:
    rng = random.Random(seed)
    attack = attacker(house, some_visits(rng, house, how_many=rng.choice((12, 40, 120, 400))))
    for key in attack.hidden_counts():
        for amount in range(1, K):
            assert attack.can_be(key, amount), f"{key} is known not to be {amount}"


def test_the_reports_under_attack_do_hide_and_do_show(house: House) -> None:
    hidden = shown = 0
    for seed in range(12):
        rng = random.Random(seed)
        attack = attacker(house, some_visits(rng, house, how_many=rng.choice((12, 40, 120, 400))))
        hidden += len(list(attack.hidden_counts()))
        shown += sum(row.flag is Flag.NONE for table in attack.tables.values() for row in table.rows)
    assert hidden > 50
    assert shown > 150


def test_the_attack_works(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the further rows the same reader does find small counts out."""

    def only_small(rows: list[Counts], *, total: Counts, k: int) -> list[Flag]:
        return [Flag.SUPPRESSED if any(1 <= n < k for n in row.people) else Flag.NONE for row in rows]

    monkeypatch.setattr("ihh.domain.report.hide", only_small)
    monkeypatch.setattr("ihh.domain.suppression.hide", only_small)
    attack = attacker(house, some_visits(random.Random(2), house, how_many=120))
    known = [
        key for key in attack.hidden_counts() if not all(attack.can_be(key, amount) for amount in range(1, K))
    ]
    assert known


def test_hidden_rows_tell_nothing_else(house: House) -> None:
    visits = some_visits(random.Random(5), house, how_many=120)
    _, tables = tabulate(house, visits, moment_of(house, today=DAY, now=NINE + timedelta(hours=12)))
    rows = [row for table in tables.values() for row in table.rows if row.flag is not Flag.NONE]
    assert rows
    for row in rows:
        assert all(cell.amount is None and cell.flag is not Flag.NO_DATA for cell in row.cells.values())


def test_times_of_few_people_are_hidden_in_a_shown_row(house: House) -> None:
    """Forty walk-ins and three with an appointment: only the latter's times are suppressed."""

    def visit(booked: bool) -> VisitFact:
        times = {
            "joined_at": NINE,
            "called_at": NINE,
            "started_at": NINE,
            "booked_at": NINE if booked else None,
        }
        ticket = TicketFact(
            service="kela.advice",
            agency="kela",
            people=1,
            state="completed",
            outcome="done",
            served_seconds=60,
            **times,
        )
        return VisitFact(DAY, "walk_in", "en", 1, "ended", NINE, (ticket,))

    visits = [visit(booked=number < 3) for number in range(43)]
    total, _ = tabulate(house, visits, moment_of(house, today=DAY, now=NINE))
    assert total.cells[Measure.BOOKED_WAIT_P90].flag is Flag.SUPPRESSED
    assert total.cells[Measure.BOOKED_WAIT_MEDIAN].amount is None
    assert total.cells[Measure.WALK_IN_WAIT_P90].flag is Flag.NONE
    assert total.cells[Measure.CUSTOMERS].amount == 43


def test_a_day_without_anyone_counts_zero_and_measures_nothing(house: House) -> None:
    total, tables = tabulate(house, [], moment_of(house, today=DAY, now=NINE))
    assert total.cells[Measure.VISITS].amount == 0
    assert total.cells[Measure.WAIT_MEDIAN].flag is Flag.NO_DATA
    assert tables[Dimension.AGENCY].rows[0].cells[Measure.SERVICE_EVENTS].amount == 0
