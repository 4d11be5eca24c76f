"""Feedback's scales, its days, and what its line refuses."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import (
    Answer,
    FeedbackStage,
    month_is_over,
    next_month,
    read_answer,
    read_line,
    stage_of,
)
from ihh.domain.identity_code import CHECK_SIGNS, contains_identity_code

TUESDAY = date(2026, 12, 1)


def code_of(typed: str) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        read_line(typed)
    return refused.value.code, refused.value.facts.get("field")


@pytest.mark.parametrize(
    "line",
    [
        "131052-308T",
        "My code is 131052-308T, why again?",
        "13 10 52 - 308T",
        "13.10.52-308T",
        "131052\u2013308T",
        "131052\u200b-308T",
        "\uff11\uff13\uff11\uff10\uff15\uff12-308T",
        "\u0661\u0663\u0661\u0660\u0665\u0662-308T",
        "131052-308t",
    ],
)
def test_an_identity_code_is_refused_however_it_is_written(line: str) -> None:
    assert code_of(line) == (Code.IDENTITY_CODE_GIVEN, None)


@given(
    birthday=st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    number=st.integers(2, 999),
    sign=st.sampled_from("+-YXWVUABCDEF"),
    before=st.sampled_from(["", "code ", "Mine: "]),
)
def test_no_valid_identity_code_passes(birthday: date, number: int, sign: str, before: str) -> None:
    digits = f"{birthday:%d%m%y}{number:03d}"
    code = f"{digits[:6]}{sign}{digits[6:]}{CHECK_SIGNS[int(digits) % 31]}"
    assert contains_identity_code(code)
    assert code_of(f"{before}{code} again") == (Code.IDENTITY_CODE_GIVEN, None)


@pytest.mark.parametrize(
    "line",
    [
        "Write to ann@example.com",
        "ann.b+c (at) example.co.uk",
        "ann\uff20example.com",
        "Call 040 123 4567",
        "040-1234567",
        "050.123.4567",
        "+358 40 123 4567",
        "0046 70 123 45 67",
        "09 123 4567",
        "My case 12345678",
        "5.11.2026 040 1234567",
    ],
)
def test_what_leads_back_to_a_person_is_refused(line: str) -> None:
    assert code_of(line) == (Code.CONTACT_GIVEN, None)


@pytest.mark.parametrize(
    "line",
    [
        "We waited 09.30-10.30, then 45 min more.",
        "Open from 09:30-16:15 please",
        "On 05.11.2026 and 05-11-2026 nobody came",
        "Desk 8 called K 042 at 10.15, wait @ desk. Nice",
        "Four papers, 25 minutes, 3 desks",
        "131052-308U",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_an_honest_line_is_kept_as_it_is(line: str) -> None:
    assert read_line(line) == line


def test_a_line_is_one_line_without_signs_that_cannot_be_seen() -> None:
    assert read_line("  Kind \r\n\t and\u00a0clear\x00\u202e! ") == "Kind and clear!"
    assert read_line(" \n\u200b ") is None


def test_three_hundred_signs_are_the_most() -> None:
    assert read_line("ä" * 300) == "ä" * 300
    assert code_of("ä" * 301) == (Code.INVALID, "line")


@given(st.text(max_size=320))
def test_whatever_is_typed_is_kept_safely_or_refused(typed: str) -> None:
    with suppress(Refusal):
        line = read_line(typed)
        if line is None:
            return
        assert 0 < len(line) <= 300
        assert {unicodedata.category(sign) for sign in line} & {"Cc", "Cs"} == set()
        assert read_line(line) == line


@pytest.mark.parametrize(
    ("scores", "field"),
    [
        ((0, None, None), "csat"),
        ((6, None, None), "csat"),
        ((None, 0, None), "effort"),
        ((None, 8, None), "effort"),
        ((None, None, -1), "nps"),
        ((None, None, 11), "nps"),
        ((None, None, None), "answer"),
    ],
)
def test_scores_off_their_scale_and_nothing_at_all_are_refused(
    scores: tuple[int | None, ...], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read_answer(*scores, None)
    assert (refused.value.code, refused.value.facts["field"]) == (Code.INVALID, field)


def test_any_one_part_is_an_answer() -> None:
    assert read_answer(None, None, 0, None) == Answer(nps=0)
    assert read_answer(None, None, None, " Kind ") == Answer(line="Kind")
    assert read_answer(1, 7, 10, "") == Answer(1, 7, 10)


@pytest.mark.parametrize(
    ("after", "has_ended", "stage"),
    [
        (0, False, FeedbackStage.TOO_EARLY),
        (0, True, FeedbackStage.OPEN),
        (3, True, FeedbackStage.OPEN),
        (4, True, FeedbackStage.CLOSED),
        (4, False, FeedbackStage.CLOSED),
    ],
)
def test_feedback_is_open_from_the_end_until_three_days_after(
    after: int, has_ended: bool, stage: FeedbackStage
) -> None:
    assert stage_of(TUESDAY, has_ended=has_ended, today=TUESDAY + timedelta(days=after), days=3) is stage


def test_a_month_is_over_when_its_last_visit_can_no_longer_be_spoken_about() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_month(date(2028, 1, 31)) == date(2028, 2, 1)
    assert not month_is_over(TUESDAY, today=date(2027, 1, 3), days=3)
    assert month_is_over(TUESDAY, today=date(2027, 1, 4), days=3)
