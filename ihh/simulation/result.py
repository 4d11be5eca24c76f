"""What a played scenario amounts to, in the format `ihh-day-result/1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ihh.simulation.kpi import double_calls, kpi
from ihh.simulation.rows import DayRows, Estimate, TicketRow, VisitRow
from ihh.simulation.scenario import Scenario

FORMAT = "ihh-day-result/1"
DECIMALS = 2


def result_json(scenario: Scenario, days: Sequence[DayRows]) -> dict[str, Any]:
    """Times are UTC to the second, estimates minutes."""
    return {
        "format": FORMAT,
        "id": scenario.id,
        "seed": scenario.seed,
        "tickets": [_ticket(ticket) for day in days for ticket in day.tickets],
        "visits": [_visit(visit) for day in days for visit in day.visits],
        "kpi": kpi(days, scenario.agencies),
        "double_calls": double_calls(days),
    }


def _ticket(row: TicketRow) -> dict[str, Any]:
    return {
        "visitor": row.visitor,
        "service": row.service,
        "date": row.date.isoformat(),
        "desk": row.desk,
        "issued_at": _stamp(row.issued_at),
        "joined_at": _stamp(row.joined_at),
        "called_at": _stamp(row.called_at),
        "started_at": _stamp(row.started_at),
        "completed_at": _stamp(row.completed_at),
        "outcome": row.outcome.value,
        "reason": row.reason,
        "estimate": None if row.estimate is None else dict(zip(QUANTILES, _range(row.estimate), strict=True)),
        "naive": None if row.estimate is None else _rounded(row.estimate.naive),
        "live": [[_stamp(at), *_range(estimate)] for at, estimate in row.live],
    }


QUANTILES = ("p10", "p50", "p90")


def _visit(row: VisitRow) -> dict[str, Any]:
    return {
        "visitor": row.visitor,
        "arrived_at": _stamp(row.arrived_at),
        "left_at": _stamp(row.left_at),
        "services": list(row.services),
    }


def _range(estimate: Estimate) -> tuple[float | None, ...]:
    return _rounded(estimate.p10), _rounded(estimate.p50), _rounded(estimate.p90)


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, DECIMALS)


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
