"""The played check of the staffing: enough desks are in time, too few are not, and closed is closed."""

from __future__ import annotations

from ihh.services.staffing import AgencyStaffing
from ihh.simulation.staffing_check import check

OPENS = 9 * 60
BINS = 24  # two hours


def busy(per_five_min: float, minutes: float) -> AgencyStaffing:
    return AgencyStaffing("kela", (), (), 8, (per_five_min,) * BINS, (minutes,) * 40)


def test_desks_to_spare_call_everybody_in_time():
    found = check(busy(0.5, 10), [8] * 4, opens=OPENS, wait_min=15, seed=1, days=3)
    assert found.visitors > 15
    assert found.share == 1.0
    assert found.left == 0


def test_half_of_what_is_needed_is_not_enough():
    """Twelve an hour of ten minutes each need more than two desks; one serves six of them."""
    few = check(busy(1, 10), [1] * 4, opens=OPENS, wait_min=15, seed=1, days=3)
    enough = check(busy(1, 10), [3] * 4, opens=OPENS, wait_min=15, seed=1, days=3)
    assert few.share < 0.6
    assert enough.share > 0.8


def test_the_same_seed_plays_the_same_days():
    first, again = (check(busy(1, 10), [2] * 4, opens=OPENS, wait_min=15, seed=4, days=2) for _ in range(2))
    other = check(busy(1, 10), [2] * 4, opens=OPENS, wait_min=15, seed=5, days=2)
    assert first == again
    assert other != first


def test_nobody_expected_gives_no_share():
    found = check(busy(0, 10), [1] * 4, opens=OPENS, wait_min=15, seed=1, days=1)
    assert (found.share, found.visitors) == (None, 0)
