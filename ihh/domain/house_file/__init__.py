"""The house file: TOML of format `ihh-house/1` → `House`, or every fault in it at once.

`docs/house-file.md` is the reference of the format. The data holds only strings, whole numbers, arrays
and tables, so that it survives being kept as JSON.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ihh.domain.house import House
from ihh.domain.house_file.coverage import LanguageGap, language_gaps
from ihh.domain.house_file.desks import check_desks
from ihh.domain.house_file.faults import Fault, Faults, HouseFileError
from ihh.domain.house_file.links import check_links
from ihh.domain.house_file.sections import FORMAT, read_sections

__all__ = [
    "FORMAT",
    "Fault",
    "HouseFileError",
    "LanguageGap",
    "check_house",
    "language_gaps",
    "parse_house",
    "read_data",
    "read_house",
]


def parse_house(data: Mapping[str, object], *, source: str = "house file") -> House:
    """The house that parsed TOML, or the same data back from JSON, describes.

    Raises HouseFileError with every fault; `source` names the file in its text.
    """
    house, faults = _read(data)
    if faults:
        raise HouseFileError(faults, source)
    return house


def check_house(data: Mapping[str, object]) -> list[Fault]:
    """All that is wrong with the data; empty where `parse_house` would give a house."""
    return _read(data)[1]


def read_house(path: Path) -> House:
    """The house in the file. Raises HouseFileError, also for a missing file and for broken TOML."""
    return parse_house(read_data(path), source=str(path))


def read_data(path: Path) -> dict[str, Any]:
    """The file's raw tables, unchecked. Raises HouseFileError for a missing file and for broken TOML."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise HouseFileError([Fault("", f"cannot be read: {error.strerror or error}")], str(path)) from error
    except UnicodeDecodeError as error:
        raise HouseFileError([Fault("", f"is not UTF-8 text: byte {error.start}")], str(path)) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HouseFileError([_syntax_fault(error)], str(path)) from error


def _syntax_fault(error: tomllib.TOMLDecodeError) -> Fault:
    message, _, position = str(error).rpartition(" (at ")
    return Fault(position.rstrip(")") or "TOML", message or str(error))


def _read(data: object) -> tuple[House, list[Fault]]:
    faults = Faults()
    draft = read_sections(data, faults)
    if isinstance(data, Mapping):
        check_links(draft, data, faults)
        check_desks(draft, faults)
    return draft.house, faults.found
