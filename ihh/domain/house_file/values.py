"""The file's own kinds of value: texts, weeks of hours, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ihh.domain.house import Condition, Span, Text, Week
from ihh.domain.house_file.faults import Faults, Place
from ihh.domain.house_file.table import Table, kind_of, listed

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
LANGUAGE = re.compile(r"[a-z]{2,3}")
REQUIRED_LANGUAGES = ("en", "fi", "sv")
CLOSED_WEEK: Week = ((),) * 7


class TextReader:
    """Reads texts that must be complete in the house's languages and in en, fi and sv."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.needed = tuple(dict.fromkeys((*REQUIRED_LANGUAGES, *languages)))

    def text(self, table: Table, key: str, *, required: bool = True) -> Text:
        if not table.has(key, required=required):
            return {}
        inner = table.table(key)
        for language in inner.data:
            if not LANGUAGE.fullmatch(str(language)):
                inner.fault(str(language), "is no language code such as en")
        texts = {language: inner.string(language) for language in inner.data if LANGUAGE.fullmatch(language)}
        missing = [language for language in self.needed if language not in inner.data]
        if missing and inner.is_readable:
            table.fault(key, f"missing languages: {listed(missing)}")
        return texts

    def optional(self, table: Table, key: str) -> Text | None:
        return self.text(table, key, required=False) or None


def minutes(clock: str) -> int | None:
    """Minutes from midnight of `HH:MM` from 00:00 to 24:00; None where it is no such time."""
    if not CLOCK.fullmatch(clock):
        return None
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def read_week(table: Table, key: str, *, required: bool = True) -> Week | None:
    """Hours by day: `{ mon-thu = [["09:00", "16:00"]], fri = [...] }`; a day left out is closed."""
    if not table.has(key, required=required):
        return CLOSED_WEEK if required else None
    inner = table.table(key)
    week: dict[int, tuple[Span, ...]] = {}
    for name, value in inner.data.items():
        place = inner.place.key(name)
        days = days_named(name)
        if not days:
            table.faults.add(place, "is no day or range of days such as mon or mon-fri")
            continue
        spans = read_spans(value, place, table.faults)
        for day in days:
            if day in week:
                table.faults.add(place, f"{DAYS[day]} stands twice")
            week[day] = spans
    return tuple(week.get(day, ()) for day in range(7))


def days_named(name: str) -> range:
    """Day numbers, Monday 0, of `mon` or `mon-fri`; empty where the name is neither."""
    first, _, last = name.partition("-")
    last = last or first
    if name.endswith("-") or first not in DAYS or last not in DAYS:
        return range(0)
    return range(DAYS.index(first), DAYS.index(last) + 1)


def read_spans(value: object, place: Place, faults: Faults) -> tuple[Span, ...]:
    if not isinstance(value, list):
        faults.add(place, f"must be an array of [start, end], not {kind_of(value)}")
        return ()
    spans = [read_span(item, place.item(number), faults) for number, item in enumerate(value, start=1)]
    good = sorted(span for span in spans if span is not None)
    for before, after in pairwise(good):
        if after.start < before.end:
            faults.add(place, f"{show_span(before)} and {show_span(after)} overlap")
    return tuple(good)


def read_span(value: object, place: Place, faults: Faults) -> Span | None:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(item, str) for item in value):
        faults.add(place, 'must be two times such as ["09:00", "16:00"]')
        return None
    clocks = [minutes(item) for item in value]
    for clock, item in zip(clocks, value, strict=True):
        if clock is None:
            faults.add(place, f'"{item}" is no time from "00:00" to "24:00"')
    start, end = clocks
    if start is None or end is None:
        return None
    if start >= end:
        faults.add(place, f"{value[0]} must be before {value[1]}")
        return None
    return Span(start, end)


def show_span(span: Span) -> str:
    return "–".join(f"{clock // 60:02d}:{clock % 60:02d}" for clock in span)


def read_conditions(table: Table, key: str, *, required: bool = False) -> tuple[Condition, ...]:
    """Any of these: `[{ citizenship = ["eu"], identity_code = ["no"] }]`; `{}` always holds.

    Whether questions and answers exist is checked later, when all questions are known.
    """
    items = table.array(key, required=required)
    if required and table.has(key) and table.data[key] == []:
        table.fault(key, "must hold at least one condition")
    place = table.place.key(key)
    return tuple(read_condition(item, place.item(n), table.faults) for n, item in enumerate(items, start=1))


def read_condition(value: object, place: Place, faults: Faults) -> Condition:
    if not isinstance(value, Mapping):
        faults.add(place, f"must be a table of question = [answers], not {kind_of(value)}")
        return {}
    table = Table(value, place, faults)
    return {str(question): table.strings(str(question), required=True) for question in value}
