"""`ihh purge`: what is past its time goes, or with --dry-run what would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from ihh import clock
from ihh.cli.running import application
from ihh.services import demonstration, retention
from ihh.services.retention import Purged


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def purge(dry_run: bool) -> None:
    """Delete what the house keeps no longer, as it does every night by itself.

    Contacts, events and logs each after their time in the house file's [retention]; events only once the
    figures of their day's week, month and year are published, at most a year later.
    """
    with application() as app:
        if app.config["IHH"].is_demo:
            demonstration.set_clock()
        now = clock.now()
        found = retention.plan(now=now) if dry_run else retention.purge(now=now)
    for line in report(found, is_dry=dry_run):
        click.echo(line)


def report(found: Purged, *, is_dry: bool) -> list[str]:
    """A table of rows, then the days that wait and those that went without figures."""
    width = max(len(name) for name in found.rows)
    verb = "would go" if is_dry else "went"
    lines = [
        f"contacts of visits before {found.contacts_before}, events before {found.events_before},"
        f" logs before {found.log_before}",
        *(f"{name:<{width}}  {amount:>9}" for name, amount in found.rows.items()),
        f"{verb + ' in all':<{width}}  {found.total:>9}",
    ]
    if found.days.waiting:
        lines.append(
            f"kept on, figures not published yet: {_days(found.days.waiting)}, at most a year longer"
        )
    if found.days.unpublished:
        lines.append(f"{verb} without published figures: {_days(found.days.unpublished)}")
    return lines


def _days(days: Sequence[date]) -> str:
    word = "day" if len(days) == 1 else "days"
    return f"{len(days)} {word}, {days[0]} to {days[-1]}"
