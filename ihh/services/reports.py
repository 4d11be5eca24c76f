"""The figures of a period, small cells hidden: the one source of the statistics page and the exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ihh.domain.closed_days import open_days
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.kpi import moment_of
from ihh.domain.report import Row, Tables, tabulate
from ihh.services.house import current_house
from ihh.services.report_facts import has_synthetic, visits_between

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Report:
    first: date
    last: date
    open_days: int
    """Open days of the period that have begun."""
    is_synthetic: bool
    """Some of it was made by a demonstration."""
    total: Row
    tables: Tables


def report(first: date, last: date, *, now: datetime) -> Report:
    """The figures of the days from `first` to `last`, both included.

    Refuses `invalid` for a period that ends before it begins or is longer than a year.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise Refusal(Code.INVALID, field="to")
    house = current_house()
    today = local_day(now, timezone=house.timezone)
    total, tables = tabulate(house, visits_between(first, last), moment_of(house, today=today, now=now))
    return Report(
        first=first,
        last=last,
        open_days=sum(1 for _ in open_days(house, first, min(last, today))),
        is_synthetic=has_synthetic(first, last),
        total=total,
        tables=tables,
    )
