"""What is wrong with a house file, and where in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """Where a value stands: `service[3] dvv.register: note[1].reason.fi`; entries count from 1."""

    entry: str = ""
    """Section, number and id of an entry; empty for keys at the top of the file."""
    keys: str = ""

    def key(self, name: str) -> Place:
        return Place(self.entry, f"{self.keys}.{name}" if self.keys else name)

    def item(self, number: int) -> Place:
        return Place(self.entry, f"{self.keys}[{number}]")

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


@dataclass(frozen=True)
class Fault:
    """One thing to correct. `path` is the text of a `Place`, or `line 12` where the file is not TOML."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class HouseFileError(ValueError):
    """The file does not describe a house; `faults` has all that is wrong."""

    def __init__(self, faults: Sequence[Fault], source: str = "house file") -> None:
        self.faults = tuple(faults)
        self.source = source
        super().__init__("\n".join(f"{source}: {fault}" for fault in self.faults))


class Faults:
    """Collects faults while the file is read, so that one pass reports them all."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: Place, message: str) -> None:
        fault = Fault(str(place), message)
        if fault not in self.found:
            self.found.append(fault)

    def under(self, place: Place) -> bool:
        """Whether a fault was found at the place or inside it, so that what follows from it is left out."""
        path = str(place)
        return any(
            fault.path == path or fault.path.startswith((f"{path}.", f"{path}[")) for fault in self.found
        )
