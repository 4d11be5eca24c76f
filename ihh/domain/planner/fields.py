"""Typed reading of JSON-like data. Every refusal names the field by its path, as `request.legs[0].people`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn, TypeVar

from ihh.domain.planner.problem import Span, Spans

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class MalformedProblem(ValueError):
    """The data is no problem the planner can answer."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def shown(value: object) -> str:
    """A value in a message: short, on one line, printable anywhere."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = ascii(type(value).__name__)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class Field:
    """A value and where it stands."""

    path: str
    value: object

    def refuse(self, message: str) -> NoReturn:
        raise MalformedProblem(self.path or "(file)", message)

    def __getitem__(self, key: str) -> Field:
        """A required member of an object."""
        found = self.get(key)
        if found is None:
            raise MalformedProblem(self._member(key), "is missing")
        return found

    def get(self, key: str) -> Field | None:
        members = self._object()
        return Field(self._member(key), members[key]) if key in members else None

    def items(self) -> Iterator[tuple[str, Field]]:
        return ((key, Field(f"{self.path}[{shown(key)}]", value)) for key, value in self._object().items())

    def each(self) -> list[Field]:
        if not isinstance(self.value, list):
            self.refuse("must be a list")
        return [Field(f"{self.path}[{place}]", value) for place, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            self.refuse(f"must be a text that is not empty, not {shown(self.value)}")
        return self.value

    def texts(self) -> tuple[str, ...]:
        return tuple(each.text() for each in self.each())

    def one_of(self, *allowed: str) -> str:
        if not isinstance(self.value, str) or self.value not in allowed:
            self.refuse(f"must be {' or '.join(allowed)}, not {shown(self.value)}")
        return self.value

    def number(self, least: int, most: int | None = None) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse(f"must be a whole number, not {shown(self.value)}")
        if self.value < least or (most is not None and self.value > most):
            bounds = f"at least {least}" if most is None else f"{least} to {most}"
            self.refuse(f"must be {bounds}, not {shown(self.value)}")
        return self.value

    def day(self) -> date:
        if not isinstance(self.value, str):
            self.refuse(f"must be a date as YYYY-MM-DD, not {shown(self.value)}")
        return self._date_of(self.value)

    def minutes(self) -> int:
        """A time of day as minutes from midnight; 24:00 ends the day."""
        if not isinstance(self.value, str) or not TIME.fullmatch(self.value):
            self.refuse(f"must be a time as HH:MM, not {shown(self.value)}")
        return int(self.value[:2]) * 60 + int(self.value[3:])

    def spans_by_date(self) -> dict[date, Spans]:
        return {each._date_of(key): tuple(map(_span, each.each())) for key, each in self.items()}

    def _object(self) -> Mapping[str, Any]:
        if not isinstance(self.value, dict) or not all(isinstance(key, str) for key in self.value):
            self.refuse("must be an object")
        return self.value

    def _member(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _date_of(self, text: str) -> date:
        if not DATE.fullmatch(text):
            self.refuse(f"must be a date as YYYY-MM-DD, not {shown(text)}")
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(f"is no date of the calendar: {shown(text)}")


def _span(field: Field) -> Span:
    ends = field.each()
    if len(ends) != 2:
        field.refuse("must be a start and an end")
    start, end = ends[0].minutes(), ends[1].minutes()
    if end < start:
        field.refuse("ends before it starts")
    return start, end


T = TypeVar("T")


def by_id(fields: list[Field], read: Callable[[Field], tuple[str, T]]) -> dict[str, T]:
    """Read each and key it by its id, which must be its own."""
    found: dict[str, T] = {}
    for field in fields:
        key, value = read(field)
        if key in found:
            field["id"].refuse(f"{shown(key)} is there twice")
        found[key] = value
    return found
