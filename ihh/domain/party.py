"""People of a party: "p1" … "p6", kept in the database as a bit mask. No names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class PartyKind(StrEnum):
    """What the house's conditions may ask about a party, beside the questions."""

    ONE = "one"
    ADULTS = "adults"
    WITH_MINORS = "with_minors"


@dataclass(frozen=True)
class Party:
    """Who comes. Adults are p1, p2 …; minors have the numbers after them.

    Raises ValueError without an adult: a minor never comes alone.
    """

    adults: int
    minors: int = 0

    def __post_init__(self) -> None:
        if self.adults < 1 or self.minors < 0:
            raise ValueError("a party has at least one adult and no negative number of minors")

    @property
    def size(self) -> int:
        return self.adults + self.minors

    @property
    def kind(self) -> PartyKind:
        if self.minors:
            return PartyKind.WITH_MINORS
        return PartyKind.ONE if self.adults == 1 else PartyKind.ADULTS

    @property
    def adult_ids(self) -> tuple[str, ...]:
        return tuple(f"p{number}" for number in range(1, self.adults + 1))

    @property
    def minor_ids(self) -> tuple[str, ...]:
        return tuple(f"p{self.adults + number}" for number in range(1, self.minors + 1))

    @property
    def people(self) -> tuple[str, ...]:
        return self.adult_ids + self.minor_ids


def mask_of(people: Iterable[str]) -> int:
    return sum(1 << (int(person[1:]) - 1) for person in set(people))


def people_of(mask: int) -> tuple[str, ...]:
    return tuple(f"p{index + 1}" for index in range(mask.bit_length()) if mask >> index & 1)
