"""What must hold between the answers to related problems."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.compare import answer_to, vectors
from tests.oracle.exact import Vector
from tests.oracle.problems import random_problem

Json = dict[str, Any]
Key = tuple[Any, ...]

problems = st.integers(0, 1_000_000).map(random_problem)
FAST = settings(max_examples=120, deadline=None)
NOTHING: Key = ("9999-12-31", 9999)


def first_by(prefer: str, found: list[Vector]) -> Key:
    if not found:
        return NOTHING if prefer == "earliest" else (9999,)
    day, lasting, start = found[0]
    return (day, lasting, start) if prefer == "earliest" else (lasting, day, start)


@FAST
@given(problems, st.sampled_from(["earliest", "shortest"]), st.randoms(use_true_random=False))
def test_more_free_time_never_worsens_the_first_option(made: Json, prefer: str, rng: Random) -> None:
    made["request"]["prefer"] = prefer
    freer = copy.deepcopy(made)
    for desk in freer["desks"]:
        for spans in desk.get("busy", {}).values():
            spans[:] = [span for span in spans if rng.random() < 0.7]
        for spans in desk["open"].values():
            spans += [["11:00", "12:30"]] if rng.random() < 0.3 else []
    assert first_by(prefer, vectors(answer_to(freer))) <= first_by(prefer, vectors(answer_to(made)))


@FAST
@given(problems, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_changes_the_vectors(made: Json, rng: Random) -> None:
    before = answer_to(made)
    mixed = copy.deepcopy(made)
    rng.shuffle(mixed["agencies"])
    rng.shuffle(mixed["services"])
    rng.shuffle(mixed["desks"])
    order = list(range(len(made["request"]["legs"])))
    rng.shuffle(order)
    mixed["request"]["legs"] = [made["request"]["legs"][place] for place in order]
    for leg in mixed["request"]["legs"]:
        rng.shuffle(leg["people"])
    for desk in mixed["desks"]:
        for spans in [*desk["open"].values(), *desk.get("busy", {}).values()]:
            rng.shuffle(spans)
    after = answer_to(mixed)
    assert vectors(after) == vectors(before)
    if not before["options"]:
        assert sorted(order[place] for place in after["blocked"]) == before["blocked"]


@FAST
@given(problems, st.integers(-400, 400))
def test_shifting_all_dates_shifts_the_answer(made: Json, days: int) -> None:
    def later(day: str) -> str:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()

    shifted = copy.deepcopy(made)
    for each in [*shifted["desks"], *shifted["services"]]:
        for calendar in {"open", "busy"} & each.keys():
            each[calendar] = {later(day): spans for day, spans in each[calendar].items()}
    shifted["request"] |= {edge: later(made["request"][edge]) for edge in ("from", "to")}
    expected = answer_to(made)
    for option in expected["options"]:
        option["date"] = later(option["date"])
    assert answer_to(shifted) == expected


@FAST
@given(problems)
def test_a_longer_list_starts_alike_but_for_the_last_place(made: Json) -> None:
    made["request"]["options"] = 20
    longer = vectors(answer_to(made))
    for count in range(1, 5):
        made["request"]["options"] = count
        shorter = vectors(answer_to(made))
        assert shorter[: count - 1] == longer[: count - 1]
        assert len(shorter) == min(count, len(longer))
