"""Who runs late: agencies behind their appointments, for visitors, clerks and supervisors to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ihh.domain.calling import ReasonCode
from ihh.domain.house import House
from ihh.services.waits import Place


def agencies_behind(house: House, lines: Mapping[str, Sequence[Place]], *, now: datetime) -> dict[str, int]:
    """Agency → minutes by which it calls, or is expected to call, its due appointments too late.

    Only those count who are here, free and were in time; agencies within the house's tolerance for
    late-comers are left out: what visitors may be late, the house may too.
    """
    found = {}
    for agency_id, places in lines.items():
        late = max((_late_by(place, now) for place in _due(places)), default=timedelta(0))
        if late > timedelta(minutes=house.policy.late_min):
            found[agency_id] = int(late.total_seconds() // 60)
    return found


def _due(places: Iterable[Place]) -> Iterable[Place]:
    return (
        place
        for place in places
        if place.choice.ticket.is_free and place.choice.reason.code is ReasonCode.BOOKED
    )


def _late_by(place: Place, now: datetime) -> timedelta:
    """From the appointment to its expected call, or to now where nobody can say when."""
    booked_at = place.choice.ticket.booked_at
    assert booked_at is not None  # only appointments have this reason
    expected = now + timedelta(minutes=place.wait.middle if place.wait is not None else 0)
    return expected - booked_at
