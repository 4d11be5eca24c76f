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
from tests.oracle.problems import crowded_problem, random_problem

Json = dict[str, Any]
Key = tuple[Any, ...]

seeds = st.integers(0, 1_000_000)
problems = st.one_of(seeds.map(random_problem), seeds.map(crowded_problem))
FAST = settings(max_examples=120, deadline=None)
NEVER: Vector = ("9999-12-31", 9999, 9999)
NOON = 12 * 60
MOST = 20
"""As many options as there can be; the random problems have no more buckets."""


def by_rank(prefer: str, shortest: Vector) -> Any:
    """The documented ranking, as a key of (date, T, start)."""

    def key(vector: Vector) -> Key:
        day, lasting, start = vector
        if prefer == "shortest":
            return lasting, day, start
        return prefer == "balanced" and lasting > shortest[1] + 60, day, lasting, start

    return key


def shortest_of(found: list[Vector]) -> Vector:
    return min(found, key=by_rank("shortest", NEVER), default=NEVER)


def without_some_busy_time(made: Json, rng: Random) -> None:
    for desk in made["desks"]:
        for spans in desk.get("busy", {}).values():
            spans[:] = [span for span in spans if rng.random() < 0.7]


def with_wider_hours(made: Json, rng: Random) -> None:
    for each in [*made["desks"], *made["services"]]:
        for spans in each.get("open", {}).values():
            spans += [["11:00", "12:30"]] if rng.random() < 0.5 else []


def with_another_desk(made: Json, rng: Random) -> None:
    like = rng.choice(made["desks"])
    services = [service["id"] for service in made["services"] if rng.random() < 0.5]
    days = {day: [["09:00", "15:00"]] for desk in made["desks"] for day in desk["open"]}
    made["desks"].append({**like, "id": "another", "services": services, "open": days, "busy": {}})


@FAST
@given(
    problems,
    st.sampled_from([without_some_busy_time, with_wider_hours, with_another_desk]),
    st.sampled_from(["earliest", "shortest"]),
    st.randoms(use_true_random=False),
)
def test_more_free_time_never_worsens_the_first_option(
    made: Json, free: Any, prefer: str, rng: Random
) -> None:
    made["request"]["prefer"] = prefer
    freer = copy.deepcopy(made)
    free(freer, rng)
    rank = by_rank(prefer, NEVER)
    first, better = ((vectors(answer_to(each)) or [NEVER])[0] for each in (made, freer))
    assert rank(better) <= rank(first)


@FAST
@given(
    problems,
    st.sampled_from([without_some_busy_time, with_wider_hours, with_another_desk]),
    st.sampled_from(["earliest", "shortest", "balanced"]),
    st.integers(2, MOST),
    st.randoms(use_true_random=False),
)
def test_more_free_time_never_lengthens_the_shortest_visit(
    made: Json, free: Any, prefer: str, options: int, rng: Random
) -> None:
    made["request"] |= {"prefer": prefer, "options": options}
    freer = copy.deepcopy(made)
    free(freer, rng)
    shortest, better = (shortest_of(vectors(answer_to(each))) for each in (made, freer))
    assert better[1] <= shortest[1]


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
        rng.shuffle(desk["services"])
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
@given(problems, st.sampled_from(["earliest", "shortest", "balanced"]))
def test_the_list_has_one_visit_a_bucket_by_the_documented_ranking(made: Json, prefer: str) -> None:
    made["request"] |= {"prefer": prefer, "options": MOST}
    found = vectors(answer_to(made))
    assert found == sorted(found, key=by_rank(prefer, shortest_of(found)))
    assert len({(day, start < NOON) for day, _, start in found}) == len(found)


@FAST
@given(problems, st.sampled_from(["earliest", "shortest", "balanced"]), st.integers(1, MOST))
def test_a_shorter_list_is_the_beginning_but_the_shortest_visit_takes_the_last_place(
    made: Json, prefer: str, options: int
) -> None:
    made["request"] |= {"prefer": prefer, "options": MOST}
    every = vectors(answer_to(made))
    made["request"]["options"] = options
    expected = every[:options]
    if options > 1 and every and shortest_of(every) not in expected:
        expected[-1] = shortest_of(every)
    assert vectors(answer_to(made)) == expected
