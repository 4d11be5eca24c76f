"""When a service can be had, and in which languages: arithmetic on spans of a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ihh.domain.house import Desk, House, Service, Span, Week


class LanguageGap(NamedTuple):
    """A piece of the week in which a service is open, but no desk serves it in the language."""

    service: str
    language: str
    weekday: int
    """0 is Monday."""
    span: Span


def language_gaps(house: House, languages: Sequence[str] = ("fi", "sv")) -> list[LanguageGap]:
    """Where the house does not serve equally in `languages`; the Language Act (423/2003) asks for fi and sv.

    A service is open while its walk-in line is, and while a desk takes appointments for it.
    """
    gaps = []
    for service in house.services:
        if not service.is_in_house:
            continue
        desks = [desk for desk in house.desks if service.id in desk.services]
        opened = open_week(service, desks, house)
        for language in languages:
            spoken = week_desks(desk for desk in desks if language in desk.languages)
            gaps += [
                LanguageGap(service.id, language, day, span)
                for day in range(7)
                for span in without(opened[day], spoken[day])
            ]
    return gaps


def open_week(service: Service, desks: Iterable[Desk], house: House) -> Week:
    line = service.hours if service.hours is not None else house.hours
    weeks = [line] if service.takes_walk_ins else []
    weeks += [week_desks(desks)] if service.is_bookable else []
    return tuple(merged(span for week in weeks for span in week[day]) for day in range(7))


def week_desks(desks: Iterable[Desk]) -> Week:
    """When at least one of the desks is open."""
    weeks = [desk.hours for desk in desks]
    return tuple(merged(span for week in weeks for span in week[day]) for day in range(7))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in spans that neither overlap nor touch, in order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """The time in `spans` that is not in `taken`."""
    left: list[Span] = []
    holes = merged(taken)
    for span in merged(spans):
        start = span.start
        for hole in holes:
            if hole.end <= start or hole.start >= span.end:
                continue
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = hole.end
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)
