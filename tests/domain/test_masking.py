"""Masks: what must be hidden is, what can be shown is, and a reader with a solver finds no small count out."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ihh.domain.masking import Cells, Flag, Line, mask
from tests.domain.lp_attack import attack, found_out, made_up, small, targets, whole_numbers
from tests.domain.made_up_houses import Published, add_period, house, visits

K = 5
SHOWN, SUPPRESSED, NOT_SHOWN = Flag.NONE, Flag.SUPPRESSED, Flag.NOT_SHOWN


def cells(numbers: Sequence[int], lines: Sequence[Line], fixed: Sequence[Flag | None] | None = None) -> Cells:
    """Everybody came alone, once: one count."""
    return Cells(
        {"customers": numbers}, [[n] for n in numbers], {"customers": lines}, fixed or [None] * len(numbers)
    )


def adds_up(total: int, *parts: int) -> Line:
    return Line(total, parts, is_exact=True)


def grid(rows: Sequence[Sequence[int]]) -> Cells:
    """A table with its margins: the inner cells row by row, row totals, column totals, the total."""
    height, width = len(rows), len(rows[0])
    sums = [sum(row) for row in rows]
    columns = [sum(row[x] for row in rows) for x in range(width)]
    inner = height * width
    lines = [adds_up(inner + y, *range(y * width, (y + 1) * width)) for y in range(height)]
    lines += [adds_up(inner + height + x, *range(x, inner, width)) for x in range(width)]
    total = inner + height + width
    lines += [
        adds_up(total, *range(inner, inner + height)),
        adds_up(total, *range(inner + height, total)),
    ]
    return cells([n for row in rows for n in row] + sums + columns + [sum(sums)], lines)


def masked(given: Cells, k: int = K) -> list[Flag]:
    """The flags, after a reader has tried them: nothing small is shown or found out, and zeros are shown."""
    flags = mask(given, k=k)
    assert attack(given, flags, k=k) == []
    for cell, flag in enumerate(flags):
        if given.fixed[cell] is not None:
            assert flag is given.fixed[cell]
        elif small(given, cell, k):
            assert flag in (SUPPRESSED, NOT_SHOWN)
        else:
            assert flag in (SHOWN, NOT_SHOWN)
            assert flag is SHOWN or any(values[cell] for values in given.counts.values())
    return flags


def test_nothing_small_nothing_hidden() -> None:
    assert masked(cells([5, 0, 40, 45], [adds_up(3, 0, 1, 2)])) == [SHOWN] * 4


def test_nothing_at_all() -> None:
    assert mask(Cells({}, [], {}, []), k=K) == []
    assert mask(cells([], []), k=K) == []


@pytest.mark.parametrize(("people", "flag"), [(0, SHOWN), (1, SUPPRESSED), (4, SUPPRESSED), (5, SHOWN)])
def test_a_cell_by_itself(people: int, flag: Flag) -> None:
    assert masked(cells([people], [])) == [flag]


def test_a_small_row_takes_the_companion_of_fewest_people_with_it() -> None:
    flags = masked(cells([40, 3, 0, 30, 73], [adds_up(4, 0, 1, 2, 3)]))
    assert flags == [SHOWN, SUPPRESSED, SHOWN, NOT_SHOWN, SHOWN]


def test_a_companion_that_could_be_guessed_is_not_enough() -> None:
    """1 + 5 are six: a reader who guesses that the companion has at least five would know the one."""
    flags = masked(cells([40, 30, 1, 5, 76], [adds_up(4, 0, 1, 2, 3)]))
    assert flags[2] is SUPPRESSED
    assert flags[:2].count(NOT_SHOWN) == 1


def test_two_small_rows_protect_each_other_where_their_sum_leaves_room() -> None:
    assert masked(cells([40, 2, 3, 45], [adds_up(3, 0, 1, 2)])) == [SHOWN, SUPPRESSED, SUPPRESSED, SHOWN]


def test_two_small_rows_of_one_each_are_given_away_by_their_sum() -> None:
    flags = masked(cells([40, 1, 1, 42], [adds_up(3, 0, 1, 2)]))
    assert flags.count(NOT_SHOWN) >= 1


def test_where_parts_and_total_are_small_words_are_taken_back() -> None:
    """One and one are two: if all three were said to be from 1 to 4, neither one could be four."""
    given = cells([1, 1, 2], [adds_up(2, 0, 1)])
    assert attack(given, [SUPPRESSED] * 3, k=K)
    flags = masked(given)
    assert SHOWN not in flags
    assert NOT_SHOWN in flags


def test_two_hidden_in_every_row_and_column_can_be_too_few() -> None:
    """A bridge: no row or column has only one hidden cell, but what enters the left half is known."""
    rows = [
        [2, 20, 20, 9, 30],
        [20, 3, 20, 30, 9],
        [9, 9, 2, 30, 30],
        [30, 30, 30, 2, 9],
        [30, 30, 9, 9, 9],
    ]
    given = grid(rows)
    naive = [SHOWN] * len(given.fixed)
    for place in (0, 3, 6, 9, 10, 12, 18, 19, 2, 5, 7, 23, 24):
        naive[place] = SUPPRESSED if small(given, place, K) else NOT_SHOWN
    assert attack(given, [SUPPRESSED if small(given, c, K) else SHOWN for c in range(36)], k=K)
    flags = masked(given)
    assert flags.count(NOT_SHOWN) <= 10


def test_a_bridge_by_hand() -> None:
    """Hidden: a 2 x 2 block, and one cell that joins it to another block: nothing can flow over it."""
    rows = [
        [9, 9, 40, 40],
        [9, 3, 2, 40],
        [40, 40, 9, 9],
        [40, 40, 9, 9],
    ]
    given = grid(rows)
    block = [0, 1, 4, 5, 10, 11, 14, 15, 6]
    by_hand = [
        (SUPPRESSED if small(given, place, K) else NOT_SHOWN) if place in block else SHOWN
        for place in range(25)
    ]
    for line in given.lines["customers"]:
        assert sum(by_hand[part] is not SHOWN for part in line.parts) != 1
    assert [(found.cell, found.least, found.most) for found in attack(given, by_hand, k=K)] == [(6, 2, 2)]
    masked(given)


def test_three_dimensions() -> None:
    """A cube of 3 x 3 x 3 with the sums over each dimension, one small cell: eight corners of a box are hidden."""
    size, index, numbers = 3, {}, []
    for z in range(size + 1):
        for y in range(size + 1):
            for x in range(size + 1):
                index[x, y, z] = len(numbers)
                sums = 1
                for at in (x, y, z):
                    sums *= size if at == size else 1
                is_small_in = all(at in (1, size) for at in (x, y, z))
                numbers.append(20 * sums - (17 if is_small_in else 0))
    lines = []
    for a in range(size + 1):
        for b in range(size + 1):
            lines.append(adds_up(index[size, a, b], *(index[x, a, b] for x in range(size))))
            lines.append(adds_up(index[a, size, b], *(index[a, y, b] for y in range(size))))
            lines.append(adds_up(index[a, b, size], *(index[a, b, z] for z in range(size))))
    flags = masked(cells(numbers, lines))
    assert flags[index[1, 1, 1]] is SUPPRESSED
    assert flags.count(NOT_SHOWN) == 7


def test_services_and_their_agencies() -> None:
    """Agencies 0 and 1 add up to the house; a small service must not come back through its agency."""
    numbers = [3, 40, 30, 25, 43, 55, 98]
    flags = masked(cells(numbers, [adds_up(4, 0, 1), adds_up(5, 2, 3), adds_up(6, 4, 5)]))
    assert flags == [SUPPRESSED, NOT_SHOWN, SHOWN, SHOWN, SHOWN, SHOWN, SHOWN]


def test_the_only_service_of_a_small_agency() -> None:
    flags = masked(cells([3, 3, 60, 63], [adds_up(1, 0), adds_up(3, 1, 2)]))
    assert SHOWN not in flags[:2]
    assert flags[2:].count(NOT_SHOWN) == 1


def test_people_who_stand_in_several_parts() -> None:
    """Where parts overlap much, a small one is not given away by the total, and nothing more is hidden."""
    line = Line(3, (0, 1, 2), is_exact=False)
    assert masked(cells([40, 38, 3, 50], [line])) == [SHOWN, SHOWN, SUPPRESSED, SHOWN]


def test_people_who_hardly_stand_in_several_parts() -> None:
    """Two of fifty stand in two parts: a reader would know that the small one has at least two."""
    line = Line(3, (0, 1, 2), is_exact=False)
    given = cells([28, 20, 4, 50], [line])
    assert attack(given, [SHOWN, SHOWN, SUPPRESSED, SHOWN], k=K)
    assert masked(given).count(NOT_SHOWN) == 1


def test_a_known_number_for_a_total() -> None:
    given = Cells(
        {"customers": [3, 30, 40]},
        [[3], [30], [40]],
        {"customers": [Line(None, (0, 1, 2), is_exact=True, of=73)]},
        [None] * 3,
    )
    assert masked(given) == [SUPPRESSED, NOT_SHOWN, SHOWN]


def test_a_year_does_not_give_its_months_away() -> None:
    """January hid the small agency and another; February could show all. The year must hide both sums."""
    numbers = [3, 30, 40, 73, 20, 25, 30, 75, 23, 55, 70, 148]
    lines = [adds_up(at + 3, at, at + 1, at + 2) for at in (0, 4, 8)]
    lines += [adds_up(8 + row, row, 4 + row) for row in range(4)]
    fixed = [SUPPRESSED, NOT_SHOWN, SHOWN, SHOWN] + [SHOWN] * 4 + [None] * 4
    flags = masked(cells(numbers, lines, fixed))
    assert flags[8:] == [NOT_SHOWN, NOT_SHOWN, SHOWN, SHOWN]


def test_months_with_the_same_cells_hidden_let_the_year_be_shown() -> None:
    """What January may have more, February may have less."""
    numbers = [3, 30, 33, 2, 40, 42, 5, 70, 75]
    lines = [adds_up(at + 2, at, at + 1) for at in (0, 3, 6)] + [
        adds_up(6 + row, row, 3 + row) for row in range(3)
    ]
    fixed = [SUPPRESSED, NOT_SHOWN, SHOWN] * 2 + [None] * 3
    assert masked(cells(numbers, lines, fixed))[6:] == [SHOWN] * 3


def test_a_total_is_hidden_where_nothing_else_is_left() -> None:
    """The parts were published before, one hidden: the only thing that can be hidden is their sum."""
    given = cells([3, 30, 40, 73], [adds_up(3, 0, 1, 2)], [SUPPRESSED, SHOWN, SHOWN, None])
    assert masked(given) == [SUPPRESSED, SHOWN, SHOWN, NOT_SHOWN]


def test_what_earlier_releases_gave_away_stays_so() -> None:
    """Nothing of this release could help; it is released all the same, and hides no more than it must."""
    given = cells([3, 30, 33, 50], [adds_up(2, 0, 1)], [SUPPRESSED, SHOWN, SHOWN, None])
    assert mask(given, k=K) == [SUPPRESSED, SHOWN, SHOWN, SHOWN]


def test_a_small_year_of_two_suppressed_months() -> None:
    """The months' flags have said that it is at least two; more is not told."""
    numbers = [2, 30, 32, 1, 40, 41, 3, 70, 73]
    lines = [adds_up(at + 2, at, at + 1) for at in (0, 3, 6)]
    lines += [adds_up(6 + row, row, 3 + row) for row in range(3)]
    given = cells(
        numbers, lines, [SUPPRESSED, NOT_SHOWN, SHOWN, SUPPRESSED, NOT_SHOWN, SHOWN, None, None, None]
    )
    flags = mask(given, k=K)
    assert flags[6:] == [NOT_SHOWN, NOT_SHOWN, SHOWN]
    assert attack(given, flags, k=K, believes=False) == []
    assert [(found.cell, found.least, found.most >= K - 1) for found in attack(given, flags, k=K)] == [
        (6, 2, True)
    ]


def test_everything_small() -> None:
    flags = masked(grid([[1, 2], [3, 1]]))
    assert all(flag is not SHOWN for flag in flags[:4])


def test_a_small_total() -> None:
    flags = masked(cells([2, 0, 1, 3], [adds_up(3, 0, 1, 2)]))
    assert flags[1] is SHOWN
    assert all(flags[cell] is not SHOWN for cell in (0, 2, 3))


def test_few_served_among_many_are_hidden_too() -> None:
    given = Cells(
        {"customers": [50, 40, 30, 120], "service_events": [50, 2, 30, 82]},
        [[50, 50], [40, 2], [30, 30], [120, 82]],
        {name: [adds_up(3, 0, 1, 2)] for name in ("customers", "service_events")},
        [None] * 4,
    )
    assert masked(given) == [SHOWN, SUPPRESSED, NOT_SHOWN, SHOWN]


def test_parties_have_at_most_six_people() -> None:
    """Visits hidden with their customers: a reader who divides by six knows no more of the small one."""
    given = Cells(
        {"visits": [3, 2, 20, 25], "customers": [4, 10, 30, 44]},
        [[4], [10], [30], [44]],
        {name: [adds_up(3, 0, 1, 2)] for name in ("visits", "customers")},
        [None] * 4,
    )
    masked(given)


@pytest.mark.parametrize(
    ("numbers", "lines"),
    [
        ([3, 4, 8], [adds_up(2, 0, 1)]),
        ([3, 4, 8], [Line(2, (0, 1), is_exact=False)]),
        ([9, 1, 8], [Line(2, (0, 1), is_exact=False)]),
        ([-1, 9, 8], [adds_up(2, 0, 1)]),
    ],
)
def test_counts_that_are_not_what_the_lines_say_are_refused(numbers: list[int], lines: list[Line]) -> None:
    with pytest.raises(ValueError):
        mask(cells(numbers, lines), k=K)


def test_counts_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError):
        mask(Cells({"customers": [1, 2]}, [[1]], {}, [None]), k=K)
    with pytest.raises(ValueError):
        mask(Cells({"customers": [1]}, [[1]], {"visits": []}, [None]), k=K)


@st.composite
def grids(draw: st.DrawFn) -> Cells:
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    amount = st.one_of(st.integers(0, 6), st.integers(0, 30))
    return grid([[draw(amount) for _ in range(width)] for _ in range(height)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(grids(), st.integers(2, 6))
def test_no_table_with_margins_tells_a_small_count(given: Cells, k: int) -> None:
    masked(given, k=k)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**6),
    st.sampled_from((10, 30, 80, 200)),
    st.sampled_from((1, 1, 2)),
    st.integers(2, 3),
    st.integers(2, 4),
)
def test_no_house_tells_a_small_count(
    seed: int, people: int, months: int, agencies: int, languages: int
) -> None:
    for code, published in made_up(
        seed, people, months=months, agencies=agencies, hours=3, languages=languages
    ):
        assert found_out(published, code, k=K) == []


def test_a_month_of_a_large_house_hides_little_more_than_it_must() -> None:
    [(_, published)] = made_up(2, 1500)
    given, flags = published.cells(), [flag for flag in published.flags if flag is not None]
    primary = sum(small(given, cell, K) for cell in range(len(flags)))
    further = sum(flag is NOT_SHOWN and not small(given, cell, K) for cell, flag in enumerate(flags))
    people = sum(given.counts["customers"][cell] for cell, flag in enumerate(flags) if flag is NOT_SHOWN)
    assert primary > 100
    assert further <= 2 * primary
    assert people < 0.05 * sum(given.counts["customers"])
    assert attack(given, flags, k=K) == []


def test_the_attack_works() -> None:
    """Where only what is small is hidden, the same reader finds most of it out."""
    rng = random.Random(5)
    made = house(rng, agencies=3, hours=4, languages=4)
    month = Published()
    add_period(month, "month", made, visits(rng, made, 150))
    given = month.cells()
    flags = [SUPPRESSED if small(given, cell, K) else SHOWN for cell in range(len(month.flags))]
    hidden = list(targets(given, flags, K))
    assert len(hidden) > 40
    assert len(attack(given, flags, k=K)) > len(hidden) / 4


def test_without_one_of_the_further_cells_something_is_known() -> None:
    """Teeth of a finer kind: most further cells are needed by themselves."""
    [(_, published)] = made_up(9, 60, agencies=3, hours=3, languages=3)
    given, flags = published.cells(), [flag for flag in published.flags if flag is not None]
    further = [cell for cell, flag in enumerate(flags) if flag is NOT_SHOWN and not small(given, cell, K)]
    needed = 0
    for cell in further:
        shown = [*flags[:cell], SHOWN, *flags[cell + 1 :]]
        needed += bool(attack(given, shown, k=K))
    assert needed > len(further) / 2


def test_whole_people_can_have_nearly_every_value_too() -> None:
    """Points of the program may be broken; a sample of counts is asked for in whole numbers."""
    rng, possible, asked = random.Random(3), 0, 0
    for seed in range(3):
        [(_, published)] = made_up(seed, 60, agencies=3, hours=3, languages=3)
        given, flags = published.cells(), [flag for flag in published.flags if flag is not None]
        hidden = list(targets(given, flags, K))
        for target in rng.sample(hidden, min(6, len(hidden))):
            possible += len(whole_numbers(given, flags, target, k=K))
            asked += K - 1
    assert asked >= 60
    assert possible >= 0.95 * asked


OTHER_PROCESS = """
from tests.domain.lp_attack import made_up
from collections import Counter
for code, published in made_up(4, 120, months=2, agencies=3, hours=3):
    print(code, "".join(str(flag)[:1] or "." for flag in published.flags))
"""


def test_the_same_cells_have_the_same_masks_in_every_process() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert "s" in answers.pop()


def test_the_order_of_counts_does_not_matter() -> None:
    [(_, published)] = made_up(4, 120, agencies=3, hours=3)
    month = published.cells()
    given = Cells(month.counts, month.small_by, month.lines, [None] * len(month.fixed))
    backwards = Cells(
        dict(reversed(given.counts.items())), given.small_by, dict(reversed(given.lines.items())), given.fixed
    )
    assert mask(backwards, k=K) == mask(given, k=K)
