"""Reading one table of the file: a wrong value becomes a fault and a harmless stand-in.

Stand-ins (empty text, 0, empty tuple) let the reading go on; the checks between entries
skip them, so that one mistake gives one fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from ihh.domain.house_file.faults import Faults, Place

Kind = TypeVar("Kind", bound=StrEnum)

KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "a whole number",
    float: "a decimal number",
    str: "a string",
    list: "an array",
    type(None): "null",
}
NOT_A_TABLE: Mapping[str, object] = {}


def kind_of(value: object) -> str:
    """A value's type in the words of a TOML writer."""
    if isinstance(value, Mapping):
        return "a table"
    return KINDS.get(type(value), "a date or time; write it as a string")


class Table:
    """A mapping with its place; remembers which keys were read, so `finish` can report the rest."""

    def __init__(self, data: object, place: Place, faults: Faults) -> None:
        self.place = place
        self.faults = faults
        self.data: Mapping[str, object] = NOT_A_TABLE
        self.read: set[str] = set()
        if isinstance(data, Mapping):
            self.data = data
        else:
            faults.add(place, f"must be a table, not {kind_of(data)}")
            self.read = {"*"}

    @property
    def is_readable(self) -> bool:
        return "*" not in self.read

    def has(self, key: str, *, required: bool = False) -> bool:
        """Whether the key is there; where it is required, its absence is a fault."""
        self.read.add(key)
        if required and self.is_readable and key not in self.data:
            self.fault(key, "missing")
        return key in self.data

    def fault(self, key: str, message: str) -> None:
        self.faults.add(self.place.key(key), message)

    def finish(self) -> None:
        """Report every key nobody asked for."""
        if self.is_readable:
            for key in self.data:
                if key not in self.read:
                    self.faults.add(self.place.key(str(key)), "unknown key")

    def value(self, key: str, *, required: bool) -> object:
        """The raw value; None where absent, which is a fault if it is required."""
        return self.data[key] if self.has(key, required=required) else None

    def string(
        self, key: str, pattern: re.Pattern[str] | None = None, *, like: str = "", required: bool = True
    ) -> str:
        """Non-blank text; `like` tells in a fault what a value matching `pattern` looks like."""
        value = self.value(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(key, f"must be a string, not {kind_of(value)}")
        elif not value.strip():
            self.fault(key, "must not be empty")
        elif pattern is not None and not pattern.fullmatch(value):
            self.fault(key, f'"{value}" must be {like}')
        else:
            return value
        return ""

    def optional_string(
        self, key: str, pattern: re.Pattern[str] | None = None, *, like: str = ""
    ) -> str | None:
        return self.string(key, pattern, like=like, required=False) or None

    def whole(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """A whole number from `low` to `high`; required where no default is given."""
        value = self.value(key, required=default is None)
        if value is None:
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, f"must be a whole number, not {kind_of(value)}")
        elif not low <= value <= high:
            self.fault(key, f"{value} must be from {low} to {high}")
        else:
            return value
        return default or 0

    def truth(self, key: str, *, default: bool) -> bool:
        value = self.value(key, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, f"must be true or false, not {kind_of(value)}")
            return default
        return value

    def array(self, key: str, *, required: bool = False) -> list[object]:
        value = self.value(key, required=required)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.fault(key, f"must be an array, not {kind_of(value)}")
        return []

    def strings(
        self,
        key: str,
        pattern: re.Pattern[str] | None = None,
        *,
        like: str = "",
        required: bool = False,
    ) -> tuple[str, ...]:
        """An array of different strings; at least one where it is required."""
        items = self.array(key, required=required)
        if required and not items and self.has(key) and self.data[key] == []:
            self.fault(key, "must name at least one")
        good: list[str] = []
        for number, item in enumerate(items, start=1):
            place = self.place.key(key).item(number)
            if not isinstance(item, str):
                self.faults.add(place, f"must be a string, not {kind_of(item)}")
            elif pattern is not None and not pattern.fullmatch(item):
                self.faults.add(place, f'"{item}" must be {like}')
            elif item in good:
                self.faults.add(place, f'"{item}" stands twice')
            else:
                good.append(item)
        return tuple(good)

    def choice(self, key: str, kind: type[Kind], stand_in: Kind) -> Kind:
        value = self.string(key)
        found = member(kind, value)
        if found is None and value:
            self.fault(key, f'"{value}" must be one of {listed(kind)}')
        return found or stand_in

    def choices(self, key: str, kind: type[Kind]) -> tuple[Kind, ...]:
        """Members named by an array of strings; at least one is required."""
        found: list[Kind] = []
        for name in self.strings(key, required=True):
            item = member(kind, name)
            if item is None:
                self.fault(key, f'"{name}" must be one of {listed(kind)}')
            else:
                found.append(item)
        return tuple(found)

    def table(self, key: str, *, required: bool = True) -> Table:
        """The table inside this one; where it is absent, an unreadable one that reports nothing."""
        if self.has(key, required=required):
            return Table(self.data[key], self.place.key(key), self.faults)
        inner = Table(NOT_A_TABLE, self.place.key(key), self.faults)
        inner.read = {"*"}
        return inner

    def tables(self, key: str) -> list[Table]:
        """The tables of an array inside this one, each with its numbered place."""
        place = self.place.key(key)
        items = self.array(key)
        return [Table(item, place.item(number), self.faults) for number, item in enumerate(items, start=1)]

    def entries(self, section: str) -> list[Table]:
        """The tables of a section at the top of the file, each with its own place."""
        tables = []
        for number, item in enumerate(self.array(section), start=1):
            name = item.get("id") if isinstance(item, Mapping) else None
            entry = (
                f"{section}[{number}] {name}" if isinstance(name, str) and name else f"{section}[{number}]"
            )
            tables.append(Table(item, Place(entry), self.faults))
        return tables


def member(kind: type[Kind], value: str) -> Kind | None:
    return kind(value) if value in {item.value for item in kind} else None


def listed(values: Iterable[str]) -> str:
    return ", ".join(str(value) for value in values)
