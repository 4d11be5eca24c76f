"""`ihh import-events`: years from another system, from a CSV file (docs/import-events.md)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.domain.statistics.asked import near_day
from ihh.domain.statistics.coverage import DayRange
from ihh.services.statistics import declaring, importing
from ihh.services.statistics.importing import Complete

TOLD_AT_ONCE = 1 << 20
"""Bytes between two looks of the progress bar."""


@click.command("import-events")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--source", metavar="NAME", default="import", show_default=True, help="What to call where it comes from."
)
@click.option("--complete-from", metavar="DATE", help="First day without gaps, as 2024-01-01.")
@click.option("--complete-to", metavar="DATE", help="Last day without gaps, included.")
@click.option("--nobody-came", is_flag=True, help="Also in those of these months that have no visit at all.")
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
def import_events(
    file: Path | None,
    source: str,
    complete_from: str | None,
    complete_to: str | None,
    nobody_came: bool,
    dry_run: bool,
) -> None:
    """Bring in visits of past years that another system recorded.

    FILE is a CSV with a row for each service. It is checked as a whole first: every fault is named with
    its line and column, and then nothing is imported. A visit of a source is never imported twice.

    Figures are made of days that are declared complete, with the last file of them or without a file. After
    that nothing is imported into these days any more.
    """
    complete = _complete(complete_from, complete_to, nobody_came)
    if file is None and complete is None:
        raise Unable("give a FILE, or --complete-from and --complete-to, or all of them")
    now = clock.real_now()
    with application():
        try:
            if file is not None:
                _import(file, source, complete, now, dry_run=dry_run)
            elif complete is not None:
                _declare(complete, now, dry_run=dry_run)
        except declaring.Undeclarable as reason:
            nothing = "nothing was imported or declared" if file else "nothing was declared"
            raise Unable(f"--complete-from, --complete-to: {reason}; {nothing}") from None


def _complete(first: str | None, last: str | None, nobody_came: bool) -> Complete | None:
    if first is None and last is None and not nobody_came:
        return None
    if first is None or last is None:
        raise Unable("--complete-from and --complete-to belong together, --nobody-came to them")
    return Complete(DayRange(_day("--complete-from", first), _day("--complete-to", last)), nobody_came)


def _day(option: str, given: str) -> date:
    try:
        return near_day(given)
    except ValueError:
        raise Unable(f"{option}: {given!r} is not a date; write it as 2024-11-30") from None


def _import(file: Path, source: str, complete: Complete | None, now: datetime, *, dry_run: bool) -> None:
    work = importing.check if dry_run else importing.bring_in
    try:
        with _progress(file, 1 if dry_run else 2) as tell:
            report = work(file, source, now=now, complete=complete, tell=tell)
    except importing.Faulty as faulty:
        _tell_faults(file, faulty)
        sys.exit(2)
    except OSError as error:
        raise Unable(f"{file}: {error.strerror or error}") from None
    _tell(report, dry_run=dry_run)
    if complete is None:
        _tell_what_is_missing(report, now, dry_run=dry_run)
    elif not dry_run:
        _tell_declared(declaring.told(complete.days))


def _declare(complete: Complete, now: datetime, *, dry_run: bool) -> None:
    if dry_run:
        declaring.check(complete.days, now=now, nobody_came=complete.nobody_came)
        click.echo(f"{complete.days}: would be declared complete")
    else:
        _tell_declared(declaring.declare(complete.days, now=now, nobody_came=complete.nobody_came))


@contextmanager
def _progress(file: Path, times: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    size = file.stat().st_size * times
    with click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:
        waiting = 0

        def tell(count: int) -> None:
            nonlocal waiting
            waiting += count
            if waiting >= TOLD_AT_ONCE:
                bar.update(waiting)
                waiting = 0

        yield tell
        bar.update(waiting)


def _tell_faults(file: Path, faulty: importing.Faulty) -> None:
    for fault in faulty.faults:
        click.echo(f"{file}: {fault}", err=True)
    if (more := faulty.count - len(faulty.faults)) > 0:
        click.echo(f"{file}: and {more} more", err=True)
    click.echo("nothing was imported", err=True)


def _tell(report: importing.Report, *, dry_run: bool) -> None:
    done = "would be imported" if dry_run else "imported"
    click.echo(
        f"{_many(report.visits, 'visit')} with {_many(report.services, 'service')},"
        f" {report.first} to {report.last}: {done}"
    )
    for name, found in (("agencies", report.unknown_agencies), ("services", report.unknown_services)):
        if found:
            click.echo(f"{name} that the house file does not have: {', '.join(sorted(found))}")


def _tell_what_is_missing(report: importing.Report, now: datetime, *, dry_run: bool) -> None:
    """What is imported has no figures by itself: another file of the same days may still come."""
    days = declaring.whole_months(report.first, report.last, now=now)
    if dry_run:
        click.echo("Nothing of it will be published until its days are declared complete.")
        return
    click.echo(
        "Nothing of it is published until its days are declared complete. When every file of them is in:\n"
        f"  ihh import-events --complete-from {days.first} --complete-to {days.last}"
    )
    kept_since = declaring.kept_since(now=now)
    if report.first < kept_since:
        click.echo(
            f"Events before {kept_since} are deleted in the coming night, with figures only if their days"
            " are declared complete by then."
        )


def _tell_declared(done: declaring.Declared) -> None:
    click.echo(
        f"{done.days} are declared complete: {_many(done.visits, 'visit')} on"
        f" {_many(done.open_days, 'open day')}, {done.empty_days} of them without any."
    )
    click.echo("Their figures are made the coming night. Nothing is imported into these days any more.")


def _many(amount: int, name: str) -> str:
    return f"{amount} {name}" if amount == 1 else f"{amount} {name}s"
