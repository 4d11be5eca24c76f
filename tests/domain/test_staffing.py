"""Staffing: Erlang C against published values and a queue played out, the load against its closed form."""

from __future__ import annotations

import heapq
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.staffing import (
    BIN_MIN,
    Target,
    erlang_c,
    fewest_desks,
    needs,
    offered_load,
    share_within,
)

TARGET = Target(wait_min=15, share=0.7)


def factorial_erlang_c(desks, load):
    """The textbook formula, with factorials."""
    top = load**desks / math.factorial(desks) * desks / (desks - load)
    return top / (sum(load**n / math.factorial(n) for n in range(desks)) + top)


@pytest.mark.parametrize(
    ("desks", "load", "probability"),
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (5, 4.0, 0.5541)],
)
def test_known_values_of_erlang_c(desks, load, probability):
    assert erlang_c(desks, load) == pytest.approx(probability, abs=5e-5)


@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_erlang_c_equals_the_formula_with_factorials(desks, utilisation):
    load = desks * utilisation
    assert erlang_c(desks, load) == pytest.approx(factorial_erlang_c(desks, load), rel=1e-9)


def played_share(desks, load, mean_min, wait_min, *, customers=200_000):
    """A queue with exponential times played customer by customer."""
    random = Random(5)
    free = [0.0] * desks
    at, in_time = 0.0, 0
    for _ in range(customers):
        at += random.expovariate(load / mean_min)
        begins = max(at, heapq.heappop(free))
        in_time += begins - at <= wait_min
        heapq.heappush(free, begins + random.expovariate(1 / mean_min))
    return in_time / customers


@pytest.mark.parametrize(("desks", "load"), [(1, 0.6), (3, 2.4), (6, 5.0)])
def test_the_share_in_time_equals_a_played_queue(desks, load):
    assert share_within(desks, load, 20, 15) == pytest.approx(played_share(desks, load, 20, 15), abs=0.02)


def test_a_steady_stream_loads_by_little_s_law():
    """Ten an hour, each 18 minutes: three desks busy once the first have left."""
    loads = offered_load([10 * BIN_MIN / 60] * 60, [18.0])
    assert loads[-1] == pytest.approx(3.0, rel=1e-9)


def test_the_load_follows_the_people_not_the_arrivals():
    """One rush of 12 with services of 25–35 minutes keeps desks busy for half an hour, then is gone."""
    loads = offered_load([12] + [0] * 11, [25.0, 30.0, 35.0])
    assert loads[4] == pytest.approx(12, rel=0.1)
    assert loads[9] == 0


def test_half_hours_and_what_they_need():
    found = needs([1.0] * 6 + [0.0] * 6 + [4.0] * 6, [20.0] * 10, opens=9 * 60, target=TARGET)
    assert [need.start for need in found] == [540, 570, 600]
    assert [need.arrivals for need in found] == [6, 0, 24]
    assert found[0].desks >= 4
    assert found[2].desks > found[0].desks
    assert all(need.share_in_time >= TARGET.share for need in found)


@given(
    st.lists(st.floats(0, 5), min_size=1, max_size=40),
    st.lists(st.floats(1, 90), min_size=1, max_size=30),
)
def test_the_target_is_met_and_one_desk_fewer_would_miss_it(arrivals, services):
    mean = sum(services) / len(services)
    for need in needs(arrivals, services, opens=540, target=TARGET):
        if need.desks == 0:
            assert need.load == 0
        else:
            assert share_within(need.desks, need.load, mean, 15) >= 0.7
            assert share_within(need.desks - 1, need.load, mean, 15) < 0.7


@given(st.floats(0.1, 30), st.floats(1, 60))
def test_a_stricter_target_never_needs_fewer_desks(load, mean):
    lax = fewest_desks(load, mean, Target(30, 0.5))
    strict = fewest_desks(load, mean, Target(10, 0.9))
    assert strict >= lax


def test_nothing_is_needed_without_history():
    assert needs([1.0], [], opens=540, target=TARGET) == []
