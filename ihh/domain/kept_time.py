"""Kept time: the share of a service's bookable time that only the house can book until shortly before it.

It follows from the desk's weekly hours alone, never from bookings, so it stays where it is while bookings
come and go. It comes in pieces as long as the service, spread evenly over each day. What is kept for one
service bars the public from that service only: another service of the desk has its own share. Where the
pieces lie is up to the desk, so the kept times of its services meet as far as shares and lengths
allow, and leave the house whole stretches.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zlib import crc32

from ihh.domain.daytime import instant
from ihh.domain.house import House, Span, Week

WEEK = 7
WHOLE = 100


@lru_cache(maxsize=1024)
def kept_week(desk_id: str, hours: Week, *, share_pct: int, piece_min: int, grid_min: int) -> Week:
    """The pieces kept on each weekday of a desk open for `hours`; pieces may touch, and never overlap.

    Over the week they make up the share to within half a piece, unless too few whole pieces fit into the
    hours. A share of 100 keeps every open minute.
    """
    if share_pct >= WHOLE:
        return hours
    kept: list[tuple[Span, ...]] = [()] * WEEK
    piece = -(-piece_min // grid_min) * grid_min
    opened = taken = 0
    for weekday in _in_turn(desk_id):
        places = _places(hours[weekday], piece, grid_min)
        opened += sum(span.end - span.start for span in hours[weekday])
        due = (2 * share_pct * opened + WHOLE * piece) // (2 * WHOLE * piece) - taken
        count = max(0, min(due, len(places)))
        kept[weekday] = _spread(places, count, crc32(f"{desk_id} {weekday}".encode()))
        taken += count
    return tuple(kept)


def still_kept(house: House, day: date, pieces: tuple[Span, ...], *, now: datetime) -> tuple[Span, ...]:
    """Those of the day's kept pieces that are not yet released to the public."""
    released = released_until(house, now=now)
    return tuple(piece for piece in pieces if instant(day, piece.start, timezone=house.timezone) > released)


def released_until(house: House, *, now: datetime) -> datetime:
    """What begins up to then is no longer kept."""
    return now + timedelta(hours=house.limits.release_hours)


def _in_turn(desk_id: str) -> list[int]:
    """The weekdays, each desk from another one on: or all desks would round on the same day."""
    first = crc32(desk_id.encode()) % WEEK
    return [(first + offset) % WEEK for offset in range(WEEK)]


def _places(spans: tuple[Span, ...], piece: int, grid_min: int) -> list[Span]:
    """Where whole pieces fit side by side."""
    places: list[Span] = []
    for span in spans:
        first = -(-span.start // grid_min) * grid_min
        places += [Span(start, start + piece) for start in range(first, span.end - piece + 1, piece)]
    return places


def _spread(places: list[Span], count: int, seed: int) -> tuple[Span, ...]:
    """So many of the places, evenly, the first of them by the seed."""
    if not count:
        return ()
    shift = seed % len(places)
    return tuple(places[(index * len(places) + shift) // count] for index in range(count))
