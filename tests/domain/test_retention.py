"""What goes when, against months counted by hand and against a plain statement of the rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.masking import Flag
from ihh.domain.retention import due, first_kept, last_kept, may_be_emptied
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.forgetting import ANSWERS, APART, APART_SPREADS, emptied
from ihh.domain.statistics.measures import Group
from ihh.domain.statistics.periods import Period, PeriodKind, containing, parse
from ihh.domain.statistics.spreads import Spread

DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 60)


def periods_of(*days: date) -> set[Period]:
    return {containing(day, kind) for day in days for kind in PeriodKind}


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 12, 1), 25, date(2024, 11, 1)),
        (date(2026, 1, 31), 25, date(2023, 12, 31)),
        (date(2027, 3, 31), 25, date(2025, 3, 1)),  # February has no 31st: none of it is kept longer
        (date(2028, 3, 29), 25, date(2026, 3, 1)),
        (date(2026, 3, 29), 25, date(2024, 2, 29)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
    ],
)
def test_the_first_day_that_is_kept(today: date, months: int, first: date) -> None:
    assert first_kept(today, months) == first


@given(day=DAYS, months=MONTHS)
def test_the_last_day_told_to_a_visitor_is_the_last_on_which_it_is_kept(day: date, months: int) -> None:
    last = last_kept(day, months)
    assert first_kept(last, months) <= day
    assert first_kept(last + DAY, months) > day
    assert (last.year - day.year) * 12 + last.month - day.month == months


@given(today=DAYS, months=MONTHS)
def test_what_is_kept_only_ever_moves_on(today: date, months: int) -> None:
    assert first_kept(today, months) <= first_kept(today + DAY, months)


class TestDue:
    TODAY = date(2026, 12, 1)
    OLD, YOUNG = date(2024, 10, 31), date(2024, 11, 1)

    def due(self, *days: date, released: set[Period] = frozenset(), first: date | None = date(2024, 1, 2)):
        return due(days, released=released, first_counted=first, today=self.TODAY, months=25)

    def test_a_day_goes_once_all_its_periods_are_published(self) -> None:
        found = self.due(self.OLD, self.YOUNG, released=periods_of(self.OLD))
        assert (found.going, found.waiting, found.unpublished) == ((self.OLD,), (), ())

    @pytest.mark.parametrize("kind", list(PeriodKind))
    def test_it_waits_for_each_of_them(self, kind: PeriodKind) -> None:
        found = self.due(self.OLD, released=periods_of(self.OLD) - {containing(self.OLD, kind)})
        assert (found.going, found.waiting) == ((), (self.OLD,))

    def test_but_a_year_longer_at_most(self) -> None:
        last, gone = date(2023, 11, 1), date(2023, 10, 31)
        found = self.due(last, gone, first=date(2023, 1, 2))
        assert (found.going, found.waiting, found.unpublished) == ((gone,), (last,), (gone,))

    def test_what_ended_before_anything_was_counted_needs_no_figures(self) -> None:
        assert self.due(self.OLD, first=date(2025, 1, 1)).going == (self.OLD,)
        assert self.due(self.OLD, first=None).going == (self.OLD,)
        assert self.due(self.OLD, first=date(2024, 12, 31)).waiting == (self.OLD,), "its year is counted"


class TestEmptying:
    MONTH = containing(date(2024, 10, 5), PeriodKind.MONTH)
    NEXT = periods_of(date(2024, 11, 7)) | {containing(date(2024, 12, 1), PeriodKind.MONTH)}

    def may(self, *, released: set[Period], first_left: date, today: date = date(2026, 12, 20)) -> bool:
        return may_be_emptied(self.MONTH, released=released, first_left=first_left, today=today, months=25)

    def test_only_when_every_day_of_it_is_gone(self) -> None:
        assert self.may(released=self.NEXT, first_left=date(2024, 11, 1))
        assert not self.may(released=self.NEXT, first_left=date(2024, 10, 31))

    @pytest.mark.parametrize("code", ["2024-W45", "2024-11", "2024-12", "2024"])
    def test_only_when_what_is_masked_after_it_is_published(self, code: str) -> None:
        missing = self.NEXT - {parse(code)}
        assert len(missing) == len(self.NEXT) - 1
        assert not self.may(released=missing, first_left=date(2024, 12, 1))
        assert self.may(released=missing, first_left=date(2024, 12, 1), today=date(2027, 12, 1))


class Reading:
    """Sources that remember what a formula asked of them."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def count(self, name: str) -> int:
        self.asked.add(name)
        return 1

    def spread(self, name: str) -> Spread:
        self.asked.add(f"spread {name}")
        return Spread()


@pytest.mark.parametrize(
    ("group", "forgotten", "kept"),
    [
        (Group.FEEDBACK, ANSWERS, {"asked"}),
        (Group.BOOKING, APART | {f"spread {name}" for name in APART_SPREADS}, set()),
    ],
)
def test_all_that_a_hidden_group_is_made_of_is_forgotten(
    group: Group, forgotten: set[str], kept: set[str]
) -> None:
    """How many were asked is how many came: that has a mask of its own."""
    needed = set()
    for definition in CATALOGUE.values():
        if definition.group is group and definition.formula is not None:
            reading = Reading()
            definition.formula(reading)
            needed |= reading.asked | {definition.people}
    assert needed - forgotten == kept


KEPT = {
    "counts": {"visits": 3, "customers": 4, "asked": 3, "answers": 2, "csat_sum": 9, "walk_in_n": 2},
    "spreads": {"wait": [1, 2], "walk_in_wait": [1, 1]},
    "tied": ["employer_visits"],
}


VISITED = {"visits": 3, "customers": 4, "asked": 3}
ANSWERED = {"answers": 2, "csat_sum": 9}


@pytest.mark.parametrize(
    ("flag", "feedback_flag", "booking_flag", "counts", "spreads"),
    [
        (Flag.SUPPRESSED, Flag.NOT_SHOWN, Flag.NOT_SHOWN, {}, {}),
        (Flag.NOT_SHOWN, Flag.NONE, Flag.NONE, {}, {}),
        (Flag.NONE, Flag.SUPPRESSED, Flag.NONE, VISITED | {"walk_in_n": 2}, KEPT["spreads"]),
        (Flag.NONE, Flag.NONE, Flag.SUPPRESSED, VISITED | ANSWERED, {"wait": [1, 2]}),
        (Flag.NONE, Flag.NOT_SHOWN, Flag.NOT_SHOWN, VISITED, {"wait": [1, 2]}),
        (Flag.NONE, Flag.NONE, Flag.NONE, KEPT["counts"], KEPT["spreads"]),
    ],
)
def test_a_row_keeps_what_is_shown_of_it(
    flag: Flag, feedback_flag: Flag, booking_flag: Flag, counts: dict, spreads: dict
) -> None:
    left = emptied(KEPT, flag=flag, feedback_flag=feedback_flag, booking_flag=booking_flag)
    assert left == {"counts": counts, "spreads": spreads, "tied": ["employer_visits"]}
