from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihh.domain.numbering import DAY_NUMBERS, TOKEN_LENGTH, normal_code, queue_number, token_in

TOKEN = "0123456789ABCDEFGHJKLMNPQR"


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2027, 3, 28)])
def test_a_day_has_every_number_once(day):
    numbers = [queue_number(day, count) for count in range(DAY_NUMBERS)]
    assert len(set(numbers)) == 18 * 999
    assert {number[0] for number in numbers}.isdisjoint("ABCDEIOQ")
    assert all(number[1] == " " and number[2:].isdigit() and number[2:] != "000" for number in numbers)


def test_the_number_after_the_last_is_refused():
    with pytest.raises(ValueError, match="17982"):
        queue_number(date(2026, 12, 1), DAY_NUMBERS)


def test_numbers_of_two_who_come_together_do_not_follow_each_other():
    first, second = (queue_number(date(2026, 12, 1), count) for count in (0, 1))
    assert first[0] != second[0]


@pytest.mark.parametrize(
    ("typed", "read"), [("ab12 cd34", "AB12CD34"), ("OI-xl", "01XL"), ("  kå 7!", "K7"), ("", "")]
)
def test_codes_are_read_as_people_type_them(typed, read):
    assert normal_code(typed) == read


@pytest.mark.parametrize(
    "scanned",
    [
        TOKEN,
        TOKEN.lower(),
        f"https://house.example/v/{TOKEN}",
        f"https://house.example/v/{TOKEN}?lang=fi",
        f" {TOKEN}\r",
    ],
)
def test_a_token_is_found_in_what_a_scanner_types(scanned):
    assert token_in(scanned) == TOKEN


@given(st.text(max_size=60))
def test_anything_may_be_scanned(scanned):
    token = token_in(scanned)
    assert token is None or len(token) == TOKEN_LENGTH
