"""A period's figures as published tables: one for each dimension, small cells hidden.

All tables share one total. Services add up to their agencies, so those two are hidden in step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ihh.domain.figure_facts import AppointmentFact, Share, TicketFact, VisitFact
from ihh.domain.house import House
from ihh.domain.kpi import COUNTS, Figures, Measure, Moment, figures
from ihh.domain.suppression import Cell, Counts, Flag, hide, hide_within, is_small, publish
from ihh.domain.visit import Origin


class Dimension(StrEnum):
    AGENCY = "agency"
    SERVICE = "service"
    HOUR = "hour"
    """Local hour in which the ticket joined its line, or for which the appointment was booked."""
    CHANNEL = "channel"
    """How the visit came about."""
    LANGUAGE = "language"


TOTAL = "total"
"""Code of a table's last row."""


@dataclass(frozen=True)
class Row:
    """One published row; `flag` says whether it is hidden, each empty cell says why."""

    code: str
    flag: Flag
    cells: Mapping[Measure, Cell]


@dataclass(frozen=True)
class Table:
    dimension: Dimension
    rows: tuple[Row, ...]
    total: Row

    @property
    def is_withheld(self) -> bool:
        """Too few people to break down: no row is shown."""
        return bool(self.rows) and all(row.flag is not Flag.NONE for row in self.rows)


Tables = Mapping[Dimension, Table]
Groups = Mapping[str, Sequence[Share]]


def tabulate(house: House, visits: Sequence[VisitFact], moment: Moment) -> tuple[Row, Tables]:
    """The total of all visits, and a table for each dimension."""
    k = house.figures.small_cell
    whole = figures([_whole(visit) for visit in visits], moment)
    total = _row(TOTAL, whole, Flag.SUPPRESSED if is_small(_counts(whole), k) else Flag.NONE, k=k)
    rows = {dimension: _rows(house, visits, dimension, moment) for dimension in Dimension}
    flags: dict[Dimension, list[Flag]] = {
        dimension: hide([_counts(row) for row in rows[dimension].values()], total=_counts(whole), k=k)
        for dimension in Dimension
        if dimension is not Dimension.SERVICE
    }
    flags[Dimension.SERVICE] = _service_flags(
        house, visits, rows[Dimension.AGENCY], flags[Dimension.AGENCY], rows[Dimension.SERVICE], k=k
    )
    return total, {
        dimension: Table(
            dimension,
            tuple(
                _row(code, found, flag, k=k)
                for (code, found), flag in zip(rows[dimension].items(), flags[dimension], strict=True)
            ),
            total,
        )
        for dimension in Dimension
    }


def _row(code: str, found: Figures, flag: Flag, *, k: int) -> Row:
    return Row(code, flag, publish(found, flag, k=k))


def _service_flags(
    house: House,
    visits: Sequence[VisitFact],
    agencies: Mapping[str, Figures],
    agency_flags: Sequence[Flag],
    services: Mapping[str, Figures],
    *,
    k: int,
) -> list[Flag]:
    agency_of = {ticket.service: ticket.agency for visit in visits for ticket in visit.tickets}
    agency_of |= {item.service: item.agency for visit in visits for item in visit.appointments}
    agency_of |= {service.id: service.agency for service in house.services}
    parents = {
        code: (flag, _counts(found))
        for (code, found), flag in zip(agencies.items(), agency_flags, strict=True)
    }
    return hide_within(parents, [(agency_of[code], _counts(row)) for code, row in services.items()], k=k)


def _counts(row: Figures) -> Counts:
    """A row is small by those who came and by those who were served, the people behind every time."""
    return Counts(
        people=(row[Measure.CUSTOMERS].customers, row[Measure.SERVICE_EVENTS].customers),
        sums=tuple(int(row[measure].amount or 0) for measure in COUNTS),
    )


def _rows(
    house: House, visits: Sequence[VisitFact], dimension: Dimension, moment: Moment
) -> dict[str, Figures]:
    """Figures by code, in the published order: as the house has them, then whatever else there was."""
    groups = _groups(house, visits, dimension, moment)
    known = _codes(house, visits, dimension)
    order = [*known, *sorted(set(groups) - set(known))]
    if dimension is Dimension.HOUR:
        order.sort()
    return {code: figures(groups.get(code, ()), moment) for code in order}


def _groups(house: House, visits: Sequence[VisitFact], dimension: Dimension, moment: Moment) -> Groups:
    groups: dict[str, list[Share]] = defaultdict(list)
    for visit in visits:
        if dimension is Dimension.CHANNEL:
            groups[visit.channel].append(_whole(visit))
        elif dimension is Dimension.LANGUAGE:
            groups[visit.language].append(_whole(visit))
        else:
            for code, share in _parts(visit, dimension, ZoneInfo(house.timezone), moment.now):
                groups[code].append(share)
    return groups


def _whole(visit: VisitFact) -> Share:
    return Share(visit, visit.tickets, visit.appointments, is_whole=True)


def _parts(
    visit: VisitFact, dimension: Dimension, zone: ZoneInfo, now: datetime
) -> Iterable[tuple[str, Share]]:
    """The visit cut up by agency, service or hour. Who is early for a later hour has not joined its line."""

    def code(item: TicketFact | AppointmentFact) -> str | None:
        if dimension is Dimension.AGENCY:
            return item.agency
        if dimension is Dimension.SERVICE:
            return item.service
        at = item.joined_at if isinstance(item, TicketFact) else item.starts_at
        return hour_code(at, zone) if at is not None and at <= now else None

    tickets: dict[str, list[TicketFact]] = defaultdict(list)
    appointments: dict[str, list[AppointmentFact]] = defaultdict(list)
    for ticket in visit.tickets:
        if (found := code(ticket)) is not None:
            tickets[found].append(ticket)
    for appointment in visit.appointments:
        if (found := code(appointment)) is not None:
            appointments[found].append(appointment)
    for found in tickets.keys() | appointments.keys():
        yield found, Share(visit, tuple(tickets[found]), tuple(appointments[found]), is_whole=False)


def hour_code(at: datetime, zone: ZoneInfo) -> str:
    """ "09" for 9:00 to 9:59 on the wall clock."""
    return f"{at.astimezone(zone).hour:02d}"


def _codes(house: House, visits: Sequence[VisitFact], dimension: Dimension) -> list[str]:
    """Rows that stand in the table whether anyone came or not."""
    in_house = [service for service in house.services if service.is_in_house]
    if dimension is Dimension.AGENCY:
        serving = {service.agency for service in in_house}
        return [agency.id for agency in house.agencies if agency.id in serving]
    if dimension is Dimension.SERVICE:
        return [service.id for service in in_house]
    if dimension is Dimension.HOUR:
        return _open_hours(house, {visit.day for visit in visits})
    if dimension is Dimension.CHANNEL:
        return [origin.value for origin in Origin]
    return list(house.languages)


def _open_hours(house: House, days: Iterable[date]) -> list[str]:
    spans = [span for weekday in {day.weekday() for day in days} for span in house.hours[weekday]]
    if not spans:
        return []
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    return [f"{hour:02d}" for hour in range(first // 60, -(-last // 60))]
