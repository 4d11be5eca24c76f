"""Columns of the files that leave the house: what each holds, in words and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ihh.domain.statistics.measures import N_


class Kind(StrEnum):
    """How a value is written in each format."""

    TEXT = "text"
    DATE = "date"
    """A `str` as 2026-11-30."""
    INSTANT = "instant"
    """A `str` as 2026-11-30T09:05:00+02:00: local time of the house."""
    COUNT = "count"
    DECIMAL = "decimal"
    """A `Decimal`, or its text: digits with a point."""
    TRUTH = "truth"


Value = str | int | Decimal | None
"""None is an empty cell, whatever the kind."""

Values = Sequence[Value]


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    about: str = ""
    """An English sentence, translated where it is shown."""


T, K = Kind.TEXT, Kind

EVENT_COLUMNS: tuple[Column, ...] = (
    Column("visit", K.COUNT, N_("Pseudonym of the visit: the same number in every row of it.")),
    Column("day", K.DATE, N_("Day of the visit.")),
    Column("source", T, N_("Which system recorded it: house is this one.")),
    Column("synthetic", K.TRUTH, N_("Whether a demonstration or a generator made it.")),
    Column("channel", T, N_("How the visit came about: online, staff or walk_in.")),
    Column("language", T, N_("Language of the visit.")),
    Column("customer_type", T, N_("Answer to the question about the purpose.")),
    Column("municipality", T, N_("Municipality as told; empty if not.")),
    Column("party_size", K.COUNT, N_("People of the visit.")),
    Column("checked_in_at", K.INSTANT, N_("Check-in, or a number taken; empty if nobody came.")),
    Column("visit_ended_at", K.INSTANT, N_("End of the visit.")),
    Column("moves", K.COUNT, N_("How often the visitor moved it by the link.")),
    Column("visit_csat", K.COUNT, N_("Satisfaction with the whole visit, 1–5.")),
    Column("visit_effort", K.COUNT, N_("Effort of the whole visit, 1–7.")),
    Column("visit_nps", K.COUNT, N_("Would recommend the house, 0–10.")),
    Column("agency", T, N_("Agency of the service.")),
    Column("service", T, N_("Service.")),
    Column("people", K.COUNT, N_("For how many of the party it was.")),
    Column("state", T, N_("How its ticket ended; absent: booked, and nobody checked in.")),
    Column("outcome", T, N_("What came of a completed service.")),
    Column("booked_at", K.INSTANT, N_("Time of the appointment; empty for a walk-in.")),
    Column("joined_at", K.INSTANT, N_("When the ticket joined its line.")),
    Column("called_at", K.INSTANT, N_("First call.")),
    Column("started_at", K.INSTANT, N_("Start of the service.")),
    Column("ended_at", K.INSTANT, N_("End of the ticket.")),
    Column("wait_min", K.DECIMAL, N_("Wait in minutes as the figures count it; of served tickets.")),
    Column("way_min", K.DECIMAL, N_("Minutes from the first call to the start; of served tickets.")),
    Column("service_min", K.DECIMAL, N_("Minutes at the desk, holds left out; empty where not known.")),
    Column("calls", K.COUNT, N_("How often it was called.")),
    Column("estimate_low_min", K.DECIMAL, N_("Shortest wait that was told, in minutes.")),
    Column("estimate_min", K.DECIMAL, N_("Middle of the wait that was told, in minutes.")),
    Column("estimate_high_min", K.DECIMAL, N_("Longest wait that was told, in minutes.")),
    Column("csat", K.COUNT, N_("Satisfaction with the service, 1–5.")),
    Column("effort", K.COUNT, N_("Effort of the service, 1–7.")),
)
"""One row a service; a visit without any has one row with the service's columns empty."""
