"""`ihh staffing`: the desks a weekday needs, checked by played days."""

from __future__ import annotations

from datetime import datetime

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.domain.staffing import PERIOD_MIN
from ihh.services import demonstration
from ihh.services.staffing import AgencyStaffing, StaffingDay, keep_played, staffing
from ihh.simulation.staffing_check import Check, check

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@click.command("staffing")
@click.argument("weekday", type=click.Choice(WEEKDAYS, case_sensitive=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed plays other days.")
def staffing_command(weekday: str, seed: int) -> None:
    """Reckon the desks WEEKDAY needs by the half hour, and play days with them and with the planned ones.

    The shares that the played days came to are kept for the page Staffing.
    """
    number = WEEKDAYS.index(weekday.lower())
    with application() as app:
        if app.config["IHH"].is_demo:
            demonstration.set_clock()
        _check_weekday(number, seed, now=clock.now())


def _check_weekday(weekday: int, seed: int, *, now: datetime) -> None:
    found = staffing(weekday, now=now)
    if found is None:
        raise Unable(f"WEEKDAY: the house is never open on a {WEEKDAYS[weekday]}")
    rows = [row for row in found.agencies if row.needs and row.days]
    if not rows:
        raise Unable(f"there is too little history of {WEEKDAYS[weekday]}s: nothing can be said yet")
    shares = {}
    for row in rows:
        needed = _played(found, row, [need.desks for need in row.needs], seed)
        planned = _played(found, row, row.planned, seed)
        shares[row.agency] = (needed.share if needed else None, planned.share if planned else None)
        click.echo(_told(found, row, needed, planned))
    keep_played(weekday, shares, now=now)


def _played(
    found: StaffingDay, row: AgencyStaffing, desks: list[int] | tuple[int, ...], seed: int
) -> Check | None:
    """None where there are no desks to play with."""
    if not any(desks):
        return None
    return check(row, desks, opens=found.opens, wait_min=found.target.wait_min, seed=seed)


def _told(found: StaffingDay, row: AgencyStaffing, needed: Check | None, planned: Check | None) -> str:
    lines = [f"{row.agency}: {row.days} past days, {row.services} measured services"]
    lines.append(f"  {'from':<7}{'tickets':>8}{'load':>7}{'needed':>8}{'planned':>9}")
    for number, (need, desks) in enumerate(zip(row.needs, row.planned, strict=True)):
        start = found.opens + number * PERIOD_MIN
        at = f"{start // 60}:{start % 60:02d}"
        lines.append(f"  {at:<7}{need.arrivals:>8.1f}{need.load:>7.1f}{need.desks:>8}{desks:>9}")
    wanted = f"wanted {found.target.share:.0%} within {found.target.wait_min:g} min"
    lines.append(
        f"  played: {_share(needed)} with the needed desks, {_share(planned)} with the planned ({wanted})"
    )
    return "\n".join(lines)


def _share(played: Check | None) -> str:
    if played is None or played.share is None:
        return "nobody called"
    return f"{played.share:.0%}" + (
        f" and {played.left} of {played.visitors} left unserved" if played.left else ""
    )
